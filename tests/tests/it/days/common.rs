//! What every service department does, whatever its business.

use serde_json::json;

use super::Day;

fn monday() -> Day {
    let day = Day::of("common", "back_office", "2054-11-23 09:00");
    day.staff(&["agent", "duty_officer", "cs_supervisor", "cs_manager", "general_manager"]);
    day
}

#[test]
fn an_emergency_is_commanded_within_the_half_hour_and_everybody_kept_informed() {
    let day = monday();
    let (agent, officer, manager) = ("agent", "duty_officer", "general_manager");
    let flood = json!({ "what_happened": "二号楼水管爆裂", "emergency_kind": "flood", "place": "二号楼地下" });
    let case = day.open(agent, "emergency", flood);
    // "At once": half an hour is the project's figure, a site's to change.
    day.promised(&case, "first_report", "R-001-185", "2054-11-23 09:30");
    assert_eq!(day.told(officer, &case), ["clock_escalated"], "told as soon as it is reported");
    assert!(day.told(manager, &case).is_empty());
    let _not_the_agent = day.refused(agent, (&case, "take_command"), json!({}), (403, "R-001-185"));
    day.at("2054-11-23 09:31");
    day.broken(&case, "first_report", manager);
    let _command = day.act(officer, &case, "take_command", json!({ "measures": "关阀排水" }));
    day.made_up(&case, "first_report");
    day.promised(&case, "update", "R-001-185", "2054-11-23 10:01");
    day.at("2054-11-23 09:50");
    let _update = day.act(officer, &case, "update", json!({ "progress": "水阀已关，正在排水" }));
    day.kept(&case, "update");
    day.promised(&case, "interval", "R-001-185", "2054-11-23 11:50");
    day.at("2054-11-23 11:49");
    assert_eq!(day.state(&case), "handling", "a minute before two hours are over the next is due");
    let _control =
        day.act(officer, &case, "control", json!({ "result": "水已排净", "cause": "接头老化" }));
    day.kept(&case, "update");
    assert_eq!(day.clock(&case, "final_report").due, "2054-11-26 18:00", "three working days");
    day.at("2054-11-24 10:00");
    let report = json!({ "summary": "损失轻微", "cause": "接头老化", "measures": "全楼接头更换" });
    let _closed = day.act(officer, &case, "close", report);
    day.kept(&case, "final_report");
    assert_eq!(day.state(&case), "closed");
}

#[test]
fn a_problem_found_at_a_callback_is_notified_within_the_hour_and_put_right() {
    let day = monday();
    let (agent, manager) = ("agent", "cs_manager");
    let about = json!({ "about": "TS-20541122-000184", "purpose": "complaint" });
    let callback = day.open(agent, "callback", about.clone());
    let mut cross = json!({ "satisfied": false, "confirmed_by": "recording" });
    let why = day.refused(agent, (&callback, "record"), cross.clone(), (422, ""));
    assert_eq!(why.pointers(), ["/opinions"], "who is not satisfied says why");
    cross["opinions"] = json!("门锁仍有松动");
    let _heard = day.act(agent, &callback, "record", cross.clone());
    let problem = day.child(&callback, "rectification");
    day.promised(&problem, "notice", "R-000-369", "2054-11-23 10:00");
    let notice =
        json!({ "assignee_id": day.id("cs_supervisor"), "notice": "限三日内修好并书面回复" });
    day.at("2054-11-23 09:40");
    let _noticed = day.act(agent, &problem, "notify", notice);
    day.kept(&problem, "notice");
    day.promised(&problem, "rectify", "R-004-005", "2054-11-26 09:40");
    let _right = day.act("cs_supervisor", &problem, "rectify", json!({ "measures": "更换锁芯" }));
    day.kept(&problem, "rectify");
    let _seen = day.refused(agent, (&problem, "verify"), json!({}), (403, "R-000-023"));
    let _seen = day.act(manager, &problem, "verify", json!({ "finding": "合格" }));
    assert_eq!(day.state(&problem), "closed");

    // The other document gives 24 hours: a site that works by it says so.
    let path = format!("/v1/sites/{}", day.site);
    let etag = day.server.admin().get(&path).expect(200).etag();
    let chosen = json!({ "figures": { "callback.rectification_notice": "24h" } });
    let _chosen = day.server.admin().patch(&path, &etag, chosen).expect(200);
    let callback = day.open(agent, "callback", about);
    let _heard = day.act(agent, &callback, "record", cross);
    let problem = day.child(&callback, "rectification");
    day.promised(&problem, "notice", "R-004-298", "2054-11-24 09:40");
    day.at("2054-11-24 09:41");
    day.broken(&problem, "notice", "cs_supervisor");
    day.complies(&[("R-000-369", [4, 2, 1, 1]), ("R-001-118", [4, 4, 0, 0])]);
}

