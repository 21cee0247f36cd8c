//! Secrets: shown once, replaced without a gap.

use chrono::TimeDelta;
use kefu_tests::{plus, unique};
use serde_json::json;

use super::Post;

#[test]
fn a_secret_is_shown_once_and_never_again() {
    let post = Post::shared(json!({}));
    let said = |text: String| text.contains(&post.secret) || text.contains("whsec_");
    assert!(!said(post.get().text));
    assert!(!said(post.manager.get("/v1/webhooks").expect(200).text));
    let events = post.office.server.events_after("0");
    let created = events.iter().find(|it| it["aggregate_id"] == post.id).expect("it is logged");
    assert_eq!(
        (&created["type"], &created["data"]["url"]),
        (&json!("webhook.created"), &json!(post.receiver.url()))
    );
    assert!(events.iter().all(|it| !said(it.to_string())), "a secret is in the log");
}

#[test]
fn a_repeated_request_makes_one_webhook_with_one_secret() {
    let post = Post::shared(json!({}));
    let body = json!({ "url": post.receiver.url(), "site_id": post.office.site });
    let key = unique("webhook");
    let ask = || {
        let request = post.manager.request("POST", "/v1/webhooks").json(&body);
        request.header("idempotency-key", &key).send().expect(201)
    };
    let (first, again) = (ask(), ask());
    assert_eq!(first.body, again.body);
    assert_eq!(post.manager.get("/v1/webhooks").expect(200).items().len(), 2);
}

#[test]
fn both_secrets_sign_until_the_overlap_is_over() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    let server = &post.office.server;
    let path = format!("{}/rotate-secret", post.path());
    let before = post.get();
    let rotated = post.manager.post(&path, json!({ "overlap": "2h" })).expect(200);
    let secret = rotated.text_at("/secret");
    assert_ne!(secret, post.secret);
    assert_eq!(rotated["previous_valid_until"], plus(&server.now(), TimeDelta::hours(2)));
    let after = post.get();
    assert_ne!(after.etag(), before.etag());
    assert!(after["secret_rotated_at"].is_string(), "{after}");

    let _case = post.open();
    let got = post.receiver.wait_for(1).remove(0);
    assert!(got.is_signed_with(&secret) && got.is_signed_with(&post.secret));
    assert_eq!(got.header("webhook-signature").split(' ').count(), 2);
    server.set_clock(&plus(&server.now(), TimeDelta::hours(2)));
    let _case = post.open();
    let got = post.receiver.wait_for(2).remove(1);
    assert!(got.is_signed_with(&secret) && !got.is_signed_with(&post.secret));

    for overlap in ["31d", "1w", "-1h", "01h", ""] {
        let refused = post.manager.post(&path, json!({ "overlap": overlap })).refused(422);
        assert_eq!(refused.pointers(), ["/overlap"]);
    }
    let _case = post.open();
    let got = post.receiver.wait_for(3).remove(2);
    assert!(got.is_signed_with(&secret), "a refusal replaces nothing");
}
