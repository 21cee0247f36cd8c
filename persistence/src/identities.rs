//! Sign-ins by a provider: those on their way there, and who is who at it.

use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::{identities, oidc_starts};
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use std::fmt;
use uuid::Uuid;

/// A sign-in that was sent to the provider.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = oidc_starts, treat_none_as_default_value = false)]
pub struct Start {
    /// SHA-256 of the state it will come back with.
    pub state_hash: Vec<u8>,
    /// SHA-256 of what the browser keeps that was sent; `None`: a program asked.
    pub browser_hash: Option<Vec<u8>>,
    /// What the identity token has to repeat.
    pub nonce: String,
    /// What proves that the code was asked for by us.
    pub verifier: String,
    /// When it was sent.
    pub created_at: Time,
}

impl fmt::Debug for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start").field("created_at", &self.created_at).finish_non_exhaustive()
    }
}

/// Remembers a sign-in that is sent away.
pub fn start(conn: &mut Conn, start: &Start) -> Result<(), StoreError> {
    on!(conn, c => diesel::insert_into(oidc_starts::table).values(start).execute(c))?;
    Ok(())
}

/// The sign-in that comes back with that state. It comes back once: of two that try, one gets it.
pub fn take(conn: &mut Conn, state_hash: &[u8]) -> Result<Option<Start>, StoreError> {
    let query = oidc_starts::table.find(state_hash);
    let found = optional(on!(conn, c => query.select(Start::as_select()).get_result(c)))?;
    let gone = on!(conn, c => diesel::delete(oidc_starts::table.find(state_hash)).execute(c))?;
    Ok(found.filter(|_| gone == 1))
}

/// Forgets sign-ins that were sent away before `before`; says how many.
pub fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = oidc_starts::table.filter(oidc_starts::created_at.lt(Time::from(before)));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}

/// The user somebody is here.
pub fn user_of(conn: &mut Conn, issuer: &str, subject: &str) -> Result<Option<Uuid>, StoreError> {
    let query = identities::table.find((issuer, subject)).select(identities::user_id);
    let user: Option<Uid> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(user.map(|it| it.0))
}

/// Whether somebody at that provider is this user already.
pub fn is_taken(conn: &mut Conn, issuer: &str, user_id: Uuid) -> Result<bool, StoreError> {
    let query = identities::table
        .filter(identities::issuer.eq(issuer))
        .filter(identities::user_id.eq(Uid(user_id)))
        .select(identities::user_id)
        .limit(1);
    let user: Option<Uid> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(user.is_some())
}

/// Remembers who somebody is here, in place of whoever they were.
pub fn link(
    conn: &mut Conn,
    issuer: &str,
    subject: &str,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = (
        identities::issuer.eq(issuer),
        identities::subject.eq(subject),
        identities::user_id.eq(Uid(user_id)),
        identities::created_at.eq(Time::from(now)),
    );
    on!(conn, c => diesel::insert_into(identities::table)
        .values(row)
        .on_conflict((identities::issuer, identities::subject))
        .do_update()
        .set(identities::user_id.eq(Uid(user_id)))
        .execute(c))?;
    Ok(())
}
