//! The meaning of each span, as DESIGN §4.1 states it, on an ordinary week.

use chrono::TimeDelta;
use chrono_tz::Asia::Shanghai;
use kefu_domain::calendar::{Calendar, Definition, Unreachable};
use kefu_domain::span::Span;
use serde_json::json;

use crate::support::{calendar, daily, due, local, office, since, span, utc, with};

// 2026-03-02 is a Monday, 2026-03-06 a Friday.

#[test]
fn elapsed_time_takes_no_notice_of_hours() {
    let office = calendar(office());
    due(&office, "2026-03-06 17:50", "30m", "2026-03-06 18:20");
    due(&office, "2026-03-06 17:50", "72h", "2026-03-09 17:50");
    due(&office, "2026-03-06 17:50", "0m", "2026-03-06 17:50");
}

#[test]
fn dates_keep_the_local_time_and_months_end_early() {
    let office = calendar(office());
    due(&office, "2026-03-06 17:50:12", "7d", "2026-03-13 17:50:12");
    due(&office, "2026-03-06 17:50", "2w", "2026-03-20 17:50");
    due(&office, "2026-01-31 09:00", "1M", "2026-02-28 09:00");
    due(&office, "2028-01-31 09:00", "1M", "2028-02-29 09:00");
    due(&office, "2026-01-31 09:00", "2M", "2026-03-31 09:00");
    since(&office, "2026-03-31 09:00", "1M", "2026-02-28 09:00");
    since(&office, "2026-03-31 09:00", "3d", "2026-03-28 09:00");
    since(&office, "2026-03-31 09:00", "90m", "2026-03-31 07:30");
}

#[test]
fn working_time_is_used_up_inside_the_intervals_only() {
    let office = calendar(office());
    due(&office, "2026-03-02 09:00", "2wh", "2026-03-02 11:00");
    due(&office, "2026-03-02 11:30", "2wh", "2026-03-02 14:30"); // over lunch
    due(&office, "2026-03-06 17:00", "4wh", "2026-03-09 11:30"); // over the weekend
    due(&office, "2026-03-06 17:59:30", "90wm", "2026-03-09 09:59:30");
    due(&office, "2026-03-02 06:00", "1wh", "2026-03-02 09:30"); // waits for the opening
    due(&office, "2026-03-02 12:15", "30wm", "2026-03-02 13:30");
}

#[test]
fn a_span_used_up_exactly_at_closing_is_due_at_closing() {
    let office = calendar(office());
    due(&office, "2026-03-06 17:00", "1wh", "2026-03-06 18:00");
    due(&office, "2026-03-06 11:30", "30wm", "2026-03-06 12:00");
    due(&office, "2026-03-06 18:00", "0wh", "2026-03-09 08:30"); // closed: waits
    due(&office, "2026-03-06 17:00", "0wh", "2026-03-06 17:00");
}

#[test]
fn working_days_end_at_the_close_of_the_day() {
    let office = calendar(office());
    due(&office, "2026-03-06 15:00", "1wd", "2026-03-09 18:00"); // Friday: Monday's close
    due(&office, "2026-03-07 10:00", "1wd", "2026-03-09 18:00"); // Saturday: Monday's close
    due(&office, "2026-03-06 23:00", "3wd", "2026-03-11 18:00");
    due(&office, "2026-03-06 15:00", "0wd", "2026-03-06 18:00");
    due(&office, "2026-03-06 12:30", "0wd", "2026-03-06 18:00"); // lunch is not the end
    due(&office, "2026-03-06 18:00", "0wd", "2026-03-09 18:00"); // business has ended
    due(&office, "2026-03-07 10:00", "0wd", "2026-03-09 18:00");
}

#[test]
fn subtracting_mirrors_adding() {
    let office = calendar(office());
    since(&office, "2026-03-09 10:00", "2wh", "2026-03-06 17:30");
    since(&office, "2026-03-09 10:00", "90wm", "2026-03-09 08:30"); // exactly the opening
    since(&office, "2026-03-08 10:00", "1wh", "2026-03-06 17:00"); // waits for the close before it
    since(&office, "2026-03-08 10:00", "0wh", "2026-03-06 18:00");
    since(&office, "2026-03-09 10:00", "1wd", "2026-03-06 18:00");
    since(&office, "2026-03-09 10:00", "2wd", "2026-03-05 18:00");
    since(&office, "2026-03-09 10:00", "0wd", "2026-03-06 18:00");
    since(&office, "2026-03-09 18:00", "0wd", "2026-03-09 18:00");
}

