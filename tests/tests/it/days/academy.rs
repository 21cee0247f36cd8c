//! A school that trains its own teachers.

use serde_json::json;

use super::Day;

fn monday() -> Day {
    let day = Day::of("academy", "academy_school", "2054-11-23 08:00");
    day.staff(&["academy_teacher", "academy_group_leader", "academy_office"]);
    day
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
