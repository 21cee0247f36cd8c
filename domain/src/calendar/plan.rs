//! A calendar compiled: which hours each local day has, found without walking or allocating.
//!
//! Days are counted from 1970-01-01, times of day in seconds from local midnight.

use std::ops::RangeInclusive;

/// Seconds in a day of wall-clock time.
pub(super) const DAY: i64 = 86_400;

/// A working interval of the day it starts on, in seconds from that day's midnight;
/// `close` may lie in the next day, never beyond.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Hours {
    pub(super) open: i64,
    pub(super) close: i64,
}

/// Why a date is not as its weekday says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cause {
    /// Closed, by the calendar itself or by the national table.
    Holiday,
    /// Its own hours: an override or a make-up day.
    Override,
}

/// A date that is not as its weekday says.
#[derive(Clone, Debug)]
pub(super) struct Exception {
    pub(super) day: i64,
    pub(super) cause: Cause,
    pub(super) name: Option<String>,
    pub(super) hours: Vec<Hours>,
}

/// The pattern of a week and the dates that differ from it.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// From Monday; each day's hours in order and apart.
    pub(super) week: [Vec<Hours>; 7],
    /// In order of date, each date once.
    pub(super) exceptions: Vec<Exception>,
    /// Every day before this one is closed.
    first_open: i64,
    /// Every day after this one is closed.
    last_open: i64,
}

/// What governs one local day.
#[derive(Clone, Copy)]
pub(super) struct DayPlan<'a> {
    pub(super) hours: &'a [Hours],
    pub(super) exception: Option<&'a Exception>,
}

impl Plan {
    pub(super) fn new(week: [Vec<Hours>; 7], exceptions: Vec<Exception>) -> Self {
        let mut open = exceptions.iter().filter(|it| !it.hours.is_empty()).map(|it| it.day);
        let (first_open, last_open) = match (open.next(), open.next_back()) {
            _ if week.iter().any(|hours| !hours.is_empty()) => (i64::MIN, i64::MAX),
            (Some(first), last) => (first, last.unwrap_or(first)),
            (None, _) => (i64::MAX, i64::MIN),
        };
        Self { week, exceptions, first_open, last_open }
    }

    /// The hours of `day` and what gave them.
    pub(super) fn day(&self, day: i64) -> DayPlan<'_> {
        let found = self.exceptions.binary_search_by_key(&day, |exception| exception.day);
        match found.ok().and_then(|index| self.exceptions.get(index)) {
            Some(exception) => DayPlan { hours: &exception.hours, exception: Some(exception) },
            None => DayPlan { hours: self.weekday(day), exception: None },
        }
    }

    /// `days` without those at either end that lie outside all the calendar's open days: a calendar
    /// that never opens again is not walked to the end of time.
    pub(super) fn within(&self, days: RangeInclusive<i64>) -> RangeInclusive<i64> {
        self.first_open.max(*days.start())..=self.last_open.min(*days.end())
    }

    fn weekday(&self, day: i64) -> &[Hours] {
        // The first of January 1970 was a Thursday.
        let from_monday = usize::try_from((day + 3).rem_euclid(7));
        from_monday.ok().and_then(|index| self.week.get(index)).map_or(&[], Vec::as_slice)
    }
}
