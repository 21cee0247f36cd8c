//! Every fault of a definition, at its place, and all of them at once.

use kefu_domain::calendar::Fault;
use serde_json::{Value, json};

use crate::support::{calendar, faults, office, with};

#[track_caller]
fn faulty(changes: &Value, expected: &[(&str, &str)]) {
    let faults = faults(with(office(), changes));
    let found: Vec<_> = faults.iter().map(|it| (it.pointer.as_str(), it.code)).collect();
    assert_eq!(found, expected);
    for fault in &faults {
        assert!(Fault::CODES.contains(&fault.code), "{}", fault.code);
        assert!(!fault.detail.zh.is_empty() && !fault.detail.en.is_empty());
    }
}

#[test]
fn a_code_is_a_code() {
    for code in ["", "Office", "9to5", "_x", "a b", "办公", &"a".repeat(65)] {
        faulty(&json!({ "code": code }), &[("/code", "bad_code")]);
    }
    faulty(&json!({ "code": "export" }), &[("/code", "reserved_code")]);
    for code in ["a", "a-b_9", &"a".repeat(64)] {
        assert_eq!(calendar(with(office(), &json!({ "code": code }))).code(), code);
    }
}

#[test]
fn titles_and_names_say_something_and_not_too_much() {
    faulty(
        &json!({ "title": { "zh": " ", "en": "" } }),
        &[("/title/zh", "empty_title"), ("/title/en", "empty_title")],
    );
    let long = "长".repeat(201);
    faulty(&json!({ "title": { "zh": long, "en": "x" } }), &[("/title/zh", "too_long")]);
    faulty(
        &json!({ "holidays": [{ "date": "2026-05-06", "name": "" }],
                 "overrides": [{ "date": "2026-05-06", "intervals": [], "name": long }] }),
        &[("/overrides/0/name", "too_long"), ("/holidays/0/name", "empty_name")],
    );
}

#[test]
fn zones_and_tables_are_known() {
    faulty(&json!({ "time_zone": "Asia/Beijing" }), &[("/time_zone", "unknown_zone")]);
    faulty(&json!({ "time_zone": "" }), &[("/time_zone", "unknown_zone")]);
    faulty(&json!({ "national": "XX" }), &[("/national", "unknown_national")]);
}

#[test]
fn times_are_times() {
    for start in ["24:00", "8:30", "08:60", "25:00", "-1:00", "0830", "", "08:30:00", "+8:30"] {
        let week = json!({ "week": { "mon": [[start, "18:00"]] } });
        faulty(&week, &[("/week/mon/0/0", "bad_time")]);
    }
    for end in ["24:01", "25:00", "ab:cd", "八:00"] {
        let week = json!({ "makeup": [["01:00", "02:00"], ["08:00", end]] });
        faulty(&week, &[("/makeup/1/1", "bad_time")]);
    }
    faulty(
        &json!({ "overrides": [{ "date": "2026-05-06", "intervals": [["x", "y"]] }] }),
        &[("/overrides/0/intervals/0/0", "bad_time"), ("/overrides/0/intervals/0/1", "bad_time")],
    );
}

#[test]
fn dates_exist_and_are_named_once() {
    for date in
        ["2026-02-29", "2026-2-8", "20260208", "", "2026-13-01", "+2026-02-08", "02026-01-1"]
    {
        let holidays = json!({ "holidays": [{ "date": date, "name": "x" }] });
        faulty(&holidays, &[("/holidays/0/date", "bad_date")]);
    }
    let twice =
        json!([{ "date": "2026-05-06", "name": "x" }, { "date": "2026-05-06", "name": "y" }]);
    faulty(&json!({ "holidays": twice }), &[("/holidays/1/date", "duplicate_date")]);
    let twice = json!([{ "date": "2026-05-06", "intervals": [] },
                       { "date": "2026-05-07", "intervals": [] },
                       { "date": "2026-05-06", "intervals": [] }]);
    faulty(&json!({ "overrides": twice }), &[("/overrides/2/date", "duplicate_date")]);
}

