//! When and how often an action may be taken: windows of local time, and counts.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Weekday};
use serde_json::Value;

use super::Refusal;
use super::draft::Draft;
use crate::Timestamp;
use crate::calendar::Calendar;
use crate::procedure::definition::{Action, AtMost, Per, Window};
use crate::span::{Span, Unit};

/// Whether an action may be taken at this instant, as far as window and count go.
pub(super) fn permits(draft: &Draft<'_>, action: &Action) -> Result<(), Refusal> {
    let clause = || action.clauses.first().cloned();
    if let Some(window) = &action.window
        && !holds(draft, window, draft.now())
    {
        let window = words(window);
        return Err(Refusal::OutsideWindow {
            action: action.code.clone(),
            window,
            clause: clause(),
        });
    }
    if let Some(most) = action.at_most
        && taken(draft, &action.code, most) >= most.times
    {
        let (times, per) = (most.times, most.per);
        return Err(Refusal::TooOften {
            action: action.code.clone(),
            times,
            per,
            clause: clause(),
        });
    }
    Ok(())
}

fn holds(draft: &Draft<'_>, window: &Window, at: Timestamp) -> bool {
    let local = at.with_timezone(&zone(draft));
    let days = window.first_and_last();
    let days = days.is_none_or(|(first, last)| (first..=last).contains(&local.day()));
    let today = weekday(local.weekday());
    let weekdays = window.weekdays.is_empty() || window.weekdays.iter().any(|it| it == today);
    let minute = local.hour() * 60 + local.minute();
    let hours = window.from_and_to();
    let hours = hours.is_none_or(|(from, to)| (from..to).contains(&minute));
    let calendar = window.calendar.as_deref();
    let calendar = calendar.and_then(|it| draft.context.calendars.find(it));
    days && weekdays && hours && calendar.is_none_or(|it| it.is_open(at))
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

/// Where the case's clocks hang on the wall.
fn zone(draft: &Draft<'_>) -> chrono_tz::Tz {
    let calendar = draft.context.site_calendar.and_then(|it| draft.context.calendars.find(it));
    calendar.map_or(chrono_tz::UTC, Calendar::zone)
}

/// How often it was taken in the stretch of time that is now.
fn taken(draft: &Draft<'_>, action: &str, most: AtMost) -> u32 {
    let zone = zone(draft);
    let stretch = |at: Timestamp| {
        let day = at.with_timezone(&zone).date_naive();
        match most.per {
            Per::Day => (day.year(), day.ordinal()),
            Per::Week => (day.iso_week().year(), day.iso_week().week()),
            Per::Month => (day.year(), day.month()),
            Per::Case => (0, 0),
        }
    };
    let now = stretch(draft.now());
    let all = draft.case.taken.get(action).map_or(&[][..], Vec::as_slice);
    let count = all.iter().filter(|it| stretch(**it) == now).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The window in words a person can act on: `20-25 08:00-20:00`.
fn words(window: &Window) -> String {
    let weekdays = (!window.weekdays.is_empty()).then(|| window.weekdays.join(" "));
    let calendar = window.calendar.as_ref().map(|it| format!("({it})"));
    let all = [window.days.clone(), weekdays, window.hours.clone(), calendar];
    all.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How long it is from an instant to a deadline that a form gave: a date, until its end where the
/// case belongs, or an instant. `None` where it gave none, or one that is not later.
pub(super) fn span_until(draft: &Draft<'_>, value: &Value, from: Timestamp) -> Option<Span> {
    let text = value.as_str()?;
    let at = if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        instant.to_utc()
    } else {
        let next = text.parse::<NaiveDate>().ok()?.succ_opt()?.and_hms_opt(0, 0, 0)?;
        next.and_local_timezone(zone(draft)).earliest()?.to_utc()
    };
    // Spans are whole minutes: the last one is given.
    let seconds = at.signed_duration_since(from).num_seconds();
    let count = u32::try_from(seconds.checked_add(59)? / 60).ok().filter(|it| *it > 0)?;
    let unit = Unit::Minute;
    (count <= unit.most()).then_some(Span { count, unit })
}
