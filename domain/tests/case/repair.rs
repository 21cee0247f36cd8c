//! The shipped repair: an emergency at night, a leak, parts, fees, the callback, the rectification.

use kefu_domain::case::Command;
use kefu_domain::who::Actor;
use serde_json::{Value, json};

use crate::people::{ANN, BEN, DAN, EVE, cat, name, system};
use crate::shipped::{follow, post, seen, story, told};
use crate::support::{Story, act, act_with, fields, instant};

fn desk() -> Actor {
    post(ANN, "front_desk")
}

fn repairer() -> Actor {
    post(BEN, "repairer")
}

fn supervisor() -> Actor {
    post(DAN, "engineering_supervisor")
}

fn due(story: &Story, clock: &str) -> String {
    crate::words::when(story.clock(clock).due_at)
}

fn reported(at: &str, category: &str, emergency: bool) -> Story {
    let mut story = story("repair");
    let what = json!({ "fault": "漏水", "category": category, "emergency": emergency });
    story.open(at, &desk(), told(what)).unwrap();
    story
}

fn dispatch() -> Command {
    act_with("dispatch", json!({ "assignee_id": BEN }))
}

fn finish(more: Value) -> Command {
    let mut input = fields(json!({ "work_done": "换管", "man_hours": 1.5 }));
    input.extend(fields(more));
    act_with("finish", Value::Object(input))
}

/// Reported on Monday at nine, on site at eleven.
fn on_site(category: &str) -> Story {
    let mut story = reported("11-23 09:00", category, false);
    story.done("11-23 09:30", &desk(), dispatch());
    story.done("11-23 09:40", &repairer(), act("accept_job"));
    story.done("11-23 11:00", &repairer(), act("arrive"));
    story
}

fn record(satisfied: bool) -> Command {
    let input = json!({ "satisfied": satisfied, "opinions": "x", "confirmed_by": "recording" });
    act_with("record", input)
}

#[test]
fn an_emergency_goes_out_at_any_hour_of_any_day() {
    // Three in the morning of National Day.
    let mut story = reported("10-01 03:00", "safety", true);
    assert_eq!(
        (due(&story, "dispatch"), due(&story, "finish")),
        ("10-01 03:15".to_owned(), "10-02 03:00".to_owned(),)
    );
    let night = post(EVE, "hotline");
    story.done("10-01 03:10", &night, dispatch());
    assert_eq!(due(&story, "arrive"), "10-01 03:40");
    story.done("10-01 03:15", &repairer(), act("accept_job"));
    story.done("10-01 03:40", &repairer(), act("arrive"));
    assert_eq!(story.clock("arrive").state.as_str(), "met_late", "at its deadline it is too late");
}

#[test]
fn an_ordinary_repair_is_dispatched_in_reception_hours() {
    // Reception is open to six; two working hours go on in the morning, also on a Saturday.
    assert_eq!(due(&reported("11-23 17:00", "other", false), "dispatch"), "11-24 09:30");
    assert_eq!(due(&reported("11-27 17:00", "other", false), "dispatch"), "11-28 10:00");
}

#[test]
fn waiting_for_parts_makes_the_promise_stand_still() {
    let mut story = on_site("other");
    assert_eq!(due(&story, "finish"), "11-26 09:00");
    story.done("11-23 12:00", &repairer(), act_with("wait", json!({ "waits_for": "parts" })));
    story.done("11-25 12:00", &repairer(), act("go_on"));
    assert_eq!(due(&story, "finish"), "11-28 09:00");
}

#[test]
fn the_callback_depends_on_what_was_repaired() {
    for (category, then) in
        [("safety", "11-25 12:00"), ("leak", "11-26 12:00"), ("other", "11-30 12:00")]
    {
        let mut story = on_site(category);
        story.done("11-23 12:00", &repairer(), finish(json!({})));
        let callback = follow(&story, "callback", "11-23 12:00");
        assert_eq!(due(&callback, "callback"), then, "{category}");
        assert_eq!(name(callback.case().assignee_id), "ann", "the owner calls back");
    }
}

#[test]
fn a_repair_is_closed_when_accepted_called_back_and_paid() {
    let mut story = on_site("leak");
    let fee = json!({ "item": "软管", "amount": { "amount": "35.00", "currency": "CNY" } });
    let part = json!({ "name": "软管", "quantity": 1 });
    story.done("11-23 12:00", &repairer(), finish(json!({ "fees": [fee], "parts": [part] })));
    let mut callback = follow(&story, "callback", "11-23 12:00");
    story.world.children = vec![seen(&callback)];
    story.done(
        "11-23 12:10",
        &cat(),
        act_with("customer_accepts", json!({ "accepted_by": "王某" })),
    );
    let refused = |story: &Story, at: &str| {
        story.decide(instant(at), &desk(), act("close")).unwrap_err().code()
    };
    assert_eq!(refused(&story, "11-23 13:00"), "guarded", "not called back");
    callback.done("11-24 10:00", &desk(), record(true));
    story.world.children = vec![seen(&callback)];
    assert_eq!(refused(&story, "11-24 10:00"), "guarded", "not paid");
    story.done("11-24 10:10", &desk(), act_with("settle_fee", json!({ "fee_receipt": "R-1" })));
    story.check(
        "11-24 10:20",
        &desk(),
        act("close"),
        &["close: accepted_by_customer → closed", "closed in closed"],
    );
}

