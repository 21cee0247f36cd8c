//! The periods of a metric: days, weeks, months, quarters and years by the clocks on the wall.

use chrono::{Datelike as _, Days, Months, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::Period;
use crate::Timestamp;
use crate::calendar::midnight;

/// One period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// What people call it: `2026-11-22`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`.
    pub label: String,
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Period {
    /// The period that a local date is in: its first day, and the first day after it.
    fn around(self, date: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        let first = match self {
            Self::Day => date,
            Self::Week => {
                let since_monday = u64::from(date.weekday().num_days_from_monday());
                date.checked_sub_days(Days::new(since_monday))?
            }
            Self::Month => date.with_day(1)?,
            Self::Quarter => date.with_day(1)?.with_month0(date.month0() / 3 * 3)?,
            Self::Year => NaiveDate::from_ymd_opt(date.year(), 1, 1)?,
        };
        Some((first, self.after(first)?))
    }

    fn after(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.succ_opt(),
            Self::Week => first.checked_add_days(Days::new(7)),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Quarter => first.checked_add_months(Months::new(3)),
            Self::Year => first.checked_add_months(Months::new(12)),
        }
    }

    fn label(self, first: NaiveDate) -> String {
        match self {
            Self::Day => first.format("%Y-%m-%d").to_string(),
            Self::Week => first.format("%G-W%V").to_string(),
            Self::Month => first.format("%Y-%m").to_string(),
            Self::Quarter => format!("{:04}-Q{}", first.year(), first.month0() / 3 + 1),
            Self::Year => first.format("%Y").to_string(),
        }
    }

    /// The word used in files and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// The period of that label.
    pub fn named(self, label: &str, zone: Tz) -> Option<Stretch> {
        let first = match self {
            Self::Day => label.parse().ok()?,
            Self::Week => {
                let (year, week) = label.split_once("-W")?;
                NaiveDate::from_isoywd_opt(
                    year.parse().ok()?,
                    week.parse().ok()?,
                    chrono::Weekday::Mon,
                )?
            }
            Self::Month => format!("{label}-01").parse().ok()?,
            Self::Quarter => {
                let (year, quarter) = label.split_once("-Q")?;
                let month = quarter.parse::<u32>().ok()?.checked_mul(3)?.checked_sub(2)?;
                NaiveDate::from_ymd_opt(year.parse().ok()?, month, 1)?
            }
            Self::Year => NaiveDate::from_ymd_opt(label.parse().ok()?, 1, 1)?,
        };
        let found = self.stretch(first, zone)?;
        (found.label == label).then_some(found)
    }

    fn stretch(self, first: NaiveDate, zone: Tz) -> Option<Stretch> {
        let (from, to) = (midnight(first, zone)?, midnight(self.after(first)?, zone)?);
        Some(Stretch { label: self.label(first), from, to })
    }
}

/// The periods that touch the time from `from` to before `to`, oldest first.
pub fn stretches(
    period: Period,
    zone: Tz,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = Stretch> {
    firsts(period, zone, from, to).filter_map(move |it| period.stretch(it, zone))
}

/// How many they are.
pub fn how_many(period: Period, zone: Tz, from: Timestamp, to: Timestamp) -> usize {
    firsts(period, zone, from, to).count()
}

/// Their first days.
fn firsts(
    period: Period,
    zone: Tz,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = NaiveDate> {
    let local = |at: Timestamp| at.with_timezone(&zone).date_naive();
    let last = local(to - TimeDelta::microseconds(1));
    let first = Some(local(from)).filter(|_| from < to);
    let first = first.and_then(|date| period.around(date)).map(|(first, _)| first);
    std::iter::successors(first, move |it| period.after(*it)).take_while(move |it| *it <= last)
}
