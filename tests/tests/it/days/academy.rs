//! A school that trains its own teachers.

use serde_json::json;

use super::Day;

fn monday() -> Day {
    let day = Day::of("academy", "academy_school", "2054-11-23 08:00");
    day.staff(&["academy_teacher", "academy_group_leader", "academy_office"]);
    day
}

#[test]
fn every_week_somebody_logs_who_studied_what() {
    let day = monday();
    let leader = "academy_group_leader";
    day.at("2054-11-23 09:00");
    let sheet = day.fell_due("academy_self_study_week", "2054-11-23 09:00");
    day.promised(&sheet, "log", "R-001-074", "2054-11-30 09:00");
    let studied = |person: &str, hours: f64| json!({ "person_name": person, "studied_at": "library", "topic": "分层作业", "study_hours": hours });
    let log = json!({ "study_log": [studied("周老师", 2.5), studied("吴老师", 3.0)] });
    let _logged = day.act("academy_teacher", &sheet, "log", log);
    day.kept(&sheet, "log");
    assert_eq!(day.field(&sheet, "study_log_total"), json!(5.5));
    let _read = day.act(leader, &sheet, "read", json!({}));
    assert_eq!(day.state(&sheet), "read");
    // Next week's sheet is nobody's.
    day.at("2054-12-07 08:00");
    assert_eq!(day.rounds("academy_self_study_week"), ["open", "met"]);
    day.at("2054-12-07 09:01");
    assert_eq!(day.rounds("academy_self_study_week"), ["open", "missed", "met"]);
    let missed = day.fell_due("academy_self_study_week", "2054-11-30 09:00");
    day.broken(&missed, "log", leader);
    // Three sheets, each a case and the clock by which its duty is kept.
    day.complies(&[("R-001-074", [6, 2, 1, 3])]);
}

#[test]
fn a_session_every_two_weeks_takes_half_a_day_and_absence_counts() {
    let day = monday();
    let (leader, office) = ("academy_group_leader", "academy_office");
    day.at("2054-11-23 09:00");
    let session = day.fell_due("academy_group_session", "2054-11-23 09:00");
    day.promised(&session, "hold", "R-001-077", "2054-11-28 09:00");
    let topic = json!({ "topic": "分层教学", "trainer": "陈老师", "lesson_kind": "research" });
    let _set = day.act(leader, &session, "set_topic", topic);
    let held = |hours: f64| {
        json!({
            "attendees": [{ "person_name": "周老师", "presence": "present" }],
            "absentees": [{ "person_name": "吴老师" }], "half_day": hours, "held_on": "2054-11-27",
        })
    };
    let short = day.refused(leader, (&session, "hold"), held(1.5), (422, ""));
    assert_eq!(short.pointers(), ["/half_day"], "half a day is three hours at least (R-001-077)");
    day.at("2054-11-28 09:01");
    day.broken(&session, "hold", office);
    let _held = day.act(leader, &session, "hold", held(4.0));
    day.made_up(&session, "hold");
    let absent = day.child(&session, "staff_review");
    assert_eq!(day.field(&absent, "what"), "吴老师", "R-001-080: absence without reason");
    let _summed_up = day.act(leader, &session, "sum_up", json!({ "result": "形成作业样例三份" }));
    assert_eq!(day.state(&session), "closed");
    day.at("2054-12-07 09:00");
    assert_eq!(day.rounds("academy_group_session"), ["open", "late"], "every two weeks");
    // Of the absence nobody has thought: two sessions, one review that is late.
    day.complies(&[("R-001-080", [3, 1, 1, 1]), ("R-001-077", [4, 1, 1, 2])]);
}

#[test]
fn credits_are_assessed_by_group_and_office_together() {
    let day = monday();
    let (teacher, leader, office) = ("academy_teacher", "academy_group_leader", "academy_office");
    let case = day.open_inside(teacher, "credit_application", json!({ "period_of": "2054-11" }));
    let credit = |topic: &str, credit: f64| json!({ "topic": topic, "study_hours": 4, "quality": 4, "credit": credit });
    let list = json!({ "credit_list": [credit("分层教学", 2.0), credit("信息技术", 1.5)] });
    let _assessed = day.act(teacher, &case, "assess", list);
    assert_eq!(day.field(&case, "credit_list_total"), json!(3.5));
    day.promised(&case, "credits_approval", "R-001-081", "2054-11-30 08:00");
    let _not_their_own = day.refused(teacher, (&case, "approve"), json!({}), (403, "R-001-081"));
    let _office = day.act(office, &case, "approve", json!({}));
    assert_eq!(day.state(&case), "awaiting_approval", "the group has not spoken yet");
    let _group = day.act(leader, &case, "approve", json!({}));
    day.kept(&case, "credits_approval");
    let _asked = day.act(office, &case, "apply", json!({ "authority": "bureau" }));
    let _granted = day.act(office, &case, "register", json!({ "credit": 3.5 }));
    assert_eq!(day.state(&case), "granted");
    day.complies(&[("R-001-081", [2, 2, 0, 0])]);
}

#[test]
fn a_teacher_has_one_growth_file_and_adds_to_no_other() {
    let day = monday();
    let (teacher, office) = ("academy_teacher", "academy_office");
    let file = json!({
        "employee": day.id(teacher), "person_name": "周老师", "goal": "三年成为骨干", "plan": "每学期两次公开课",
    });
    let case = day.open_inside(office, "growth_file", file.clone());
    let again =
        day.person(office).post("/v1/cases", day.opening_inside("growth_file", file)).refused(409);
    assert_eq!(again["clause"], "R-001-083", "{again}");
    let material = json!({ "topic": "公开课反思", "gains": "学会分层布置作业" });
    let _own = day.act(teacher, &case, "add_material", material.clone());
    let other = "academy_teacher/2";
    let _not_theirs = day.refused(other, (&case, "add_material"), material, (403, "R-001-083"));
    let up = json!({ "finding": "考核优秀", "goal": "成为名师", "plan": "带徒两名" });
    let _no_tier_skipped = day.refused(office, (&case, "to_expert"), up.clone(), (409, ""));
    let _raised = day.act(office, &case, "to_backbone", up);
    assert_eq!(day.state(&case), "backbone");
    day.complies(&[("R-001-083", [1, 0, 0, 1])]);
}
