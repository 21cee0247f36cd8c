//! Clocks: they start, stand still, go on, are kept, are broken, are given up.

use kefu_domain::case::{ClockState, Command};
use serde_json::json;

use crate::people::{ann, ben, cat, eve, system};
use crate::support::{Story, act, act_with, asked_for, instant};

fn answer() -> Command {
    act_with("answer", json!({ "solution": "s" }))
}

fn state(story: &Story, clock: &str) -> &'static str {
    story.clock(clock).state.as_str()
}

/// Opened on Monday at nine; Ben works on it from half past.
fn working() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.world.site_calendar = Some("office".to_owned());
    story.done("11-23 09:30", &ben(), act("start"));
    story
}

#[test]
fn several_promises_run_at_once_and_the_earliest_counts() {
    let story = working();
    let due: Vec<_> = story.case().clocks.iter().map(|it| (it.code.as_str(), it.due_at)).collect();
    assert_eq!(
        due,
        [
            ("reply", instant("11-26 09:00")),
            ("resolve", instant("11-26 18:00")),
            ("first_word", instant("11-23 11:00")),
        ]
    );
    assert_eq!(story.case().due_at(), Some(instant("11-23 11:00")));
}

#[test]
fn a_promise_kept_in_time_is_met_to_the_last_moment() {
    let mut story = working();
    story.check(
        "11-26 08:59:59",
        &ann(),
        answer(),
        &[
            "first_word breached at 11-23 11:00",
            "resolve warns 0 at 11-25 08:45",
            "reply warns 0 at 11-25 18:36",
            "reply rung 0 at 11-26 05:00 tells owner",
            "reply warns 1 at 11-26 07:00",
            r#"answer: working → answered {"again":false,"solution":"s"}"#,
            "reply met",
            "resolve met",
            "first_word met late",
            r#"call opens call {"about":"D-20261123-000001"} for ann within 7d by office"#,
        ],
    );
}

#[test]
fn at_its_deadline_a_promise_is_broken() {
    let mut story = working();
    story.done("11-23 11:00", &system(), Command::Tick);
    assert_eq!(state(&story, "first_word"), "breached");
    assert_eq!(story.clock("first_word").breached_at, Some(instant("11-23 11:00")));
    assert!(story.clock("first_word").is_running(), "it runs past its deadline");
    story.done("11-23 11:30", &ann(), act("ask"));
    assert_eq!(state(&story, "first_word"), "met_late");
    assert_eq!(story.clock("first_word").stopped_at, Some(instant("11-23 11:30")));
    assert_eq!(story.clock("first_word").breached_at, Some(instant("11-23 11:00")));
}

#[test]
fn a_promise_that_stands_still_is_due_later_by_the_working_time_it_stood() {
    let mut story = working();
    // From Monday 17:00 to Wednesday 09:00: one hour, nine hours and a half, half an hour.
    story.done("11-23 17:00", &ann(), act("ask"));
    assert_eq!((state(&story, "resolve"), state(&story, "reply")), ("paused", "running"));
    assert_eq!(story.clock("resolve").paused_at, Some(instant("11-23 17:00")));
    assert_eq!(story.clock("resolve").next_at, None);
    story.done("11-25 09:00", &cat(), act("told"));
    let clock = story.clock("resolve");
    // 8.5 h on Tuesday, 1 h on Monday, 0.5 h on Wednesday are 10 h: from Thursday's close on.
    assert_eq!((clock.paused_seconds(), state(&story, "resolve")), (36_000, "running"));
    assert_eq!(clock.due_at, instant("11-30 10:00"));
    assert_eq!(story.clock("reply").due_at, instant("11-26 09:00"), "that one does not pause");
}

#[test]
fn a_pause_outside_working_hours_costs_a_working_promise_nothing() {
    let mut story = working();
    story.done("11-23 18:00", &ann(), act("ask"));
    story.done("11-24 08:30", &cat(), act("told"));
    assert_eq!(story.clock("resolve").due_at, instant("11-26 18:00"));
    assert_eq!(story.clock("resolve").paused_seconds(), 0);
    assert_eq!(story.clock("resolve").pauses.len(), 1, "but it is remembered");
}

#[test]
fn pauses_add_up() {
    let mut story = working();
    for (from, to) in [("11-23 10:00", "11-23 10:20"), ("11-24 11:50", "11-24 13:10")] {
        story.done(from, &ann(), act("ask"));
        story.done(to, &cat(), act("told"));
    }
    assert_eq!(story.clock("resolve").paused_seconds(), 40 * 60);
    assert_eq!(story.clock("resolve").due_at, instant("11-27 09:10"));
}

#[test]
fn a_broken_promise_that_stands_still_stays_broken() {
    let mut story = working();
    story.done("11-27 09:00", &system(), Command::Tick);
    assert_eq!(state(&story, "resolve"), "breached");
    story.done("11-27 10:00", &ann(), act("ask"));
    assert_eq!(state(&story, "resolve"), "paused");
    story.done("11-27 11:00", &cat(), act("told"));
    assert_eq!(state(&story, "resolve"), "breached");
    assert_eq!(story.clock("resolve").breached_at, Some(instant("11-26 18:00")));
    story.done("11-27 11:30", &ann(), answer());
    assert_eq!(state(&story, "resolve"), "met_late");
}

