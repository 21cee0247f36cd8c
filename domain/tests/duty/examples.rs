//! Duties as regulations have them, and the instants a person would say.

use kefu_domain::duty::{Definition, Duty, Mark, floor};
use serde_json::json;

use crate::support::{at, calendar, duty, local, office, times};

#[test]
fn a_report_each_friday_comes_the_day_before_a_closed_one() {
    let mut closed = office("Asia/Shanghai");
    closed["holidays"] = json!([{ "date": "2026-11-13", "name": "停业" }]);
    let office = calendar(closed);
    let report = json!({ "rule": "FREQ=WEEKLY;BYDAY=FR", "at": "16:00", "closed": "before" });
    let found = times(&duty(&report), &office, "2026-11-02 00:00", "2026-11-30 00:00");
    assert_eq!(found, ["11-06 16:00", "11-12 16:00", "11-20 16:00", "11-27 16:00"]);
}

#[test]
fn what_falls_on_a_closed_day_is_skipped_or_moved_as_the_duty_says() {
    let office = calendar(office("Asia/Shanghai"));
    let found = |closed: &str| {
        let monthly = json!({ "rule": "FREQ=MONTHLY;BYMONTHDAY=1", "closed": closed });
        times(&duty(&monthly), &office, "2026-07-15 00:00", "2026-12-15 00:00")
    };
    // The first of August is a Saturday, that of November a Sunday.
    assert_eq!(
        found("same"),
        ["08-01 09:00", "09-01 09:00", "10-01 09:00", "11-01 09:00", "12-01 09:00"]
    );
    assert_eq!(found("skip"), ["09-01 09:00", "10-01 09:00", "12-01 09:00"]);
    assert_eq!(
        found("before"),
        ["07-31 09:00", "09-01 09:00", "10-01 09:00", "10-30 09:00", "12-01 09:00"]
    );
    assert_eq!(
        found("after"),
        ["08-03 09:00", "09-01 09:00", "10-01 09:00", "11-02 09:00", "12-01 09:00"]
    );
}

#[test]
fn what_is_moved_onto_a_day_with_its_own_is_not_lost() {
    let office = calendar(office("Asia/Shanghai"));
    let daily = duty(&json!({ "closed": "after", "times": 2 }));
    let found = times(&daily, &office, "2026-11-06 00:00", "2026-11-10 00:00");
    let monday = ["11-09 09:00"; 3].into_iter().chain(["11-09 13:45"; 3]);
    assert_eq!(found, ["11-06 09:00", "11-06 13:45"].into_iter().chain(monday).collect::<Vec<_>>());
}

#[test]
fn twice_a_day_is_spread_over_the_working_hours_that_are_left() {
    let office = calendar(office("Asia/Shanghai"));
    let found = |at: &str, times_a_day: u32| {
        let patrol = json!({ "closed": "skip", "at": at, "times": times_a_day });
        times(&duty(&patrol), &office, "2026-11-06 00:00", "2026-11-07 00:00")
    };
    assert_eq!(found("08:30", 2), ["11-06 08:30", "11-06 13:30"]);
    assert_eq!(found("07:00", 4), ["11-06 08:30", "11-06 10:30", "11-06 13:30", "11-06 15:30"]);
    assert_eq!(found("18:00", 2), ["11-06 18:00", "11-06 21:00"], "until midnight");
    assert_eq!(found("18:00", 1), ["11-06 18:00"], "at its time, whatever the hours");
}

#[test]
fn a_time_that_the_clocks_skip_is_the_first_after_it() {
    let berlin = calendar(office("Europe/Berlin"));
    let night = duty(&json!({ "at": "02:30" }));
    let found = times(&night, &berlin, "2026-03-28 00:00", "2026-03-31 00:00");
    assert_eq!(found, ["03-28 02:30", "03-29 03:00", "03-30 02:30"]);
    let found = times(&night, &berlin, "2026-10-24 00:00", "2026-10-27 00:00");
    assert_eq!(found, ["10-24 02:30", "10-25 02:30", "10-26 02:30"]);
}

#[test]
fn each_quarter_is_four_times_a_year() {
    let office = calendar(office("Asia/Shanghai"));
    let quarterly =
        json!({ "rule": "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5", "closed": "after" });
    let found = times(&duty(&quarterly), &office, "2026-01-01 00:00", "2027-01-01 00:00");
    assert_eq!(found, ["01-05 09:00", "04-06 09:00", "07-06 09:00", "10-05 09:00"]);
}

#[test]
fn a_calendar_that_is_changed_repeats_nothing_that_was_done() {
    let open = calendar(office("Asia/Shanghai"));
    let mut definition = office("Asia/Shanghai");
    definition["holidays"] = json!([{ "date": "2026-11-09", "name": "停业" }]);
    let closed = calendar(definition);
    let weekly = duty(&json!({ "rule": "FREQ=WEEKLY;BYDAY=SA", "closed": "after" }));
    let from = local(&open, "2026-11-06 00:00");
    let first = weekly.next(&at(&open), None, from).unwrap();
    assert_eq!(first.occurs_at, local(&open, "2026-11-09 09:00"));
    // Saturday's was done on Monday. Were Monday closed now, it would be Tuesday's.
    let next = weekly.next(&at(&closed), Some(first.mark), from).unwrap();
    assert_eq!(next.occurs_at, local(&open, "2026-11-16 09:00"));
}

#[test]
fn a_duty_whose_calendar_never_opens_does_not_arise() {
    let mut never = office("Asia/Shanghai");
    never["week"] = json!({});
    let never = calendar(never);
    let from = local(&never, "2026-11-06 00:00");
    for closed in ["skip", "before", "after"] {
        let duty = duty(&json!({ "closed": closed }));
        assert_eq!(duty.next(&at(&never), None, from), None, "{closed}");
    }
}

#[test]
fn what_an_outage_missed_is_made_up_for_within_reason() {
    let office = calendar(office("Asia/Shanghai"));
    let (start, now) = (local(&office, "2024-11-01 00:00"), local(&office, "2026-11-01 00:00"));
    let there = at(&office);
    let pending = |duty: &Duty, after: Option<Mark>, since| {
        let from = floor(duty, &there, after, since, now);
        duty.occurrences(&there, after, from).take_while(|it| it.occurs_at <= now).count()
    };
    let daily = duty(&json!({}));
    assert_eq!(pending(&daily, None, start), 366, "the last 366 days");
    assert_eq!(pending(&daily, None, local(&office, "2026-10-29 08:00")), 3);
    let last = daily.next(&there, None, local(&office, "2026-10-30 08:00")).unwrap();
    assert_eq!(pending(&daily, Some(last.mark), start), 1, "what came after the last one");
    let often = duty(&json!({ "times": 24, "closed": "same" }));
    assert_eq!(pending(&often, None, start), 1_000, "the last thousand");
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let with = |member: &str, value: serde_json::Value| {
        let mut definition = serde_json::to_value(&duty(&json!({})).definition).unwrap();
        definition[member] = value;
        Duty::new(serde_json::from_value::<Definition>(definition).unwrap())
    };
    for (member, value) in [
        ("rule", json!("FREQ=FORTNIGHTLY")),
        ("rule", json!("FREQ=HOURLY")),
        ("rule", json!("FREQ=DAILY;COUNT=2")),
        ("at", json!("9:00")),
        ("at", json!("24:00")),
        ("times", json!(0)),
        ("times", json!(25)),
    ] {
        assert!(with(member, value.clone()).is_err(), "{member} {value}");
    }
    assert!(with("at", json!("23:59")).is_ok());
}
