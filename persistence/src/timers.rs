//! Instants at which the server must act. A timer is named by its subject, its kind and a code: a
//! clock, a duty and the like have exactly one each.

use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::timers;
use crate::types::{Json, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// A future instant and what it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// What to do: `clock`.
    pub kind: String,
    /// About what: the case.
    pub subject_id: Uuid,
    /// Which of its timers of this kind: the clock's code.
    pub code: String,
    /// When.
    pub due_at: DateTime<Utc>,
    /// What else is needed.
    pub data: Value,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = timers)]
struct Row {
    kind: String,
    subject_id: Uid,
    code: String,
    due_at: Time,
    data: Json,
}

impl From<Row> for Timer {
    fn from(row: Row) -> Self {
        let Row { kind, subject_id, code, due_at, data } = row;
        Self { kind, subject_id: subject_id.0, code, due_at: due_at.0, data: data.0 }
    }
}

/// Sets a timer, or moves it when it is set already.
pub fn set(conn: &mut Conn, timer: &Timer) -> Result<(), StoreError> {
    let row = Row {
        kind: timer.kind.clone(),
        subject_id: Uid(timer.subject_id),
        code: timer.code.clone(),
        due_at: Time::from(timer.due_at),
        data: Json(timer.data.clone()),
    };
    on!(conn, c => diesel::insert_into(timers::table)
        .values(&row)
        .on_conflict((timers::subject_id, timers::kind, timers::code))
        .do_update()
        .set((timers::due_at.eq(&row.due_at), timers::data.eq(&row.data)))
        .execute(c))?;
    Ok(())
}

/// Forgets a timer, if it is set.
pub fn clear(conn: &mut Conn, kind: &str, subject_id: Uuid, code: &str) -> Result<(), StoreError> {
    let timer = timers::table.find((Uid(subject_id), kind, code));
    on!(conn, c => diesel::delete(timer).execute(c))?;
    Ok(())
}

/// At most `limit` timers due at `now` or before, the earliest first. Nothing is locked: whoever
/// fires one locks its subject first, as every other change does, and looks whether it still is due.
/// Locking the timer instead would let a worker and a person wait for each other.
pub fn due(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> Result<Vec<Timer>, StoreError> {
    let due = timers::table
        .filter(timers::due_at.le(Time::from(now)))
        .order((timers::due_at, timers::subject_id, timers::kind, timers::code))
        .limit(limit);
    let rows: Vec<Row> = on!(conn, c => due.select(Row::as_select()).load(c))?;
    Ok(rows.into_iter().map(Timer::from).collect())
}

/// When the next timer is due, whoever holds it.
pub fn earliest(conn: &mut Conn) -> Result<Option<DateTime<Utc>>, StoreError> {
    let query = timers::table.order(timers::due_at).limit(1).select(timers::due_at);
    let due: Option<Time> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(due.map(|due| due.0))
}

/// How many timers are due before `instant`: work that waits.
pub fn due_before(conn: &mut Conn, instant: DateTime<Utc>) -> Result<i64, StoreError> {
    let query = timers::table.filter(timers::due_at.lt(Time::from(instant))).count();
    on!(conn, c => query.get_result(c)).map_err(StoreError::from)
}
