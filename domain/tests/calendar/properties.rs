//! Random calendars and instants: the product and the oracle agree, over 100,000 times a run.

use std::cell::Cell;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Fault, SegmentKind};
use kefu_domain::span::{Span, Unit};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::generate::{Placed, STARTS, WINDOW, calendars, careless_calendars};
use crate::oracle::{MINUTE, Oracle};

const DAY: i64 = 1_440 * MINUTE;

/// Instants in microseconds after the window's first: some on a minute, some anywhere.
fn instants() -> impl Strategy<Value = i64> {
    let minutes = STARTS.start * 1_440..STARTS.end * 1_440;
    prop_oneof![minutes.prop_map(|minute| minute * MINUTE), STARTS.start * DAY..STARTS.end * DAY,]
}

fn spans() -> impl Strategy<Value = Span> {
    let of = |unit, most: u32| (0..=most).prop_map(move |count| Span { count, unit });
    prop_oneof![
        1 => of(Unit::Minute, 5_000),
        1 => of(Unit::Hour, 400),
        2 => of(Unit::Day, 30),
        1 => of(Unit::Week, 4),
        1 => of(Unit::Month, 1),
        4 => of(Unit::WorkingMinute, 1_500),
        4 => of(Unit::WorkingHour, 25),
        4 => of(Unit::WorkingDay, 9),
    ]
}

/// Runs `check` on `calendars` calendars with `each` questions, and demands `least` answers from
/// the oracle: a question that leads out of its window has none.
fn compare<Q: std::fmt::Debug>(
    calendars_count: u32,
    each: usize,
    least: u32,
    question: impl Strategy<Value = Q>,
    check: impl Fn(&Calendar, &mut Oracle, i64, &Q) -> Result<bool, TestCaseError>,
) {
    let config = Config { cases: calendars_count, failure_persistence: None, ..Config::default() };
    let cases = (calendars(), proptest::collection::vec(question, each));
    let answered = Cell::new(0);
    let outcome =
        TestRunner::new(config).run(&cases, |(Placed { definition, from }, questions)| {
            let mut oracle = Oracle::new(&definition, from, WINDOW);
            let first = from.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
            let calendar = Calendar::new(definition)
                .map_err(|faults| TestCaseError::fail(format!("refused: {faults:?}")))?;
            for question in questions {
                answered.set(
                    answered.get() + u32::from(check(&calendar, &mut oracle, first, &question)?),
                );
            }
            Ok(())
        });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    println!("{} answers compared", answered.get());
    assert!(answered.get() >= least, "only {} answers", answered.get());
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(micros).unwrap()
}

/// The oracle's word on `start` and `span`, in direction `step`.
fn expected(oracle: &mut Oracle, start: i64, span: Span, step: i64) -> Option<i64> {
    let count = i64::from(span.count);
    let working = |oracle: &Oracle, worked| match step {
        1 => oracle.add_working(start, worked),
        _ => oracle.subtract_working(start, worked),
    };
    match span.unit {
        Unit::Minute => Some(start + step * count * MINUTE),
        Unit::Hour => Some(start + step * count * 60 * MINUTE),
        Unit::Day => oracle.days_later(start, step * count),
        Unit::Week => oracle.days_later(start, step * count * 7),
        Unit::Month => oracle.months_later(start, i32::try_from(step * count).unwrap()),
        Unit::WorkingMinute => working(oracle, count * MINUTE),
        Unit::WorkingHour => working(oracle, count * 60 * MINUTE),
        Unit::WorkingDay => oracle.working_days(start, span.count, step),
    }
}

#[test]
fn add_agrees_with_the_oracle() {
    compare(110, 500, 46_000, (instants(), spans()), |calendar, oracle, first, (start, span)| {
        let start = first + start;
        let Some(due) = expected(oracle, start, *span, 1) else { return Ok(false) };
        prop_assert_eq!(calendar.add(at(start), *span), Ok(at(due)), "{} + {}", at(start), span);
        Ok(true)
    });
}

#[test]
fn subtract_agrees_with_the_oracle() {
    compare(70, 500, 25_000, (instants(), spans()), |calendar, oracle, first, (end, span)| {
        let end = first + end;
        let Some(since) = expected(oracle, end, *span, -1) else { return Ok(false) };
        let found = calendar.subtract(at(end), *span);
        prop_assert_eq!(found, Ok(at(since)), "{} - {}", at(end), span);
        Ok(true)
    });
}

