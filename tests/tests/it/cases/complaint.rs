//! A complaint from the call to the closed callback.

use serde_json::json;

use super::{child, clock, facts, history, monday, offered, open_children};

#[test]
fn a_major_complaint_goes_through_its_whole_life_to_the_second() {
    let (office, week) = monday();
    let (desk, supervisor, server) = (&office.desk, &office.supervisor, &office.server);
    let case = desk.post("/v1/cases", office.complaint("major")).expect(201);
    let id = case.id();
    let now = week.at(0, "09:00");
    assert_eq!((&case["state"], &case["opened_at"]), (&json!("registered"), &json!(now)));
    assert_eq!((&case["owner_id"], &case["assignee_id"]), (&json!(desk.id), &json!(null)));
    assert!(case.text_at("/number").starts_with("TS-"), "{case}");
    // 72 hours for an answer, one working day to put it right (R-001-308).
    assert_eq!(clock(&case, "reply")["due_at"], week.at(3, "09:00"));
    assert_eq!(clock(&case, "resolution")["due_at"], week.at(1, "18:00"));
    assert_eq!(clock(&case, "resolution")["state"], "running");
    assert_eq!(clock(&case, "resolution")["clauses"], json!(["R-001-308"]), "{case}");
    // An hour to take it up, of which its supervisors hear at once (R-000-346, R-001-185).
    assert_eq!(clock(&case, "take_up")["due_at"], week.at(0, "10:00"));
    assert_eq!(case["due_at"], week.at(0, "10:00"), "the earliest of its clocks");
    server.set_clock(&now);
    let told = supervisor.get("/v1/notifications").expect(200);
    assert_eq!(told.column("case_id"), [id.as_str()], "{told}");
    assert!(office.manager.get("/v1/notifications").expect(200).items().is_empty());

    let _front_line = office.handler.act(&id, "investigate", json!({})).refused(403);
    server.set_clock(&week.at(0, "09:40"));
    let case = supervisor.act(&id, "investigate", json!({})).expect(200);
    assert_eq!(clock(&case, "take_up")["state"], "met");
    assert_eq!(case["due_at"], week.at(1, "18:00"), "the earliest of those that run");
    assert_eq!(
        (&case["state"], &case["assignee_id"]),
        (&json!("investigating"), &json!(supervisor.id))
    );
    assert_eq!(case["owner_id"], json!(desk.id), "first contact stays");

    server.set_clock(&week.at(0, "10:30"));
    let case =
        supervisor.act(&id, "ask_customer", json!({ "question": "哪一部电梯？" })).expect(200);
    assert_eq!(clock(&case, "resolution")["state"], "paused");
    assert_eq!(clock(&case, "reply")["state"], "running", "72 hours go on");
    server.set_clock(&week.at(0, "14:30"));
    let case = desk.act(&id, "customer_replied", json!({ "reply": "客梯" })).expect(200);
    // Asked from 10:30 to 14:30: three working hours, lunch does not count.
    assert_eq!(clock(&case, "resolution")["paused_seconds"], 10_800);
    assert_eq!(clock(&case, "resolution")["due_at"], week.at(2, "11:30"));

    server.set_clock(&week.at(1, "16:00"));
    let answer = json!({ "solution": "更换导靴", "told_by": "phone", "apology": true });
    let _not_the_assignee = office.handler.act(&id, "answer", answer.clone()).refused(403);
    let case = desk.act(&id, "answer", answer).expect(200);
    assert_eq!((&case["state"], &case["due_at"]), (&json!("answered"), &json!(null)));
    for code in ["reply", "resolution"] {
        let clock = clock(&case, code);
        assert_eq!(
            (&clock["state"], &clock["stopped_at"]),
            (&json!("met"), &json!(week.at(1, "16:00")))
        );
        assert_eq!(clock["breached_at"], json!(null));
    }
    assert_eq!(case["fields"]["solution"], "更换导靴");

    let callback = child(desk, &id, "callback");
    assert_eq!(callback["assignee_id"], json!(desk.id), "whoever answered calls back");
    assert_eq!(callback["customer_id"], json!(office.customer));
    assert_eq!((&callback["site_id"], &callback["parent_id"]), (&json!(office.site), &json!(id)));
    assert_eq!(callback["fields"]["about"], case["number"]);
    // A major complaint is called back within a week (R-001-309).
    assert_eq!(clock(&callback, "callback")["due_at"], week.at(8, "16:00"));
    assert!(
        clock(&callback, "callback")["clauses"].to_string().contains("R-001-309"),
        "{callback}"
    );
    assert!(!offered(&case).contains(&"close".to_owned()));
    let too_early = desk.act(&id, "close", json!({})).refused(409);
    assert!(too_early.body["allowed_actions"].is_array(), "{too_early}");

    server.set_clock(&week.at(7, "10:00"));
    let heard = json!({ "satisfied": true, "confirmed_by": "recording", "reached_by": "phone" });
    let callback = desk.act(&callback.id(), "record", heard).expect(200);
    assert_eq!(
        (&callback["state"], &callback["closed_at"]),
        (&json!("closed"), &json!(week.at(7, "10:00")))
    );
    assert_eq!(clock(&callback, "callback")["state"], "met");
    let case = desk.act(&id, "close", json!({ "note": "客户满意" })).expect(200);
    assert_eq!(
        (&case["state"], &case["closed_at"]),
        (&json!("closed"), &json!(week.at(7, "10:00")))
    );

    let history = history(desk, &id);
    let acted = history.iter().filter(|it| *it == "action_taken").count();
    assert_eq!((history.first().unwrap().as_str(), acted), ("opened", 5));
    for kind in [
        "clock_started",
        "clock_paused",
        "clock_resumed",
        "clock_stopped",
        "follow_up_opened",
        "follow_up_closed",
        "closed",
    ] {
        assert!(history.contains(&kind.to_owned()), "{kind} is missing in {history:?}");
    }
    assert!(!history.contains(&"clock_breached".to_owned()), "{history:?}");
}

