//! Duties and calendars for the tests, written as people write them.

use chrono::{NaiveDateTime, TimeZone as _};
use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Definition};
use kefu_domain::duty::{Duty, Occurrence, There};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const SECRET: &[u8] = b"nobody knows";

/// A duty with the members of `changes` in place of its own.
pub(crate) fn duty(changes: &Value) -> Duty {
    let mut definition = json!({
        "code": "patrol", "title": { "zh": "巡查", "en": "Patrol" }, "rule": "FREQ=DAILY",
        "open": "inquiry", "within": "1d",
    });
    for (member, value) in changes.as_object().unwrap() {
        definition[member] = value.clone();
    }
    Duty::new(serde_json::from_value(definition).unwrap()).unwrap()
}

/// 08:30–12:00 and 13:00–17:30 from Monday to Friday, in `zone`.
pub(crate) fn office(zone: &str) -> Value {
    let day = json!([["08:30", "12:00"], ["13:00", "17:30"]]);
    json!({
        "code": "office", "title": { "zh": "办公时间", "en": "Office hours" }, "time_zone": zone,
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
    })
}

pub(crate) fn calendar(definition: Value) -> Calendar {
    Calendar::new(serde_json::from_value::<Definition>(definition).unwrap()).unwrap()
}

/// A site that works by one calendar.
pub(crate) fn at(calendar: &Calendar) -> There<'_> {
    There { site_id: Uuid::from_u128(7), local: calendar, days: calendar, secret: SECRET }
}

/// A local time of a calendar that exists once.
pub(crate) fn local(calendar: &Calendar, text: &str) -> Timestamp {
    let naive = NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S").unwrap();
    calendar.zone().from_local_datetime(&naive).single().unwrap().to_utc()
}

/// The local times of what arises from `from` until before `to`.
pub(crate) fn times(duty: &Duty, calendar: &Calendar, from: &str, to: &str) -> Vec<String> {
    let (from, to) = (local(calendar, from), local(calendar, to));
    let there = at(calendar);
    let all = duty.occurrences(&there, None, from).take_while(|it| it.occurs_at < to);
    all.map(|it| shown(calendar, it)).collect()
}

fn shown(calendar: &Calendar, it: Occurrence) -> String {
    it.occurs_at.with_timezone(&calendar.zone()).format("%m-%d %H:%M").to_string()
}
