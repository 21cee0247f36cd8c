//! A deadline worked out slowly from the events alone, with the office's hours known by heart.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use kefu_domain::Timestamp;
use kefu_domain::case::{Event, Fact};
use kefu_domain::span::{Span, Unit};

/// Shanghai has had no summer time since 1991.
const EAST: TimeDelta = TimeDelta::hours(8);

/// What the events say about the latest run of a clock.
struct Run {
    since: Timestamp,
    span: Span,
    calendar: String,
    pauses: Vec<(Timestamp, Timestamp)>,
    still_since: Option<Timestamp>,
    extensions: Vec<Span>,
}

/// When a clock is due, and the working or elapsed time it stood still, by its history.
/// `closed` are the days the office is closed beside the holidays.
pub(crate) fn due(events: &[Event], code: &str, closed: &[NaiveDate]) -> (Timestamp, TimeDelta) {
    let run = run(events, code);
    let hours = Hours { office: run.calendar == "office", closed };
    let mut due = hours.add(run.since, run.span);
    let paused = run.pauses.iter().fold(TimeDelta::zero(), |sum, (from, to)| {
        sum + if run.span.is_working() { hours.between(*from, *to) } else { *to - *from }
    });
    if paused > TimeDelta::zero() {
        due = if run.span.is_working() { hours.work(due, paused) } else { due + paused };
    }
    for extension in run.extensions {
        due = hours.add(due, extension);
    }
    (due, paused)
}

fn run(events: &[Event], code: &str) -> Run {
    let mut found: Option<Run> = None;
    for event in events {
        match (&event.fact, &mut found) {
            (Fact::ClockStarted { clock, span, calendar, paused, .. }, _) if clock == code => {
                found = Some(Run {
                    since: event.at,
                    span: *span,
                    calendar: calendar.clone(),
                    pauses: Vec::new(),
                    still_since: paused.then_some(event.at),
                    extensions: Vec::new(),
                });
            }
            (Fact::ClockPaused { clock }, Some(run)) if clock == code => {
                run.still_since = Some(event.at);
            }
            (Fact::ClockResumed { clock, .. }, Some(run)) if clock == code => {
                run.pauses.push((run.still_since.take().unwrap(), event.at));
            }
            (Fact::ClockRetargeted { clock, span, calendar, .. }, Some(run)) if clock == code => {
                run.span = *span;
                run.calendar.clone_from(calendar);
            }
            (Fact::ExtensionApproved { clock, span }, Some(run)) if clock == code => {
                run.extensions.push(*span);
            }
            _ => {}
        }
    }
    found.unwrap()
}

struct Hours<'a> {
    /// The office's, or every hour there is.
    office: bool,
    closed: &'a [NaiveDate],
}

impl Hours<'_> {
    fn add(&self, start: Timestamp, span: Span) -> Timestamp {
        let count = i64::from(span.count);
        match span.unit {
            Unit::Minute => start + TimeDelta::minutes(count),
            Unit::Hour => start + TimeDelta::hours(count),
            Unit::Day => start + TimeDelta::days(count),
            Unit::Week => start + TimeDelta::days(7 * count),
            Unit::Month => panic!("no fixture counts months"),
            Unit::WorkingMinute => self.work(start, TimeDelta::minutes(count)),
            Unit::WorkingHour => self.work(start, TimeDelta::hours(count)),
            Unit::WorkingDay => {
                let mut day = (start.naive_utc() + EAST).date();
                let mut left = count;
                while left > 0 {
                    day = day.succ_opt().unwrap();
                    left -= i64::from(!self.of(day).is_empty());
                }
                self.of(day).last().unwrap().1
            }
        }
    }

    /// When so much has been worked since `start`.
    fn work(&self, start: Timestamp, mut left: TimeDelta) -> Timestamp {
        let mut day = (start.naive_utc() + EAST).date();
        loop {
            for (open, close) in self.of(day) {
                let from = open.max(start);
                if close > from && left <= close - from {
                    return from + left;
                }
                left -= (close - from).max(TimeDelta::zero());
            }
            day = day.succ_opt().unwrap();
        }
    }

    /// The time worked between two instants.
    fn between(&self, from: Timestamp, to: Timestamp) -> TimeDelta {
        let mut day = (from.naive_utc() + EAST).date();
        let mut sum = TimeDelta::zero();
        while day <= (to.naive_utc() + EAST).date() {
            for (open, close) in self.of(day) {
                sum += (close.min(to) - open.max(from)).max(TimeDelta::zero());
            }
            day = day.succ_opt().unwrap();
        }
        sum
    }

    /// When it is open on a day.
    fn of(&self, day: NaiveDate) -> Vec<(Timestamp, Timestamp)> {
        let at = |day: NaiveDate, hour, minute| {
            let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
            (NaiveDateTime::new(day, time) - EAST).and_utc()
        };
        if !self.office {
            return vec![(at(day, 0, 0), at(day.succ_opt().unwrap(), 0, 0))];
        }
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let worked = match (day.year(), day.month(), day.day()) {
            (2026, 9, 20) | (2026, 10, 10) => true,
            (2026, 9, 25..=27) | (2026, 10, 1..=7) => false,
            _ => !weekend,
        };
        if !worked || self.closed.contains(&day) {
            return Vec::new();
        }
        vec![(at(day, 8, 30), at(day, 12, 0)), (at(day, 13, 0), at(day, 18, 0))]
    }
}
