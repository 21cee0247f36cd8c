//! What is sent, to whom, in which order.

use kefu_tests::{Office, Receiver, Scope};
use serde_json::json;

use super::{Post, eventually};
use crate::procedures::simple;

#[test]
fn an_event_arrives_signed_and_as_the_feed_shows_it() {
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    let case = post.open();
    let got = post.receiver.wait_for(1).remove(0);
    assert!(got.is_signed_with(&post.secret), "{:?}", got.headers);
    assert!(!got.is_signed_with("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
    assert_eq!(got.header("content-type"), "application/json");
    let data = &got.body["data"];
    assert_eq!((&got.body["type"], &data["aggregate_id"]), (&json!("case.opened"), &json!(case)));
    assert_eq!(got.body["timestamp"], data["occurred_at"]);
    let after = data["position"].as_i64().unwrap() - 1;
    let page = post.manager.get(&format!("/v1/events?after={after}&limit=1")).expect(200);
    assert_eq!(&page.items()[0], data, "the event as the feed shows it");

    let delivery = post.all(1, "delivered").remove(0);
    assert_eq!(delivery["id"], got.id(), "the message's id is the delivery's");
    let detail = post.delivery(got.id(), |it| it["status"] == "delivered");
    assert_eq!(detail["payload"], got.body);
    let attempt = &detail["log"][0];
    assert_eq!((&attempt["number"], &attempt["status"]), (&json!(1), &json!(204)));
    assert!(attempt["duration_ms"].is_i64() && attempt["error"].is_null(), "{attempt}");
    let path = format!("{}/deliveries/{}", post.path(), got.id());
    let etag = post.manager.get(&path).expect(200).etag();
    let again = post.manager.request("GET", &path).header("if-none-match", &etag).send();
    assert_eq!(again.status, 304);
}

#[test]
fn only_what_was_asked_for_arrives() {
    let post = Post::shared(json!({ "types": ["case.commented", "customer.*"] }));
    let case = post.open();
    let path = format!("/v1/cases/{case}/comments");
    let _said = post.office.desk.post(&path, json!({ "text": "已电话告知" })).expect(201);
    let customer = post.office.server.customer(&post.office.site);
    let path = format!("/v1/customers/{customer}");
    let admin = post.office.server.admin();
    let etag = admin.get(&path).expect(200).etag();
    let _gone = admin.delete(&path, &etag).expect(204);
    let got = post.receiver.wait_for(3);
    let mut types: Vec<_> = got.iter().map(|it| it.body["type"].as_str().unwrap()).collect();
    types.sort_unstable();
    assert_eq!(types, ["case.commented", "customer.created", "customer.deleted"]);
    assert_eq!(post.all(3, "delivered").len(), 3);
}

#[test]
fn another_sites_events_go_nowhere_near() {
    let (here, there) = (Post::shared(json!({})), Post::shared(json!({})));
    let (mine, theirs) = (here.open(), there.open());
    let saw = |post: &Post, case: &str| {
        post.receiver.received().iter().any(|it| it.body["data"]["aggregate_id"] == case)
    };
    eventually(&here.office.server, || {
        let both = saw(&here, &mine) && saw(&there, &theirs);
        both.then_some(()).ok_or_else(String::new)
    });
    // Each has what came after the other's: had it been sent, it would be there.
    assert!(!saw(&here, &theirs) && !saw(&there, &mine));
    let path = format!("{}/deliveries?count=true", here.path());
    let listed = here.manager.get(&path).expect(200);
    assert_eq!(listed["total"].as_u64(), u64::try_from(listed.items().len()).ok());
}

#[test]
fn nobody_is_sent_what_they_may_not_see_any_more() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    let admin = post.office.server.admin();
    let path = format!("/v1/users/{}", post.manager.id);
    let etag = admin.get(&path).expect(200).etag();
    let _demoted = admin.patch(&path, &etag, json!({ "grants": [] })).expect(200);
    let _case = post.open();
    let path = post.path();
    let webhook = eventually(&post.office.server, || {
        let found = admin.get(&path).expect(200).body;
        if found["enabled"] == false { Ok(found) } else { Err(found.to_string()) }
    });
    assert_eq!(webhook["disabled_reason"], "owner");
    assert!(post.receiver.received().is_empty());
}

#[test]
fn a_receiver_that_was_down_gets_everything_in_order() {
    let post = Post::own(json!({ "types": ["case.opened"], "ordered": true }));
    let first = post.open();
    assert_eq!(post.receiver.wait_for(1)[0].body["data"]["aggregate_id"], first);
    post.all(1, "delivered");
    post.receiver.stop();
    let mut cases: Vec<_> = (0..6).map(|_| post.open()).collect();
    let server = &post.office.server;
    let waiting = eventually(server, || {
        let all = post.deliveries();
        let tried = all.len() == 7 && all[1]["attempts"] == 1;
        if tried { Ok(all) } else { Err(format!("{all:#?}")) }
    });
    assert_eq!(waiting[1]["last_error"], "unreachable");
    assert!(waiting[2..].iter().all(|it| it["attempts"] == 0), "they wait for it: {waiting:#?}");
    post.receiver.start_again();
    server.set_clock(waiting[1]["next_attempt_at"].as_str().unwrap());
    let got = post.receiver.wait_for(7);
    cases.insert(0, first);
    let came: Vec<_> =
        got.iter().map(|it| it.body["data"]["aggregate_id"].as_str().unwrap()).collect();
    assert_eq!(came, cases, "in the order of the feed, each once");
    assert!(got.iter().all(|it| it.is_signed_with(&post.secret)));
    post.all(7, "delivered");
}

#[test]
fn a_ping_arrives() {
    let post = Post::shared(json!({ "types": ["asset.deleted"] }));
    let path = format!("{}/ping", post.path());
    let made = post.manager.post(&path, json!({})).expect(201);
    let place = made.header("location").unwrap().to_owned();
    assert_eq!(place, format!("{}/deliveries/{}", post.path(), made.id()));
    let got = post.receiver.wait_for(1).remove(0);
    assert!(got.is_signed_with(&post.secret));
    assert_eq!((&got.body["type"], got.id()), (&json!("ping"), made.id().as_str()));
    assert_eq!(got.body["data"]["webhook_id"], post.id);
    let there = post.delivery(got.id(), |it| it["status"] == "delivered");
    assert_eq!((&there["event_id"], &there["payload"]), (&json!(null), &got.body));
}

#[test]
fn a_slow_receiver_delays_nobody_elses_and_no_request() {
    // It takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    let wish = json!({ "url": url, "types": ["case.opened"], "site_id": post.office.site });
    let _slow = post.manager.post("/v1/webhooks", wish).expect(201);
    let since = std::time::Instant::now();
    for _ in 0..20 {
        let _case = post.open();
    }
    post.receiver.wait_for(20);
    assert!(since.elapsed() < std::time::Duration::from_secs(14), "no time-out was waited for");
}

#[test]
fn a_webhook_without_a_site_is_sent_everything_its_owner_may_see() {
    let server = super::Server::start_with(super::near());
    simple::publish(&server);
    let (here, there) = (Office::open(&server), Office::open(&server));
    let receiver = Receiver::start();
    let auditor = server.user_with(
        "integrator",
        &[Scope::All.grant("office_manager"), Scope::Site(&here.site).grant("auditor")],
    );
    let wish = json!({ "url": receiver.url(), "types": ["case.opened"] });
    let _made = auditor.post("/v1/webhooks", wish).expect(201);
    let cases = [simple::open(&here).id(), simple::open(&there).id()];
    let got = receiver.wait_for(2);
    let mut came: Vec<_> =
        got.iter().map(|it| it.body["data"]["aggregate_id"].as_str().unwrap().to_owned()).collect();
    came.sort();
    assert_eq!(came, cases);
}
