//! The slow, obvious answer: walks day by day, asks of each whether the rule means it, walks on to the
//! day it comes to lie on, and there from minute to minute. It shares the calendar's opening hours with
//! the product, and nothing else of it.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, TimeZone as _, Timelike as _};
use chrono_tz::Tz;
use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;

/// A rule as a person reads it, beside its RFC 5545 text.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// Each so many days.
    Days(i64),
    /// On these weekdays (from Monday) of each so many weeks.
    Weekdays(i64, Vec<u32>),
    /// On this day of the month; from the end if negative.
    Monthday(i32),
}

impl Rule {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Days(step) => format!("FREQ=DAILY;INTERVAL={step}"),
            Self::Weekdays(step, days) => {
                let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
                let days: Vec<_> = names
                    .iter()
                    .zip(0..)
                    .filter(|(_, it)| days.contains(it))
                    .map(|(name, _)| *name)
                    .collect();
                format!("FREQ=WEEKLY;INTERVAL={step};BYDAY={}", days.join(","))
            }
            Self::Monthday(day) => format!("FREQ=MONTHLY;BYMONTHDAY={day}"),
        }
    }

    fn means(&self, date: NaiveDate) -> bool {
        let days = (date - NaiveDate::from_ymd_opt(2001, 1, 1).unwrap()).num_days();
        match self {
            Self::Days(step) => days % step == 0,
            Self::Weekdays(step, on) => {
                days.div_euclid(7) % step == 0
                    && on.contains(&date.weekday().num_days_from_monday())
            }
            Self::Monthday(day) if *day > 0 => i64::from(date.day()) == i64::from(*day),
            Self::Monthday(day) => {
                let ahead = u64::from(day.unsigned_abs());
                let after = date + Days::new(ahead);
                after.day() == 1
            }
        }
    }
}

/// A duty at fixed times, as a person reads it.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) rule: Rule,
    pub(crate) at: (u32, u32),
    pub(crate) closed: &'static str,
    pub(crate) times: u32,
}

/// Whether any quarter of an hour of a local day is open: hours begin and end with one.
pub(crate) fn works(calendar: &Calendar, date: NaiveDate) -> bool {
    minutes(calendar.zone(), date).iter().step_by(15).any(|it| calendar.is_open(*it))
}

/// The minutes of real time of a local day.
fn minutes(zone: Tz, date: NaiveDate) -> Vec<Timestamp> {
    let around = date.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(16);
    let all = (0..56 * 60).map(|it| around + TimeDelta::minutes(it));
    all.filter(|it| it.with_timezone(&zone).date_naive() == date).collect()
}

/// Every instant at which it arises from `from` until before `to`, in order.
pub(crate) fn all(
    duty: &Plain,
    calendar: &Calendar,
    from: Timestamp,
    to: Timestamp,
) -> Vec<Timestamp> {
    let zone = calendar.zone();
    let date = |at: DateTime<_>| zone.from_utc_datetime(&at.naive_utc()).date_naive();
    let (first, last) = (date(from) - Days::new(60), date(to) + Days::new(60));
    let mut found = Vec::new();
    let mut day = first;
    while day <= last {
        if duty.rule.means(day)
            && let Some(moved) = moved(duty, calendar, day)
        {
            found.extend(on(duty, calendar, moved));
        }
        day = day + Days::new(1);
    }
    found.sort();
    found.retain(|it| (from..to).contains(it));
    found
}

fn moved(duty: &Plain, calendar: &Calendar, date: NaiveDate) -> Option<NaiveDate> {
    let mut day = date;
    for _ in 0..50 {
        if duty.closed == "same" || works(calendar, day) {
            return Some(day);
        }
        day = match duty.closed {
            "before" => day - Days::new(1),
            "after" => day + Days::new(1),
            _ => return None,
        };
    }
    None
}

/// The instants of one occurrence's day.
fn on(duty: &Plain, calendar: &Calendar, day: NaiveDate) -> Vec<Timestamp> {
    let zone = calendar.zone();
    // The first minute at which the clocks show the time or something later.
    let shows = |it: &Timestamp| {
        let wall = it.with_timezone(&zone).time();
        (wall.hour(), wall.minute()) >= duty.at
    };
    let today = minutes(zone, day);
    let begin = today.iter().position(shows).unwrap_or(today.len());
    let rest = &today[begin..];
    if duty.times == 1 {
        let midnight = today.last().map(|it| *it + TimeDelta::minutes(1));
        return vec![rest.first().copied().or(midnight).unwrap()];
    }
    let open: Vec<Timestamp> = rest.iter().copied().filter(|it| calendar.is_open(*it)).collect();
    let counted = if open.is_empty() { rest.to_vec() } else { open };
    let whole = i64::try_from(counted.len()).unwrap() * 60_000_000;
    let instant = |turn: u32| {
        let passed = whole * i64::from(turn) / i64::from(duty.times);
        let minute = usize::try_from(passed / 60_000_000).unwrap();
        counted[minute] + TimeDelta::microseconds(passed % 60_000_000)
    };
    (0..duty.times).map(instant).collect()
}
