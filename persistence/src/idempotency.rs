//! Answers kept under the caller's own key, so that a repeated request has no second effect.
//!
//! **Invariant.** The record is written in the transaction of the effect: either both are there or
//! neither.

use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::idempotency;
use crate::types::{Json, Time, Uid, sql};
use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// What is known of a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Begun {
    /// Nothing: go on, and [`finish`] in the same transaction.
    Fresh,
    /// The same request was answered: answer the same.
    Replay(Answer),
    /// Another request was answered under this key.
    OtherBody,
    /// A request with this key is being worked on.
    Running,
}

/// An answer, as it was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers worth repeating.
    pub headers: Value,
    /// The body, byte for byte.
    pub body: String,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency)]
struct Row {
    caller_id: Uid,
    key: String,
    fingerprint: Vec<u8>,
    status: i32,
    headers: Json,
    body: String,
    created_at: Time,
}

/// Looks the key up inside the caller's write transaction. `fingerprint` is a hash of the request. On
/// PostgreSQL a lock on the key, free again when the transaction ends, tells whether another request
/// is at it; on SQLite there is one writer.
///
/// Lock and look-up are one statement, to save a round trip. It sees the state before it got the lock:
/// an answer given in between is not seen, and [`finish`] then reports [`StoreError::Conflict`].
pub fn begin(
    conn: &mut Conn,
    caller_id: Uuid,
    key: &str,
    fingerprint: &[u8],
) -> Result<Begun, StoreError> {
    let found = idempotency::table.find((Uid(caller_id), key));
    let (free, row): (bool, Option<Row>) = match conn {
        Conn::Pg(c, _) => Lock { id: lock_of(caller_id, key), caller_id: Uid(caller_id), key }
            .get_result::<(bool, Option<Row>)>(c)?,
        Conn::Sqlite(c, _) => (true, optional(found.select(Row::as_select()).get_result(c))?),
    };
    let Some(row) = row else { return Ok(if free { Begun::Fresh } else { Begun::Running }) };
    if row.fingerprint != fingerprint {
        return Ok(Begun::OtherBody);
    }
    let Ok(status) = u16::try_from(row.status) else {
        return Err(StoreError::corrupt("idempotency", key, "status"));
    };
    Ok(Begun::Replay(Answer { status, headers: row.headers.0, body: row.body }))
}

/// Keeps the answer under the key.
pub fn finish(
    conn: &mut Conn,
    caller_id: Uuid,
    key: &str,
    fingerprint: &[u8],
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let row = Row {
        caller_id: Uid(caller_id),
        key: key.to_owned(),
        fingerprint: fingerprint.to_owned(),
        status: i32::from(answer.status),
        headers: Json(answer.headers.clone()),
        body: answer.body.clone(),
        created_at: Time::from(now),
    };
    let written = on!(conn, c => diesel::insert_into(idempotency::table).values(&row).execute(c));
    match written.map_err(StoreError::from) {
        Ok(_) => Ok(()),
        Err(StoreError::Duplicate) => Err(StoreError::Conflict),
        Err(error) => Err(error),
    }
}

/// Tries to take the lock and reads the answer, if there is one.
struct Lock<'a> {
    id: i64,
    caller_id: Uid,
    key: &'a str,
}

impl QueryId for Lock<'_> {
    type QueryId = Lock<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Lock<'_> {
    type SqlType = (Bool, Nullable<idempotency::SqlType>);
}

impl RunQueryDsl<PgConnection> for Lock<'_> {}

impl QueryFragment<Pg> for Lock<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT lock.free, kept.caller_id, kept.key, kept.fingerprint, kept.status, \
             kept.headers, kept.body, kept.created_at FROM (SELECT pg_try_advisory_xact_lock(",
        );
        out.push_bind_param::<BigInt, _>(&self.id)?;
        out.push_sql(") AS free) AS lock LEFT JOIN idempotency AS kept ON kept.caller_id = ");
        out.push_bind_param::<sql::Id, _>(&self.caller_id)?;
        out.push_sql(" AND kept.key = ");
        out.push_bind_param::<Text, _>(self.key)?;
        Ok(())
    }
}

/// Forgets answers older than `before`; says how many.
pub fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let old = idempotency::table.filter(idempotency::created_at.lt(Time::from(before)));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}

/// PostgreSQL's advisory locks are numbers.
fn lock_of(caller_id: Uuid, key: &str) -> i64 {
    let mut sha = Sha256::new();
    sha.update(caller_id.as_bytes());
    sha.update(key.as_bytes());
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(sha.finalize()).for_each(|(to, from)| *to = from);
    i64::from_be_bytes(bytes)
}
