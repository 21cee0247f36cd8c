//! When on its day a duty is to be done: at its time, spread over the working hours, or at times that
//! nobody can foresee.

use chrono::{NaiveDate, TimeDelta};
use sha2::{Digest as _, Sha256};

use super::{Duty, There};
use crate::Timestamp;

/// Seconds in a day of the clocks on the wall.
const DAY: i64 = 86_400;
/// Microseconds in a minute: times that nobody can foresee are whole minutes all the same.
const MINUTE: i64 = 60_000_000;

/// Stretches of time, in order.
type Stretches = Vec<(Timestamp, Timestamp)>;

impl Duty {
    /// When the `n`th (from 1) of `of` occurrences of a day is, where `fold` rule dates have come to lie
    /// on that day.
    pub(super) fn time(
        &self,
        there: &There<'_>,
        day: NaiveDate,
        n: u32,
        fold: u32,
    ) -> Option<Timestamp> {
        let times = self.definition.times;
        if self.definition.unfixed {
            let (stretches, all) = (self.worked(there, day)?, times * fold);
            let whole = length(&stretches);
            // A part of the day for each, so that they are not all in the same hour.
            let (from, to) = (share(whole, n - 1, all), share(whole, n, all));
            let lot =
                i64::try_from(self.lot(there, day, n) % u64::try_from(to - from).ok()?.max(1));
            return within(&stretches, (from + lot.ok()?) / MINUTE * MINUTE);
        }
        let turn = (n - 1) / fold.max(1);
        if times <= 1 {
            return there.local.instant_on(day, self.at).ok();
        }
        let stretches = self.left_of(there, day)?;
        within(&stretches, share(length(&stretches), turn, times))
    }

    /// The day's working hours; on a day without any, from the duty's time to midnight.
    fn worked(&self, there: &There<'_>, day: NaiveDate) -> Option<Stretches> {
        let hours = there.days.hours_on(day);
        if hours.is_empty() { self.rest_of(there, day) } else { Some(hours) }
    }

    /// The day's working hours from the duty's time on; where none are left, up to midnight.
    fn left_of(&self, there: &There<'_>, day: NaiveDate) -> Option<Stretches> {
        let at = there.local.instant_on(day, self.at).ok()?;
        let hours = there.days.hours_on(day).into_iter().map(|(from, to)| (from.max(at), to));
        let left: Stretches = hours.filter(|(from, to)| from < to).collect();
        if left.is_empty() { self.rest_of(there, day) } else { Some(left) }
    }

    fn rest_of(&self, there: &There<'_>, day: NaiveDate) -> Option<Stretches> {
        let from = there.local.instant_on(day, self.at).ok()?;
        let to = there.local.instant_on(day, DAY).ok()?;
        Some(vec![(from, to)])
    }

    /// What decides a time that nobody can foresee: the same on every node and on every retry.
    fn lot(&self, there: &There<'_>, day: NaiveDate, n: u32) -> u64 {
        let mut hash = Sha256::new();
        for part in [
            there.secret,
            self.definition.code.as_bytes(),
            there.site_id.as_bytes(),
            day.to_string().as_bytes(),
            n.to_be_bytes().as_slice(),
        ] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().iter().take(8).fold(0, |lot, byte| lot << 8 | u64::from(*byte))
    }
}

/// The microseconds of stretches.
fn length(stretches: &[(Timestamp, Timestamp)]) -> i64 {
    stretches.iter().filter_map(|(from, to)| (*to - *from).num_microseconds()).sum()
}

/// Where the part `n` (from 0) of `of` equal parts of a length begins.
fn share(whole: i64, n: u32, of: u32) -> i64 {
    let begin = i128::from(whole) * i128::from(n) / i128::from(of.max(1));
    i64::try_from(begin).unwrap_or(whole)
}

/// The instant at which so many microseconds of the stretches have passed.
fn within(stretches: &[(Timestamp, Timestamp)], mut passed: i64) -> Option<Timestamp> {
    for (from, to) in stretches {
        let long = (*to - *from).num_microseconds()?;
        if passed < long {
            return from.checked_add_signed(TimeDelta::microseconds(passed));
        }
        passed -= long;
    }
    stretches.last().map(|(_, to)| *to)
}
