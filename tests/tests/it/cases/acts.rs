//! The acts every procedure has, each with its effect on people and clocks.

use kefu_tests::{Office, Reply};
use serde_json::{Value, json};

use super::{clock, history, monday, offered};
use crate::procedures::simple;
use crate::records::unchanged;

fn opened() -> (Office, String) {
    let office = Office::shared();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    (office, id)
}

#[track_caller]
fn people(case: &Reply) -> (Value, Value) {
    (case["owner_id"].clone(), case["assignee_id"].clone())
}

#[test]
fn a_case_nobody_works_on_is_claimed_once() {
    let (office, id) = opened();
    let case = office.handler.act(&id, "claim", json!({})).expect(200);
    assert_eq!(people(&case), (json!(office.desk.id), json!(office.handler.id)));
    let path = format!("/v1/cases/{id}");
    unchanged(&office.desk, &[&path], || {
        let late = office.supervisor.act(&id, "claim", json!({})).refused(409);
        assert!(late["allowed_actions"].is_array(), "{late}");
    });
}

#[test]
fn an_assignment_names_somebody_and_tells_them() {
    let (office, id) = opened();
    let to = json!({ "to": office.handler.id, "reason": "熟悉情况" });
    let case = office.desk.act(&id, "assign", to).expect(200);
    assert_eq!(people(&case), (json!(office.desk.id), json!(office.handler.id)));
    let told = office.handler.get("/v1/notifications").expect(200);
    assert!(told.text.contains(&id) && told.text.contains("assigned"), "{told}");
    for to in [json!("01990000-0000-7000-8000-000000000000"), json!("nobody"), json!(7)] {
        let refused = office.desk.act(&id, "assign", json!({ "to": to })).refused(422);
        assert_eq!(refused.pointers(), ["/to"]);
    }
}

#[test]
fn a_transfer_takes_effect_when_it_is_accepted_and_the_owner_stays() {
    let (office, id) = opened();
    let (desk, handler, supervisor) = (&office.desk, &office.handler, &office.supervisor);
    let _claimed = handler.act(&id, "claim", json!({})).expect(200);
    let to = json!({ "to": supervisor.id, "reason": "转办" });
    let offered_case = handler.act(&id, "transfer", to.clone()).expect(200);
    assert_eq!(people(&offered_case), (json!(desk.id), json!(handler.id)), "not yet");
    assert!(offered(&supervisor.case(&id)).contains(&"accept_transfer".to_owned()));
    assert!(!offered(&desk.case(&id)).contains(&"accept_transfer".to_owned()));
    let path = format!("/v1/cases/{id}");
    unchanged(desk, &[&path], || {
        let _not_offered_to = office.manager.act(&id, "accept_transfer", json!({})).refused(403);
        let _no_reason = supervisor.act(&id, "decline_transfer", json!({})).refused(422);
    });
    let declined =
        supervisor.act(&id, "decline_transfer", json!({ "reason": "在休假" })).expect(200);
    assert_eq!(people(&declined), (json!(desk.id), json!(handler.id)));
    let _again = handler.act(&id, "transfer", to).expect(200);
    let accepted = supervisor.act(&id, "accept_transfer", json!({})).expect(200);
    assert_eq!(people(&accepted), (json!(desk.id), json!(supervisor.id)));
    let nothing_left = supervisor.act(&id, "accept_transfer", json!({}));
    assert!(matches!(nothing_left.status, 403 | 409), "{nothing_left}");
}

#[test]
fn a_returned_case_goes_back_to_its_owner() {
    let (office, id) = opened();
    let _claimed = office.handler.act(&id, "claim", json!({})).expect(200);
    let _no_reason = office.handler.act(&id, "return", json!({ "reason": "  " })).refused(422);
    let back = office.handler.act(&id, "return", json!({ "reason": "不属本岗" })).expect(200);
    assert_eq!(people(&back), (json!(office.desk.id), json!(office.desk.id)));
}

#[test]
fn urging_and_supervising_are_on_the_record_and_told() {
    let (office, id) = opened();
    let _claimed = office.handler.act(&id, "claim", json!({})).expect(200);
    let _urged = office.desk.act(&id, "urge", json!({ "note": "第二次来电" })).expect(200);
    let told = office.handler.get("/v1/notifications").expect(200);
    assert!(told.text.contains("urged"), "{told}");
    let _front_line = office.handler.act(&id, "supervise", json!({})).refused(403);
    let _supervised =
        office.manager.act(&id, "supervise", json!({ "reason": "重点客户" })).expect(200);
    let history = history(&office.desk, &id);
    for kind in ["urged", "supervised", "commented"] {
        assert!(history.contains(&kind.to_owned()), "{kind} is missing in {history:?}");
    }
    let _once = office.manager.act(&id, "supervise", json!({})).refused(409);
}

