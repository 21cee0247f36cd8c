//! Who hears of what. Whoever caused it is never told.

use kefu_domain::case::Command;
use serde_json::json;

use crate::people::{BEN, DAN, ann, ben, cat, dan, eve, system};
use crate::support::{Story, act, act_with, asked_for, child};
use crate::words::heard;

fn said(story: &Story) -> Vec<String> {
    story.notices.iter().map(heard).collect()
}

/// Ann owns it, Ben works on it.
fn working() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story
}

#[test]
fn each_act_tells_those_it_concerns() {
    let reason = json!({ "reason": "x" });
    let to = |id| json!({ "to": id, "reason": "x" });
    let extension = json!({ "clock": "reply", "span": "1h", "reason": "x" });
    let mut story = working();
    let steps: Vec<(_, &str, _, &[&str])> = vec![
        (ann(), "assign", to(DAN), &["dan assigned"]),
        (ann(), "transfer", to(BEN), &["ben transfer_offered"]),
        (ben(), "decline_transfer", reason.clone(), &["ann transfer_declined"]),
        (dan(), "return", reason.clone(), &["ann returned", "ann assigned"]),
        (ann(), "assign", to(BEN), &["ben assigned"]),
        (cat(), "urge", reason.clone(), &["ben urged", "ann urged"]),
        (eve(), "supervise", reason.clone(), &["ben supervised", "ann supervised"]),
        (
            ben(),
            "request_extension",
            extension.clone(),
            &["permission case.extend extension_requested reply"],
        ),
        (eve(), "refuse_extension", reason.clone(), &["ben extension_refused reply"]),
        (
            ann(),
            "request_extension",
            extension,
            &["permission case.extend extension_requested reply"],
        ),
        (eve(), "approve_extension", json!({}), &["ann extension_approved reply"]),
        (ben(), "comment", json!({ "text": "x" }), &["ann commented"]),
        (cat(), "comment", json!({ "text": "x" }), &["ben commented", "ann commented"]),
        (ann(), "suspend", reason.clone(), &[]),
        (ann(), "resume", json!({}), &[]),
        (ann(), "withdraw", reason.clone(), &["ben withdrawn"]),
        (cat(), "reopen", reason, &["ben reopened", "ann reopened"]),
    ];
    for (minute, (who, act, input, then)) in steps.into_iter().enumerate() {
        story.done(&format!("11-23 10:{minute:02}"), &who, act_with(act, input));
        assert_eq!(said(&story), then, "{act}");
    }
}

#[test]
fn one_who_does_it_alone_hears_nothing() {
    let mut story = Story::desk("11-23 09:00", &ann());
    assert!(said(&story).is_empty());
    for (act, input) in
        [("claim", json!({})), ("urge", json!({})), ("comment", json!({ "text": "x" }))]
    {
        story.done("11-23 09:30", &ann(), act_with(act, input));
        assert!(said(&story).is_empty(), "{act}");
    }
}

#[test]
fn a_promise_tells_those_who_work_on_it_and_its_ladder_whom_it_names() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-26 09:00", &system(), Command::Tick);
    assert_eq!(
        said(&story),
        [
            "ben clock_warned reply warn:0",
            "ann clock_warned reply warn:0",
            "ann clock_escalated reply rung:0",
            "ben clock_warned reply warn:1",
            "ann clock_warned reply warn:1",
            "ben clock_breached reply due",
            "ann clock_breached reply due",
            "ann clock_escalated reply rung:1",
            "ben clock_escalated reply rung:1",
            "role lead clock_escalated reply rung:1",
        ]
    );
}

#[test]
fn a_signal_given_late_with_a_persons_command_still_tells_that_person() {
    let mut story = working();
    story.done("11-23 11:30", &ben(), act("ask"));
    assert_eq!(
        said(&story),
        ["ben clock_breached first_word due", "ann clock_breached first_word due"]
    );
}

#[test]
fn a_result_is_told_to_those_whose_case_it_is() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    let happy = child("call", "done", json!({ "satisfied": true }));
    story.done("11-24 10:00", &system(), Command::FollowUpClosed { child: happy });
    assert_eq!(said(&story), ["ben follow_up_closed", "ann follow_up_closed"]);
}

#[test]
fn a_major_matter_is_told_to_the_role_at_once() {
    let major = asked_for(json!({ "what": "x", "grade": "major" }));
    let story = Story::opened("desk", "11-23 09:00", &ann(), major);
    assert_eq!(said(&story), ["role lead clock_escalated report rung:0"]);
}
