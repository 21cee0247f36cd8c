//! The official holidays and make-up days, and what beats what.

use chrono::TimeDelta;
use chrono_tz::Asia::Shanghai;
use kefu_domain::calendar::Calendar;
use serde_json::json;

use crate::support::{calendar, due, local, office, since, with};

fn open_hours(calendar: &Calendar, date: &str) -> i64 {
    let midnight = local(Shanghai, &format!("{date} 00:00"));
    calendar.between(midnight, midnight + TimeDelta::days(1)).num_minutes()
}

#[test]
fn spring_festival_2025_with_its_make_up_days() {
    let office = calendar(office());
    assert_eq!(open_hours(&office, "2025-01-26"), 510, "Sunday, worked");
    assert_eq!(open_hours(&office, "2025-02-08"), 510, "Saturday, worked");
    assert_eq!(open_hours(&office, "2025-01-28"), 0);
    assert_eq!(open_hours(&office, "2025-02-04"), 0);
    due(&office, "2025-01-24 15:00", "1wd", "2025-01-26 18:00"); // Friday to the made-up Sunday
    due(&office, "2025-01-26 15:00", "1wd", "2025-01-27 18:00");
    due(&office, "2025-01-27 15:00", "1wd", "2025-02-05 18:00");
    due(&office, "2025-01-27 15:00", "3wd", "2025-02-07 18:00");
    due(&office, "2025-01-27 15:00", "4wd", "2025-02-08 18:00"); // the made-up Saturday counts
    due(&office, "2025-01-27 17:00", "2wh", "2025-02-05 09:30");
    since(&office, "2025-02-05 09:30", "2wh", "2025-01-27 17:00");
}

#[test]
fn spring_festival_2026_with_its_make_up_days() {
    let office = calendar(office());
    due(&office, "2026-02-13 17:00", "4wh", "2026-02-14 11:30"); // Friday evening to Saturday
    due(&office, "2026-02-14 17:00", "4wh", "2026-02-24 11:30");
    due(&office, "2026-02-14 17:00", "1wd", "2026-02-24 18:00");
    due(&office, "2026-02-24 09:00", "4wd", "2026-02-28 18:00"); // Saturday
    due(&office, "2026-02-28 09:00", "1wd", "2026-03-02 18:00"); // Sunday the first is Sunday
}

#[test]
fn national_day_2025_and_2026_with_their_make_up_days() {
    let office = calendar(office());
    due(&office, "2025-09-26 15:00", "1wd", "2025-09-28 18:00"); // Sunday, worked
    due(&office, "2025-09-30 17:30", "1wh", "2025-10-09 09:00");
    due(&office, "2025-10-09 08:30", "2wd", "2025-10-11 18:00"); // Saturday, worked
    due(&office, "2026-09-18 15:00", "1wd", "2026-09-20 18:00"); // Sunday, worked
    due(&office, "2026-09-24 15:00", "1wd", "2026-09-28 18:00"); // Mid-Autumn Friday off
    due(&office, "2026-09-30 17:30", "1wh", "2026-10-08 09:00");
    due(&office, "2026-10-08 08:30", "2wd", "2026-10-10 18:00"); // Saturday, worked
}

#[test]
fn make_up_days_have_their_own_hours_or_mondays() {
    let short = calendar(with(office(), &json!({ "makeup": [["09:00", "12:00"]] })));
    due(&short, "2026-02-13 17:00", "4wh", "2026-02-14 12:00");
    due(&short, "2026-02-13 15:00", "1wd", "2026-02-14 12:00");
    let monday = json!({ "mon": [["10:00", "11:00"]], "fri": [["09:00", "18:00"]] });
    let monday = calendar(with(office(), &json!({ "week": monday })));
    due(&monday, "2026-02-13 15:00", "1wd", "2026-02-14 11:00");
}

#[test]
fn own_days_beat_the_table_and_overrides_beat_holidays() {
    let own = calendar(with(
        office(),
        &json!({
            "holidays": [
                { "date": "2026-02-14", "name": "提前放假" },
                { "date": "2026-03-03", "name": "盘点" },
                { "date": "2026-03-04", "name": "盘点" },
            ],
            "overrides": [
                { "date": "2026-02-17", "intervals": [["10:00", "12:00"]], "name": "春节值班" },
                { "date": "2026-03-04", "intervals": [["14:00", "15:00"]] },
                { "date": "2026-03-05", "intervals": [] },
            ],
        }),
    ));
    assert_eq!(open_hours(&own, "2026-02-14"), 0, "an own holiday beats the table's make-up day");
    assert_eq!(open_hours(&own, "2026-02-17"), 120, "an override beats the table's holiday");
    assert_eq!(open_hours(&own, "2026-03-03"), 0, "a holiday beats the week");
    assert_eq!(open_hours(&own, "2026-03-04"), 60, "an override beats a holiday");
    assert_eq!(open_hours(&own, "2026-03-05"), 0, "an override may close");
    due(&own, "2026-02-13 15:00", "1wd", "2026-02-17 12:00");
    due(&own, "2026-03-02 17:30", "1wh", "2026-03-04 14:30");
}

#[test]
fn without_a_table_the_week_goes_on() {
    let mut plain = office();
    plain.as_object_mut().unwrap().remove("national");
    let plain = calendar(plain);
    due(&plain, "2026-02-13 17:00", "4wh", "2026-02-16 11:30");
    assert_eq!(open_hours(&plain, "2026-02-14"), 0);
}
