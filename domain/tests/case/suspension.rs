//! A case that stands still (挂起): every promise with it, and no action but the system's.

use kefu_domain::case::Command;
use serde_json::json;

use crate::people::{BEN, ann, ben, cat, eve, system, zoe};
use crate::support::{Story, act, act_with, child, instant};

fn suspend() -> Command {
    act_with("suspend", json!({ "reason": "等待第三方" }))
}

fn working() -> Story {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story
}

#[test]
fn everything_stands_still_and_goes_on_later_by_that_much() {
    let mut story = working();
    story.check(
        "11-23 10:00",
        &ben(),
        suspend(),
        &[
            "suspended: 等待第三方",
            "reply stands still",
            "resolve stands still",
            "first_word stands still",
        ],
    );
    assert_eq!(story.case().due_at(), None);
    story.check("11-30 10:00", &system(), Command::Tick, &[]);
    story.check(
        "11-30 10:00",
        &ben(),
        act("resume"),
        &[
            "resumed",
            "reply goes on, due 12-03 09:00",
            "resolve goes on, due 12-03 18:00",
            "first_word goes on, due 11-30 11:00",
        ],
    );
}

#[test]
fn who_may_suspend_and_when() {
    let mut story = working();
    let needs = "no: not_allowed, needs assignee or owner or case.suspend";
    story.check("11-23 10:00", &zoe(), suspend(), &[needs]);
    story.check("11-23 10:00", &cat(), suspend(), &[needs]);
    story.check("11-23 10:00", &ben(), act("suspend"), &["no: invalid, /reason required"]);
    story.check("11-23 10:00", &ben(), act("resume"), &["no: nothing_pending resume"]);
    story.done("11-23 10:00", &eve(), suspend());
    story.check("11-23 10:10", &eve(), suspend(), &["no: already_pending suspend"]);
    story.check("11-23 10:10", &cat(), act("resume"), &[needs]);
    story.done("11-23 10:20", &ann(), act("resume"));
}

#[test]
fn no_action_is_taken_on_a_suspended_case() {
    let mut story = working();
    story.done("11-23 10:00", &ben(), suspend());
    story.check("11-23 10:10", &ann(), act("ask"), &["no: suspended ask"]);
    story.check("11-23 10:10", &eve(), act("drop"), &["no: suspended drop"]);
    story.check("11-23 10:10", &ann(), act("close"), &["no: wrong_state working, from answered"]);
    // It can still be handed over, talked about, taken back.
    let give = act_with("assign", json!({ "to": BEN }));
    story.check("11-23 10:10", &ann(), give, &["assigned to ben by assign"]);
    story.check(
        "11-23 10:20",
        &cat(),
        act_with("withdraw", json!({ "reason": "x" })),
        &[
            "withdrawn from working: x",
            "reply cancelled",
            "resolve cancelled",
            "first_word cancelled",
            "closed in withdrawn",
        ],
    );
    assert_eq!(story.case().suspended, None);
}

#[test]
fn the_system_acts_and_what_it_starts_stands_still() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    story.done("11-23 10:10", &ann(), suspend());
    let unhappy = child("call", "done", json!({ "satisfied": false }));
    story.check(
        "11-23 11:00",
        &system(),
        Command::FollowUpClosed { child: unhappy },
        &[
            "call ended in done, so dispute",
            "dispute: answered → working",
            "resolve starts, due 11-26 18:00, standing still",
            "first_word starts, due 11-23 12:30, standing still",
        ],
    );
    story.done("11-23 12:00", &ann(), act("resume"));
    assert_eq!(story.clock("first_word").due_at, instant("11-23 13:30"));
    assert_eq!(story.clock("resolve").due_at, instant("11-27 09:30"));
}

#[test]
fn a_promise_its_state_pauses_stays_paused_when_the_case_is_resumed() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-23 10:10", &ann(), suspend());
    story.check(
        "11-23 10:40",
        &ann(),
        act("resume"),
        &["resumed", "reply goes on, due 11-26 09:30"],
    );
    assert_eq!(story.clock("resolve").state.as_str(), "paused");
    story.done("11-23 11:00", &cat(), act("told"));
    assert_eq!(story.clock("resolve").paused_seconds(), 3600, "one pause, not two");
}

#[test]
fn a_closed_case_is_not_suspended() {
    let mut story = working();
    story.done("11-23 10:00", &eve(), act("drop"));
    story.check("11-23 10:00", &eve(), suspend(), &["no: wrong_state dropped"]);
}