#[test]
fn a_promise_is_not_broken_while_it_stands_still() {
    let mut story = working();
    story.done("11-26 17:59", &ann(), act("ask"));
    story.done("12-24 09:00", &system(), Command::Tick);
    assert_eq!((state(&story, "resolve"), state(&story, "reply")), ("paused", "breached"));
    story.done("12-24 09:00", &cat(), act("told"));
    assert_eq!(state(&story, "resolve"), "running");
    assert_eq!(story.clock("resolve").due_at, instant("12-24 09:01"), "a minute was left");
    story.done("12-24 09:01", &system(), Command::Tick);
    assert_eq!(state(&story, "resolve"), "breached");
}

#[test]
fn a_promise_kept_while_it_stands_still_was_kept_in_time() {
    let text = include_str!("../fixtures/case/desk.toml").replace(
        "from    = [\"working\"]\nto      = \"answered\"",
        "from    = [\"working\", \"waiting\"]\nto      = \"answered\"",
    );
    let mut story = Story::of(std::sync::Arc::new(crate::support::compiled(&text)));
    story.open("11-23 09:00", &ann(), crate::support::asked()).unwrap();
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-26 17:00", &ann(), act("ask"));
    story.done("11-30 09:30", &ann(), answer());
    let clock = story.clock("resolve");
    assert_eq!((clock.state, clock.breached_at), (ClockState::Met, None));
    // An hour was left on Thursday, and an hour is left on Monday.
    assert_eq!((clock.due_at, clock.paused_at), (instant("11-30 10:30"), None));
    assert_eq!(clock.paused_seconds(), 10 * 3600 + 1800);
}

#[test]
fn entering_a_start_again_leaves_a_running_promise_and_renews_one_that_was_kept() {
    let mut story = working();
    assert_eq!(story.clock("resolve").started_at, instant("11-23 09:00"), "it ran already");
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-23 10:10", &cat(), act("told"));
    assert_eq!(story.clock("first_word").started_at, instant("11-23 10:10"));
    assert_eq!(story.case().clocks.len(), 3, "the clock is the same one");
}

#[test]
fn a_new_run_of_a_promise_knows_nothing_of_the_one_before() {
    let mut story = working();
    story.done("11-23 12:00", &system(), Command::Tick);
    story.done("11-23 13:00", &ann(), act("ask"));
    story.done("11-23 14:00", &cat(), act("told"));
    let clock = story.clock("first_word");
    assert_eq!(
        (clock.state, clock.breached_at, clock.stopped_at),
        (ClockState::Running, None, None)
    );
    assert_eq!((clock.pauses.len(), clock.fired.len()), (0, 0));
    story.done("11-23 15:30", &system(), Command::Tick);
    assert_eq!(state(&story, "first_word"), "breached");
}

#[test]
fn closing_gives_up_what_the_final_state_does_not_stop() {
    let major = asked_for(json!({ "what": "x", "grade": "major" }));
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), major);
    story.check(
        "11-23 09:30",
        &eve(),
        act("drop"),
        &[
            "drop: new → dropped",
            "reply cancelled",
            "resolve cancelled",
            "report cancelled",
            "closed in dropped",
        ],
    );
    story.check("12-24 09:00", &system(), Command::Tick, &[]);
    assert_eq!(story.case().due_at(), None);
}

#[test]
fn a_withdrawn_case_promises_nothing() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act("ask"));
    story.check(
        "11-23 10:30",
        &cat(),
        act_with("withdraw", json!({ "reason": "已自行解决" })),
        &[
            "withdrawn from waiting: 已自行解决",
            "reply cancelled",
            "resolve cancelled",
            "closed in withdrawn",
        ],
    );
    assert_eq!(story.case().closed_at, Some(instant("11-23 10:30")));
    assert_eq!(state(&story, "first_word"), "met", "what was kept stays kept");
    story.check("12-24 09:00", &system(), Command::Tick, &[]);
}

#[test]
fn time_is_kept_to_the_microsecond() {
    let mut story = Story::of(crate::support::fixture("desk"));
    story.open("11-23 09:00:00.123456", &ann(), crate::support::asked()).unwrap();
    assert_eq!(story.clock("reply").due_at, instant("11-26 09:00:00.123456"));
    assert_eq!(story.clock("resolve").due_at, instant("11-26 18:00"));
    story.done("11-23 09:30:00.5", &ben(), act("start"));
    assert_eq!(story.clock("first_word").due_at, instant("11-23 11:00:00.5"));
    story.done("11-23 10:00:00.000001", &ann(), act("ask"));
    story.done("11-23 10:00:00.000003", &cat(), act("told"));
    assert_eq!(story.clock("resolve").paused_us, 2);
    assert_eq!(story.clock("resolve").due_at, instant("11-27 08:30:00.000002"));
}