#[test]
fn more_time_is_asked_for_and_given_by_somebody_else() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    let (desk, manager) = (&office.desk, &office.manager);
    let due = |case: &Reply| clock(case, "resolution")["due_at"].clone();
    assert_eq!(due(&desk.case(&id)), week.at(3, "18:00"));

    let ask = |span: &str| json!({ "clock": "resolution", "span": span, "reason": "等配件" });
    for (form, pointer) in [
        (json!({ "clock": "no_such", "span": "1wd", "reason": "等" }), "/clock"),
        (json!({ "clock": "resolution", "span": "soon", "reason": "等" }), "/span"),
    ] {
        let refused = desk.act(&id, "request_extension", form).refused(422);
        assert_eq!(refused.pointers(), [pointer]);
    }
    let asked = desk.act(&id, "request_extension", ask("1wd")).expect(200);
    assert_eq!(due(&asked), week.at(3, "18:00"), "asking moves nothing");
    let _not_theirs = desk.act(&id, "approve_extension", json!({})).refused(403);
    let refused = manager.act(&id, "refuse_extension", json!({ "reason": "可以外购" })).expect(200);
    assert_eq!(due(&refused), week.at(3, "18:00"));

    let _asked = desk.act(&id, "request_extension", ask("1wd")).expect(200);
    let given = manager.act(&id, "approve_extension", json!({})).expect(200);
    assert_eq!(due(&given), week.at(4, "18:00"));
    let _nothing_left = manager.act(&id, "approve_extension", json!({})).refused(409);
}

#[test]
fn nobody_gives_themselves_more_time() {
    let (office, _) = monday();
    simple::publish(&office.server);
    let manager = &office.manager;
    let id = manager.post("/v1/cases", simple::opening(&office)).expect(201).id();
    let ask = json!({ "clock": "resolution", "span": "1wd", "reason": "等配件" });
    let _asked = manager.act(&id, "request_extension", ask).expect(200);
    assert!(!offered(&manager.case(&id)).contains(&"approve_extension".to_owned()));
    let own = manager.act(&id, "approve_extension", json!({}));
    assert!(matches!(own.status, 403 | 409), "{own}");
    let _somebody_else = office.supervisor.act(&id, "approve_extension", json!({})).expect(200);
}

#[test]
fn a_suspended_case_stands_still() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    let (desk, server) = (&office.desk, &office.server);
    let _no_reason = desk.act(&id, "suspend", json!({})).refused(422);
    let still = desk.act(&id, "suspend", json!({ "reason": "客户出差" })).expect(200);
    assert_eq!(clock(&still, "resolution")["state"], "paused");
    assert!(!offered(&still).contains(&"finish".to_owned()));
    let _no_action = desk.act(&id, "finish", json!({ "result": "好" })).refused(409);
    server.set_clock(&week.at(7, "09:00"));
    assert_eq!(
        clock(&desk.case(&id), "resolution")["state"],
        "paused",
        "nothing breaches meanwhile"
    );
    let on = desk.act(&id, "resume", json!({})).expect(200);
    // A week of 8.5 hours a day on the three working days that were due on Thursday.
    assert_eq!(clock(&on, "resolution")["paused_seconds"], 5 * (8 * 3600 + 1800));
    assert_eq!(clock(&on, "resolution")["due_at"], week.at(10, "18:00"));
    let _runs_already = desk.act(&id, "resume", json!({})).refused(409);
}

#[test]
fn cases_are_linked() {
    let (office, id) = opened();
    let other = simple::open(&office).id();
    let link = json!({ "case_id": other, "relation": "duplicate" });
    let _linked = office.desk.act(&id, "link", link).expect(200);
    assert!(office.desk.case(&id).text.contains(&other));
    for (case, relation) in [
        (id.as_str(), "related"),
        ("01990000-0000-7000-8000-000000000000", "related"),
        (other.as_str(), "cousin"),
    ] {
        let refused =
            office.desk.act(&id, "link", json!({ "case_id": case, "relation": relation }));
        assert!(matches!(refused.status, 404 | 422), "{refused}");
    }
}

#[test]
fn a_withdrawn_case_keeps_no_promise_and_can_be_opened_again() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    let desk = &office.desk;
    let gone = desk.act(&id, "withdraw", json!({ "reason": "客户撤回" })).expect(200);
    assert_eq!(
        (&gone["state"], &gone["closed_at"]),
        (&json!("withdrawn"), &json!(week.at(0, "09:00")))
    );
    assert_eq!(clock(&gone, "resolution")["state"], "cancelled");
    office.server.set_clock(&week.at(8, "10:00"));
    assert!(!history(desk, &id).contains(&"clock_breached".to_owned()));
    let _closed = desk.act(&id, "urge", json!({})).refused(409);
    let again = desk.act(&id, "reopen", json!({ "reason": "问题又出现" })).expect(200);
    assert_eq!((&again["state"], &again["closed_at"]), (&json!("open"), &json!(null)));
    assert_eq!(clock(&again, "resolution")["due_at"], week.at(11, "18:00"), "a promise made anew");
}
