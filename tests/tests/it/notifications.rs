//! `/v1/notifications`: everybody's own inbox.

use kefu_tests::Office;
use serde_json::{Value, json};

use crate::procedures::simple;

fn unread(reply: &Value) -> u64 {
    reply["unread"].as_u64().unwrap_or_else(|| panic!("no unread count in {reply}"))
}

#[test]
fn a_notice_is_read_by_whom_it_is_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let (desk, handler) = (&office.desk, &office.handler);
    assert_eq!(unread(&handler.get("/v1/notifications").expect(200).body), 0);
    let cases = [simple::open(&office).id(), simple::open(&office).id()];
    for case in &cases {
        let _given = desk.act(case, "assign", json!({ "to": handler.id })).expect(200);
    }
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!(unread(&inbox.body), 2);
    assert_eq!(inbox.column("case_id").len(), 2);
    let newest = inbox.items()[0].clone();
    assert_eq!((&newest["case_id"], &newest["type"]), (&json!(cases[1]), &json!("assigned")));
    assert!(newest["read_at"].is_null(), "{newest}");

    let id = newest["id"].as_str().unwrap();
    let path = format!("/v1/notifications/{id}/actions/read");
    let not_theirs = desk.post(&path, json!({}));
    assert_eq!(not_theirs.status, 404, "{not_theirs}");
    let read = handler.post(&path, json!({}));
    assert!(matches!(read.status, 200 | 204), "{read}");
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!(unread(&inbox.body), 1);
    let left = handler.get("/v1/notifications?unread=true").expect(200);
    assert_eq!(left.column("case_id"), [cases[0].as_str()]);
    assert_eq!(unread(&desk.get("/v1/notifications").expect(200).body), 0, "nobody else's inbox");
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office).id();
    let _claimed = office.handler.act(&case, "claim", json!({})).expect(200);
    let inbox = office.handler.get("/v1/notifications").expect(200);
    assert!(inbox.items().is_empty(), "{inbox}");
}
