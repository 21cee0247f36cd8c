//! Values that tests need and do not care about.

use chrono::{DateTime, TimeDelta, Utc};
use kefu_persistence::events::{Appended, NewEvent, append};
use kefu_persistence::records::Change;
use kefu_persistence::{Conn, StoreError};
use serde_json::json;
use uuid::Uuid;

/// Id number `n`.
pub(crate) fn id(n: u128) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(1_790_000_000_000, &[0; 10])
        .into_uuid()
        .as_u128()
        .checked_add(n)
        .map(Uuid::from_u128)
        .unwrap()
}

/// An instant, `seconds` after an arbitrary one.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

/// A change by somebody.
pub(crate) fn change(seconds: i64) -> Change {
    Change { by: Some(id(1)), at: at(seconds) }
}

/// Appends one event to aggregate `n` after `sequence`.
pub(crate) fn note(conn: &mut Conn, n: u128, sequence: i32) -> Result<Appended, StoreError> {
    let fact = NewEvent {
        kind: "note.taken".to_owned(),
        data: json!({ "n": sequence }),
        actor: None,
        at: at(i64::from(sequence)),
    };
    append(conn, "note", id(n), sequence, None, &[fact])
}
