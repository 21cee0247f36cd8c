//! Deadlines to the second: the office's lunch break, a weekend, holidays and a make-up Saturday.

use kefu_domain::calendar::SegmentKind;
use kefu_domain::case::{ClockState, Command, Open, Priority, explain};
use serde_json::json;

use crate::people::{ann, ben, cat, system};
use crate::support::{Story, act, asked, asked_for, instant};

#[track_caller]
fn due(opened: &str, what: Open, resolve: &str) {
    let story = Story::opened("desk", opened, &ann(), what);
    assert_eq!(story.clock("resolve").due_at, instant(resolve), "opened {opened}");
}

fn urgent() -> Open {
    Open { priority: Priority::Urgent, ..asked() }
}

fn major() -> Open {
    asked_for(json!({ "what": "x", "grade": "major" }))
}

#[test]
fn four_working_hours_leave_out_lunch_night_and_weekend() {
    due("11-27 08:30", urgent(), "11-27 13:30");
    due("11-27 13:59:59", urgent(), "11-27 17:59:59");
    // Used up exactly at closing time: due at closing time.
    due("11-27 14:00", urgent(), "11-27 18:00");
    due("11-27 14:00:01", urgent(), "11-30 08:30:01");
    due("11-27 12:30", urgent(), "11-27 17:00");
    due("11-28 03:00", urgent(), "11-30 13:30");
}

#[test]
fn a_working_day_ends_at_the_close_of_the_next_one() {
    due("11-27 08:29:59", major(), "11-30 18:00");
    due("11-27 18:00", major(), "11-30 18:00");
    due("11-28 10:00", major(), "11-30 18:00");
    due("11-29 23:59:59", major(), "11-30 18:00");
    due("11-30 00:00", major(), "12-01 18:00");
}

#[test]
fn a_make_up_saturday_counts_and_the_holiday_before_it_does_not() {
    // National Day 2026: 1 to 7 October are off, Saturday the 10th is worked.
    due("09-30 15:00", asked(), "10-10 18:00");
    due("09-30 15:00", urgent(), "10-08 09:30");
    due("10-09 17:00", urgent(), "10-10 11:30");
    due("10-09 10:00", major(), "10-10 18:00");
    due("10-10 17:00", urgent(), "10-12 11:30");
    // Spring Festival 2026: worked on Saturday 14 and 28 February, off from the 15th to the 23rd.
    due("02-13 16:00", asked(), "02-25 18:00");
    due("02-14 17:30", urgent(), "02-24 12:00");
    due("02-27 10:00", major(), "02-28 18:00");
}

#[test]
fn a_pause_over_the_weekend_costs_only_its_working_hours() {
    let mut story = Story::opened("desk", "10-09 10:00", &ann(), major());
    story.done("10-09 10:00", &ben(), act("start"));
    story.done("10-09 17:45:30", &ann(), act("ask"));
    // Friday 14:30 min, the whole make-up Saturday (8.5 h), Monday from 08:30 to 09:00.
    story.done("10-12 09:00", &cat(), act("told"));
    let clock = story.clock("resolve");
    assert_eq!(clock.paused_seconds(), 14 * 60 + 30 + 8 * 3600 + 1800 + 1800);
    // Saturday's close, and those nine hours, fourteen minutes and a half.
    assert_eq!(clock.due_at, instant("10-13 09:14:30"));
    story.done("10-13 09:14:29", &system(), Command::Tick);
    assert_eq!(story.clock("resolve").state, ClockState::Running);
    story.done("10-13 09:14:30", &system(), Command::Tick);
    assert_eq!(story.clock("resolve").state, ClockState::Breached);
}

#[test]
fn the_explanation_of_a_deadline_adds_up_to_it() {
    let mut story = Story::opened("desk", "10-09 10:00", &ann(), major());
    story.done("10-09 10:00", &ben(), act("start"));
    story.done("10-09 17:45:30", &ann(), act("ask"));
    story.done("10-12 09:00", &cat(), act("told"));
    let clock = story.clock("resolve");
    let segments = explain(clock, &story.world.calendars["office"]);
    let sum = |kind| {
        let of_kind = segments.iter().filter(|it| it.kind == kind);
        of_kind.map(|it| (it.to - it.from).num_seconds()).sum::<i64>()
    };
    let gapless = segments.windows(2).all(|it| it[0].to == it[1].from);
    assert!(gapless && segments[0].from == clock.started_at);
    assert_eq!(segments.last().unwrap().to, clock.due_at);
    // Friday from ten (7 h) and the whole of Saturday: what `1wd` came to.
    assert_eq!(sum(SegmentKind::Counted), 7 * 3600 + 8 * 3600 + 1800);
}

#[test]
fn a_promise_without_a_calendar_of_its_own_is_counted_by_the_sites() {
    let mut story = Story::desk("11-27 09:00", &ann());
    story.world.site_calendar = Some("office".to_owned());
    story.done("11-27 17:30", &ben(), act("start"));
    assert_eq!(story.clock("first_word").due_at, instant("11-30 09:30"));
    let mut nowhere = Story::desk("11-27 09:00", &ann());
    nowhere.done("11-27 17:30", &ben(), act("start"));
    assert_eq!(nowhere.clock("first_word").due_at, instant("11-27 19:00"));
    assert_eq!(nowhere.clock("first_word").calendar, "always");
}
