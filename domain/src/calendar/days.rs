//! A calendar's local days: whether one is a working day, when it is worked, and the next that is.

use chrono::{NaiveDate, TimeDelta};

use super::{Calendar, Unreachable, clamped, timestamp};
use crate::Timestamp;

impl Calendar {
    /// Whether a local date is a working day.
    pub fn works_on(&self, date: NaiveDate) -> bool {
        !self.plan().day(number(date)).hours.is_empty()
    }

    /// When a local date is worked, in order: the intervals that start on it. One that crosses
    /// midnight ends on the next; one that a gap in the zone's clocks swallowed is left out.
    pub fn hours_on(&self, date: NaiveDate) -> Vec<(Timestamp, Timestamp)> {
        let (day, mut zone) = (number(date), self.local());
        let hours = self.plan().day(day).hours.iter();
        let mut worked = |open, close| {
            let (from, to) = (zone.instant(day, open), zone.instant(day, close));
            Some((timestamp(from).ok()?, timestamp(to).ok()?)).filter(|(from, to)| from < to)
        };
        hours.filter_map(|it| worked(it.open, it.close)).collect()
    }

    /// The instant of a local time, in seconds from the midnight that `date` starts with: in a gap the
    /// first after it, in an overlap the earlier one.
    pub fn instant_on(&self, date: NaiveDate, seconds: i64) -> Result<Timestamp, Unreachable> {
        timestamp(self.local().instant(number(date), seconds))
    }

    /// The local date of an instant.
    pub fn date_of(&self, at: Timestamp) -> NaiveDate {
        let day = i32::try_from(self.local().day_of(clamped(at))).unwrap_or_default();
        NaiveDate::from_epoch_days(day).unwrap_or_default()
    }

    /// The first working day from `date` on, at most so many days later.
    pub fn working_day_from(&self, date: NaiveDate, most: i64) -> Option<NaiveDate> {
        (0..=most)
            .map_while(|days| date.checked_add_signed(TimeDelta::days(days)))
            .find(|it| self.works_on(*it))
    }

    /// The last working day up to `date`, at most so many days earlier.
    pub fn working_day_until(&self, date: NaiveDate, most: i64) -> Option<NaiveDate> {
        (0..=most)
            .map_while(|days| date.checked_sub_signed(TimeDelta::days(days)))
            .find(|it| self.works_on(*it))
    }
}

fn number(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}
