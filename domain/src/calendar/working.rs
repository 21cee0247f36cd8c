//! Spans on a calendar: adding, subtracting, and the working time between two instants.

use std::ops::ControlFlow::{Break, Continue};

use chrono::TimeDelta;

use super::openings::HORIZON;
use super::zone::SECOND;
use super::{Calendar, Unreachable, clamped, micros, timestamp};
use crate::Timestamp;
use crate::span::{Span, Unit};

impl Calendar {
    /// When a span that starts at `start` is used up: the deadline. Each unit as DESIGN §4.1 says.
    ///
    /// Fails when working time is asked of a calendar that has not enough of it.
    pub fn add(&self, start: Timestamp, span: Span) -> Result<Timestamp, Unreachable> {
        match span.unit {
            Unit::Minute | Unit::Hour => add_elapsed(start, elapsed(span)),
            Unit::Day | Unit::Week | Unit::Month => self.add_dates(start, span),
            Unit::WorkingMinute | Unit::WorkingHour => self.add_working(start, elapsed(span)),
            Unit::WorkingDay => self.nth_close_after(start, span.count),
        }
    }

    /// The instant from which a span ends at `end`: where a warning "two working hours before the
    /// deadline" belongs. Working time is used up backwards, so an `end` outside the working
    /// intervals waits for the closing before it, and a span used up exactly at an opening is that
    /// opening. `Nwd` is the close of the Nth working day before the local date of `end`; `0wd` is
    /// today's close if business has ended, else the close of the working day before.
    pub fn subtract(&self, end: Timestamp, span: Span) -> Result<Timestamp, Unreachable> {
        match span.unit {
            Unit::Minute | Unit::Hour => add_elapsed(end, -elapsed(span)),
            Unit::Day | Unit::Week | Unit::Month => self.subtract_dates(end, span),
            Unit::WorkingMinute | Unit::WorkingHour => self.subtract_working(end, elapsed(span)),
            Unit::WorkingDay => self.nth_close_before(end, span.count),
        }
    }

    /// When `worked` working time has passed since `start`, to the microsecond. A start outside the
    /// working intervals waits for the next opening, also when nothing is to be worked. A negative
    /// time is subtracted.
    pub fn add_working(
        &self,
        start: Timestamp,
        worked: TimeDelta,
    ) -> Result<Timestamp, Unreachable> {
        if worked < TimeDelta::zero() {
            return self.subtract_working(start, -worked);
        }
        let from = micros(start)?;
        let mut left = worked.num_microseconds().ok_or(Unreachable)?;
        let found = self.openings(from, from.saturating_add(HORIZON), |opening| {
            let begin = opening.from.max(from);
            if left <= opening.to - begin {
                return Break(begin + left);
            }
            left -= opening.to - begin;
            Continue(())
        });
        timestamp(found.ok_or(Unreachable)?)
    }

    /// Since when `worked` working time has passed at `end`: [`Calendar::add_working`] backwards.
    pub fn subtract_working(
        &self,
        end: Timestamp,
        worked: TimeDelta,
    ) -> Result<Timestamp, Unreachable> {
        if worked < TimeDelta::zero() {
            return self.add_working(end, -worked);
        }
        let from = micros(end)?;
        let mut left = worked.num_microseconds().ok_or(Unreachable)?;
        let found = self.openings_back(from, from.saturating_sub(HORIZON), |opening| {
            let finish = opening.to.min(from);
            if left <= finish - opening.from {
                return Break(finish - left);
            }
            left -= finish - opening.from;
            Continue(())
        });
        timestamp(found.ok_or(Unreachable)?)
    }

    /// The working time in `[a, b)`; none when `b` is not after `a`.
    pub fn between(&self, a: Timestamp, b: Timestamp) -> TimeDelta {
        let (a, b) = (clamped(a), clamped(b));
        let mut worked = 0;
        if a < b {
            let _: Option<()> = self.openings(a, b, |opening| {
                worked += opening.to.min(b) - opening.from.max(a);
                Continue(())
            });
        }
        TimeDelta::microseconds(worked)
    }

    /// Whether `at` lies inside a working interval. An opening does, a closing does not.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let at = clamped(at);
        self.openings(at, at.saturating_add(1), |_| Break(())).is_some()
    }

    fn nth_close_after(&self, start: Timestamp, count: u32) -> Result<Timestamp, Unreachable> {
        let start = micros(start)?;
        let zone = self.local();
        let today = zone.day_of(start);
        if count == 0
            && let Some(close) = self.close(today).filter(|close| start < *close)
        {
            return timestamp(close);
        }
        let last = zone.day_of(start.saturating_add(HORIZON));
        self.nth_close(self.plan().within(today + 1..=last), count)
    }

    fn nth_close_before(&self, end: Timestamp, count: u32) -> Result<Timestamp, Unreachable> {
        let end = micros(end)?;
        let zone = self.local();
        let today = zone.day_of(end);
        if count == 0
            && let Some(close) = self.close(today).filter(|close| *close <= end)
        {
            return timestamp(close);
        }
        let last = zone.day_of(end.saturating_sub(HORIZON));
        self.nth_close(self.plan().within(last..=today - 1).rev(), count)
    }

    /// The close of the Nth working day in `days`; of the first for nought.
    fn nth_close(
        &self,
        mut days: impl Iterator<Item = i64>,
        count: u32,
    ) -> Result<Timestamp, Unreachable> {
        let mut left = count.max(1);
        let found = days.find(|day| {
            left -= u32::from(!self.plan().day(*day).hours.is_empty());
            left == 0
        });
        timestamp(found.and_then(|day| self.close(day)).ok_or(Unreachable)?)
    }

    /// The end of the last working interval of a local day; nothing when it is no working day.
    fn close(&self, day: i64) -> Option<i64> {
        let last = self.plan().day(day).hours.last()?;
        Some(self.local().instant(day, last.close))
    }
}

/// Elapsed time needs no calendar.
fn add_elapsed(start: Timestamp, elapsed: TimeDelta) -> Result<Timestamp, Unreachable> {
    let elapsed = elapsed.num_microseconds().ok_or(Unreachable)?;
    timestamp(micros(start)?.checked_add(elapsed).ok_or(Unreachable)?)
}

/// The length of a span of (working) minutes or hours.
fn elapsed(span: Span) -> TimeDelta {
    let minutes = match span.unit {
        Unit::Minute | Unit::WorkingMinute => 1,
        Unit::Hour | Unit::WorkingHour => 60,
        Unit::Day | Unit::Week | Unit::Month | Unit::WorkingDay => 0,
    };
    TimeDelta::microseconds(i64::from(span.count) * minutes * 60 * SECOND)
}
