//! A repair from the call to the customer's signature and the callback.

use kefu_tests::Office;
use serde_json::{Value, json};

use super::{child, clock, monday, offered, open_children};

fn leak(office: &Office, category: &str, emergency: bool) -> Value {
    let fields = json!({
        "fault": "厨房天花漏水", "place": "三号楼 1202", "category": category, "emergency": emergency,
    });
    office.opening("repair", fields)
}

#[test]
fn a_leak_goes_from_the_call_to_the_closed_callback_to_the_second() {
    let (office, week) = monday();
    let (desk, repairer, server) = (&office.desk, &office.repairer, &office.server);
    let case = desk.post("/v1/cases", leak(&office, "leak", false)).expect(201);
    let id = case.id();
    assert_eq!(clock(&case, "dispatch")["due_at"], week.at(0, "11:00"));
    assert_eq!(clock(&case, "finish")["due_at"], week.at(3, "09:00"));

    server.set_clock(&week.at(0, "09:30"));
    let to = json!({ "assignee_id": repairer.id });
    let _not_theirs = repairer.act(&id, "dispatch", to.clone()).refused(403);
    let case = office.dispatcher.act(&id, "dispatch", to).expect(200);
    assert_eq!((&case["state"], &case["assignee_id"]), (&json!("dispatched"), &json!(repairer.id)));
    assert_eq!(clock(&case, "dispatch")["state"], "met");
    assert_eq!(clock(&case, "arrive")["due_at"], week.at(0, "17:30"));
    let told = repairer.get("/v1/notifications").expect(200);
    assert!(told.text.contains(&id), "the repairer is told: {told}");

    let _on_the_way = repairer.act(&id, "accept_job", json!({})).expect(200);
    server.set_clock(&week.at(0, "11:00"));
    let case = repairer.act(&id, "arrive", json!({})).expect(200);
    assert_eq!(clock(&case, "arrive")["state"], "met");
    server.set_clock(&week.at(0, "12:00"));
    let parts = json!({ "waits_for": "parts", "wait_note": "止水阀缺货" });
    let case = repairer.act(&id, "wait", parts).expect(200);
    assert_eq!(clock(&case, "finish")["state"], "paused");
    server.set_clock(&week.at(1, "15:00"));
    let case = repairer.act(&id, "go_on", json!({})).expect(200);
    // 27 hours without parts: elapsed time, since `3d` counts day and night.
    assert_eq!(clock(&case, "finish")["paused_seconds"], 27 * 3600);
    assert_eq!(clock(&case, "finish")["due_at"], week.at(4, "12:00"));

    server.set_clock(&week.at(1, "16:00"));
    let work = json!({
        "work_done": "更换止水阀", "man_hours": 2.5, "site_cleared": true,
        "parts": [{ "name": "止水阀", "quantity": 1, "unit": "个" }],
        "fees": [{ "item": "材料费", "amount": { "amount": "128.50", "currency": "CNY" } }],
    });
    let mut unclear = work.clone();
    unclear["fees"][0]["amount"]["amount"] = json!("128.505");
    unclear["parts"][0]["quantity"] = json!(0);
    let refused = repairer.act(&id, "finish", unclear).refused(422).pointers().join(" ");
    assert!(
        refused.contains("/fees/0/amount/amount") && refused.contains("/parts/0/quantity"),
        "{refused}"
    );
    let case = repairer.act(&id, "finish", work).expect(200);
    assert_eq!(
        (&case["state"], clock(&case, "finish")["state"].clone()),
        (&json!("done"), json!("met"))
    );
    assert_eq!(case["fields"]["fees"][0]["amount"]["amount"], "128.50", "money stays as written");

    // A leak is called back within three days (R-004-296).
    let callback = child(desk, &id, "callback");
    assert_eq!(clock(&callback, "callback")["due_at"], week.at(4, "16:00"));
    assert_eq!(callback["assignee_id"], json!(desk.id));
    let signed = json!({ "accepted_by": "王女士", "signed_on": "screen" });
    let _accepted = desk.act(&id, "customer_accepts", signed).expect(200);
    let _no_callback_yet = desk.act(&id, "close", json!({})).refused(409);
    let glad = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _heard = desk.act(&callback.id(), "record", glad).expect(200);
    let _fee_is_open = desk.act(&id, "close", json!({})).refused(409);
    let _settled = desk.act(&id, "settle_fee", json!({ "fee_receipt": "NO-0001" })).expect(200);
    let closed = desk.act(&id, "close", json!({})).expect(200);
    assert_eq!(
        (&closed["state"], &closed["closed_at"]),
        (&json!("closed"), &json!(week.at(1, "16:00")))
    );
}

