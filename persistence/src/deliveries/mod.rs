//! What is sent to webhooks: planned from the feed, claimed by a node, attempted, kept for a while.
//!
//! **Invariant.** An event becomes a delivery in the transaction that moves its webhook's cursor past
//! it: once, whichever nodes plan at the same time.
//!
//! **Invariant.** A claim is a lease in real time. A node that dies holds nothing for longer than
//! that, and while it lasts no other node sends the same.

mod list;
mod plan;
mod send;

pub use list::{Filter, attempts, find, list, waiting};
pub use plan::{begin, cursor, cursors, forget, move_cursor, plan};
pub use send::{
    Claim, Result as AttemptResult, claim, due, finish, has_succeeded_since, redeliver,
    redeliver_range, resume, sweep,
};

use crate::schema::{webhook_attempts, webhook_deliveries};
use crate::types::{Time, Uid};
use diesel::prelude::*;

/// Waits to be sent, or to be sent again.
pub const PENDING: &str = "pending";
/// Was taken.
pub const DELIVERED: &str = "delivered";
/// Was never taken, and is not tried any more.
pub const FAILED: &str = "failed";

/// Something to be told to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_deliveries, treat_none_as_default_value = false)]
pub struct Delivery {
    /// `UUIDv7`; the message's id, the same for every attempt.
    pub id: Uid,
    /// To which webhook.
    pub webhook_id: Uid,
    /// Of which event: its place in the feed. Of what is no event: where the webhook had got to.
    pub position: i64,
    /// What happened: `case.opened`.
    pub kind: String,
    /// What it happened to.
    pub aggregate: String,
    /// Which one.
    pub aggregate_id: Uid,
    /// The event's id; none: it is no event.
    pub event_id: Option<Uid>,
    /// [`PENDING`], [`DELIVERED`] or [`FAILED`].
    pub state: String,
    /// How often it has been sent.
    pub attempts: i32,
    /// How often since it was last asked for: what the schedule counts.
    pub tries: i32,
    /// When it is due.
    pub next_at: Time,
    /// Until when, in real time, a node holds it.
    pub leased_until: Time,
    /// What the receiver last answered.
    pub last_status: Option<i32>,
    /// Why the receiver last did not answer.
    pub last_error: Option<String>,
    /// When it was planned.
    pub created_at: Time,
    /// When it was taken, or given up.
    pub finished_at: Option<Time>,
    /// Counts its changes.
    pub version: i32,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = webhook_attempts, treat_none_as_default_value = false)]
pub struct Attempt {
    /// Of what.
    pub delivery_id: Uid,
    /// 1, 2, 3 …
    pub number: i32,
    /// When.
    pub started_at: Time,
    /// How long until the answer, or until none was waited for.
    pub duration_ms: i32,
    /// The status answered.
    pub status: Option<i32>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// How the answer began.
    pub body: Option<String>,
}
