//! Local time and instants, looked up as seldom as possible.
//!
//! One rule covers the ordinary case, the gap and the overlap alike: the instant of a wall-clock
//! time is the first at which the clocks on the wall show it or something later. In a gap that is
//! the end of the gap; in an overlap it is the earlier of the two.

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset as _, TimeZone as _};
use chrono_tz::{GapInfo, Tz};

use super::plan::DAY;

/// Microseconds in a second.
pub(super) const SECOND: i64 = 1_000_000;

/// How many days apart two looks at an offset may be without missing a change and its reversal:
/// no zone has ever changed twice within 6.9 days (a test goes through them all).
pub(super) const STRIDE: i64 = 5;

/// A time zone with the stretch of days last seen to have one offset.
pub(super) struct Zone {
    tz: Tz,
    offset: i64,
    from: i64,
    to: i64,
}

impl Zone {
    pub(super) fn new(tz: Tz) -> Self {
        // An empty stretch, which holds no day: the first question looks.
        Self { tz, offset: 0, from: i64::MAX, to: i64::MIN }
    }

    /// The local date of an instant in microseconds, in days from 1970-01-01.
    pub(super) fn day_of(&self, instant: i64) -> i64 {
        let seconds = instant.div_euclid(SECOND);
        (seconds + self.offset_at(seconds)).div_euclid(DAY)
    }

    /// The local time of an instant, in microseconds on a calendar without zones.
    pub(super) fn wall_of(&self, instant: i64) -> i64 {
        instant + self.offset_at(instant.div_euclid(SECOND)) * SECOND
    }

    /// The instant of `seconds` after the midnight that `day` starts with; up to two days.
    pub(super) fn instant(&mut self, day: i64, seconds: i64) -> i64 {
        let wall = day * DAY + seconds;
        match self.steady(day - 1, day + 3) {
            Some(offset) => (wall - offset) * SECOND,
            None => self.resolve(wall * SECOND),
        }
    }

    /// The instant of a wall-clock time in microseconds, by the rule above.
    pub(super) fn resolve(&self, wall: i64) -> i64 {
        let local = naive(wall.div_euclid(SECOND));
        let back = |offset: &chrono_tz::TzOffset| wall - seconds(offset) * SECOND;
        match self.tz.offset_from_local_datetime(&local) {
            MappedLocalTime::Single(offset) => back(&offset),
            MappedLocalTime::Ambiguous(one, other) => back(&one).min(back(&other)),
            MappedLocalTime::None => {
                let gap = GapInfo::new(&local, &self.tz).and_then(|gap| gap.begin);
                // Every gap has a beginning: before the first change no time is missing.
                gap.map_or(wall, |(start, before)| {
                    (start.and_utc().timestamp() - seconds(&before)) * SECOND
                })
            }
        }
    }

    /// The offset that holds from UTC midnight of `from` to that of `to` (at most a stride later),
    /// if it is one and the same all the while.
    fn steady(&mut self, from: i64, to: i64) -> Option<i64> {
        if self.from <= from && to <= self.to {
            return Some(self.offset);
        }
        if self.from <= from && from <= self.to && self.holds_at(self.to + STRIDE) {
            self.to += STRIDE;
        } else if self.from <= to && to <= self.to && self.holds_at(self.from - STRIDE) {
            self.from -= STRIDE;
        } else {
            (self.offset, self.from, self.to) = (self.offset_at(from * DAY), from, from);
            if !self.holds_at(to) {
                return None;
            }
            self.to = to;
        }
        Some(self.offset)
    }

    fn holds_at(&self, day: i64) -> bool {
        self.offset_at(day * DAY) == self.offset
    }

    fn offset_at(&self, instant: i64) -> i64 {
        seconds(&self.tz.offset_from_utc_datetime(&naive(instant)))
    }
}

fn seconds(offset: &chrono_tz::TzOffset) -> i64 {
    i64::from(offset.fix().local_minus_utc())
}

/// Out of chrono's range only beyond the years that `Calendar` lets in.
fn naive(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().naive_utc()
}
