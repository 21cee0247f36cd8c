//! More time (延期): asked for by those who work on it, ruled on by somebody else.

use kefu_domain::case::Command;
use serde_json::json;

use crate::people::{ann, ben, cat, dan, eve, staff, system};
use crate::support::{Story, act, act_with, instant, priority};

fn ask(clock: &str, span: &str) -> Command {
    act_with("request_extension", json!({ "clock": clock, "span": span, "reason": "待料" }))
}

fn refuse() -> Command {
    act_with("refuse_extension", json!({ "reason": "不成立" }))
}

fn working() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story
}

#[test]
fn time_is_asked_for_by_assignee_or_owner_and_given_by_another() {
    let mut story = working();
    story.check(
        "11-23 10:00",
        &cat(),
        ask("resolve", "1wd"),
        &["no: not_allowed, needs assignee or owner"],
    );
    story.check("11-23 10:00", &ben(), ask("resolve", "1wd"), &["resolve wants 1wd: 待料"]);
    assert_eq!(story.clock("resolve").due_at, instant("11-26 18:00"), "not before it is approved");
    story.check(
        "11-23 10:01",
        &ann(),
        act("approve_extension"),
        &["no: not_allowed, needs case.extend"],
    );
    story.check(
        "11-23 10:02",
        &eve(),
        act("approve_extension"),
        &["resolve gets 1wd", "resolve now due 11-27 18:00 (extension)"],
    );
    story.check(
        "11-23 10:03",
        &eve(),
        act("approve_extension"),
        &["no: nothing_pending approve_extension"],
    );
}

#[test]
fn nobody_rules_on_their_own_request() {
    let mut story = working();
    let mut ruling = eve();
    ruling.id = ben().id;
    story.done("11-23 10:00", &ben(), ask("resolve", "1wd"));
    story.check(
        "11-23 10:01",
        &ruling,
        act("approve_extension"),
        &["no: own_request approve_extension"],
    );
    story.check("11-23 10:01", &ruling, refuse(), &["no: own_request refuse_extension"]);
    assert!(!story.offered("11-23 10:01", &ruling).contains(&"approve_extension".to_owned()));
}

#[test]
fn a_refused_request_moves_nothing_and_another_may_follow() {
    let mut story = working();
    story.done("11-23 10:00", &ben(), ask("resolve", "1wd"));
    story.check(
        "11-23 10:01",
        &ben(),
        ask("reply", "4h"),
        &["no: already_pending request_extension"],
    );
    story.check("11-23 10:01", &eve(), act("refuse_extension"), &["no: invalid, /reason required"]);
    story.check("11-23 10:01", &eve(), refuse(), &["resolve gets nothing: 不成立"]);
    story.check("11-23 10:02", &ann(), ask("reply", "4h"), &["reply wants 4h: 待料"]);
    story.check(
        "11-23 10:03",
        &eve(),
        act("approve_extension"),
        &["reply gets 4h", "reply now due 11-26 13:00 (extension)"],
    );
}

#[test]
fn more_time_is_asked_for_a_promise_that_runs_in_a_span_that_is_one() {
    let mut story = working();
    story.check(
        "11-23 10:00",
        &ben(),
        ask("report", "1wd"),
        &["no: invalid, /clock unknown_clock"],
    );
    story.check(
        "11-23 10:00",
        &ben(),
        ask("colour", "07d"),
        &["no: invalid, /clock unknown_clock, /span bad_span"],
    );
    story.check("11-23 10:00", &ben(), ask("reply", "one day"), &["no: invalid, /span pattern"]);
    story.check("11-23 10:00", &ben(), ask("reply", "9999999d"), &["no: invalid, /span bad_span"]);
}

#[test]
fn extensions_add_up_after_the_pauses_and_stay_when_the_span_changes() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-23 11:00", &cat(), act("told"));
    for _ in 0..2 {
        story.done("11-23 11:00", &ben(), ask("resolve", "2wh"));
        story.done("11-23 11:00", &eve(), act("approve_extension"));
    }
    // Thursday 18:00, the hour that was paused, and twice two hours.
    assert_eq!(story.clock("resolve").due_at, instant("11-27 14:30"));
    story.done("11-23 11:30", &ann(), priority(kefu_domain::case::Priority::Urgent));
    assert_eq!(story.clock("resolve").due_at, instant("11-24 09:30"));
}

#[test]
fn a_broken_promise_gets_its_time_from_the_deadline_it_had() {
    let mut story = working();
    story.done("11-27 09:00", &ben(), ask("resolve", "2wh"));
    story.check(
        "11-27 10:00",
        &eve(),
        act("approve_extension"),
        &["resolve gets 2wh", "resolve now due 11-27 10:30 (extension)"],
    );
    assert_eq!(story.clock("resolve").state.as_str(), "running");
    story.done("11-27 10:00", &ben(), ask("resolve", "1wm"));
    story.done("11-27 11:00", &eve(), act("approve_extension"));
    assert_eq!(story.clock("resolve").due_at, instant("11-27 10:31"));
    assert_eq!(story.clock("resolve").state.as_str(), "breached", "not enough");
}

#[test]
fn a_promise_that_is_over_needs_no_more_time() {
    let mut story = working();
    story.done("11-23 10:00", &ben(), ask("first_word", "1h"));
    story.done("11-23 10:05", &ben(), act("ask"));
    assert_eq!(story.case().extension, None, "nobody asks for it any longer");
    story.check(
        "11-23 10:10",
        &eve(),
        act("approve_extension"),
        &["no: nothing_pending approve_extension"],
    );
    story.done("11-23 10:10", &ben(), ask("resolve", "1h"));
    story.done("11-23 10:20", &eve(), act("drop"));
    assert_eq!(story.case().extension, None);
}

#[test]
fn a_promise_that_stands_still_can_be_given_more_time() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-23 10:10", &ben(), ask("resolve", "1wd"));
    story.done("11-23 10:20", &eve(), act("approve_extension"));
    let clock = story.clock("resolve");
    assert_eq!((clock.state.as_str(), clock.due_at), ("paused", instant("11-27 18:00")));
    story.done("11-23 11:00", &cat(), act("told"));
    // The hour pushes Thursday's close to Friday 09:30; a working day from there is Monday's close.
    assert_eq!(story.clock("resolve").due_at, instant("11-30 18:00"));
}

#[test]
fn the_system_may_ask_and_anybody_with_the_right_may_rule() {
    let mut story = working();
    story.check("11-23 10:00", &system(), ask("reply", "4h"), &["reply wants 4h: 待料"]);
    let ruling =
        staff(dan().id.unwrap(), &["case.read", "case.extend"], kefu_domain::who::Scope::All, None);
    story.check(
        "11-23 10:00",
        &ruling,
        act("approve_extension"),
        &["reply gets 4h", "reply now due 11-26 13:00 (extension)"],
    );
}