#[test]
fn intervals_of_a_day_do_not_overlap() {
    let mon =
        json!([["08:30", "12:00"], ["13:00", "18:00"], ["11:59", "12:30"], ["14:00", "15:00"]]);
    faulty(
        &json!({ "week": { "mon": mon }, "makeup": [["09:00", "10:00"]] }),
        &[("/week/mon/2", "overlap"), ("/week/mon/3", "overlap")],
    );
    faulty(
        &json!({ "makeup": [["08:00", "10:00"], ["09:00", "11:00"]], "national": "CN" }),
        &[("/makeup/1", "overlap")],
    );
    faulty(
        &json!({ "overrides": [{ "date": "2026-05-06", "intervals": [["09:00", "10:00"], ["08:00", "09:01"]] }] }),
        &[("/overrides/0/intervals/0", "overlap")],
    );
    calendar(with(
        office(),
        &json!({ "week": { "mon": [["09:00", "12:00"], ["12:00", "13:00"]] } }),
    ));
}

#[test]
fn a_night_does_not_run_into_the_next_day() {
    let week = json!({ "sun": [["22:00", "06:00"]], "mon": [["05:00", "09:00"]] });
    faulty(&json!({ "week": week, "national": null }), &[("/week/mon/0", "overlap")]);
    let week = json!({ "tue": [["22:00", "06:00"]], "wed": [["06:00", "22:00"]] });
    calendar(with(office(), &json!({ "week": week })));
}

#[test]
fn a_dated_day_does_not_run_into_its_neighbours() {
    // 2026-05-06 is a Wednesday.
    let week = json!({ "tue": [["22:00", "06:00"]], "thu": [["01:00", "09:00"]] });
    let late =
        json!([{ "date": "2026-05-06", "intervals": [["05:00", "07:00"], ["20:00", "02:00"]] }]);
    faulty(
        &json!({ "week": week, "overrides": late, "national": null }),
        &[("/overrides/0/intervals/0", "overlap"), ("/overrides/0/intervals/1", "overlap")],
    );
    // A holiday in between makes room.
    calendar(with(
        office(),
        &json!({ "week": week, "overrides": [{ "date": "2026-05-06", "intervals": [["20:00", "02:00"]] }],
                 "national": null, "holidays": [{ "date": "2026-05-07", "name": "x" }] }),
    ));
    // Two dated days beside each other.
    let both = json!([{ "date": "2026-05-06", "intervals": [["20:00", "02:00"]] },
                      { "date": "2026-05-07", "intervals": [["01:00", "03:00"]] }]);
    faulty(&json!({ "week": {}, "overrides": both }), &[("/overrides/1/intervals/0", "overlap")]);
    // Saturday's make-up day after a Friday night, once however many such Saturdays there are.
    let week = json!({ "fri": [["22:00", "06:00"]] });
    faulty(&json!({ "week": week, "makeup": [["05:00", "18:00"]] }), &[("/makeup/0", "overlap")]);
}

#[test]
fn every_fault_is_named_not_only_the_first() {
    faulty(
        &json!({
            "code": "Bad", "title": { "zh": "", "en": "x" }, "time_zone": "Mars", "national": "XX",
            "week": { "mon": [["09:00", "25:00"], ["08:00", "12:00"], ["11:00", "13:00"]] },
            "holidays": [{ "date": "soon", "name": "x" }],
        }),
        &[
            ("/code", "bad_code"),
            ("/title/zh", "empty_title"),
            ("/time_zone", "unknown_zone"),
            ("/week/mon/0/1", "bad_time"),
            ("/holidays/0/date", "bad_date"),
            ("/national", "unknown_national"),
            ("/week/mon/2", "overlap"),
        ],
    );
}
