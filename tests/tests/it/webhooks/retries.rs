//! What happens when a receiver does not take what it is sent.

use chrono::TimeDelta;
use kefu_tests::{at, plus};
use serde_json::{Value, json};

use super::{Post, eventually};

#[track_caller]
fn instant(value: &Value) -> chrono::DateTime<chrono::Utc> {
    at(value.as_str().unwrap_or_else(|| panic!("no instant: {value}")))
}

#[test]
fn ten_attempts_in_three_days_and_then_the_webhook_is_disabled_and_its_owner_told() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    post.receiver.answer(500);
    let _case = post.open();
    let id = post.receiver.wait_for(1)[0].id().to_owned();
    for attempt in 1..10 {
        let found = post.delivery(&id, |it| it["attempts"] == attempt);
        assert_eq!((&found["status"], &found["last_status"]), (&json!("pending"), &json!(500)));
        let next = found["next_attempt_at"].as_str().unwrap().to_owned();
        // Not a moment too soon …
        post.office.server.set_clock(&plus(&next, TimeDelta::milliseconds(-1)));
        assert_eq!(post.deliveries()[0]["attempts"], attempt);
        // … and then at once.
        post.office.server.set_clock(&next);
    }
    let given_up = post.delivery(&id, |it| it["status"] == "failed");
    let log = given_up["log"].as_array().unwrap();
    assert_eq!((log.len(), &given_up["next_attempt_at"]), (10, &json!(null)));
    let span = instant(&log[9]["started_at"]) - instant(&log[0]["started_at"]);
    assert!(span >= TimeDelta::hours(72), "{span}");
    assert_eq!(log[3]["body"], "so said the receiver");
    let got = post.receiver.received();
    assert_eq!(got.len(), 10);
    assert!(got.iter().all(|it| it.id() == id && it.text == got[0].text), "one message, ten times");

    let webhook = post.get();
    assert_eq!(
        (&webhook["enabled"], &webhook["disabled_reason"]),
        (&json!(false), &json!("failing"))
    );
    let inbox = post.manager.get("/v1/notifications").expect(200).items();
    let notice = inbox.iter().find(|it| it["type"] == "webhook_disabled").expect("a notice");
    assert_eq!(
        (&notice["data"]["webhook_id"], &notice["data"]["reason"]),
        (&json!(post.id), &json!("failing"))
    );
    let refused = post.manager.post(&format!("{}/ping", post.path()), json!({})).refused(409);
    assert_eq!(refused["type"], "/problems/webhook_disabled");

    // What happens meanwhile is not lost.
    let missed = post.open();
    post.receiver.answer(204);
    let enabled = post.patch(json!({ "enabled": true })).expect(200);
    assert_eq!(
        (&enabled["disabled_reason"], &enabled["disabled_at"]),
        (&json!(null), &json!(null))
    );
    let got = post.receiver.wait_for(11);
    assert_eq!(got[10].body["data"]["aggregate_id"], missed);
}

#[test]
fn a_receiver_that_is_gone_is_sent_nothing_more() {
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    post.receiver.answer(410);
    let _case = post.open();
    let webhook = eventually(&post.office.server, || {
        let found = post.get().body;
        if found["enabled"] == false { Ok(found) } else { Err(found.to_string()) }
    });
    assert_eq!(webhook["disabled_reason"], "gone");
    assert!(webhook["disabled_at"].is_string(), "{webhook}");
    assert_eq!(post.deliveries()[0]["status"], "failed");
    let _case = post.open();
    let notices = post.manager.get("/v1/notifications").expect(200).items();
    assert!(notices.iter().any(|it| it["data"]["reason"] == "gone"), "{notices:#?}");
    assert_eq!(post.receiver.received().len(), 1);
}

#[test]
fn one_event_that_is_never_taken_does_not_disable_a_webhook_that_takes_others() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    post.receiver.answer_once(&[500]);
    let _bad = post.open();
    let id = post.receiver.wait_for(1)[0].id().to_owned();
    for attempt in 1..10 {
        let found = post.delivery(&id, |it| it["attempts"] == attempt);
        let _good = post.open();
        post.receiver.wait_for(2 * attempt);
        eventually(&post.office.server, || {
            let all = post.deliveries();
            let taken = all.iter().filter(|it| it["status"] == "delivered").count();
            if taken == attempt { Ok(()) } else { Err(format!("{all:#?}")) }
        });
        post.receiver.answer_once(&[500]);
        post.office.server.set_clock(found["next_attempt_at"].as_str().unwrap());
    }
    let given_up = post.delivery(&id, |it| it["status"] == "failed");
    assert_eq!(given_up["attempts"], 10);
    assert_eq!(post.get()["enabled"], true);
}

#[test]
fn a_receiver_is_left_alone_for_as_long_as_it_asks() {
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    post.receiver.answer_with(503, "retry-after: 3600\r\n");
    let _case = post.open();
    let id = post.receiver.wait_for(1)[0].id().to_owned();
    let found = post.delivery(&id, |it| it["attempts"] == 1);
    let pause = instant(&found["next_attempt_at"]) - instant(&found["log"][0]["started_at"]);
    assert_eq!(pause, TimeDelta::hours(1));
}

#[test]
fn a_redirect_is_not_followed() {
    let post = Post::shared(json!({ "types": ["case.opened"] }));
    let elsewhere = kefu_tests::Receiver::start();
    post.receiver.answer_with(307, &format!("location: {}\r\n", elsewhere.url()));
    let _case = post.open();
    let id = post.receiver.wait_for(1)[0].id().to_owned();
    let found = post.delivery(&id, |it| it["attempts"] == 1);
    assert_eq!((&found["status"], &found["last_status"]), (&json!("pending"), &json!(307)));
    assert!(elsewhere.received().is_empty());
}
