//! Refresh tokens, each good once, and the attempts to log in.
//!
//! Tokens are kept as hashes. What a reused token means is decided by the caller; here is what it
//! needs for that: who used it, and the end of a whole family.

use crate::StoreError;
use crate::conn::{Conn, on, one, optional};
use crate::schema::{login_attempts, refresh_tokens};
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Integer;
use uuid::Uuid;

/// A refresh token, without the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Its id.
    pub id: Uuid,
    /// All tokens that go back to one log-in.
    pub family_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// A hash of the token itself.
    pub token_hash: Vec<u8>,
    /// Since when it is good …
    pub issued_at: DateTime<Utc>,
    /// … and until when.
    pub expires_at: DateTime<Utc>,
    /// When it was exchanged for the next one.
    pub used_at: Option<DateTime<Utc>>,
    /// When its family was ended.
    pub revoked_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = refresh_tokens, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    family_id: Uid,
    user_id: Uid,
    token_hash: Vec<u8>,
    issued_at: Time,
    expires_at: Time,
    used_at: Option<Time>,
    revoked_at: Option<Time>,
}

impl From<&RefreshToken> for Row {
    fn from(token: &RefreshToken) -> Self {
        Self {
            id: Uid(token.id),
            family_id: Uid(token.family_id),
            user_id: Uid(token.user_id),
            token_hash: token.token_hash.clone(),
            issued_at: Time::from(token.issued_at),
            expires_at: Time::from(token.expires_at),
            used_at: token.used_at.map(Time::from),
            revoked_at: token.revoked_at.map(Time::from),
        }
    }
}

impl From<Row> for RefreshToken {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            family_id: row.family_id.0,
            user_id: row.user_id.0,
            token_hash: row.token_hash,
            issued_at: row.issued_at.0,
            expires_at: row.expires_at.0,
            used_at: row.used_at.map(|time| time.0),
            revoked_at: row.revoked_at.map(|time| time.0),
        }
    }
}

/// Keeps a token that was just issued.
pub fn insert(conn: &mut Conn, token: &RefreshToken) -> Result<(), StoreError> {
    let row = Row::from(token);
    on!(conn, c => diesel::insert_into(refresh_tokens::table).values(&row).execute(c))?;
    Ok(())
}

/// The token with that hash, used or not, locked until the write transaction ends so that two
/// requests cannot both find it unused.
pub fn find_for_update(
    conn: &mut Conn,
    token_hash: &[u8],
) -> Result<Option<RefreshToken>, StoreError> {
    let query = refresh_tokens::table.filter(refresh_tokens::token_hash.eq(token_hash));
    let row = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().get_result(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).get_result(c),
    };
    Ok(optional(row)?.map(RefreshToken::from))
}

/// Notes that a token was exchanged; `false`: it had been before.
pub fn mark_used(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let unused = refresh_tokens::table
        .filter(refresh_tokens::id.eq(Uid(id)))
        .filter(refresh_tokens::used_at.is_null());
    let used_at = refresh_tokens::used_at.eq(Time::from(now));
    one(on!(conn, c => diesel::update(unused).set(used_at).execute(c)))
}

/// Ends a family: none of its tokens is good any more. Says how many that were.
pub fn revoke_family(
    conn: &mut Conn,
    family_id: Uuid,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let good = refresh_tokens::table
        .filter(refresh_tokens::family_id.eq(Uid(family_id)))
        .filter(refresh_tokens::revoked_at.is_null());
    let revoked_at = refresh_tokens::revoked_at.eq(Time::from(now));
    on!(conn, c => diesel::update(good).set(revoked_at).execute(c)).map_err(StoreError::from)
}

/// Forgets tokens that ended before `before`; says how many.
pub fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = refresh_tokens::table.filter(refresh_tokens::expires_at.lt(Time::from(before)));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}

/// Failed log-ins of one account or from one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempts {
    /// How many in a row.
    pub failures: i32,
    /// When the last one was.
    pub last_at: DateTime<Utc>,
    /// Until when no attempt is looked at.
    pub blocked_until: Option<DateTime<Utc>>,
}

/// The failed log-ins under `key` (`account:…`, `address:…`).
pub fn attempts(conn: &mut Conn, key: &str) -> Result<Option<Attempts>, StoreError> {
    let query = login_attempts::table.find(key).select((
        login_attempts::failures,
        login_attempts::last_at,
        login_attempts::blocked_until,
    ));
    let row: Option<(i32, Time, Option<Time>)> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(row.map(|(failures, last_at, blocked_until)| Attempts {
        failures,
        last_at: last_at.0,
        blocked_until: blocked_until.map(|time| time.0),
    }))
}

/// Counts one more failed log-in under `key` in one statement, so that none is lost when many come at
/// once; answers how many there are. Failures older than `forget_before` no longer count.
pub fn count_failure(
    conn: &mut Conn,
    key: &str,
    now: DateTime<Utc>,
    forget_before: DateTime<Utc>,
) -> Result<i32, StoreError> {
    let (now, forget) = (Time::from(now), Time::from(forget_before));
    let first = (
        login_attempts::key.eq(key),
        login_attempts::failures.eq(1),
        login_attempts::last_at.eq(now),
    );
    let failures =
        diesel::dsl::case_when(login_attempts::last_at.lt(forget), 1.into_sql::<Integer>())
            .otherwise(login_attempts::failures + 1);
    let query = on!(conn, c => diesel::insert_into(login_attempts::table)
        .values(first)
        .on_conflict(login_attempts::key)
        .do_update()
        .set((login_attempts::failures.eq(failures), login_attempts::last_at.eq(now)))
        .returning(login_attempts::failures)
        .get_result(c));
    query.map_err(StoreError::from)
}

/// Says until when attempts under `key` are not looked at.
pub fn block(conn: &mut Conn, key: &str, until: DateTime<Utc>) -> Result<(), StoreError> {
    let blocked = login_attempts::blocked_until.eq(Time::from(until));
    on!(conn, c => diesel::update(login_attempts::table.find(key)).set(blocked).execute(c))?;
    Ok(())
}

/// Forgets the failures under `key`: somebody logged in.
pub fn clear_attempts(conn: &mut Conn, key: &str) -> Result<(), StoreError> {
    on!(conn, c => diesel::delete(login_attempts::table.find(key)).execute(c))?;
    Ok(())
}

/// Forgets failures whose last one was before `before`; says how many keys.
pub fn sweep_attempts(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = login_attempts::table.filter(login_attempts::last_at.lt(Time::from(before)));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}
