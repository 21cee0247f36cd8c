//! A hospital's guides: a round every hour, a patient who is called, half a month before the first shift.

use serde_json::{Value, json};

use super::Day;

const GUIDE: &str = "hospital_guide";
const LEADER: &str = "clinic_leader";
const DOCTOR: &str = "hospital_doctor";
const HEAD: &str = "health_service_head";

fn monday() -> Day {
    let day = Day::of("health", "health_clinic", "2054-11-23 07:00");
    day.staff(&[GUIDE, LEADER, DOCTOR, HEAD]);
    day
}

#[test]
fn the_clinic_is_walked_through_every_hour() {
    let day = monday();
    day.at("2054-11-23 08:00");
    let case = day.fell_due("health_hourly_patrol", "2054-11-23 08:00");
    day.promised(&case, "round", "R-002-158", "2054-11-23 09:00");
    day.at("2054-11-23 08:50");
    let _off = day.act(LEADER, &case, "set_out", json!({}));
    day.kept(&case, "round");
    day.promised(&case, "walk", "R-002-158", "2054-11-23 09:20");
    let _not_theirs = day.refused(
        GUIDE,
        (&case, "come_back"),
        json!({ "places": ["hall"], "seen": "候诊区座椅不足" }),
        (403, "R-002-158"),
    );
    let seen = json!({ "places": ["clinic", "hall", "corridor"], "seen": "候诊区座椅不足" });
    let _back = day.act(LEADER, &case, "come_back", seen);
    day.promised(&case, "round", "R-002-158", "2054-11-23 09:50");
    day.at("2054-11-23 09:51");
    day.broken(&case, "round", HEAD);
    let _over = day.act(LEADER, &case, "finish", json!({}));
    day.made_up(&case, "round");
    assert_eq!(day.state(&case), "finished");
    // The case; the round that was set out on, and the walk; the next round, which nobody went on in time.
    day.complies(&[("R-002-158", [4, 3, 1, 0])]);
}

#[test]
fn a_patients_question_is_answered_by_a_doctor_within_a_day() {
    let day = monday();
    day.at("2054-11-23 20:00");
    let patient = json!({ "patient": "王小明", "section": "骨科", "contact": "13800138000" });
    let case = day.open(GUIDE, "patient_follow_up", patient);
    // No figure in the document: three days and a day are the pack's.
    day.promised(&case, "follow_up", "R-002-154", "2054-11-26 20:00");
    let fares = json!({ "condition": "伤口干燥", "satisfied": true });
    let _at_night = day.refused(GUIDE, (&case, "record"), fares, (409, "R-002-154"));
    day.at("2054-11-24 09:00");
    let asked = json!({ "condition": "伤口干燥", "asked": "止痛药还要吃几天" });
    let _referred = day.act(GUIDE, &case, "refer", asked);
    day.kept(&case, "follow_up");
    assert!(day.told(DOCTOR, &case).contains(&"waiting".to_owned()));
    day.promised(&case, "answer", "R-002-154", "2054-11-25 09:00");
    let words = json!({ "answer": "再服三天", "told_by": "phone", "satisfied": false });
    let _not_theirs = day.refused(GUIDE, (&case, "answer"), words.clone(), (403, ""));
    day.at("2054-11-25 09:01");
    day.broken(&case, "answer", HEAD);
    let _answered = day.act(DOCTOR, &case, "answer", words);
    day.made_up(&case, "answer");
    assert_eq!(day.state(&case), "reached");
    let complaint = day.child(&case, "general_complaint");
    assert_eq!(day.field(&complaint, "what_happened"), "伤口干燥", "who is displeased is heard");
    day.complies(&[("R-002-154", [3, 2, 1, 0])]);
}

#[test]
fn nobody_is_examined_before_half_a_month_or_taken_on_with_one_paper_failed() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let who = json!({ "employee": day.id(GUIDE), "position": "导医" });
    let case = day.open(HEAD, "health_induction", who);
    day.promised(&case, "finish", "R-002-152", "2054-12-13 09:00");
    let lesson = json!({ "topic": "导医流程", "trainer": "陈老师" });
    let _taught = day.act(LEADER, &case, "lesson", lesson);
    let papers = |secrecy: &str| -> Value {
        json!({ "papers": {
            "handbook": "ok", "material": "ok", "rules": "ok", "secrecy": secrecy,
        } })
    };
    day.at("2054-12-08 08:59");
    let _early = day.refused(LEADER, (&case, "examine"), papers("ok"), (409, "R-002-153"));
    day.at("2054-12-08 09:00");
    let _failed = day.act(LEADER, &case, "examine", papers("fault"));
    day.kept(&case, "finish");
    day.promised(&case, "decide", "R-002-153", "2054-12-11 09:00");
    let _one_failed = day.refused(HEAD, (&case, "start_work"), json!({}), (409, "R-002-153"));
    let _again = day.act(LEADER, &case, "resit", json!({ "reason": "保密制度补考" }));
    let _passed = day.act(LEADER, &case, "examine", papers("ok"));
    let _on = day.act(HEAD, &case, "start_work", json!({}));
    assert_eq!(day.state(&case), "in_post");
    // The case, and two examinations, each within its time; of the clause after it, two decisions as well.
    day.complies(&[("R-002-152", [3, 3, 0, 0]), ("R-002-153", [5, 5, 0, 0])]);
}
