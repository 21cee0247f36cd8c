//! Days, weeks and months: the same local time on another date.

use chrono::{Months, NaiveDate};

use super::plan::DAY;
use super::zone::SECOND;
use super::{Calendar, Unreachable, micros, timestamp};
use crate::Timestamp;
use crate::span::{Span, Unit};

#[derive(Clone, Copy)]
enum Direction {
    Later,
    Earlier,
}

impl Calendar {
    pub(super) fn add_dates(&self, start: Timestamp, by: Span) -> Result<Timestamp, Unreachable> {
        self.move_date(start, by, Direction::Later)
    }

    pub(super) fn subtract_dates(
        &self,
        end: Timestamp,
        by: Span,
    ) -> Result<Timestamp, Unreachable> {
        self.move_date(end, by, Direction::Earlier)
    }

    fn move_date(
        &self,
        at: Timestamp,
        by: Span,
        direction: Direction,
    ) -> Result<Timestamp, Unreachable> {
        let at = micros(at)?;
        if by.count == 0 {
            // Not by way of the local time: in an overlap that could lead back an hour.
            return timestamp(at);
        }
        let zone = self.local();
        let wall = zone.wall_of(at);
        let (day, time) = (wall.div_euclid(DAY * SECOND), wall.rem_euclid(DAY * SECOND));
        let days = i64::from(by.count) * if by.unit == Unit::Week { 7 } else { 1 };
        let day = match (by.unit, direction) {
            (Unit::Month, direction) => months(day, by.count, direction)?,
            (_, Direction::Later) => day + days,
            (_, Direction::Earlier) => day - days,
        };
        timestamp(zone.resolve(day * DAY * SECOND + time))
    }
}

/// The same day of the month, or the last of a month that is shorter.
fn months(day: i64, count: u32, direction: Direction) -> Result<i64, Unreachable> {
    let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
    let moved = date.and_then(|date| match direction {
        Direction::Later => date.checked_add_months(Months::new(count)),
        Direction::Earlier => date.checked_sub_months(Months::new(count)),
    });
    moved.map(|date| i64::from(date.to_epoch_days())).ok_or(Unreachable)
}