#[test]
fn working_time_agrees_with_the_oracle() {
    let questions = (instants(), instants(), 0..15 * 60 * MINUTE);
    compare(70, 500, 30_000, questions, |calendar, oracle, first, (a, b, worked)| {
        let (a, b) = (first + a, first + b);
        // Near each other, so that the oracle's walk is short.
        let b = a + (b - a) % (2 * DAY);
        prop_assert_eq!(Some(calendar.is_open(at(a))), oracle.is_open(a), "{} open", at(a));
        let between = oracle.between(a, b).map(TimeDelta::microseconds);
        prop_assert_eq!(Some(calendar.between(at(a), at(b))), between, "{} {}", at(a), at(b));
        let worked_for = TimeDelta::microseconds(*worked);
        if let Some(due) = oracle.add_working(a, *worked) {
            let found = calendar.add_working(at(a), worked_for);
            prop_assert_eq!(found, Ok(at(due)), "{} + {}", at(a), worked_for);
            // What was added is what lies between, and leads back when anything was.
            prop_assert_eq!(calendar.between(at(a), at(due)), worked_for);
        }
        if let Some(since) = oracle.subtract_working(a, *worked) {
            let found = calendar.subtract_working(at(a), worked_for);
            prop_assert_eq!(found, Ok(at(since)), "{} - {}", at(a), worked_for);
            prop_assert_eq!(calendar.between(at(since), at(a)), worked_for);
        }
        Ok(true)
    });
}

#[test]
fn segments_agree_with_the_oracle() {
    let pause = (0..5 * DAY, -60 * MINUTE..2 * DAY);
    let questions = (instants(), spans(), proptest::collection::vec(pause, 0..3));
    compare(50, 200, 6_000, questions, |calendar, oracle, first, (start, span, pauses)| {
        let start = first + start;
        let Ok(explanation) = calendar.explain(at(start), *span) else { return Ok(false) };
        let due = explanation.due_at.timestamp_micros();
        if oracle.kind(due.div_euclid(MINUTE)).is_none() {
            return Ok(false);
        }
        let pauses: Vec<_> =
            pauses.iter().map(|(from, long)| (start + from, start + from + long)).collect();
        let marks: Vec<_> = pauses.iter().map(|(from, to)| (at(*from), at(*to))).collect();
        prop_assert_eq!(calendar.add(at(start), *span), Ok(explanation.due_at));
        for (segments, pauses) in [
            (explanation.segments, Vec::new()),
            (calendar.segments(at(start), at(due), span.is_working(), &marks), pauses),
        ] {
            let mut reached = start;
            let mut counted = 0;
            let mut before: Option<(SegmentKind, Option<String>)> = None;
            for segment in segments {
                let (from, to) = (segment.from.timestamp_micros(), segment.to.timestamp_micros());
                prop_assert!(from == reached && from < to, "without a gap, and not empty");
                reached = to;
                let alike = Some((segment.kind, segment.name.clone()));
                prop_assert_ne!(&before, &alike, "neighbours differ");
                before = alike;
                counted += if segment.kind == SegmentKind::Counted { to - from } else { 0 };
                for instant in looks(from, to) {
                    let stood = pauses.iter().any(|(from, to)| (*from..*to).contains(&instant));
                    let kind = match (stood, span.is_working()) {
                        (true, _) => Some(SegmentKind::Paused),
                        (false, true) => oracle.kind(instant.div_euclid(MINUTE)),
                        (false, false) => Some(SegmentKind::Counted),
                    };
                    prop_assert_eq!(Some(segment.kind), kind, "at {}", at(instant));
                }
            }
            prop_assert_eq!(reached, due.max(start), "up to the deadline");
            if pauses.is_empty() && span.is_working() {
                prop_assert_eq!(Some(counted), oracle.between(start, due), "what counted");
            }
        }
        Ok(true)
    });
}

/// The first and the last microsecond of a segment, and every quarter of an hour between.
fn looks(from: i64, to: i64) -> impl Iterator<Item = i64> {
    let quarter = usize::try_from(15 * MINUTE).unwrap();
    (from..to).step_by(quarter).chain([to - 1])
}

#[test]
fn overlapping_intervals_are_refused_and_no_others() {
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let refused = Cell::new(0);
    let outcome = TestRunner::new(config).run(&careless_calendars(), |placed| {
        let Placed { definition, from } = placed;
        let overlaps = Oracle::overlaps(&definition, from, WINDOW);
        let found = Calendar::new(definition);
        let codes = |faults: &Vec<Fault>| faults.iter().all(|fault| fault.code == "overlap");
        prop_assert!(found.as_ref().err().is_none_or(codes));
        prop_assert_eq!(found.is_err(), overlaps);
        refused.set(refused.get() + u32::from(overlaps));
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!((30..270).contains(&refused.get()), "both outcomes are tried: {}", refused.get());
}