#[test]
fn a_complaint_that_weighs_is_not_for_the_front_line() {
    let day = monday();
    let (agent, leader, manager) = ("agent", "shift_leader", "general_manager");
    let told = json!({ "what_happened": "上门人员态度恶劣", "grade": "major" });
    let case = day.open(agent, "general_complaint", told);
    day.promised(&case, "first_reply", "R-000-087", "2054-11-23 11:00");
    day.promised(&case, "settle", "R-000-087", "2054-11-26 18:00");
    let said = json!({ "told_by": "phone" });
    let _too_big = day.refused(agent, (&case, "take_up"), said.clone(), (403, "R-000-087"));
    let _taken = day.act(leader, &case, "take_up", said);
    day.kept(&case, "first_reply");
    let up = json!({ "reason": "客户要求负责人答复", "proposal": "登门致歉" });
    let _up = day.act(leader, &case, "refer_up", up);
    day.promised(&case, "rule", "R-000-020", "2054-11-24 09:00");
    day.at("2054-11-24 09:01");
    day.broken(&case, "rule", manager);
    let _ruled = day.act(manager, &case, "decide", json!({ "instruction": "同意，当日登门" }));
    day.made_up(&case, "rule");
    let answer = json!({ "answer": "已登门致歉", "told_by": "visit" });
    let _answered = day.act(agent, &case, "answer", answer);
    day.kept(&case, "settle");
    let callback = day.child(&case, "callback");
    day.promised(&callback, "callback", "R-001-118", "2054-11-27 09:01");
    let _first_call_back = day.refused(agent, (&case, "close"), json!({}), (409, "R-000-043"));
    let glad = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _heard = day.act(agent, &callback, "record", glad);
    let _closed = day.act(agent, &case, "close", json!({}));
    assert_eq!(day.state(&case), "closed");
}

#[test]
fn every_friday_the_week_is_written_up_and_talked_over() {
    let day = monday();
    let (agent, supervisor) = ("agent", "cs_supervisor");
    day.at("2054-11-27 09:00");
    let report = day.fell_due("service_status_week", "2054-11-27 09:00");
    assert_eq!(
        day.clock(&report, "submit").due,
        "2054-11-27 14:00",
        "R-001-212: before Friday's meeting"
    );
    assert_eq!(day.told(agent, &report), ["waiting"]);
    let text = json!({ "summary": "本周受理42件，办结40件", "problems": "夜间来电接起偏慢" });
    let _written = day.act(agent, &report, "submit", text);
    day.kept(&report, "submit");
    day.at("2054-11-27 14:00");
    let meeting = day.fell_due("service_meeting_week", "2054-11-27 14:00");
    assert_eq!(day.clock(&meeting, "hold").due, "2054-11-28 14:00", "R-001-213");
    let there = json!({ "attendees": [{ "person_name": "李晓红", "presence": "present" }] });
    let _held = day.act(supervisor, &meeting, "hold", there);
    let minutes = json!({ "minutes": "议定夜班增加一人", "decisions": [
        { "what": "调整十二月排班", "responsible": "李晓红", "due_on": "2054-11-30" },
        { "what": "补训电话接听" },
    ] });
    let _out = day.act(supervisor, &meeting, "minutes", minutes);
    day.kept(&meeting, "minutes");
    assert_eq!(day.children(&meeting, "task"), 2, "every decision becomes a task (R-001-192)");
    // Next Friday nobody writes anything.
    day.at("2054-12-04 14:01");
    assert_eq!(day.rounds("service_status_week"), ["missed", "met"]);
    assert_eq!(day.rounds("service_meeting_week"), ["open", "met"]);
}