#[test]
fn a_displeased_customer_goes_to_the_manager_and_what_was_bad_is_rectified() {
    let (office, week) = monday();
    let (desk, server) = (&office.desk, &office.server);
    let id = office.open_complaint();
    let _taken = office.handler.act(&id, "investigate", json!({})).expect(200);
    let answer = json!({ "solution": "已加油", "told_by": "visit" });
    let _told = desk.act(&id, "answer", answer.clone()).expect(200);
    let callback = child(desk, &id, "callback");
    // An ordinary complaint is called back within two weeks (R-001-311).
    assert_eq!(clock(&callback, "callback")["due_at"], week.at(14, "09:00"));

    server.set_clock(&week.at(2, "10:00"));
    let why = json!({ "satisfied": false, "confirmed_by": "recording" });
    let incomplete = desk.act(&callback.id(), "record", why).refused(422);
    assert!(
        incomplete.pointers().iter().any(|it| it.contains("opinions")),
        "say why: {incomplete}"
    );
    let why = json!({ "satisfied": false, "confirmed_by": "recording", "opinions": "还是响" });
    let callback = desk.act(&callback.id(), "record", why).expect(200);

    let case = desk.case(&id);
    assert_eq!(case["state"], "with_manager", "{case}");
    assert_eq!(clock(&case, "manager")["due_at"], week.at(3, "10:00"));
    let disputed = facts(desk, &id, "case.action_taken");
    assert_eq!(disputed.last().unwrap()["action"], "dispute");
    let told = office.manager.get("/v1/notifications").expect(200);
    assert!(told.text.contains(&id), "the manager is told at once: {told}");

    // A bad answer becomes a rectification, notified within the hour (R-000-369).
    let rectification = child(desk, &callback.id(), "rectification");
    assert_eq!(clock(&rectification, "notice")["due_at"], week.at(2, "11:00"));
    assert_eq!(rectification["fields"]["problem"], "还是响");
    let rectification = rectification.id();
    let mut notice = json!({ "department": "工程部", "notice": "限期整改电梯异响" });
    let to_nobody = desk.act(&rectification, "notify", notice.clone()).refused(422);
    assert_eq!(to_nobody.pointers(), ["/assignee_id"]);
    notice["assignee_id"] = json!(office.repairer.id);
    let notified = desk.act(&rectification, "notify", notice).expect(200);
    assert_eq!(notified["assignee_id"], json!(office.repairer.id));
    let told = office.repairer.get("/v1/notifications").expect(200);
    assert!(told.text.contains(&rectification), "who is to put it right hears of it: {told}");
    assert_eq!(clock(&notified, "notice")["state"], "met");
    assert_eq!(clock(&notified, "rectify")["due_at"], week.at(5, "10:00"));
    let done = json!({ "measures": "更换导靴", "cause": "磨损" });
    let done = office.repairer.act(&rectification, "rectify", done).expect(200);
    assert_eq!(done["assignee_id"], json!(office.repairer.id));
    let _own_work = office.repairer.act(&rectification, "verify", json!({})).refused(403);
    let verified = office.supervisor.act(&rectification, "verify", json!({})).expect(200);
    assert_eq!(verified["state"], "closed");

    let word = json!({ "instruction": "上门致歉，更换导靴后再答复" });
    let _not_theirs = desk.act(&id, "instruct", word.clone()).refused(403);
    let _instructed = office.manager.act(&id, "instruct", word).expect(200);
    let case = desk.act(&id, "answer", answer).expect(200);
    assert_eq!(clock(&case, "manager")["state"], "met");
    let again = child(desk, &id, "callback");
    assert_eq!(open_children(desk, &id, "callback").len(), 1);
    assert_ne!(again.id(), callback.id(), "the customer is called again");
    let _early = desk.act(&id, "close", json!({})).refused(409);
    let glad = json!({ "satisfied": true, "confirmed_by": "signature", "signature": "王" });
    let _heard = desk.act(&again.id(), "record", glad).expect(200);
    let closed = desk.act(&id, "close", json!({})).expect(200);
    assert_eq!(closed["state"], "closed");
    assert_eq!(closed["owner_id"], json!(desk.id), "the first contact to the end");
}

