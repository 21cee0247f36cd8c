//! Calendars and instants for the tests, written as people write them.

use chrono::{NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Definition, Fault};
use kefu_domain::span::Span;
use serde_json::{Value, json};

/// A property office: 08:30–12:00 and 13:00–18:00 from Monday to Friday, Shanghai, holidays of CN.
pub(crate) fn office() -> Value {
    let day = json!([["08:30", "12:00"], ["13:00", "18:00"]]);
    json!({
        "code": "office", "title": { "zh": "办公时间", "en": "Office hours" },
        "time_zone": "Asia/Shanghai", "national": "CN",
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
    })
}

/// The same hours every day in `zone`, without holidays.
pub(crate) fn daily(zone: &str, intervals: &Value) -> Value {
    let mut week = serde_json::Map::new();
    for day in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] {
        week.insert(day.to_owned(), intervals.clone());
    }
    json!({
        "code": "daily", "title": { "zh": "每日", "en": "Daily" }, "time_zone": zone, "week": week,
    })
}

/// `definition` with the members of `changes` in place of its own.
pub(crate) fn with(mut definition: Value, changes: &Value) -> Value {
    for (member, value) in changes.as_object().unwrap() {
        definition[member] = value.clone();
    }
    definition
}

pub(crate) fn calendar(definition: Value) -> Calendar {
    Calendar::new(serde_json::from_value::<Definition>(definition).unwrap()).unwrap()
}

pub(crate) fn faults(definition: Value) -> Vec<Fault> {
    Calendar::new(serde_json::from_value::<Definition>(definition).unwrap()).unwrap_err()
}

pub(crate) fn span(text: &str) -> Span {
    text.parse().unwrap()
}

/// A local time that exists once, as `2026-02-13 17:00` with seconds if they matter.
pub(crate) fn local(zone: Tz, text: &str) -> Timestamp {
    let text = if text.matches(':').count() == 1 { format!("{text}:00") } else { text.to_owned() };
    let naive = NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").unwrap();
    zone.from_local_datetime(&naive).single().unwrap().to_utc()
}

pub(crate) fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Asserts that `span` from `start` is due at `due`, all in the calendar's local time.
#[track_caller]
pub(crate) fn due(calendar: &Calendar, start: &str, text: &str, due: &str) {
    let zone = calendar.zone();
    let found = calendar.add(local(zone, start), span(text)).unwrap().with_timezone(&zone);
    assert_eq!(found, local(zone, due).with_timezone(&zone), "{start} + {text}");
}

/// The same backwards.
#[track_caller]
pub(crate) fn since(calendar: &Calendar, end: &str, text: &str, since: &str) {
    let zone = calendar.zone();
    let found = calendar.subtract(local(zone, end), span(text)).unwrap().with_timezone(&zone);
    assert_eq!(found, local(zone, since).with_timezone(&zone), "{end} - {text}");
}
