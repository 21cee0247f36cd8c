//! The log: every change of every aggregate, in one table, hash-chained for each aggregate.
//!
//! **Invariant.** A row is appended in the transaction of the change it tells of, and never changed.
//!
//! **Invariant.** The feed never skips: a position that becomes visible is greater than every
//! position the feed has shown. On SQLite the one writer numbers in the order of commits. On
//! PostgreSQL a position is `base + (transaction id << 16) + n`, and the feed shows only positions of
//! transactions older than every one still running.

mod append;
mod feed;
mod position;

pub use crate::chain::{Hash, id_of_code};
pub(crate) use append::Rows;
pub use append::{Appended, NewEvent, append};
pub(crate) use feed::by_the_server;
pub use feed::{Feed, at, feed, horizon, last, settled, timeline, timeline_of};
pub(crate) use position::guard_positions;

use crate::StoreError;
use crate::chain::event_id;
use crate::schema::events;
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// One fact, as it is stored and as the feed shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredEvent {
    /// Its place in the feed; grows, with gaps.
    pub position: i64,
    /// `UUIDv7`, made from its time and hash.
    pub id: Uuid,
    /// What happened: `case.opened`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it happened to: `case`.
    pub aggregate: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// 1, 2, 3 … within the aggregate.
    pub sequence: i32,
    /// Who did it; nobody: the server itself.
    pub actor_id: Option<Uuid>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// What else there is to say.
    pub data: Value,
}

/// A row as the database has it, with the exact text that was hashed.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub(crate) struct Row {
    pub(crate) position: i64,
    pub(crate) aggregate: String,
    pub(crate) aggregate_id: Uid,
    pub(crate) sequence: i32,
    pub(crate) kind: String,
    pub(crate) actor_id: Option<Uid>,
    pub(crate) occurred_at: Time,
    pub(crate) data: String,
    pub(crate) prev_hash: Vec<u8>,
    pub(crate) hash: Vec<u8>,
}

impl TryFrom<Row> for StoredEvent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let hash = Hash::read(&row.hash, "events", row.position, "hash")?;
        let Ok(data) = serde_json::from_str(&row.data) else {
            return Err(StoreError::corrupt("events", row.position, "data"));
        };
        Ok(Self {
            position: row.position,
            id: event_id(row.occurred_at.0, hash),
            kind: row.kind,
            aggregate: row.aggregate,
            aggregate_id: row.aggregate_id.0,
            sequence: row.sequence,
            actor_id: row.actor_id.map(|id| id.0),
            occurred_at: row.occurred_at.0,
            data,
        })
    }
}
