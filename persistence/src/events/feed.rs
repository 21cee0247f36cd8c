//! Reading the log: as a feed by position, and as one aggregate's timeline.

use super::position::Horizon;
use super::{Appended, Hash, Row, StoredEvent};
use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::events;
use crate::types::Uid;
use diesel::prelude::*;
use uuid::Uuid;

/// A page of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Oldest first.
    pub items: Vec<StoredEvent>,
    /// What to ask for next: `after` of the following call. Nothing before it will ever be added.
    pub next_position: i64,
}

/// At most `limit` events after position `after`, only those of `types` when there are any.
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
    let query = events::table
        .filter(events::position.gt(after))
        .filter(events::position.lt(horizon))
        .filter(events::kind.eq_any(types))
        .order(events::position)
        .limit(limit);
    let items = events_of(on!(conn, c => query.select(Row::as_select()).load(c))?)?;
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