#[test]
fn an_emergency_is_sent_out_at_any_hour() {
    let (office, week) = monday();
    let (desk, repairer, server) = (&office.desk, &office.repairer, &office.server);
    server.set_clock(&week.at(5, "22:00"));
    let case = desk.post("/v1/cases", leak(&office, "safety", true)).expect(201);
    let id = case.id();
    assert_eq!(clock(&case, "dispatch")["due_at"], week.at(5, "22:15"));
    assert_eq!(clock(&case, "finish")["due_at"], week.at(6, "22:00"));
    server.set_clock(&week.at(5, "22:16"));
    let to = json!({ "assignee_id": repairer.id });
    let case = office.dispatcher.act(&id, "dispatch", to).expect(200);
    assert_eq!(clock(&case, "dispatch")["state"], "met_late");
    assert_eq!(clock(&case, "dispatch")["breached_at"], week.at(5, "22:15"));
    assert_eq!(clock(&case, "arrive")["due_at"], week.at(5, "22:46"));
    let _taken = repairer.act(&id, "accept_job", json!({})).expect(200);
    let _there = repairer.act(&id, "arrive", json!({})).expect(200);
    server.set_clock(&week.at(6, "00:30"));
    let work = json!({ "work_done": "更换应急灯", "man_hours": 1 });
    let case = repairer.act(&id, "finish", work).expect(200);
    assert_eq!(clock(&case, "finish")["state"], "met");
    // What concerns safety is called back within two days (R-004-295).
    let callback = child(desk, &id, "callback");
    assert_eq!(clock(&callback, "callback")["due_at"], week.at(8, "00:30"));
}

#[test]
fn work_the_customer_does_not_accept_goes_back_to_the_repairer() {
    let (office, _) = monday();
    let (desk, repairer) = (&office.desk, &office.repairer);
    let id = desk.post("/v1/cases", leak(&office, "other", false)).expect(201).id();
    let to = json!({ "assignee_id": repairer.id });
    let _sent = office.dispatcher.act(&id, "dispatch", to).expect(200);
    let _taken = repairer.act(&id, "accept_job", json!({})).expect(200);
    let _there = repairer.act(&id, "arrive", json!({})).expect(200);
    let work = json!({ "work_done": "打胶", "man_hours": 0.5 });
    let _done = repairer.act(&id, "finish", work.clone()).expect(200);
    let first = child(desk, &id, "callback").id();
    let back = desk.act(&id, "customer_rejects", json!({ "reason": "仍渗水" })).expect(200);
    assert_eq!((&back["state"], &back["assignee_id"]), (&json!("dispatched"), &json!(repairer.id)));
    let _taken = repairer.act(&id, "accept_job", json!({})).expect(200);
    let _there = repairer.act(&id, "arrive", json!({})).expect(200);
    let _done = repairer.act(&id, "finish", work).expect(200);
    let open = open_children(desk, &id, "callback");
    assert_eq!(open.len(), 1, "the callback that waits serves: {open:?}");
    assert_eq!(open[0]["id"], first);
}

#[test]
fn a_returned_job_goes_back_to_whoever_dispatches() {
    let (office, _) = monday();
    let (desk, repairer) = (&office.desk, &office.repairer);
    let id = desk.post("/v1/cases", leak(&office, "leak", false)).expect(201).id();
    let to = json!({ "assignee_id": repairer.id });
    let _sent = office.dispatcher.act(&id, "dispatch", to.clone()).expect(200);
    let back = repairer.act(&id, "return", json!({ "reason": "非本工种" })).expect(200);
    assert_eq!((&back["state"], &back["owner_id"]), (&json!("registered"), &json!(desk.id)));
    assert!(offered(&office.dispatcher.case(&id)).contains(&"dispatch".to_owned()));
    let again = office.dispatcher.act(&id, "dispatch", to).expect(200);
    assert_eq!(again["state"], "dispatched");
}

#[test]
fn a_repair_is_only_sent_to_somebody_who_is_there() {
    let (office, _) = monday();
    let id = office.desk.post("/v1/cases", leak(&office, "leak", false)).expect(201).id();
    for nobody in [json!("01990000-0000-7000-8000-000000000000"), json!("x"), json!(null)] {
        let refused = office.dispatcher.act(&id, "dispatch", json!({ "assignee_id": nobody }));
        let pointers = refused.refused(422).pointers().join(" ");
        assert!(pointers.contains("assignee_id"), "{pointers}");
    }
    assert_eq!(office.desk.case(&id)["state"], "registered");
}
