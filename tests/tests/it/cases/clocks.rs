//! Clocks: pauses, priorities, warnings, explanations.

use chrono::TimeDelta;
use kefu_tests::at;
use serde_json::json;

use super::{clock, facts, history, monday};
use crate::procedures::simple;

#[test]
fn a_clock_explains_its_deadline_in_segments_that_add_up() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let (desk, server) = (&office.desk, &office.server);
    let id = desk
        .post("/v1/cases", office.opening("inquiry", json!({ "question": "？" })))
        .expect(201)
        .id();
    server.set_clock(&week.at(0, "10:00"));
    let _still = desk.act(&id, "suspend", json!({ "reason": "等" })).expect(200);
    server.set_clock(&week.at(0, "11:00"));
    let case = desk.act(&id, "resume", json!({})).expect(200);
    assert_eq!(clock(&case, "answer")["due_at"], week.at(0, "15:00"));

    let path = format!("/v1/cases/{id}/clocks/answer/explanation");
    let explained = desk.get(&path).expect(200);
    let segments = explained["segments"].as_array().unwrap();
    let (mut reached, mut counted) = (week.at(0, "09:00"), TimeDelta::zero());
    for segment in segments {
        assert_eq!(segment["from"], reached, "{explained}");
        reached = segment["to"].as_str().unwrap().to_owned();
        if segment["kind"] == "counted" {
            counted += at(&reached) - at(segment["from"].as_str().unwrap());
        }
    }
    assert_eq!(reached, week.at(0, "15:00"));
    assert_eq!(counted, TimeDelta::hours(4), "{explained}");
    let kinds: Vec<_> = segments.iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["counted", "paused", "counted", "closed", "counted"], "{explained}");
    let _no_clock = desk.get(&format!("/v1/cases/{id}/clocks/no_such/explanation")).refused(404);
}

#[test]
fn another_priority_counts_from_the_start_and_keeps_what_was_paused() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let (desk, server) = (&office.desk, &office.server);
    let id = simple::open(&office).id();
    let _waits = desk.act(&id, "wait", json!({})).expect(200);
    server.set_clock(&week.at(0, "11:00"));
    let case = desk.act(&id, "go_on", json!({})).expect(200);
    assert_eq!(clock(&case, "resolution")["paused_seconds"], 7200);
    assert_eq!(clock(&case, "resolution")["due_at"], week.at(4, "10:30"));

    let path = format!("/v1/cases/{id}");
    let urgent = desk.patch(&path, &case.etag(), json!({ "priority": "urgent" })).expect(200);
    // Four working hours from nine, and the two that were paused: 09–12, 13–16.
    assert_eq!(clock(&urgent, "resolution")["due_at"], week.at(0, "16:00"));
    assert_eq!(clock(&urgent, "resolution")["paused_seconds"], 7200);
    assert_eq!(urgent["due_at"], week.at(0, "16:00"));
    let normal = desk.patch(&path, &urgent.etag(), json!({ "priority": "normal" })).expect(200);
    assert_eq!(clock(&normal, "resolution")["due_at"], week.at(4, "10:30"));
    let moved = facts(desk, &id, "case.clock_retargeted");
    assert_eq!(moved.len(), 2, "{moved:?}");
}

#[test]
fn warnings_and_rungs_come_at_their_instants_before_and_after_the_deadline() {
    let (office, week) = monday();
    simple::publish(&office.server);
    let (desk, server) = (&office.desk, &office.server);
    let id = simple::open(&office).id();
    server.set_clock(&week.at(8, "09:00"));
    // Open from Monday 09:00 to Thursday 18:00: 8 + 3 × 8.5 working hours; half of it is
    // used up on Wednesday, a quarter of an hour after opening.
    let warned = facts(desk, &id, "case.clock_warned");
    assert_eq!((warned.len(), &warned[0]["at"]), (1, &json!(week.at(2, "08:45"))), "{warned:?}");
    let rungs: Vec<_> =
        facts(desk, &id, "case.clock_escalated").iter().map(|it| it["at"].clone()).collect();
    let expected = [
        week.at(3, "17:00"), // an hour of work before Thursday's close
        week.at(3, "18:00"),
        week.at(4, "13:30"), // four hours of work later
        week.at(4, "18:00"), // a working day later
    ];
    assert_eq!(rungs, expected.map(|it| json!(it)));
    let history = history(desk, &id);
    assert_eq!(history.iter().filter(|it| *it == "supervised").count(), 1, "{history:?}");
    assert_eq!(history.iter().filter(|it| *it == "clock_breached").count(), 1, "{history:?}");
}

#[test]
fn the_test_clock_only_moves_forward() {
    let (office, week) = monday();
    let back = json!({ "now": week.at(0, "08:59") });
    let refused = office.server.admin().put("/v1/sandbox/clock", back);
    assert!(matches!(refused.status, 409 | 422), "{refused}");
    assert_eq!(office.server.now(), week.at(0, "09:00"));
    let not_theirs = office.desk.put("/v1/sandbox/clock", json!({ "now": week.at(1, "09:00") }));
    assert!(matches!(not_theirs.status, 200 | 403), "{not_theirs}");
}
