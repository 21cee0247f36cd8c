//! The shipped complaint from the first call to the closed callback, each deadline to the second.

use kefu_domain::case::{Command, Fact};
use kefu_domain::who::Actor;
use serde_json::json;

use crate::people::{ANN, BEN, DAN, EVE, cat, name, system};
use crate::shipped::{follow, post, seen, story, told};
use crate::support::{Story, act, act_with, instant, patch};
use crate::words::heard;

fn desk() -> Actor {
    post(ANN, "front_desk")
}

fn handler() -> Actor {
    post(BEN, "complaint_handler")
}

fn supervisor() -> Actor {
    post(DAN, "complaint_supervisor")
}

fn manager() -> Actor {
    post(EVE, "office_manager")
}

fn answer() -> Command {
    act_with("answer", json!({ "solution": "已更换导轨", "told_by": "phone" }))
}

/// Opened on Friday, 27 November 2026, at four.
fn complained(grade: &str) -> Story {
    let mut story = story("complaint");
    story
        .open("11-27 16:00", &desk(), told(json!({ "what_happened": "异响", "grade": grade })))
        .unwrap();
    story
}

fn due(story: &Story, clock: &str) -> String {
    crate::words::when(story.clock(clock).due_at)
}

#[test]
fn a_major_complaint_is_answered_in_72_hours_and_put_right_in_one_working_day() {
    let story = complained("major");
    assert_eq!(due(&story, "reply"), "11-30 16:00");
    assert_eq!(due(&story, "resolution"), "11-30 18:00");
    assert_eq!(due(&story, "take_up"), "11-27 17:00");
    let told: Vec<_> = story.notices.iter().map(heard).collect();
    assert_eq!(
        told,
        [
            "role complaint_supervisor clock_escalated take_up rung:0",
            "role cs_supervisor clock_escalated take_up rung:0",
        ]
    );
    assert_eq!(story.clock("resolution").clauses, ["R-001-308"]);
}

#[test]
fn each_grade_has_its_own_clauses_also_after_it_was_corrected() {
    let mut story = complained("ordinary");
    assert_eq!(story.clock("resolution").clauses, ["R-001-310", "R-002-211"]);
    story.done("11-27 16:05", &desk(), patch(json!({ "grade": "major" })));
    assert_eq!(due(&story, "resolution"), "11-30 18:00");
    assert_eq!(story.clock("resolution").clauses, ["R-001-308"]);
    story.done("11-27 16:10", &supervisor(), act("investigate"));
    story.done("11-27 17:00", &desk(), answer());
    let handed = story.events.iter().find_map(|it| match &it.fact {
        Fact::FollowUpOpened(opened) => opened.given.clone(),
        _ => None,
    });
    assert_eq!(handed.unwrap().clauses, ["R-000-355", "R-004-284", "R-001-309"]);
}

#[test]
fn an_ordinary_complaint_has_three_working_days_or_what_the_site_chose() {
    let ordinary = complained("ordinary");
    assert_eq!(due(&ordinary, "resolution"), "12-02 18:00");
    assert_eq!(due(&ordinary, "take_up"), "11-28 16:00");
    assert!(ordinary.notices.is_empty(), "the supervisor hears of major ones only");
    let mut residential = story("complaint");
    residential.world.figures.insert("complaint.ordinary".to_owned(), "24h".parse().unwrap());
    residential.open("11-27 16:00", &desk(), told(json!({ "what_happened": "x" }))).unwrap();
    assert_eq!(due(&residential, "resolution"), "11-28 16:00");
}

#[test]
fn a_complaint_before_national_day_counts_the_make_up_saturday() {
    let mut story = story("complaint");
    story.open("09-30 17:00", &desk(), told(json!({ "what_happened": "x" }))).unwrap();
    assert_eq!(due(&story, "resolution"), "10-10 18:00");
    assert_eq!(due(&story, "reply"), "10-03 17:00");
}

#[test]
fn the_front_line_settles_ordinary_complaints_only() {
    let mut major = complained("major");
    let then = "no: not_allowed, needs case.fields.grade == 'ordinary' || \
                actor.has('complaint.major') by R-000-209";
    major.check("11-27 16:10", &desk(), act("investigate"), &[then]);
    major.check("11-27 16:10", &handler(), act("investigate"), &[then]);
    major.done("11-27 16:10", &supervisor(), act("investigate"));
    assert_eq!(major.clock("take_up").state.as_str(), "met");
    let mut ordinary = complained("ordinary");
    ordinary.done("11-27 16:10", &handler(), act("investigate"));
    assert_eq!(name(ordinary.case().assignee_id), "ben");
}

#[test]
fn the_owner_answers_and_the_handler_does_not() {
    let mut story = complained("ordinary");
    story.done("11-27 16:10", &handler(), act("investigate"));
    let then = "no: not_allowed, needs owner or complaint.supervise by R-000-080";
    story.check("11-27 16:20", &handler(), answer(), &[then]);
    story.done("11-27 17:00", &desk(), answer());
    assert_eq!((story.case().state.as_str(), name(story.case().owner_id)), ("answered", "ann"));
}

#[test]
fn nobody_answers_and_the_promise_is_broken_after_72_hours() {
    let mut story = complained("ordinary");
    story.done("11-30 15:59:59", &system(), Command::Tick);
    assert_eq!(story.clock("reply").state.as_str(), "running");
    story.check(
        "11-30 16:00",
        &system(),
        Command::Tick,
        &[
            "reply breached at 11-30 16:00",
            "reply rung 0 at 11-30 16:00 tells owner assignee role:complaint_supervisor",
        ],
    );
}

