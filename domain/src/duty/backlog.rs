//! What an outage leaves behind: every occurrence it missed, within reason.

use std::collections::VecDeque;

use chrono::TimeDelta;

use super::{Duty, Mark, There};
use crate::Timestamp;

/// How far back missed occurrences are made up for, in days.
pub const MOST_DAYS: i64 = 366;

/// How many of one duty are.
pub const MOST_MISSED: usize = 1_000;

/// From when on missed occurrences are made up for now: `since`, unless that is too far back or too
/// many have been missed; then the last of them are.
pub fn floor(
    duty: &Duty,
    there: &There<'_>,
    after: Option<Mark>,
    since: Timestamp,
    now: Timestamp,
) -> Timestamp {
    let since = since.max(now - TimeDelta::days(MOST_DAYS));
    let mut last = VecDeque::with_capacity(MOST_MISSED);
    for missed in duty.occurrences(there, after, since).take_while(|it| it.occurs_at <= now) {
        if last.len() == MOST_MISSED {
            last.pop_front();
        }
        last.push_back(missed.occurs_at);
    }
    match last.front() {
        Some(first) if last.len() == MOST_MISSED => since.max(*first),
        _ => since,
    }
}
