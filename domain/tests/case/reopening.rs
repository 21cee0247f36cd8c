//! Withdrawing and reopening: promises are given up, and made anew.

use kefu_domain::case::{ClockState, Command};
use serde_json::json;

use crate::people::{ann, ben, cat, eve, system, tom, zoe};
use crate::support::{Story, act, act_with, asked, asked_for, compiled, instant};

fn withdraw() -> Command {
    act_with("withdraw", json!({ "reason": "不需要了" }))
}

fn reopen() -> Command {
    act_with("reopen", json!({ "reason": "又坏了" }))
}

fn closed() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    story.done("11-23 11:00", &ann(), act("close"));
    story
}

#[test]
fn the_customer_the_owner_the_opener_and_those_permitted_take_a_matter_back() {
    for who in [cat(), ann(), eve()] {
        let mut story = Story::desk("11-23 09:00", &ann());
        story.check(
            "11-23 10:00",
            &who,
            withdraw(),
            &[
                "withdrawn from new: 不需要了",
                "reply cancelled",
                "resolve cancelled",
                "closed in withdrawn",
            ],
        );
    }
    let mut story = Story::desk("11-23 09:00", &ann());
    let needs = "no: not_allowed, needs owner or opener or customer or case.withdraw";
    story.check("11-23 10:00", &zoe(), withdraw(), &[needs]);
    story.check("11-23 10:00", &tom(), withdraw(), &["no: not_found"]);
    story.check("11-23 10:00", &cat(), act("withdraw"), &["no: invalid, /reason required"]);
}

#[test]
fn a_reopened_case_makes_its_promises_anew() {
    let mut story = closed();
    assert_eq!(story.case().closed_at, Some(instant("11-23 11:00")));
    story.check(
        "11-24 09:00",
        &cat(),
        reopen(),
        &[
            "reopened: closed → working: 又坏了",
            "reply starts, due 11-27 09:00",
            "resolve starts, due 11-27 18:00",
            "first_word starts, due 11-24 10:30",
        ],
    );
    let case = story.case();
    assert_eq!((case.state.as_str(), case.closed_at), ("working", None));
    assert_eq!(story.clock("reply").fired, [""; 0]);
}

#[test]
fn what_became_of_the_first_promise_is_kept_when_it_is_made_again() {
    let mut story = closed();
    let kept = story.clock("reply").clone();
    assert_eq!((kept.run, kept.state), (1, ClockState::Met));
    story.done("11-24 09:00", &cat(), reopen());
    let replies = story.case().promises().filter(|it| it.code == "reply");
    let replies: Vec<_> = replies.map(|it| (it.run, it.state)).collect();
    assert_eq!(replies, [(1, ClockState::Met), (2, ClockState::Running)]);
    assert_eq!(story.case().first_promise("reply"), Some(&kept));
    assert_eq!(story.case().earlier.len(), 3, "reply, resolve and first_word");
}

#[test]
fn a_promise_that_was_never_made_is_not_made_by_reopening() {
    let mut story = closed();
    story.done("11-24 09:00", &cat(), reopen());
    assert!(story.case().clock("report").is_none());
}

#[test]
fn a_promise_that_ends_before_where_the_case_goes_back_to_is_not_made_again() {
    let major = asked_for(json!({ "what": "x", "grade": "major" }));
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), major);
    story.done("11-23 09:30", &eve(), act("drop"));
    story.check(
        "11-24 09:00",
        &eve(),
        reopen(),
        &[
            "reopened: dropped → working: 又坏了",
            "reply starts, due 11-27 09:00",
            "resolve starts, due 11-25 18:00",
            "first_word starts, due 11-24 10:30",
        ],
    );
    assert_eq!(story.clock("report").state.as_str(), "cancelled");
}

#[test]
fn a_promise_that_begins_later_on_the_way_waits_for_its_own_start() {
    let text = include_str!("../fixtures/case/desk.toml")
        .replace("reopen_to = \"working\"", "reopen_to = \"new\"");
    let mut story = Story::of(std::sync::Arc::new(compiled(&text)));
    story.open("11-23 09:00", &ann(), asked()).unwrap();
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &eve(), act("drop"));
    story.check(
        "11-24 09:00",
        &eve(),
        reopen(),
        &[
            "reopened: dropped → new: 又坏了",
            "reply starts, due 11-27 09:00",
            "resolve starts, due 11-27 18:00",
        ],
    );
    story.check(
        "11-24 09:30",
        &ben(),
        act("start"),
        &["start: new → working", "first_word starts, due 11-24 11:00"],
    );
}

#[test]
fn who_may_reopen_and_only_what_is_closed() {
    let mut story = closed();
    let needs = "no: not_allowed, needs owner or customer or case.reopen";
    story.check("11-24 09:00", &ben(), reopen(), &[needs]);
    story.check("11-24 09:00", &ann(), act("reopen"), &["no: invalid, /reason required"]);
    story.done("11-24 09:00", &ann(), reopen());
    story.check("11-24 09:01", &ann(), reopen(), &["no: wrong_state working"]);
    story.done("11-24 09:02", &ann(), withdraw());
    story.check("11-24 09:03", &ann(), withdraw(), &["no: wrong_state withdrawn"]);
    story.done("11-24 09:04", &ann(), reopen());
    assert_eq!(story.case().state, "working");
}

#[test]
fn a_closed_case_stays_as_it_is_whatever_time_brings() {
    let mut story = closed();
    let before = story.case().clone();
    story.check("2027-11-24 09:00", &system(), Command::Tick, &[]);
    assert_eq!(story.case(), &before);
}
