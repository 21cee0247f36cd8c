//! Refusals of actions, in the order of the rules, each without a trace.

use kefu_tests::{Office, Reply, Scope};
use serde_json::json;

use crate::procedures::simple;
use crate::records::unchanged;

/// A simple case, and a check that an attempt leaves it, its timeline and its children alone.
struct Untouched {
    office: Office,
    case: String,
}

impl Untouched {
    fn new() -> Self {
        let office = Office::shared();
        simple::publish(&office.server);
        let case = simple::open(&office).id();
        Self { office, case }
    }

    #[track_caller]
    fn by(&self, attempt: impl FnOnce(&str) -> Reply) -> Reply {
        let case = &self.case;
        let paths = [
            format!("/v1/cases/{case}"),
            format!("/v1/cases/{case}/events?limit=200"),
            format!("/v1/cases?parent_id={case}"),
        ];
        let paths: Vec<_> = paths.iter().map(String::as_str).collect();
        unchanged(&self.office.server.admin(), &paths, || attempt(case))
    }
}

#[test]
fn an_action_in_the_wrong_state_names_those_that_are_open() {
    let it = Untouched::new();
    let refused = it.by(|case| it.office.desk.act(case, "go_on", json!({})).refused(409));
    let allowed = refused["allowed_actions"].as_array().unwrap();
    assert!(allowed.contains(&json!("wait")) && allowed.contains(&json!("finish")), "{refused}");
    assert!(!allowed.contains(&json!("go_on")), "{refused}");
}

#[test]
fn an_action_by_the_wrong_person_is_refused() {
    let it = Untouched::new();
    let form = json!({ "result": "办好了" });
    let refused = it.by(|case| it.office.handler.act(case, "finish", form).refused(403));
    assert!(refused.text.contains("owner"), "it says whose it is: {refused}");
}

#[test]
fn an_action_the_procedure_does_not_have_is_not_there() {
    let it = Untouched::new();
    let _refused = it.by(|case| it.office.desk.act(case, "teleport", json!({})).refused(404));
}

#[test]
fn a_case_that_does_not_exist_or_is_not_theirs_is_not_there() {
    let it = Untouched::new();
    let desk = &it.office.desk;
    let nothing = "01990000-0000-7000-8000-000000000000";
    let _absent = desk.act_on(nothing, "wait", "\"1\"", json!({})).refused(404);
    let neighbour = it.office.server.user("front_desk", Scope::Site(&it.office.server.site()));
    let _hidden = it.by(|case| neighbour.act_on(case, "wait", "\"1\"", json!({})).refused(404));
    for path in ["", "/events", "/comments", "/clocks/resolution/explanation"] {
        let _hidden = neighbour.get(&format!("/v1/cases/{}{path}", it.case)).refused(404);
    }
}

#[test]
fn a_stale_or_missing_version_is_refused() {
    let it = Untouched::new();
    let desk = &it.office.desk;
    let path = format!("/v1/cases/{}/actions/wait", it.case);
    let _blind = it.by(|_| desk.request("POST", &path).json(&json!({})).send().refused(428));
    let _stale = it.by(|case| desk.act_on(case, "wait", "\"999\"", json!({})).refused(412));
    let _weak = it.by(|case| desk.act_on(case, "wait", "yesterday's", json!({})).refused(412));
    let before = desk.case(&it.case).etag();
    let _waits = desk.act_on(&it.case, "wait", &before, json!({})).expect(200);
    let _stale_now = it.by(|case| desk.act_on(case, "go_on", &before, json!({})).refused(412));
}

#[test]
fn of_two_at_once_one_wins() {
    let it = Untouched::new();
    let etag = it.office.desk.case(&it.case).etag();
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let attempt = || it.office.desk.act_on(&it.case, "wait", &etag, json!({}));
        let attempts: Vec<_> = (0..8).map(|_| scope.spawn(attempt)).collect();
        attempts.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let won = replies.iter().filter(|it| it.status == 200).count();
    assert_eq!(won, 1, "{:?}", replies.iter().map(|it| it.status).collect::<Vec<_>>());
    assert!(replies.iter().all(|it| matches!(it.status, 200 | 409 | 412)));
}

#[test]
fn a_form_filled_wrongly_is_told_every_fault() {
    let it = Untouched::new();
    let desk = &it.office.desk;
    for (form, pointers) in [
        (json!({}), vec!["/result"]),
        (json!({ "result": "" }), vec!["/result"]),
        (json!({ "result": 7, "surprise": true }), vec!["/result", "/surprise"]),
        (json!({ "result": "长".repeat(501) }), vec!["/result"]),
    ] {
        let refused = it.by(|case| desk.act(case, "finish", form).refused(422));
        assert_eq!(refused.pointers(), pointers);
    }
}

#[test]
fn may_comes_before_can_and_can_before_sense() {
    let it = Untouched::new();
    let office = &it.office;
    // Neither theirs, nor possible now, nor sensible: they are told that it is not theirs.
    let auditor = office.server.user("auditor", Scope::Site(&office.site));
    let _may = it.by(|case| auditor.act(case, "go_on", json!({ "surprise": 1 })).refused(403));
    let _can = it.by(|case| office.desk.act(case, "go_on", json!({ "surprise": 1 })).refused(409));
    let _sense = it.by(|case| office.desk.act(case, "wait", json!({ "surprise": 1 })).refused(422));
}

#[test]
fn a_record_is_corrected_only_by_those_who_work_on_it() {
    let it = Untouched::new();
    let office = &it.office;
    let path = format!("/v1/cases/{}", it.case);
    let etag = office.desk.case(&it.case).etag();
    let change = json!({ "subject": "新的标题" });
    let _not_theirs = it.by(|_| office.handler.patch(&path, &etag, change.clone()).refused(403));
    let _stale = it.by(|_| office.desk.patch(&path, "\"999\"", change.clone()).refused(412));
    for member in ["state", "number", "owner_id", "due_at", "version"] {
        let sneaky = json!({ member: "x" });
        let _not_a_member = it.by(|_| office.desk.patch(&path, &etag, sneaky).refused(422));
    }
    let changed = office.desk.patch(&path, &etag, change).expect(200);
    assert_eq!(changed["subject"], "新的标题");
    let _never = it.by(|_| office.desk.delete(&path, &etag).refused(405));
}
