//! Cases that a case opens, and what their result does to it.

use kefu_domain::case::{Child, Command, Fact};
use serde_json::json;

use crate::people::{ann, ben, eve, name, system};
use crate::support::{Story, act, act_with, asked_for, child, patch};

fn answer() -> Command {
    act_with("answer", json!({ "solution": "s" }))
}

fn ended(child: Child) -> Command {
    Command::FollowUpClosed { child }
}

/// Answered on Monday at ten; the call that follows is under way.
fn answered() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), answer());
    story
}

fn opened(story: &Story) -> Vec<String> {
    let opened = story.events.iter().map(|it| &it.fact);
    let opened = opened.filter(|it| matches!(it, Fact::FollowUpOpened(_)));
    opened.map(crate::words::tell).collect()
}

#[test]
fn entering_a_state_opens_what_follows_with_its_span_and_fields() {
    let story = answered();
    assert_eq!(
        opened(&story),
        [r#"call opens call {"about":"D-20261123-000001"} for ann within 7d by office"#,]
    );
    let Fact::FollowUpOpened(call) = &story.events.last().unwrap().fact else {
        panic!("the call is opened last")
    };
    assert_eq!((call.carry.len(), name(call.assignee_id)), (3, "ann"));
    assert_eq!(call.given.as_ref().unwrap().clauses, ["T-9"]);
}

#[test]
fn the_span_handed_over_is_the_first_that_applies_and_null_fields_are_left_out() {
    let what = asked_for(json!({ "what": "x", "grade": "major", "place": { "room": "302" } }));
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), what);
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), answer());
    assert_eq!(
        opened(&story),
        [
            r#"call opens call {"about":"D-20261123-000001","hint":"302"} for ann within 1wd by office"#,
        ]
    );
}

#[test]
fn a_condition_decides_whether_anything_follows() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.done(
        "11-23 10:00",
        &ann(),
        act_with("answer", json!({ "solution": "s", "again": true })),
    );
    assert_eq!(
        opened(&story),
        [
            r#"call opens call {"about":"D-20261123-000001"} for ann within 7d by office"#,
            "second opens call for any lead",
        ]
    );
}

#[test]
fn each_time_the_state_is_entered_it_follows_again() {
    let mut story = answered();
    story.done("11-23 11:00", &eve(), act("dispute"));
    story.done("11-23 12:00", &ann(), answer());
    assert_eq!(opened(&story).len(), 2);
}

#[test]
fn a_result_acts_on_the_parent_as_the_system() {
    let mut story = answered();
    let unhappy = child("call", "done", json!({ "satisfied": false }));
    story.check(
        "11-24 10:00",
        &system(),
        ended(unhappy),
        &[
            "call ended in done, so dispute",
            "dispute: answered → working",
            "resolve starts, due 11-27 18:00",
            "first_word starts, due 11-24 11:30",
        ],
    );
    assert!(story.events.iter().rev().take(4).all(|it| it.actor.is_none()));
}

#[test]
fn a_result_that_asks_for_nothing_is_only_recorded() {
    let mut story = answered();
    let happy = child("call", "done", json!({ "satisfied": true }));
    story.check("11-24 10:00", &system(), ended(happy), &["call ended in done"]);
    assert_eq!(story.case().state, "answered");
}

#[test]
fn the_first_result_that_applies_counts() {
    let mut story = answered();
    let both = child("call", "done", json!({ "satisfied": false, "urgent": true }));
    story.check(
        "11-24 10:00",
        &system(),
        ended(both),
        &[
            "call ended in done, so dispute",
            "dispute: answered → working",
            "resolve starts, due 11-27 18:00",
            "first_word starts, due 11-24 11:30",
        ],
    );
    let urgent = child("call", "withdrawn", json!({ "satisfied": false, "urgent": true }));
    story.check(
        "11-24 10:30",
        &system(),
        ended(urgent),
        &["call ended in withdrawn, so urge", "urged"],
    );
}

#[test]
fn nobody_has_said_whether_the_customer_is_satisfied_so_the_customer_is_not() {
    let mut story = answered();
    let silent = child("call", "done", json!({}));
    story.done("11-24 10:00", &system(), ended(silent));
    assert_eq!(story.case().state, "working");
}

#[test]
fn what_a_result_asks_for_and_the_rules_refuse_is_recorded() {
    let mut story = answered();
    story.done("11-24 09:00", &eve(), act("dispute"));
    let unhappy = child("call", "done", json!({ "satisfied": false }));
    story.check(
        "11-24 10:00",
        &system(),
        ended(unhappy),
        &["call ended in done, so dispute", "the system's dispute was refused: wrong_state"],
    );
    assert_eq!(story.case().state, "working");
}

#[test]
fn a_result_reaches_a_case_that_was_closed_meanwhile() {
    let mut story = answered();
    story.done("11-24 09:00", &ann(), act("close"));
    let unhappy = child("call", "done", json!({ "satisfied": false }));
    story.done("11-24 10:00", &system(), ended(unhappy));
    assert_eq!((story.case().state.as_str(), story.case().closed_at), ("working", None));
}

#[test]
fn the_result_of_something_the_procedure_does_not_know_is_only_recorded() {
    let mut story = answered();
    let stray = child("elsewhere", "done", json!({ "satisfied": false }));
    story.check("11-24 10:00", &system(), ended(stray), &["elsewhere ended in done"]);
}

#[test]
fn a_correction_after_the_fact_opens_nothing() {
    let mut story = answered();
    story.done("11-24 09:00", &ann(), patch(json!({ "grade": "major" })));
    assert_eq!(opened(&story).len(), 1);
}
