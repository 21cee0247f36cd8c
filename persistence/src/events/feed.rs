//! Reading the log: as a feed by position, and as one aggregate's timeline.

use super::position::Horizon;
use super::{Appended, Hash, Row, StoredEvent};
use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::events;
use crate::types::Uid;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use uuid::Uuid;

/// A page of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Oldest first.
    pub items: Vec<StoredEvent>,
    /// What to ask for next: `after` of the following call. Nothing before it will ever be added.
    pub next_position: i64,
}

/// A condition on a row of the log.
type Wanted<'a, DB> = Box<dyn BoxableExpression<events::table, DB, SqlType = Bool> + 'a>;

/// `case.*` as `LIKE` has it: what begins with `case.`.
fn beginning_with(pattern: &str) -> String {
    let start = pattern.trim_end_matches('*');
    format!("{}%", start.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// The first position that is not settled: everything before it is there and stays as it is.
pub fn horizon(conn: &mut Conn) -> Result<i64, StoreError> {
    on!(conn, c => diesel::select(Horizon).get_result(c)).map_err(StoreError::from)
}

/// The position of the last event that the feed shows; 0: there is none.
pub fn settled(conn: &mut Conn) -> Result<i64, StoreError> {
    let query = events::table
        .filter(events::position.lt(Horizon))
        .order(events::position.desc())
        .limit(1)
        .select(events::position);
    let last: Option<i64> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(last.unwrap_or(0))
}

/// The events at these positions, oldest first.
pub fn at(conn: &mut Conn, positions: &[i64]) -> Result<Vec<StoredEvent>, StoreError> {
    let query = events::table.filter(events::position.eq_any(positions)).order(events::position);
    events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)
}

/// At most `limit` events after position `after`; when there are `types`, only those of them. A type
/// may be a pattern: `case.*`.
pub fn feed(conn: &mut Conn, after: i64, limit: i64, types: &[String]) -> Result<Feed, StoreError> {
    if types.is_empty() {
        let query = events::table
            .filter(events::position.gt(after))
            .filter(events::position.lt(Horizon))
            .order(events::position)
            .limit(limit);
        let items = events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)?;
        let next_position = items.last().map_or(after, |last| last.position);
        return Ok(Feed { items, next_position });
    }
    // The horizon comes first: what is settled now stays settled while the rows are read, and a page
    // that is not full has then seen everything up to it.
    let horizon: i64 = on!(conn, c => diesel::select(Horizon).get_result(c))?;
    let (exact, starts): (Vec<&str>, Vec<&str>) =
        types.iter().map(String::as_str).partition(|it| !it.ends_with('*'));
    let starts: Vec<String> = starts.into_iter().map(beginning_with).collect();
    let rows = on!(conn, c => {
        let mut wanted: Wanted<'_, _> = Box::new(events::kind.eq_any(exact.clone()));
        for start in &starts {
            wanted = Box::new(wanted.or(events::kind.like(start).escape('\\')));
        }
        events::table
            .filter(events::position.gt(after))
            .filter(events::position.lt(horizon))
            .filter(wanted)
            .order(events::position)
            .limit(limit)
            .select(Row::as_select())
            .load(c)
    })?;
    let items = events_of(rows)?;
    let full = i64::try_from(items.len()).is_ok_and(|count| count >= limit);
    let next_position = match items.last() {
        Some(last) if full => last.position,
        _ => after.max(horizon - 1),
    };
    Ok(Feed { items, next_position })
}

/// At most `limit` events of one aggregate after `after_sequence`, oldest first.
pub fn timeline(
    conn: &mut Conn,
    aggregate_id: Uuid,
    after_sequence: i32,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let query = events::table
        .filter(events::aggregate_id.eq(Uid(aggregate_id)))
        .filter(events::sequence.gt(after_sequence))
        .order(events::sequence)
        .limit(limit);
    events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)
}

/// At most `limit` events of one type of one aggregate after `after_sequence`, oldest first.
pub fn timeline_of(
    conn: &mut Conn,
    aggregate_id: Uuid,
    kind: &str,
    after_sequence: i32,
    limit: i64,
) -> Result<Vec<StoredEvent>, StoreError> {
    let query = events::table
        .filter(events::aggregate_id.eq(Uid(aggregate_id)))
        .filter(events::kind.eq(kind))
        .filter(events::sequence.gt(after_sequence))
        .order(events::sequence)
        .limit(limit);
    events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)
}

/// What the server itself did to an aggregate, oldest first.
pub(crate) fn by_the_server(
    conn: &mut Conn,
    aggregate_id: Uuid,
) -> Result<Vec<StoredEvent>, StoreError> {
    let query = events::table
        .filter(events::aggregate_id.eq(Uid(aggregate_id)))
        .filter(events::actor_id.is_null())
        .order(events::sequence);
    events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)
}

/// Where the log of an aggregate ends; `None`: it has not begun.
pub fn last(conn: &mut Conn, aggregate_id: Uuid) -> Result<Option<Appended>, StoreError> {
    let query = events::table
        .filter(events::aggregate_id.eq(Uid(aggregate_id)))
        .order(events::sequence.desc())
        .limit(1)
        .select((events::sequence, events::hash));
    let row: Option<(i32, Vec<u8>)> = optional(on!(conn, c => query.get_result(c)))?;
    row.map(|(last_sequence, hash)| {
        let last_hash = Hash::read(&hash, "events", aggregate_id, "hash")?;
        Ok(Appended { last_sequence, last_hash })
    })
    .transpose()
}

fn events_of(rows: Vec<Row>) -> Result<Vec<StoredEvent>, StoreError> {
    rows.into_iter().map(StoredEvent::try_from).collect()
}
