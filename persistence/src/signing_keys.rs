//! The keys that sign access tokens. The newest one whose time has come signs; an older one is
//! accepted until the last token it can have signed has run out.

use crate::chain::id_of_code;
use crate::conn::{Conn, on};
use crate::events::{NewEvent, append};
use crate::schema::signing_keys;
use crate::{StoreError, Time, settings};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::json;
use std::fmt;

const AGGREGATE: &str = "signing_key";

/// A key.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKey {
    /// What tokens call it.
    pub kid: String,
    /// Its private half.
    pub private_key: Vec<u8>,
    /// Since when it signs: a little later than it was made, so that every node knows it by then.
    pub signs_from: Time,
    /// Until when tokens it has signed are accepted; `None`: it was not replaced.
    pub accepted_until: Option<Time>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// Every key, oldest first.
pub fn all(conn: &mut Conn) -> Result<Vec<SigningKey>, StoreError> {
    let query = signing_keys::table.order((signing_keys::signs_from, signing_keys::kid));
    on!(conn, c => query.select(SigningKey::as_select()).load(c)).map_err(StoreError::from)
}

/// Adds a key, and tells the log and every node. The log has its public half only.
pub fn insert(
    conn: &mut Conn,
    key: &SigningKey,
    public: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(conn, c => diesel::insert_into(signing_keys::table).values(key).execute(c))?;
    let data = json!({ "kid": key.kid, "public": public, "signs_from": key.signs_from });
    let fact = NewEvent { kind: "signing_key.created".to_owned(), data, actor: None, at };
    append(conn, AGGREGATE, id_of_code(AGGREGATE, &key.kid), 0, None, &[fact])?;
    settings::bump_gate_revision(conn)
}

/// Says until when the keys that were not replaced yet are accepted; says how many that were.
pub fn retire(conn: &mut Conn, until: DateTime<Utc>) -> Result<usize, StoreError> {
    let current = signing_keys::table.filter(signing_keys::accepted_until.is_null());
    let until = signing_keys::accepted_until.eq(Some(Time::from(until)));
    on!(conn, c => diesel::update(current).set(until).execute(c)).map_err(StoreError::from)
}

/// Forgets every key: what they have signed is not accepted any more.
pub fn forget(conn: &mut Conn) -> Result<usize, StoreError> {
    on!(conn, c => diesel::delete(signing_keys::table).execute(c)).map_err(StoreError::from)
}

/// Forgets keys that are not accepted any more since before `before`; says how many.
pub fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let before = Some(Time::from(before));
    let old = signing_keys::table.filter(signing_keys::accepted_until.lt(before));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}