#[test]
fn a_fee_is_a_decimal_and_a_currency() {
    let mut story = on_site("other");
    for amount in ["35.001", "-1.00", "1e3", ""] {
        let fee = json!({ "item": "x", "amount": { "amount": amount, "currency": "CNY" } });
        story.check(
            "11-23 12:00",
            &repairer(),
            finish(json!({ "fees": [fee] })),
            &["no: invalid, /fees/0/amount/amount pattern"],
        );
    }
}

#[test]
fn a_bad_callback_disputes_a_closed_repair_which_is_put_right_and_called_about_again() {
    let mut story = on_site("leak");
    story.done("11-23 12:00", &repairer(), finish(json!({})));
    let mut callback = follow(&story, "callback", "11-23 12:00");
    callback.done("11-24 10:00", &desk(), record(false));
    story.check(
        "11-24 10:00",
        &system(),
        Command::FollowUpClosed { child: seen(&callback) },
        &["callback ended in closed, so dispute", "dispute: done → disputed"],
    );
    story.world.children = vec![seen(&callback)];
    let remedy = act_with("rectified", json!({ "remedy": "重做防水" }));
    story.check(
        "11-25 10:00",
        &desk(),
        remedy.clone(),
        &["no: not_allowed, needs repair.supervise or rectification.verify by R-004-210"],
    );
    story.done("11-25 10:00", &supervisor(), remedy);
    assert_eq!(story.case().state, "done");
    let again = follow(&story, "callback", "11-25 10:00");
    assert_eq!(due(&again, "callback"), "11-28 10:00");
}

#[test]
fn a_repair_not_accepted_is_done_again_by_a_new_promise() {
    let mut story = on_site("other");
    story.done("11-23 12:00", &repairer(), finish(json!({})));
    assert_eq!(story.clock("finish").state.as_str(), "met");
    let open = seen(&follow(&story, "callback", "11-23 12:00"));
    story.world.children = vec![open];
    story.done("11-23 15:00", &cat(), act_with("customer_rejects", json!({ "reason": "还漏" })));
    assert_eq!(
        (story.case().state.as_str(), due(&story, "finish")),
        ("dispatched", "11-26 15:00".to_owned(),)
    );
}

#[test]
fn a_returned_job_goes_back_to_the_dispatcher_and_its_promises_run_on() {
    let mut story = reported("11-23 09:00", "other", false);
    story.done("11-23 09:30", &desk(), dispatch());
    story.check(
        "11-23 09:40",
        &repairer(),
        act_with("return", json!({ "reason": "非本工种" })),
        &[
            "returned: dispatched → registered: 非本工种",
            "assigned to ann by return",
            "dispatch starts, due 11-23 11:40",
        ],
    );
    assert_eq!(due(&story, "finish"), "11-26 09:00");
}

#[test]
fn a_reopened_repair_promises_dispatch_and_repair_and_not_yet_arrival() {
    let mut story = on_site("other");
    story.done("11-23 12:00", &repairer(), finish(json!({})));
    let mut callback = follow(&story, "callback", "11-23 12:00");
    story.done(
        "11-23 12:10",
        &cat(),
        act_with("customer_accepts", json!({ "accepted_by": "王某" })),
    );
    callback.done("11-24 10:00", &desk(), record(true));
    story.world.children = vec![seen(&callback)];
    story.done("11-24 10:20", &desk(), act("close"));
    story.check(
        "12-01 10:00",
        &cat(),
        act_with("reopen", json!({ "reason": "又漏" })),
        &[
            "reopened: closed → registered: 又漏",
            "dispatch starts, due 12-01 12:00",
            "finish starts, due 12-04 10:00",
        ],
    );
}

#[test]
fn a_rectification_is_notified_carried_out_and_verified() {
    let mut story = on_site("other");
    story.done("11-23 12:00", &repairer(), finish(json!({})));
    let mut callback = follow(&story, "callback", "11-23 12:00");
    callback.done("11-24 10:00", &desk(), record(false));
    let mut rectification = follow(&callback, "rectification", "11-24 10:00");
    assert_eq!(due(&rectification, "notice"), "11-24 11:00");
    let notice = json!({ "assignee_id": BEN, "notice": "重做" });
    rectification.done("11-24 10:30", &desk(), act_with("notify", notice));
    assert_eq!(
        (name(rectification.case().assignee_id), due(&rectification, "rectify")),
        ("ben", "11-27 10:30".to_owned(),)
    );
    rectification.done(
        "11-25 10:00",
        &repairer(),
        act_with("rectify", json!({ "measures": "已重做" })),
    );
    let bad = act_with("reject", json!({ "finding": "仍渗" }));
    rectification.done("11-25 11:00", &supervisor(), bad);
    assert_eq!(due(&rectification, "rectify"), "11-28 11:00", "a new promise");
    rectification.done("11-26 10:00", &repairer(), act_with("rectify", json!({ "measures": "x" })));
    rectification.check(
        "11-26 11:00",
        &supervisor(),
        act("verify"),
        &["verify: rectified → closed", "closed in closed"],
    );
}