#[test]
fn working_time_is_exact_to_the_microsecond() {
    let office = calendar(office());
    let start = local(Shanghai, "2026-03-06 17:59:59") + TimeDelta::microseconds(999_999);
    let opens = local(Shanghai, "2026-03-09 08:30");
    let added = office.add_working(start, TimeDelta::microseconds(3)).unwrap();
    assert_eq!(added, opens + TimeDelta::microseconds(2));
    assert_eq!(office.between(start, added), TimeDelta::microseconds(3));
    assert_eq!(office.subtract_working(added, TimeDelta::microseconds(3)).unwrap(), start);
    let back = office.add_working(added, TimeDelta::microseconds(-3)).unwrap();
    assert_eq!(back, start, "a negative time is subtracted");
}

#[test]
fn between_counts_open_time_and_never_backwards() {
    let office = calendar(office());
    let at = |text| local(Shanghai, text);
    let week = office.between(at("2026-03-02 00:00"), at("2026-03-09 00:00"));
    assert_eq!(week, TimeDelta::minutes(5 * 510));
    assert_eq!(office.between(at("2026-03-09 00:00"), at("2026-03-02 00:00")), TimeDelta::zero());
    assert_eq!(office.between(at("2026-03-02 12:00"), at("2026-03-02 13:00")), TimeDelta::zero());
    assert!(office.is_open(at("2026-03-02 08:30")), "an opening is open");
    assert!(!office.is_open(at("2026-03-02 12:00")), "a closing is closed");
}

#[test]
fn an_interval_over_midnight_belongs_to_the_day_it_starts_on() {
    let nights = json!([["22:00", "06:00"]]);
    let night = with(daily("Asia/Shanghai", &json!([])), &json!({ "week": { "fri": nights } }));
    let night = calendar(night);
    due(&night, "2026-03-06 23:00", "8wh", "2026-03-13 23:00");
    due(&night, "2026-03-06 23:00", "7wh", "2026-03-07 06:00");
    due(&night, "2026-03-07 05:59", "2wm", "2026-03-13 22:01");
    due(&night, "2026-03-06 21:00", "0wd", "2026-03-07 06:00");
    due(&night, "2026-03-07 05:00", "0wd", "2026-03-14 06:00"); // Saturday is no working day
    due(&night, "2026-03-06 23:00", "1wd", "2026-03-14 06:00");
    assert!(night.is_open(local(Shanghai, "2026-03-07 05:59:59")));
}

#[test]
fn a_closed_day_keeps_the_night_before_and_loses_its_own() {
    let night = with(
        daily("Asia/Shanghai", &json!([["22:00", "06:00"]])),
        &json!({ "holidays": [{ "date": "2026-03-06", "name": "盘点" }] }),
    );
    let night = calendar(night);
    assert!(night.is_open(local(Shanghai, "2026-03-06 05:00")), "Thursday's night goes on");
    assert!(!night.is_open(local(Shanghai, "2026-03-06 23:00")));
    assert!(!night.is_open(local(Shanghai, "2026-03-07 05:00")));
    assert!(night.is_open(local(Shanghai, "2026-03-07 22:00")));
}

#[test]
fn a_duty_of_twenty_four_hours_and_an_end_at_24_00() {
    let duty = calendar(daily("Asia/Shanghai", &json!([["08:00", "08:00"]])));
    due(&duty, "2026-03-06 09:00", "100wh", "2026-03-10 13:00");
    due(&duty, "2026-03-06 09:00", "0wd", "2026-03-07 08:00");
    let evening = calendar(daily("Asia/Shanghai", &json!([["20:00", "24:00"]])));
    due(&evening, "2026-03-06 22:00", "2wh", "2026-03-07 00:00");
    due(&evening, "2026-03-06 22:00", "3wh", "2026-03-07 21:00");
    due(&evening, "2026-03-06 22:00", "1wd", "2026-03-08 00:00");
}

#[test]
fn always_is_always_open() {
    let always = Calendar::always();
    assert_eq!(always.code(), "always");
    due(&always, "2026-02-17 03:04:05", "72h", "2026-02-20 03:04:05");
    due(&always, "2026-02-17 03:04:05", "72wh", "2026-02-20 03:04:05");
    due(&always, "2026-02-17 03:04:05", "0wd", "2026-02-18 00:00");
    assert!(always.is_open(utc("2026-02-17T00:00:00Z")));
}

