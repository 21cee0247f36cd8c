//! Warn points and rungs: before and after the deadline, in working and in calendar time, each once.

use kefu_domain::case::Command;
use serde_json::json;

use crate::people::{BEN, ann, ben, eve, system};
use crate::support::{Story, act, act_with, asked, asked_for, compiled, instant};

const NOTHING: &[&str] = &[];

/// Opened on Wednesday at ten: two days by the calendar, ten working hours by the office.
fn ladder() -> Story {
    Story::opened("ladder", "11-25 10:00", &ann(), asked_for(json!({})))
}

/// Every signal at the instant the clocks say something is next, as a timer would give them.
fn signals(story: &mut Story, until: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let next = story.case().clocks.iter().filter_map(|it| it.next_at).min();
        let Some(at) = next.filter(|at| *at <= instant(until)) else { return told };
        let events = story.decide(at, &system(), Command::Tick).unwrap();
        assert!(!events.is_empty(), "a timer that goes off has something to do");
        told.extend(events.iter().map(|it| crate::words::tell(&it.fact)));
        story.happened(events);
    }
}

#[test]
fn every_signal_comes_at_its_instant_in_order() {
    let mut story = ladder();
    assert_eq!(story.clock("calendar_time").due_at, instant("11-27 10:00"));
    assert_eq!(story.clock("working_time").due_at, instant("11-26 11:30"));
    assert_eq!(
        signals(&mut story, "11-30 23:00"),
        [
            // A two-hundredth of two days.
            "calendar_time warns 0 at 11-25 10:14:24",
            // A quarter of ten working hours, the lunch break left out.
            "working_time warns 0 at 11-25 13:30",
            "working_time warns 1 at 11-26 09:30",
            "calendar_time warns 1 at 11-26 10:00",
            "calendar_time warns 2 at 11-26 10:00",
            "working_time rung 0 at 11-26 10:00 tells assignee",
            "working_time breached at 11-26 11:30",
            "working_time rung 1 at 11-26 12:00 tells assignee",
            "calendar_time rung 0 at 11-27 09:30 tells assignee",
            "calendar_time breached at 11-27 10:00",
            "calendar_time rung 1 at 11-27 10:00 tells assignee",
            "calendar_time rung 2 at 11-27 11:00 tells owner",
            "working_time rung 3 at 11-27 11:30 tells role:lead does reopen",
            "the system's reopen was refused: wrong_state",
            // One working day after Thursday.
            "working_time rung 2 at 11-27 18:00 tells owner",
            "calendar_time rung 3 at 11-28 10:00 tells role:lead",
        ]
    );
    assert_eq!(
        signals(&mut story, "12-31 00:00"),
        [
            "calendar_time rung 4 at 12-04 10:00 tells role:lead does down",
            "down: open → deep",
            "depth starts, due 12-04 11:00",
            "depth breached at 12-04 11:00",
        ]
    );
    assert_eq!(signals(&mut story, "2027-12-31 00:00"), [""; 0], "each once");
}

#[test]
fn a_timer_that_is_late_loses_nothing() {
    let mut story = ladder();
    let mut prompt = ladder();
    let told = signals(&mut prompt, "11-28 10:00");
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    story.check("11-28 10:00", &system(), Command::Tick, &told);
    assert_eq!(story.case().clocks, prompt.case().clocks);
    story.check("11-28 10:00", &system(), Command::Tick, NOTHING);
}

#[test]
fn what_fell_due_is_recorded_before_the_command_that_comes_after() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.check(
        "11-23 11:30",
        &ben(),
        act("ask"),
        &[
            "first_word breached at 11-23 11:00",
            "ask: working → waiting",
            "first_word met late",
            "resolve stands still",
        ],
    );
    let breach = &story.events[story.events.len() - 4];
    assert_eq!((breach.actor, breach.at), (None, instant("11-23 11:30")), "when it was recorded");
    assert_eq!(story.events.last().unwrap().actor, Some(BEN));
}

#[test]
fn a_command_that_is_refused_records_nothing() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.check(
        "11-23 11:30",
        &ben(),
        act("close"),
        &["no: not_allowed, needs owner or desk.lead by T-5"],
    );
    story.check("11-23 11:30", &system(), Command::Tick, &["first_word breached at 11-23 11:00"]);
}

#[test]
fn a_rung_puts_the_case_under_supervision_and_a_second_one_finds_it_there() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-26 09:59:59",
        &system(),
        Command::Tick,
        &[
            // Half of the 33.5 working hours from Monday nine to Thursday's close.
            "resolve warns 0 at 11-25 08:45",
            "reply warns 0 at 11-25 18:36",
            "reply rung 0 at 11-26 05:00 tells owner",
            "reply warns 1 at 11-26 07:00",
            "reply breached at 11-26 09:00",
            "reply rung 1 at 11-26 09:00 tells owner assignee role:lead",
        ],
    );
    story.check(
        "11-26 10:00",
        &system(),
        Command::Tick,
        &["reply rung 2 at 11-26 10:00 does supervise", "supervised"],
    );
    story.check(
        "12-01 09:00",
        &system(),
        Command::Tick,
        &[
            "resolve rung 0 at 11-26 17:00 tells assignee",
            "resolve breached at 11-26 18:00",
            "resolve rung 1 at 11-27 13:30 tells role:lead",
            "resolve rung 2 at 11-27 18:00 tells role:lead does supervise",
            "the system's supervise was refused: already_pending",
        ],
    );
}

#[test]
fn signals_wait_while_a_promise_stands_still() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-24 17:30", &ann(), act("ask"));
    story.check("11-25 08:45", &system(), Command::Tick, NOTHING);
    story.done("11-25 10:00", &ann(), act("told"));
    // Three quarters of an hour were left to the half-way point.
    assert_eq!(story.clock("resolve").next_at, Some(instant("11-25 10:45")));
}

#[test]
fn no_signal_comes_after_a_promise_is_over() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    assert!(story.case().clocks.iter().all(|it| it.next_at.is_none()));
    story.check("2027-11-23 10:00", &system(), Command::Tick, NOTHING);
}

#[test]
fn rungs_that_set_each_other_off_without_end_are_a_fault_of_the_procedure() {
    let text = r#"
        code = "loop"
        title = { zh = "循环", en = "Loop" }
        kind = "internal"
        number = "X-{seq}"
        opens = ["case.open"]
        states = [{ code = "a", initial = true }, { code = "b" }, { code = "z", final = true }]
        actions = [
          { code = "ab", from = ["a"], to = "b", by = ["system"] },
          { code = "ba", from = ["b"], to = "a", by = ["system"] },
          { code = "end", from = ["a", "b"], to = "z", by = ["desk.work"] },
        ]
        clocks = [
          { code = "one", starts = "a", stops = "b", within = "1h", escalate = [{ before = "1h", act = "ab" }] },
          { code = "two", starts = "b", stops = "a", within = "1h", escalate = [{ before = "1h", act = "ba" }] },
        ]"#;
    let mut story = Story::of(std::sync::Arc::new(compiled(text)));
    let nothing = kefu_domain::case::Open { fields: serde_json::Map::new(), ..asked() };
    story.check_open("11-23 09:00", &eve(), nothing, &["no: broken_rule in clocks"]);
}