#[test]
fn while_the_customer_is_asked_the_remedy_waits_and_the_reply_does_not() {
    let mut story = complained("ordinary");
    story.done("11-27 16:10", &handler(), act("investigate"));
    story.done("11-27 17:00", &handler(), act_with("ask_customer", json!({ "question": "几点?" })));
    story.done("11-30 09:30", &cat(), act_with("customer_replied", json!({ "reply": "夜里" })));
    assert_eq!(due(&story, "resolution"), "12-03 10:30", "two working hours later");
    assert_eq!(due(&story, "reply"), "11-30 16:00");
}

#[test]
fn the_callback_of_a_major_complaint_is_due_in_a_week_of_an_ordinary_one_in_two() {
    for (grade, then) in [("major", "12-04 17:00"), ("ordinary", "12-11 17:00")] {
        let mut story = complained(grade);
        story.done("11-27 16:10", &supervisor(), act("investigate"));
        story.done("11-27 17:00", &desk(), answer());
        let callback = follow(&story, "callback", "11-27 17:00");
        assert_eq!(due(&callback, "callback"), then, "{grade}");
        assert_eq!(name(callback.case().assignee_id), "ann");
        assert_eq!(callback.case().fields["purpose"], "complaint");
    }
}

#[test]
fn a_bad_callback_goes_to_the_manager_and_opens_a_rectification() {
    let mut story = complained("ordinary");
    story.done("11-27 16:10", &handler(), act("investigate"));
    story.done("11-27 17:00", &desk(), answer());
    let mut callback = follow(&story, "callback", "11-27 17:00");
    let unhappy =
        json!({ "satisfied": false, "opinions": "仍有异响", "confirmed_by": "recording" });
    callback.done("11-28 10:00", &desk(), act_with("record", unhappy));
    assert_eq!(callback.clock("callback").state.as_str(), "met");

    let rectification = follow(&callback, "rectification", "11-28 10:00");
    assert_eq!(due(&rectification, "notice"), "11-28 11:00", "within the hour");
    assert_eq!(rectification.case().fields["problem"], "仍有异响");

    story.check(
        "11-28 10:00",
        &system(),
        Command::FollowUpClosed { child: seen(&callback) },
        &[
            "callback ended in closed, so dispute",
            "dispute: answered → with_manager",
            "reply starts, due 12-01 10:00",
            "resolution starts, due 12-02 18:00",
            "manager starts, due 11-29 10:00",
            "manager rung 0 at 11-28 10:00 tells role:cs_manager role:office_manager",
        ],
    );
    story.world.children = vec![seen(&callback)];
    story.done("11-28 11:00", &manager(), act_with("instruct", json!({ "instruction": "更换" })));
    assert_eq!(story.clock("manager").state.as_str(), "met");
    story.done("11-28 15:00", &desk(), answer());

    let mut again = follow(&story, "callback", "11-28 15:00");
    story.world.children.push(seen(&again));
    let closing = story.decide(instant("11-28 15:10"), &desk(), act("close"));
    assert_eq!(closing.unwrap_err().code(), "guarded");
    again.done(
        "11-30 10:00",
        &desk(),
        act_with("record", json!({ "satisfied": true, "confirmed_by": "recording" })),
    );
    story.world.children = vec![seen(&callback), seen(&again)];
    story.check(
        "11-30 10:00",
        &system(),
        Command::FollowUpClosed { child: seen(&again) },
        &["callback ended in closed"],
    );
    story.check(
        "11-30 10:10",
        &desk(),
        act("close"),
        &["close: answered → closed", "closed in closed"],
    );
    assert_eq!(story.case().due_at(), None);
}

#[test]
fn a_site_gives_a_day_for_the_notice_of_a_rectification() {
    let mut story = complained("ordinary");
    story.world.figures.insert("callback.rectification_notice".to_owned(), "24h".parse().unwrap());
    story.done("11-27 16:10", &handler(), act("investigate"));
    story.done("11-27 17:00", &desk(), answer());
    let mut callback = follow(&story, "callback", "11-27 17:00");
    let unhappy = json!({ "satisfied": false, "opinions": "x", "confirmed_by": "recording" });
    callback.done("11-28 10:00", &desk(), act_with("record", unhappy));
    let rectification = follow(&callback, "rectification", "11-28 10:00");
    assert_eq!(due(&rectification, "notice"), "11-29 10:00");
}

#[test]
fn a_complaint_that_cannot_be_settled_below_goes_to_the_manager_who_is_told_at_once() {
    let mut story = complained("ordinary");
    story.done("11-27 16:10", &handler(), act("investigate"));
    let up = json!({ "reason": "超出权限", "proposal": "减免" });
    story.done("11-27 17:00", &handler(), act_with("report_up", up));
    assert_eq!(story.case().state, "with_manager");
    let told: Vec<_> = story.notices.iter().map(heard).collect();
    assert_eq!(
        told,
        [
            "role cs_manager clock_escalated manager rung:0",
            "role office_manager clock_escalated manager rung:0"
        ]
    );
    let word = json!({ "instruction": "同意" });
    let needs = "no: not_allowed, needs complaint.decide by R-000-020";
    story.check("11-27 17:10", &supervisor(), act_with("instruct", word.clone()), &[needs]);
    story.done("11-27 17:10", &manager(), act_with("instruct", word));
}
