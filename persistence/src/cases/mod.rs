//! Cases: a row each, with everything that is true of it now.
//!
//! **Invariant.** A case's row, its promises' rows, its timers, its search terms and its events are
//! written together, by [`open`] and [`save`] and by nothing else. A row's version is the sequence of
//! its last event, and it keeps that event's hash, so that the next one needs no look at the log.

mod filter;
mod list;
mod promises;
mod row;
mod statement;
mod update;
mod write;

pub use filter::{Filter, Sort};
pub use list::{Summary, list};
pub use write::{open, save};

pub(crate) use row::Row;

use crate::StoreError;
use crate::chain::Hash;
use crate::conn::{Conn, on, optional};
use crate::schema::{cases, clocks};
use crate::types::Uid;
use diesel::prelude::*;
use kefu_domain::case::{Case, Child};
use serde_json::Value;
use uuid::Uuid;

/// What the log calls a case.
pub const AGGREGATE: &str = "case";
/// The kind of the timers that belong to a case's promises; their code is the promise's.
pub const CLOCK_TIMER: &str = "clock";

/// A case that is about to be changed: locked, with the hash that its next event follows.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// As it is now.
    pub case: Case,
    /// The hash of its last event.
    pub last_hash: Hash,
}

/// The case with that id.
pub fn find(conn: &mut Conn, id: Uuid) -> Result<Option<Case>, StoreError> {
    let query = cases::table.filter(cases::id.eq(Uid(id)));
    let row: Option<Row> = optional(on!(conn, c => query.select(Row::as_select()).get_result(c)))?;
    row.map(Case::try_from).transpose()
}

/// The cases with those ids, in no particular order; ids of none are left out.
pub fn find_many(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Case>, StoreError> {
    let query = cases::table.filter(cases::id.eq_any(ids.iter().copied().map(Uid)));
    let rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
    rows.into_iter().map(Case::try_from).collect()
}

/// The case, for [`save`]. On PostgreSQL its row is locked until the transaction ends; others that
/// want to change it wait.
pub fn find_for_update(conn: &mut Conn, id: Uuid) -> Result<Option<Held>, StoreError> {
    let query = cases::table.filter(cases::id.eq(Uid(id)));
    let row = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().get_result(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).get_result(c),
    };
    optional(row)?.map(Held::try_from).transpose()
}

/// As [`find_for_update`], but does not wait: `None` also when somebody else is changing it. Timers
/// use it, which may come back later and must not wait in a circle with people's actions.
pub fn find_unlocked_for_update(conn: &mut Conn, id: Uuid) -> Result<Option<Held>, StoreError> {
    let query = cases::table.filter(cases::id.eq(Uid(id)));
    let row = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().skip_locked().get_result(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).get_result(c),
    };
    optional(row)?.map(Held::try_from).transpose()
}

/// The cases that a case has opened, oldest first, as conditions see them.
pub fn children(conn: &mut Conn, parent_id: Uuid) -> Result<Vec<Child>, StoreError> {
    let query = cases::table
        .filter(cases::parent_id.eq(Uid(parent_id)))
        .order((cases::opened_at, cases::id));
    let rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
    rows.into_iter().map(child).collect()
}

/// The case with that id and the cases it has opened, oldest first, in one statement.
pub fn find_family(conn: &mut Conn, id: Uuid) -> Result<Option<(Case, Vec<Child>)>, StoreError> {
    let query = cases::table.filter(cases::id.eq(Uid(id)).or(cases::parent_id.eq(Some(Uid(id)))));
    let mut rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
    let Some(own) = rows.iter().position(|row| row.id.0 == id) else { return Ok(None) };
    let case = Case::try_from(rows.swap_remove(own))?;
    rows.sort_by_key(|row| (row.opened_at, row.id));
    let children = rows.into_iter().map(child).collect::<Result<_, _>>()?;
    Ok(Some((case, children)))
}

fn child(row: Row) -> Result<Child, StoreError> {
    let case = Case::try_from(row)?;
    Ok(Child {
        id: case.id,
        number: case.number,
        procedure: case.procedure,
        follow_up: case.follow_up,
        state: case.state,
        fields: Value::Object(case.fields),
        closed: case.closed_at.is_some(),
    })
}

/// At most `limit` cases that have an open promise counted by `calendar`, by id after `after`: what a
/// change of the calendar re-targets, a part at a time.
pub fn counted_by(
    conn: &mut Conn,
    calendar: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let after = Uid(after.unwrap_or(Uuid::nil()));
    let query = clocks::table
        .filter(clocks::calendar.eq(calendar))
        .filter(clocks::state.eq_any(["running", "paused", "breached"]))
        .filter(clocks::case_id.gt(after))
        .select(clocks::case_id)
        .distinct()
        .order(clocks::case_id)
        .limit(limit);
    let ids: Vec<Uid> = on!(conn, c => query.load(c))?;
    Ok(ids.into_iter().map(Uuid::from).collect())
}

/// How many open cases each procedure has in each state, for `/metrics`: at most `limit` rows.
pub fn count_open(conn: &mut Conn, limit: i64) -> Result<Vec<(String, String, i64)>, StoreError> {
    let query = cases::table
        .filter(cases::closed_at.is_null())
        .group_by((cases::procedure, cases::state))
        .select((cases::procedure, cases::state, diesel::dsl::count_star()))
        .order((cases::procedure, cases::state))
        .limit(limit);
    on!(conn, c => query.load(c)).map_err(StoreError::from)
}

/// At most `limit` open cases of a procedure that follow another version than `to` (only those of
/// `versions`, if any are given), by id after `after`.
pub fn of_other_versions(
    conn: &mut Conn,
    procedure: &str,
    to: i32,
    versions: &[i32],
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let after = Uid(after.unwrap_or(Uuid::nil()));
    let any = versions.is_empty().into_sql::<diesel::sql_types::Bool>();
    let query = cases::table
        .filter(cases::procedure.eq(procedure))
        .filter(cases::procedure_version.ne(to))
        .filter(cases::procedure_version.eq_any(versions.to_vec()).or(any))
        .filter(cases::closed_at.is_null())
        .filter(cases::id.gt(after))
        .select(cases::id)
        .order(cases::id)
        .limit(limit);
    let ids: Vec<Uid> = on!(conn, c => query.load(c))?;
    Ok(ids.into_iter().map(Uuid::from).collect())
}
