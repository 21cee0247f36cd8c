//! `/v1/cases/{id}/comments`

use kefu_tests::Office;
use serde_json::json;

use crate::procedures::simple;
use crate::records::unchanged;

#[test]
fn comments_are_kept_in_order_and_are_on_the_timeline() {
    let office = Office::shared();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    let path = format!("/v1/cases/{id}/comments");
    let _first = office.desk.post(&path, json!({ "text": "客户来电催问" })).expect(201);
    let _second = office.handler.post(&path, json!({ "text": "已电话回复" })).expect(201);
    let texts = office.desk.get(&path).expect(200).column("text");
    assert_eq!(texts, ["客户来电催问", "已电话回复"]);
    let timeline = office.desk.timeline(&id);
    let said = timeline.iter().filter(|it| it["type"] == "case.commented").count();
    assert_eq!(said, 2);
}

#[test]
fn an_empty_or_endless_comment_is_refused() {
    let office = Office::shared();
    simple::publish(&office.server);
    let id = simple::open(&office).id();
    let path = format!("/v1/cases/{id}/comments");
    unchanged(&office.desk, &[&path, &format!("/v1/cases/{id}")], || {
        for text in [String::new(), "   ".to_owned(), "长".repeat(20_000)] {
            let refused = office.desk.post(&path, json!({ "text": text })).refused(422);
            assert_eq!(refused.pointers(), ["/text"]);
        }
        let _nobody = office.server.stranger().post(&path, json!({ "text": "x" })).refused(401);
    });
}