#[test]
fn a_missed_deadline_warns_breaches_and_climbs_the_ladder_each_rung_once() {
    let (office, week) = monday();
    let (desk, server) = (&office.desk, &office.server);
    let id = office.open_complaint();
    // Three working days: Monday's opening is not counted, so Thursday's close.
    assert_eq!(clock(&desk.case(&id), "resolution")["due_at"], week.at(3, "18:00"));
    server.set_clock(&week.at(3, "17:59"));
    assert_eq!(clock(&desk.case(&id), "resolution")["state"], "running");
    server.set_clock(&week.at(3, "18:00"));
    let case = desk.case(&id);
    assert_eq!(clock(&case, "resolution")["state"], "breached");
    assert_eq!(clock(&case, "resolution")["breached_at"], week.at(3, "18:00"));

    // Nobody took it up within a day: the manager has heard of that, and of nothing else yet.
    let told = || office.manager.get("/v1/notifications").expect(200).items();
    let heard = told();
    assert_eq!((heard.len(), &heard[0]["case_id"]), (1, &json!(id)), "{heard:?}");
    assert_eq!(heard[0]["created_at"], week.at(1, "09:00"), "{heard:?}");

    // Four working hours later the manager hears of it, a working day later it is supervised.
    server.set_clock(&week.at(4, "13:29"));
    assert_eq!(told().len(), 1);
    server.set_clock(&week.at(4, "13:30"));
    let heard = told();
    assert_eq!(
        (heard.len(), &heard[0]["created_at"]),
        (2, &json!(week.at(4, "13:30"))),
        "{heard:?}"
    );
    assert!(!history(desk, &id).contains(&"supervised".to_owned()));
    server.set_clock(&week.at(4, "18:00"));
    assert!(history(desk, &id).contains(&"supervised".to_owned()));

    server.set_clock(&week.at(20, "12:00"));
    let warned = facts(desk, &id, "case.clock_warned");
    let resolution: Vec<_> = warned.iter().filter(|it| it["clock"] == "resolution").collect();
    assert_eq!(resolution.len(), 2, "50 % and 80 %, each once: {warned:?}");
    let rungs: Vec<_> = facts(desk, &id, "case.clock_escalated")
        .into_iter()
        .filter(|it| it["clock"] == "resolution")
        .map(|it| (it["rung"].clone(), it["at"].clone()))
        .collect();
    let expected = [(0, week.at(3, "18:00")), (1, week.at(4, "13:30")), (2, week.at(4, "18:00"))];
    assert_eq!(rungs, expected.map(|(rung, at)| (json!(rung), json!(at))));
    let breached = facts(desk, &id, "case.clock_breached");
    let breached: Vec<_> = breached.iter().map(|it| it["clock"].as_str().unwrap()).collect();
    assert_eq!(breached, ["take_up", "reply", "resolution"], "each once, in their order");
    let rungs: Vec<_> = facts(desk, &id, "case.clock_escalated")
        .into_iter()
        .filter(|it| it["clock"] == "take_up")
        .map(|it| it["at"].clone())
        .collect();
    assert_eq!(rungs, [week.at(1, "08:00"), week.at(1, "09:00")].map(|at| json!(at)));

    let _late = office.handler.act(&id, "investigate", json!({})).expect(200);
    let answer = json!({ "solution": "致歉", "told_by": "letter" });
    let case = desk.act(&id, "answer", answer).expect(200);
    assert_eq!(clock(&case, "resolution")["state"], "met_late");
    assert_eq!(clock(&case, "resolution")["breached_at"], week.at(3, "18:00"), "it stays breached");
}
