//! `POST /v1/cases`

use std::collections::HashSet;

use kefu_tests::{Office, Scope};
use serde_json::{Value, json};

use crate::procedures::simple;
use crate::records::unchanged;

#[test]
fn an_opened_case_reads_as_the_contract_says() {
    let office = Office::shared();
    let body = office.complaint("ordinary");
    let made = office.desk.post("/v1/cases", body.clone()).expect(201);
    let location = made.header("location").unwrap();
    assert!(location.ends_with(&format!("/v1/cases/{}", made.id())), "{location}");
    let read = office.desk.case(&made.id());
    assert_eq!((&read.body, read.etag()), (&made.body, made.etag()));
    for member in ["procedure", "subject", "channel", "site_id", "customer_id"] {
        assert_eq!(read[member], body[member], "{member}");
    }
    assert_eq!(read["fields"]["what_happened"], "电梯异响");
    assert_eq!(read["fields"]["liable"], "unknown", "the form's default");
    assert_eq!(read["priority"], "normal");
    for action in read["actions"].as_array().unwrap() {
        assert!(action["title"].is_string() && action["form"].is_object(), "{action}");
    }
    let fresh = office.desk.request("GET", &format!("/v1/cases/{}", read.id()));
    let _unchanged = fresh.header("if-none-match", &read.etag()).send().expect(304);
}

#[test]
fn numbers_are_never_given_twice() {
    let office = Office::shared();
    simple::publish(&office.server);
    let numbers: HashSet<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..6)
            .map(|_| {
                scope.spawn(|| {
                    let opened = (0..10).map(|_| simple::open(&office).text_at("/number"));
                    opened.collect::<Vec<_>>()
                })
            })
            .collect();
        writers.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(numbers.len(), 60);
}

#[test]
fn titles_and_forms_speak_the_callers_language() {
    let office = Office::shared();
    let id = office.open_complaint();
    let title = |language| {
        let case = office.desk.speaking(language).case(&id);
        let actions = case["actions"].as_array().unwrap().clone();
        let claim = actions.iter().find(|it| it["code"] == "claim").unwrap();
        claim["title"].clone()
    };
    assert_eq!((title("zh-CN"), title("en")), (json!("认领"), json!("Claim")));
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_opened() {
    let office = Office::shared();
    let list = format!("/v1/cases?site_id={}", office.site);
    let nobody = "01990000-0000-7000-8000-000000000000";
    let faults: [(&str, Value, &str); 12] = [
        ("/procedure", json!("no_such"), "/procedure"),
        ("/subject", json!(""), "/subject"),
        ("/subject", json!("长".repeat(5_000)), "/subject"),
        ("/subject", json!(7), "/subject"),
        ("/channel", json!("pigeon"), "/channel"),
        ("/priority", json!("now!"), "/priority"),
        ("/customer_id", json!(nobody), "/customer_id"),
        ("/asset_id", json!(nobody), "/asset_id"),
        ("/site_id", json!("here"), "/site_id"),
        ("/surprise", json!(1), "/surprise"),
        ("/fields/surprise", json!(1), "/fields/surprise"),
        ("/fields/grade", json!("huge"), "/fields/grade"),
    ];
    unchanged(&office.desk, &[&list], || {
        for (member, value, pointer) in faults {
            let mut body = office.complaint("ordinary");
            let (parent, name) = member.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[name] = value;
            let refused = office.desk.post("/v1/cases", body).refused(422);
            assert_eq!(refused.pointers(), [pointer], "{refused}");
        }
    });
}

#[test]
fn every_fault_of_a_form_is_named_at_once() {
    let office = Office::shared();
    let fields = json!({ "what_happened": "", "grade": "huge", "true_cause": "长".repeat(3_000) });
    let refused = office.desk.post("/v1/cases", office.opening("complaint", fields)).refused(422);
    assert_eq!(
        refused.pointers(),
        ["/fields/grade", "/fields/true_cause", "/fields/what_happened"]
    );
    let refused =
        office.desk.post("/v1/cases", office.opening("complaint", json!({}))).refused(422);
    // `grade` has a default, so only what happened is missing.
    assert_eq!(refused.pointers(), ["/fields/what_happened"]);
}

#[test]
fn a_site_that_is_not_theirs_is_not_there() {
    let office = Office::shared();
    let elsewhere = office.server.site();
    let mut body = office.complaint("ordinary");
    body["site_id"] = json!(elsewhere);
    body["customer_id"] = json!(null);
    let refused = office.desk.post("/v1/cases", body);
    assert!(matches!(refused.status, 403 | 404 | 422), "{refused}");
    let admin = office.server.admin();
    let there = admin.get(&format!("/v1/cases?site_id={elsewhere}")).expect(200);
    assert!(there.items().is_empty(), "{there}");
}

#[test]
fn opening_takes_a_permission_of_the_procedure() {
    let office = Office::shared();
    let auditor = office.server.user("auditor", Scope::Site(&office.site));
    let list = format!("/v1/cases?site_id={}", office.site);
    unchanged(&auditor, &[&list], || {
        let _refused = auditor.post("/v1/cases", office.complaint("ordinary")).refused(403);
    });
}

#[test]
fn a_case_is_found_by_every_field_that_is_a_filter() {
    let office = Office::shared();
    simple::publish(&office.server);
    let complaint = office.desk.case(&office.open_complaint());
    let other = simple::open(&office);
    let _claimed = office.handler.act(&complaint.id(), "claim", json!({})).expect(200);
    let list = |query: &str| {
        let path = format!("/v1/cases?site_id={}&{query}", office.site);
        office.desk.get(&path).expect(200).column("id")
    };
    let (complaint_id, other_id) = (complaint.id(), other.id());
    for query in [
        "procedure=complaint".to_owned(),
        "kind=complaint".to_owned(),
        "state=registered".to_owned(),
        format!("assignee_id={}", office.handler.id),
        format!("procedure=complaint&customer_id={}", office.customer),
        format!("procedure=complaint&owner_id={}", office.desk.id),
    ] {
        assert_eq!(list(&query), [complaint_id.as_str()], "{query}");
    }
    assert_eq!(list("state=open"), [other_id.as_str()]);
    for query in ["priority=normal", "channel=phone", "overdue=false"] {
        assert_eq!(list(query).len(), 2, "{query}");
    }
    for query in ["priority=urgent", "channel=letter", "overdue=true"] {
        assert!(list(query).is_empty(), "{query}");
    }
    let due = other.text_at("/due_at");
    assert!(!list(&format!("procedure={}&due_before={due}", simple::CODE)).contains(&other_id));
    let opened = other.text_at("/opened_at");
    assert!(list(&format!("opened_from={opened}")).contains(&other_id));
    assert!(!list(&format!("opened_to={opened}")).contains(&other_id));
}
