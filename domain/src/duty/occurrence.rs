//! A duty's occurrences at a site, one after the other.
//!
//! **Invariant.** Each date of the rule gives its `times` occurrences, on whatever day it comes to lie;
//! none is lost or given twice, however calendars move them. What has been done is remembered by the
//! date of the rule, which no change of a calendar moves.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::rule::Rule;
use super::{Closed, Definition};
use crate::Timestamp;
use crate::calendar::Calendar;
use crate::text::Text;

/// The longest closure, in days, before or after which an occurrence finds its working day; and in how
/// many years the next one lies, if there is one.
const CLOSURE: i64 = 366;
const YEARS: i64 = 10;

/// A duty, ready to be counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// As it is written.
    pub definition: Definition,
    pub(super) rule: Rule,
    /// Its local time of day, in seconds.
    pub(super) at: i64,
}

/// Where a duty is counted.
#[derive(Debug, Clone, Copy)]
pub struct There<'a> {
    /// The site.
    pub site_id: Uuid,
    /// Whose time zone its clocks show: the site's calendar.
    pub local: &'a Calendar,
    /// Whose working days and hours count: the duty's calendar, or the site's.
    pub days: &'a Calendar,
    /// What nobody outside knows, for times that nobody can foresee.
    pub secret: &'a [u8],
}

/// How far the occurrences of a duty have been seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// A date of the rule, before calendars move it.
    pub date: NaiveDate,
    /// Which of its `times`, from 1.
    pub turn: u32,
}

/// An instant at which a duty arises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// Its place in the order.
    pub mark: Mark,
    /// When.
    pub occurs_at: Timestamp,
    /// Which it is on its day, from 1.
    pub n: u32,
}

impl Duty {
    /// A duty as it is written, if it can be counted.
    ///
    /// # Errors
    /// Why not.
    pub fn new(definition: Definition) -> Result<Self, Text> {
        let rule = Rule::parse(&definition.rule)?;
        let at = seconds(&definition.at).ok_or_else(|| {
            let at = &definition.at;
            Text::new(format!("`{at}` 不是 HH:MM"), format!("`{at}` is no HH:MM"))
        })?;
        if definition.times == 0 || definition.times > 24 {
            return Err(Text::new("一天 1 至 24 次", "1 to 24 times a day"));
        }
        Ok(Self { definition, rule, at })
    }

    /// What decides at which instants it arises, in a line: where this is the same, they are.
    pub fn pattern(&self) -> String {
        let Definition { rule, at, closed, calendar, times, unfixed, .. } = &self.definition;
        let calendar = calendar.as_deref().unwrap_or("-");
        format!("{rule} {at} {closed:?} {calendar} {times} {unfixed}").to_lowercase()
    }

    /// The first occurrence after `after` that is not before `from`; none: it does not arise any more,
    /// not within ten years.
    pub fn next(
        &self,
        there: &There<'_>,
        after: Option<Mark>,
        from: Timestamp,
    ) -> Option<Occurrence> {
        self.occurrences(there, after, from).next()
    }

    /// All of them, in order.
    pub fn occurrences<'a>(
        &'a self,
        there: &'a There<'a>,
        after: Option<Mark>,
        from: Timestamp,
    ) -> impl Iterator<Item = Occurrence> + 'a {
        let today = there.local.date_of(from).min(there.days.date_of(from));
        let earliest = self.earliest(there, today);
        let start = after.map_or(earliest, |it| it.date.max(earliest));
        let end = start + TimeDelta::days(YEARS * 366);
        self.rule
            .dates(start)
            .take_while(move |date| *date <= end)
            .flat_map(move |date| self.of_date(there, date))
            .filter(move |it| after.is_none_or(|after| it.mark > after) && it.occurs_at >= from)
    }

    /// The first date of the rule that may give an occurrence on the day before `today` or later: a
    /// night belongs to the day it starts on.
    fn earliest(&self, there: &There<'_>, today: NaiveDate) -> NaiveDate {
        let yesterday = today - TimeDelta::days(2);
        match self.definition.closed {
            Closed::Same | Closed::Skip | Closed::Before => yesterday,
            Closed::After => day_after_the_one_before(there, yesterday),
        }
    }

    /// The occurrences of one date of the rule.
    fn of_date(&self, there: &There<'_>, date: NaiveDate) -> Vec<Occurrence> {
        let Some((day, first, fold)) = self.placed(there, date) else { return Vec::new() };
        let times = self.definition.times;
        let occurrence = |turn: u32| {
            let n = (first * times) + turn;
            let occurs_at = self.time(there, day, n, fold)?;
            Some(Occurrence { mark: Mark { date, turn }, occurs_at, n })
        };
        (1..=times).filter_map(occurrence).collect()
    }

    /// The day a date of the rule comes to lie on, how many dates that lie on it come before this one,
    /// and how many do in all.
    fn placed(&self, there: &There<'_>, date: NaiveDate) -> Option<(NaiveDate, u32, u32)> {
        let (day, from, to) = match self.definition.closed {
            Closed::Same => return Some((date, 0, 1)),
            Closed::Skip => return there.days.works_on(date).then_some((date, 0, 1)),
            Closed::After => {
                let day = there.days.working_day_from(date, CLOSURE)?;
                (day, day_after_the_one_before(there, day), day)
            }
            Closed::Before => {
                let day = there.days.working_day_until(date, CLOSURE)?;
                let next = there.days.working_day_from(day + TimeDelta::days(1), CLOSURE - 1);
                let last =
                    next.map_or(day + TimeDelta::days(CLOSURE), |it| it - TimeDelta::days(1));
                (day, day, last)
            }
        };
        let (mut before, mut all) = (0, 0);
        for other in self.rule.dates(from).take_while(|it| *it <= to) {
            before += u32::from(other < date);
            all += 1;
        }
        Some((day, before, all))
    }
}

/// The day after the last working day before `day`: from then on dates are moved to `day`.
fn day_after_the_one_before(there: &There<'_>, day: NaiveDate) -> NaiveDate {
    let before = there.days.working_day_until(day - TimeDelta::days(1), CLOSURE - 1);
    before.map_or(day - TimeDelta::days(CLOSURE), |it| it + TimeDelta::days(1))
}

/// Seconds of `HH:MM`.
fn seconds(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() == 2).map(i64::from);
    let (hour, minute) = (two(hour)?, two(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 3_600 + minute * 60)
}
