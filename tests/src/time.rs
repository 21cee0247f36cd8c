//! Instants as the API writes them.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};

/// The instant written as RFC 3339, for example `2026-11-23T01:00:00Z`.
#[track_caller]
pub fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text)
        .unwrap_or_else(|error| panic!("`{text}` is no instant: {error}"))
        .with_timezone(&Utc)
}

/// `start` (RFC 3339) and `by` later, written to the second as the API writes it.
#[track_caller]
pub fn plus(start: &str, by: TimeDelta) -> String {
    (at(start) + by).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
