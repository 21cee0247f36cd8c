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
    let path = format!("/v1/notifications/{id}/read");
    let _not_theirs = desk.post(&path, json!({})).refused(404);
    assert_eq!(unread(&handler.get("/v1/notifications").expect(200).body), 2);
    let read = handler.post(&path, json!({})).expect(200);
    assert_eq!((&read["id"], read["read_at"].is_string()), (&newest["id"], true), "{read}");
    let again = handler.post(&path, json!({})).expect(200);
    assert_eq!(again["read_at"], read["read_at"], "read once, read for good");
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!(unread(&inbox.body), 1);
    let left = handler.get("/v1/notifications?unread=true").expect(200);
    assert_eq!(left.column("case_id"), [cases[0].as_str()]);
    assert_eq!(unread(&desk.get("/v1/notifications").expect(200).body), 0, "nobody else's inbox");
}

#[test]
fn everything_is_read_at_once_by_whom_it_is_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let (desk, handler, other) = (&office.desk, &office.handler, &office.repairer);
    for to in [handler, handler, handler, other] {
        let case = simple::open(&office).id();
        let _given = desk.act(&case, "assign", json!({ "to": to.id })).expect(200);
    }
    let read = handler.post("/v1/notifications/read", json!({})).expect(200);
    assert_eq!(read["read"], 3, "{read}");
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!((unread(&inbox.body), inbox.items().len()), (0, 3), "{inbox}");
    assert!(inbox.items().iter().all(|it| it["read_at"].is_string()), "{inbox}");
    assert!(handler.get("/v1/notifications?unread=true").expect(200).items().is_empty());
    assert_eq!(handler.post("/v1/notifications/read", json!({})).expect(200)["read"], 0);
    assert_eq!(unread(&other.get("/v1/notifications").expect(200).body), 1, "nobody else's inbox");
}

#[test]
fn an_inbox_is_paged_newest_first() {
    let office = Office::shared();
    simple::publish(&office.server);
    let mut cases: Vec<_> = (0..5).map(|_| simple::open(&office).id()).collect();
    for case in &cases {
        let _given =
            office.desk.act(case, "assign", json!({ "to": office.handler.id })).expect(200);
    }
    cases.reverse();
    let (mut seen, mut path) = (Vec::new(), "/v1/notifications?limit=2".to_owned());
    loop {
        let page = office.handler.get(&path).expect(200);
        assert_eq!(unread(&page.body), 5, "all of them, not those of the page: {page}");
        seen.extend(page.column("case_id"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/notifications?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, cases);
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
