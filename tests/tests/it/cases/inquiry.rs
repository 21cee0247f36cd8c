//! A question: the smallest case, answered in the same call or breached.

use serde_json::json;

use super::{clock, facts, history, monday};

#[test]
fn a_question_answered_in_the_same_call_is_closed() {
    let (office, week) = monday();
    let question = office.opening("inquiry", json!({ "question": "物业费怎么交？" }));
    let case = office.desk.post("/v1/cases", question).expect(201);
    let answer = json!({ "answer": "小程序或前台", "told_by": "phone" });
    let case = office.desk.act(&case.id(), "answer", answer).expect(200);
    assert_eq!(
        (&case["state"], &case["closed_at"]),
        (&json!("answered"), &json!(week.at(0, "09:00")))
    );
    assert_eq!(clock(&case, "answer")["state"], "met");
}

#[test]
fn an_unanswered_question_warns_breaches_and_reaches_the_manager() {
    let (office, week) = monday();
    let (desk, server) = (&office.desk, &office.server);
    let question = office.opening("inquiry", json!({ "question": "车位何时交付？" }));
    let case = desk.post("/v1/cases", question).expect(201);
    let id = case.id();
    // Four working hours from nine, lunch from twelve to one.
    assert_eq!(case["due_at"], week.at(0, "14:00"));
    let opened = history(desk, &id).len();
    server.set_clock(&week.at(0, "13:11"));
    assert_eq!(history(desk, &id).len(), opened, "nothing before 80 %");
    server.set_clock(&week.at(0, "13:12"));
    let warned = facts(desk, &id, "case.clock_warned");
    assert_eq!((warned.len(), &warned[0]["at"]), (1, &json!(week.at(0, "13:12"))));
    let told = desk.get("/v1/notifications").expect(200);
    assert!(told.text.contains("clock_warned") && told.text.contains(&id), "{told}");
    let overdue = format!("/v1/cases?site_id={}&procedure=inquiry&overdue=true", office.site);
    assert!(desk.get(&overdue).expect(200).items().is_empty());

    // One long step: everything due on the way happens, in order and at its own instant.
    server.set_clock(&week.at(2, "09:00"));
    let case = desk.case(&id);
    assert_eq!(clock(&case, "answer")["state"], "breached");
    assert_eq!(clock(&case, "answer")["breached_at"], week.at(0, "14:00"));
    assert_eq!(desk.get(&overdue).expect(200).column("id"), [id.as_str()]);
    let events = desk.timeline(&id);
    let fired: Vec<_> =
        events.iter().skip(opened).map(|it| it["occurred_at"].as_str().unwrap()).collect();
    let expected =
        [week.at(0, "13:12"), week.at(0, "14:00"), week.at(0, "14:00"), week.at(0, "18:00")];
    assert_eq!(fired, expected, "{events:?}");
    assert!(office.manager.get("/v1/notifications").expect(200).text.contains(&id));

    let answer = json!({ "answer": "明年三月", "told_by": "phone" });
    let case = desk.act(&id, "answer", answer).expect(200);
    assert_eq!(clock(&case, "answer")["state"], "met_late");
    assert_eq!(clock(&case, "answer")["stopped_at"], week.at(2, "09:00"));
}

#[test]
fn a_question_beyond_the_post_is_referred_and_comes_back() {
    let (office, _) = monday();
    let question = office.opening("inquiry", json!({ "question": "可以减免吗？" }));
    let id = office.desk.post("/v1/cases", question).expect(201).id();
    let up = json!({ "reason": "超出权限", "proposal": "减免一个月" });
    let _referred = office.desk.act(&id, "refer", up).expect(200);
    let word = json!({ "instruction": "同意" });
    let _not_theirs = office.desk.act(&id, "instruct", word.clone()).refused(403);
    let back = office.manager.act(&id, "instruct", word).expect(200);
    assert_eq!((&back["state"], &back["owner_id"]), (&json!("registered"), &json!(office.desk.id)));
    let answer = json!({ "answer": "可以", "told_by": "phone" });
    assert_eq!(office.desk.act(&id, "answer", answer).expect(200)["state"], "answered");
}

#[test]
fn a_suggestion_is_screened_adopted_and_told() {
    let (office, week) = monday();
    let (desk, manager) = (&office.desk, &office.manager);
    let made = office.opening("suggestion", json!({ "suggestion": "大堂加座椅" }));
    let case = desk.post("/v1/cases", made).expect(201);
    assert_eq!(case["due_at"], week.at(7, "09:00"));
    let id = case.id();
    let _heard = desk.act(&id, "to_meeting", json!({ "reason": "涉及预算" })).expect(200);
    let plan = json!({ "plan": "下月添置" });
    let _not_theirs = desk.act(&id, "adopt", plan.clone()).refused(403);
    let _adopted = manager.act(&id, "adopt", plan).expect(200);
    let told = json!({ "told": "已采纳，下月添置", "told_by": "message" });
    let closed = desk.act(&id, "tell_customer", told).expect(200);
    assert_eq!(
        (&closed["state"], clock(&closed, "reply")["state"].clone()),
        (&json!("closed"), json!("met"))
    );
}
