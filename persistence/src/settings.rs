//! Values that belong to the whole deployment: the revision of its rules, keys, the sandbox's clock.

use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::settings;
use crate::types::Json;
use diesel::prelude::*;
use serde_json::Value;

const REVISION: &str = "revision";
const GATE_REVISION: &str = "gate_revision";

/// The value of `key`.
pub fn get(conn: &mut Conn, key: &str) -> Result<Option<Value>, StoreError> {
    let query = settings::table.find(key).select(settings::value);
    let value: Option<Json> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(value.map(|Json(value)| value))
}

/// Sets `key` to `value`, whatever it was.
pub fn put(conn: &mut Conn, key: &str, value: Value) -> Result<(), StoreError> {
    let value = Json(value);
    on!(conn, c => diesel::insert_into(settings::table)
        .values((settings::key.eq(key), settings::value.eq(&value)))
        .on_conflict(settings::key)
        .do_update()
        .set(settings::value.eq(&value))
        .execute(c))?;
    Ok(())
}

/// Sets `key` to `value` if it has none yet; answers the value it has now. Nodes that start at the
/// same time agree on the first one's.
pub fn put_if_absent(conn: &mut Conn, key: &str, value: Value) -> Result<Value, StoreError> {
    let row = (settings::key.eq(key), settings::value.eq(Json(value)));
    on!(conn, c => diesel::insert_into(settings::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    get(conn, key)?.ok_or_else(|| StoreError::corrupt("settings", key, "value"))
}

/// A number that grows with every change of procedures, calendars, roles, sites and users: what a
/// node keeps of them in memory is good while this has not changed.
pub fn revision(conn: &mut Conn) -> Result<i64, StoreError> {
    number(conn, REVISION)
}

/// Says that something of the above has changed. Part of the transaction that changes it.
pub fn bump_revision(conn: &mut Conn) -> Result<(), StoreError> {
    bump(conn, REVISION)
}

/// The same for who may come in: signing keys, API keys, sign-ins that were ended. These change more
/// often than rules, and cost little to read again.
pub fn gate_revision(conn: &mut Conn) -> Result<i64, StoreError> {
    number(conn, GATE_REVISION)
}

/// Says that who may come in has changed. Part of the transaction that changes it.
pub fn bump_gate_revision(conn: &mut Conn) -> Result<(), StoreError> {
    bump(conn, GATE_REVISION)
}

fn number(conn: &mut Conn, key: &str) -> Result<i64, StoreError> {
    Ok(get(conn, key)?.and_then(|value| value.as_i64()).unwrap_or(0))
}

/// Adds one. The key is one of ours and stands in the text.
fn bump(conn: &mut Conn, key: &'static str) -> Result<(), StoreError> {
    let more = match conn {
        Conn::Pg(..) => "to_jsonb((settings.value #>> '{}')::bigint + 1)",
        Conn::Sqlite(..) => "cast(settings.value AS integer) + 1",
    };
    conn.batch(&format!(
        "INSERT INTO settings (key, value) VALUES ('{key}', '1') ON CONFLICT (key) \
         DO UPDATE SET value = {more}"
    ))
}
