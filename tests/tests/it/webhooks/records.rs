//! Webhooks as records: whose they are, and what is refused.

use kefu_tests::{Receiver, Scope, kefu};
use serde_json::json;

use super::{Post, eventually};

#[test]
fn a_webhook_is_its_sites_and_nobody_elses() {
    let quiet = || Post::shared(json!({ "types": ["asset.deleted"] }));
    let (here, there) = (quiet(), quiet());
    let path = here.path();
    for place in [path.clone(), format!("{path}/deliveries")] {
        let _hidden = there.manager.get(&place).refused(404);
    }
    let _hidden = there.manager.patch(&path, "\"1\"", json!({ "ordered": true })).refused(404);
    let _hidden = there.manager.delete(&path, "\"1\"").refused(404);
    for act in ["ping", "rotate-secret"] {
        let _hidden = there.manager.post(&format!("{path}/{act}"), json!({})).refused(404);
    }
    let range = json!({ "from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z" });
    let _hidden = there.manager.post(&format!("{path}/redeliver"), range).refused(404);
    let listed = there.manager.get("/v1/webhooks").expect(200).column("id");
    assert_eq!(listed, [there.id.as_str()]);
    assert_eq!(here.get()["version"], 1, "nothing was changed");
    assert!(here.receiver.received().is_empty());
}

#[test]
fn nobody_makes_one_that_reaches_further_than_they_do() {
    let post = Post::shared(json!({}));
    let wish = json!({ "url": post.receiver.url() });
    let refused = post.manager.post("/v1/webhooks", wish).refused(403);
    assert_eq!(refused["needs_permission"], "webhook.write");
    let _wider = post.patch(json!({ "site_id": null })).refused(403);
    assert_eq!(post.get()["site_id"], post.office.site.as_str());
    let admin = post.office.server.admin();
    let code = kefu_tests::unique("hooks").replace('-', "_");
    let role = json!({
        "code": code, "title": { "zh": "推送", "en": "Hooks" }, "clauses": [],
        "permissions": ["webhook.read", "webhook.write"],
    });
    let _made = admin.post("/v1/roles", role).expect(201);
    let blind = post.office.server.user(&code, Scope::Site(&post.office.site));
    let wish = json!({ "url": post.receiver.url(), "site_id": post.office.site });
    let refused = blind.post("/v1/webhooks", wish).refused(403);
    assert_eq!(refused["needs_permission"], "event.read");
    assert_eq!(post.manager.get("/v1/webhooks").expect(200).items().len(), 1);
}

#[test]
fn whoever_says_where_it_goes_owns_it() {
    let post = Post::shared(json!({}));
    assert_eq!(post.get()["owner_id"], post.manager.id.as_str());
    let admin = post.office.server.admin();
    let quiet = admin.patch(&post.path(), &post.get().etag(), json!({ "description": "夜间" }));
    assert_eq!(quiet.expect(200)["owner_id"], post.manager.id.as_str());
    let url = format!("{}?elsewhere", post.receiver.url());
    let moved = admin.patch(&post.path(), &post.get().etag(), json!({ "url": url })).expect(200);
    assert_ne!(moved["owner_id"], post.manager.id.as_str());
}

#[test]
fn what_is_made_with_a_key_is_told_no_more_than_the_key_may_see() {
    let post = Post::shared(json!({ "types": ["asset.deleted"] }));
    let permissions = ["case.read", "event.read", "webhook.write"];
    let limits =
        json!({ "permissions": permissions, "scope": "site", "site_id": post.office.site });
    let secret = post.manager.post("/v1/api-keys", limits.clone()).expect(201).text_at("/secret");
    let key = post.office.server.bearer(&secret);
    let receiver = Receiver::start();
    let wish = json!({ "url": receiver.url(), "site_id": post.office.site, "ordered": true });
    let made = key.post("/v1/webhooks", wish).expect(201);
    assert_eq!((&made["owner_id"], &made["limits"]), (&json!(post.manager.id), &limits));

    // Its owner may see customers; the key may not.
    let _unseen = post.office.server.customer(&post.office.site);
    let case = post.open();
    let got = receiver.wait_for(1).remove(0);
    let data = &got.body["data"];
    assert_eq!((&got.body["type"], &data["aggregate_id"]), (&json!("case.opened"), &json!(case)));

    // Whoever says anew where it goes says how far.
    assert!(post.get()["limits"].is_null());
    let elsewhere = json!({ "url": format!("{}?elsewhere", receiver.url()) });
    let moved = key.patch(&post.path(), &post.get().etag(), elsewhere.clone()).expect(200);
    assert_eq!(moved["limits"], limits);
    let path = format!("/v1/webhooks/{}", made.id());
    let described = post.manager.patch(&path, &made.etag(), json!({ "description": "夜间" }));
    let described = described.expect(200);
    assert_eq!(described["limits"], limits, "it goes where it went");
    let moved = post.manager.patch(&path, &described.etag(), elsewhere).expect(200);
    assert!(moved["limits"].is_null(), "{moved}");
}

#[test]
fn every_fault_is_named_at_once() {
    let post = Post::shared(json!({}));
    let wish = json!({
        "url": "gopher://example.com", "types": ["case.opened", "case.opend", "*"],
        "site_id": post.id, "colour": "red",
    });
    let refused = post.office.server.admin().post("/v1/webhooks", wish).refused(422);
    assert_eq!(refused.pointers(), ["/colour", "/site_id", "/types/1", "/types/2", "/url"]);
}

#[test]
fn a_webhook_that_is_disabled_or_deleted_is_sent_nothing() {
    let post = Post::own(json!({ "types": ["case.opened"] }));
    let disabled = post.patch(json!({ "enabled": false })).expect(200);
    assert!(disabled["disabled_reason"].is_null(), "somebody did it on purpose: {disabled}");
    let missed = post.open();
    let _enabled = post.patch(json!({ "enabled": true })).expect(200);
    let got = post.receiver.wait_for(1).remove(0);
    assert_eq!(got.body["data"]["aggregate_id"], missed, "what happened meanwhile comes after");
    post.all(1, "delivered");
    let listed = |query: &str| post.manager.get(&format!("/v1/webhooks?{query}")).expect(200);
    assert_eq!(listed("enabled=true").items().len(), 1);
    assert!(listed("enabled=false").items().is_empty());
    assert_eq!(listed(&format!("site_id={}&count=true", post.office.site))["total"], 1);

    let _stale = post.manager.delete(&post.path(), "\"1\"").refused(412);
    let _gone = post.manager.delete(&post.path(), &post.get().etag()).expect(204);
    let _gone = post.manager.get(&post.path()).refused(404);
    let _case = post.open();
    let server = &post.office.server;
    // The events are read by somebody else meanwhile: there was time enough.
    eventually(server, || {
        let seen = server.events_after("0");
        let last = seen.last().is_some_and(|it| it["aggregate"] == "case");
        if last { Ok(()) } else { Err("no case".to_owned()) }
    });
    assert_eq!(post.receiver.received().len(), 1);
    assert_eq!(server.stop(), Some(0));
    let _whole = kefu(Some(server.database()), &["verify"]).succeeded();
}