#[test]
fn a_calendar_that_does_not_open_again_says_so() {
    let start = utc("2026-03-02T00:00:00Z");
    let closed = calendar(daily("Asia/Shanghai", &json!([])));
    for text in ["1wm", "0wh", "1wd", "0wd", "7305wd", "10519200wm"] {
        assert_eq!(closed.add(start, span(text)), Err(Unreachable));
        assert_eq!(closed.subtract(start, span(text)), Err(Unreachable));
    }
    assert_eq!(closed.add(start, span("20M")), Ok(utc("2027-11-02T00:00:00Z")));
    assert_eq!(closed.between(start, utc("2926-03-02T00:00:00Z")), TimeDelta::zero());
    let once = json!([{ "date": "2026-03-04", "intervals": [["09:00", "10:00"]] }]);
    let once = calendar(with(daily("Asia/Shanghai", &json!([])), &json!({ "overrides": once })));
    due(&once, "2026-03-02 00:00", "1wh", "2026-03-04 10:00");
    due(&once, "2026-03-02 00:00", "1wd", "2026-03-04 10:00");
    since(&once, "2026-03-20 00:00", "1wd", "2026-03-04 10:00");
    assert_eq!(once.add(start, span("61wm")), Err(Unreachable));
    assert_eq!(once.add(start, span("2wd")), Err(Unreachable));
    let minute = calendar(with(office(), &json!({ "week": { "mon": [["09:00", "09:01"]] } })));
    assert_eq!(minute.add(start, span("10519200wm")), Err(Unreachable), "more than a century");
}

#[test]
fn the_edges_of_time_are_answered_and_do_not_panic() {
    let office = calendar(office());
    let (first, last) =
        (chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC);
    for at in [first, last] {
        for text in ["7305d", "240M", "175320h", "10wh", "10wd", "0wd"] {
            assert_eq!(office.add(at, span(text)), Err(Unreachable));
            assert_eq!(office.subtract(at, span(text)), Err(Unreachable));
        }
        assert!(!office.is_open(at));
    }
    assert_eq!(office.add(utc("9999-12-31T00:00:00Z"), span("1d")), Err(Unreachable));
    assert!(
        office.between(utc("1969-01-01T00:00:00Z"), utc("1979-01-01T00:00:00Z"))
            > TimeDelta::zero()
    );
    let most = office.add_working(utc("2026-01-01T00:00:00Z"), TimeDelta::MAX);
    assert_eq!(most, Err(Unreachable));
    assert_eq!(
        office.add(utc("2026-01-01T00:00:00Z"), Span::ZERO),
        Ok(utc("2026-01-01T00:00:00Z"))
    );
}

#[test]
fn a_definition_reads_the_same_from_json_and_from_toml() {
    let text = r#"
        code = "office"
        title = { zh = "办公时间", en = "Office hours" }
        time_zone = "Asia/Shanghai"
        national = "CN"
        makeup = [["08:30", "18:00"]]
        holidays = [{ date = "2026-10-08", name = "司庆" }]
        overrides = [{ date = "2026-10-10", intervals = [["09:00", "12:00"]], name = "半天" }]

        [week]
        mon = [["08:30", "12:00"], ["13:00", "18:00"]]
        sun = [["22:00", "06:00"]]
    "#;
    let from_toml: Definition = toml::from_str(text).unwrap();
    let json = json!({
        "code": "office", "title": { "zh": "办公时间", "en": "Office hours" },
        "time_zone": "Asia/Shanghai", "national": "CN",
        "week": { "mon": [["08:30", "12:00"], ["13:00", "18:00"]], "tue": [], "wed": [], "thu": [],
                  "fri": [], "sat": [], "sun": [["22:00", "06:00"]] },
        "makeup": [["08:30", "18:00"]],
        "holidays": [{ "date": "2026-10-08", "name": "司庆" }],
        "overrides": [{ "date": "2026-10-10", "intervals": [["09:00", "12:00"]], "name": "半天" }],
        "version": 3,
    });
    let mut from_json: Definition = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&from_json).unwrap(), json, "what is put is what is read");
    from_json.version = None;
    assert_eq!(from_json, from_toml);
    let unknown = with(json, &json!({ "holidy": [] }));
    assert!(serde_json::from_value::<Definition>(unknown).is_err(), "unknown members are refused");
}
