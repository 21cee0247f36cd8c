//! Sending again what was sent, and looking at what was.

use chrono::TimeDelta;
use kefu_tests::plus;
use serde_json::json;

use super::Post;

#[test]
fn one_delivery_is_sent_again_with_the_same_id() {
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    let _case = post.open();
    let first = post.receiver.wait_for(1).remove(0);
    post.all(1, "delivered");
    let path = format!("{}/deliveries/{}/redeliver", post.path(), first.id());
    let again = post.manager.post(&path, json!({})).expect(200);
    assert_eq!((&again["status"], &again["attempts"]), (&json!("pending"), &json!(1)));
    let second = post.receiver.wait_for(2).remove(1);
    assert_eq!((second.id(), &second.text), (first.id(), &first.text));
    let there = post.delivery(first.id(), |it| it["status"] == "delivered");
    assert_eq!(there["log"].as_array().map(Vec::len), Some(2));
    let missing = format!("{}/deliveries/{}/redeliver", post.path(), post.id);
    let _none = post.manager.post(&missing, json!({})).refused(404);
}

#[test]
fn a_range_is_sent_again_from_its_start_to_before_its_end() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    let server = &post.office.server;
    let mut starts = Vec::new();
    for _ in 0..4 {
        server.set_clock(&plus(&server.now(), TimeDelta::minutes(10)));
        starts.push(server.now());
        let _case = post.open();
        post.receiver.wait_for(starts.len());
        post.all(starts.len(), "delivered");
    }
    let sent: Vec<_> = post.deliveries().iter().map(|it| it["id"].clone()).collect();
    let path = format!("{}/redeliver", post.path());
    let range = json!({ "from": starts[1], "to": starts[3] });
    let again = post.manager.post(&path, range).expect(200);
    assert_eq!(again["redelivered"], 2);
    let mut ids: Vec<_> = post.receiver.wait_for(6)[4..].iter().map(|it| json!(it.id())).collect();
    ids.sort_by_key(ToString::to_string);
    assert_eq!(ids, sent[1..3]);
    post.all(4, "delivered");
    let failed = json!({ "from": starts[0], "to": server.now(), "status": "failed" });
    assert_eq!(post.manager.post(&path, failed).expect(200)["redelivered"], 0);
    let backwards = json!({ "from": starts[3], "to": starts[1] });
    assert_eq!(post.manager.post(&path, backwards).refused(422).pointers(), ["/to"]);
    assert_eq!(post.receiver.received().len(), 6);
}

#[test]
fn deliveries_are_paged_counted_and_narrowed() {
    let post = Post::own(json!({ "types": ["case.opened", "case.commented"] }));
    let server = &post.office.server;
    let case = post.open();
    for _ in 0..3 {
        let path = format!("/v1/cases/{case}/comments");
        let _said = post.office.desk.post(&path, json!({ "text": "已告知" })).expect(201);
    }
    let all = post.all(4, "delivered");
    let path = format!("{}/deliveries", post.path());
    let first = post.manager.get(&format!("{path}?limit=3&count=true")).expect(200);
    assert_eq!((first.items().len(), first["total"].as_i64()), (3, Some(4)));
    let cursor = first.text_at("/next_cursor");
    let rest = post.manager.get(&format!("{path}?limit=3&cursor={cursor}")).expect(200);
    let mut walked = [first.items(), rest.items()].concat();
    walked.reverse();
    assert_eq!(walked, all);
    let count = |query: &str| {
        let page = post.manager.get(&format!("{path}?{query}&count=true")).expect(200);
        assert_eq!(page["total"].as_u64(), u64::try_from(page.items().len()).ok());
        page.items().len()
    };
    assert_eq!(count("type=case.commented"), 3);
    assert_eq!((count("status=delivered"), count("status=failed")), (4, 0));
    let later = plus(&server.now(), TimeDelta::seconds(1));
    assert_eq!((count(&format!("to={later}")), count(&format!("from={later}"))), (4, 0));
    let _bad = post.manager.get(&format!("{path}?status=lost")).refused(422);

    let figures = server.stranger().get("/metrics").text;
    for line in
        ["kefu_webhook_delivered_total 4", "kefu_webhook_refused_total 0", "kefu_webhook_pending 0"]
    {
        assert!(figures.lines().any(|it| it == line), "{line}:\n{figures}");
    }
}
