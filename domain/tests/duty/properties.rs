//! Whatever the duty, the calendar and the zone: the oracle says the same.

use chrono::{Days, NaiveDate, TimeDelta};
use kefu_domain::calendar::Calendar;
use kefu_domain::duty::{Duty, There};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::oracle::{Plain, Rule, all, works};
use crate::support::{SECRET, at, calendar, duty};

/// Zones, each with a date around which its clocks do something.
const PLACES: [(&str, &str); 7] = [
    ("Asia/Shanghai", "2026-10-01"),
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("UTC", "2028-02-29"),
];

fn rules() -> impl Strategy<Value = Rule> {
    let days = proptest::collection::btree_set(0..7_u32, 1..4);
    prop_oneof![
        (1..5_i64).prop_map(Rule::Days),
        (1..3_i64, days).prop_map(|(step, days)| Rule::Weekdays(step, days.into_iter().collect())),
        prop_oneof![1..=28_i32, -3..=-1_i32].prop_map(Rule::Monthday),
    ]
}

fn duties() -> impl Strategy<Value = Plain> {
    let hour = prop_oneof![2 => 0..24_u32, 1 => 1..4_u32];
    let minute = prop_oneof![Just(0_u32), Just(30), 0..60_u32];
    let closed = prop_oneof![Just("same"), Just("skip"), Just("before"), Just("after")];
    (rules(), (hour, minute), closed, prop_oneof![Just(1), 1..5_u32])
        .prop_map(|(rule, at, closed, times)| Plain { rule, at, closed, times })
}

/// A week with some hours on some days, and some days closed.
fn calendars() -> impl Strategy<Value = (Value, NaiveDate)> {
    let hours = prop_oneof![
        2 => Just(json!([["08:30", "12:00"], ["13:00", "17:30"]])),
        1 => Just(json!([["00:00", "24:00"]])),
        1 => Just(json!([["01:00", "02:45"], ["20:00", "24:00"]])),
        2 => Just(json!([])),
    ];
    let week = proptest::collection::vec(hours, 7);
    let closed = proptest::collection::btree_set(0..40_u64, 0..12);
    (proptest::sample::select(PLACES.to_vec()), week, closed).prop_map(
        |((zone, date), week, closed)| {
            let first = date.parse::<NaiveDate>().unwrap() - Days::new(20);
            let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let week: serde_json::Map<_, _> =
                names.iter().map(|it| (*it).to_owned()).zip(week).collect();
            let day =
                |it: &u64| json!({ "date": (first + Days::new(*it)).to_string(), "name": "停业" });
            let definition = json!({
                "code": "any", "title": { "zh": "任意", "en": "Any" }, "time_zone": zone,
                "week": week, "holidays": closed.iter().map(day).collect::<Vec<_>>(),
            });
            (definition, first)
        },
    )
}

fn ready(plain: &Plain) -> Duty {
    duty(&json!({
        "rule": plain.rule.text(), "at": format!("{:02}:{:02}", plain.at.0, plain.at.1),
        "closed": plain.closed, "times": plain.times,
    }))
}

#[test]
fn every_occurrence_is_where_the_oracle_has_it_each_once() {
    let config = Config { cases: 120, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&(duties(), calendars()), |(plain, (week, first))| {
            let calendar = calendar(week);
            let from = first.and_time(chrono::NaiveTime::MIN).and_utc();
            let to = from + TimeDelta::days(40);
            let (duty, there) = (ready(&plain), at(&calendar));
            let expected = all(&plain, &calendar, from, to);
            let found: Vec<_> =
                duty.occurrences(&there, None, from).take_while(|it| it.occurs_at < to).collect();
            let mut instants: Vec<_> = found.iter().map(|it| it.occurs_at).collect();
            prop_assert!(instants.is_sorted(), "in order: {:?}", instants);
            instants.sort();
            prop_assert_eq!(&instants, &expected);
            // One after the other, each remembered by its mark, gives the same ones.
            let (mut after, mut step) = (None, Vec::new());
            while let Some(next) = duty.next(&there, after, from).filter(|it| it.occurs_at < to) {
                after = Some(next.mark);
                step.push(next);
            }
            prop_assert_eq!(&step, &found);
            let mut keys: Vec<_> = found.iter().map(|it| (it.occurs_at, it.n)).collect();
            keys.dedup();
            prop_assert_eq!(keys.len(), found.len(), "each has a name of its own");
            Ok(())
        });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn times_that_nobody_can_foresee_are_within_the_hours_of_the_day_and_always_the_same() {
    let config = Config { cases: 120, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new(config).run(&(duties(), calendars()), |(plain, (week, first))| {
            let calendar = calendar(week);
            let from = first.and_time(chrono::NaiveTime::MIN).and_utc();
            let to = from + TimeDelta::days(30);
            let (mut fixed, there) = (ready(&plain), at(&calendar));
            // However far closures move what the rule means on these days.
            let (early, late) = (from - TimeDelta::days(100), from + TimeDelta::days(130));
            let count = |duty: &Duty| {
                let all =
                    duty.occurrences(&there, None, early).take_while(|it| it.occurs_at < late);
                all.filter(|it| inside(it.mark.date, first)).count()
            };
            let expected = count(&fixed);
            fixed.definition.unfixed = true;
            let unfixed = fixed;
            prop_assert_eq!(count(&unfixed), expected, "as many as at fixed times");
            let look = |there: &There<'_>| {
                let all = unfixed.occurrences(there, None, from).take_while(|it| it.occurs_at < to);
                all.map(|it| it.occurs_at).collect::<Vec<_>>()
            };
            let found = look(&there);
            prop_assert!(found.is_sorted());
            prop_assert_eq!(&found, &look(&there), "the same when asked again");
            for instant in &found {
                let date = instant.with_timezone(&calendar.zone()).date_naive();
                let open = calendar.is_open(*instant);
                prop_assert!(
                    open || (plain.closed == "same" && !works(&calendar, date)),
                    "{}",
                    instant
                );
            }
            Ok(())
        });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Well within the time that is looked at.
fn inside(date: NaiveDate, first: NaiveDate) -> bool {
    (0..30).contains(&(date - first).num_days())
}

#[test]
fn another_secret_gives_other_times() {
    let calendar: Calendar = calendar(crate::support::office("Asia/Shanghai"));
    let patrol = duty(&json!({ "unfixed": true, "times": 2, "closed": "skip" }));
    let from = crate::support::local(&calendar, "2026-11-02 00:00");
    let look = |there: &There<'_>| {
        let all = patrol.occurrences(there, None, from).take(40);
        all.map(|it| it.occurs_at).collect::<Vec<_>>()
    };
    let (one, other) = (at(&calendar), There { secret: b"another", ..at(&calendar) });
    assert_eq!(one.secret, SECRET);
    let elsewhere = There { site_id: uuid::Uuid::from_u128(8), ..one };
    let same = |a: &[_], b: &[_]| a.iter().zip(b).filter(|(a, b)| a == b).count();
    assert!(same(&look(&one), &look(&other)) < 10);
    assert!(same(&look(&one), &look(&elsewhere)) < 10);
}
