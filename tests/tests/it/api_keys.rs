//! `/v1/api-keys`

use kefu_tests::{Client, Reply, Scope, Server, unique, wait_until};
use serde_json::{Value, json};

use crate::records::{refused_as_bad_input, unchanged};

const LIST: &str = "/v1/api-keys?limit=200&count=true";

fn key(maker: &Client, body: Value) -> (Client, Reply) {
    let made = maker.post("/v1/api-keys", body).expect(201);
    let client = maker.server().bearer(&made.text_at("/secret"));
    (client, made)
}

#[track_caller]
fn refused_as_bad_key(reply: Reply) {
    let reply = reply.refused(401);
    assert_eq!(reply["type"], "/problems/bad_api_key", "{reply}");
}

#[test]
fn a_key_does_what_it_names_and_nothing_else() {
    let server = Server::shared();
    let (key, made) = key(&server.admin(), json!({ "permissions": ["case.read"] }));
    assert!(made.text_at("/secret").starts_with("kefu_"), "{made}");
    let _named = key.get("/v1/cases").expect(200);
    assert_eq!(key.get("/v1/users").refused(403)["needs_permission"], "user.read");
    let body = json!({ "name": "王五", "kind": "person" });
    assert_eq!(key.post("/v1/customers", body).refused(403)["needs_permission"], "customer.write");
    let me = key.get("/v1/me").expect(200);
    assert_eq!(me["permissions"], json!(["case.read"]), "not all that its user may");
    assert_eq!(me["api_key_id"], made["id"]);
    assert!(server.admin().get("/v1/me").expect(200)["api_key_id"].is_null());
}

#[test]
fn a_key_reaches_no_further_than_it_says_and_than_its_user() {
    let server = Server::shared();
    let (here, there) = (server.site(), server.site());
    let (mine, other) = (server.customer(&here), server.customer(&there));
    let everywhere = server.user("cs_manager", Scope::All);
    let body = json!({ "permissions": ["customer.read"], "scope": "site", "site_id": here });
    let (narrow, _) = key(&everywhere, body);
    let _here = narrow.get(&format!("/v1/customers/{mine}")).expect(200);
    let _there = narrow.get(&format!("/v1/customers/{other}")).refused(404);
    let local = server.user("cs_manager", Scope::Site(&here));
    let (wide, _) = key(&local, json!({ "permissions": ["customer.read"], "scope": "all" }));
    let _here = wide.get(&format!("/v1/customers/{mine}")).expect(200);
    let _there = wide.get(&format!("/v1/customers/{other}")).refused(404);
    let body = json!({ "permissions": ["customer.read"], "scope": "site", "site_id": there });
    let (nowhere, _) = key(&local, body);
    let _nothing = nowhere.get("/v1/customers").refused(403);
}

#[test]
fn nobody_names_a_permission_they_do_not_have() {
    let server = Server::shared();
    let desk = server.user("front_desk", Scope::All);
    unchanged(&desk, &[LIST], || {
        let body = json!({ "permissions": ["case.read", "user.write"] });
        let refused = desk.post("/v1/api-keys", body).refused(403);
        assert_eq!(refused["needs_permission"], "user.write");
    });
}

#[test]
fn every_fault_of_a_key_is_named_at_once() {
    // Not the one administrator whom all tests share, and who is given keys meanwhile.
    let admin = Server::shared().user("admin", Scope::All);
    unchanged(&admin, &[LIST], || {
        let body = json!({
            "permissions": ["case.read", "case.dance", "*"], "scope": "site",
            "expires_at": "2020-01-01T00:00:00Z", "name": "",
        });
        let pointers = admin.post("/v1/api-keys", body).refused(422).pointers();
        let expected = ["/expires_at", "/name", "/permissions/1", "/permissions/2", "/site_id"];
        assert_eq!(pointers, expected);
        let late = json!({ "permissions": ["case.read"], "expires_at": "2126-01-01T00:00:00Z" });
        assert_eq!(admin.post("/v1/api-keys", late).refused(422).pointers(), ["/expires_at"]);
        let none = json!({ "permissions": [] });
        let _none = refused_as_bad_input(admin.post("/v1/api-keys", none));
        let nobody = json!({
            "permissions": ["case.read"], "user_id": "01990000-0000-7000-8000-000000000000",
        });
        let _nobody = admin.post("/v1/api-keys", nobody).refused(404);
    });
}

#[test]
fn the_secret_is_shown_once_and_kept_nowhere() {
    let server = Server::start();
    let admin = server.admin();
    let body = json!({ "name": "夜间导出", "permissions": ["case.read"] });
    let ask = || {
        let request = admin.request("POST", "/v1/api-keys").header("idempotency-key", "once");
        request.json(&body).send().expect(201)
    };
    let (first, again) = (ask(), ask());
    let secret = first.text_at("/secret");
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!((&again["id"], &again["secret"]), (&first["id"], &Value::Null));
    let one = admin.get(&format!("/v1/api-keys/{}", first.id())).expect(200);
    assert_eq!(one["hint"], secret.get(..9).unwrap());
    assert_eq!(one.etag(), first.etag());
    let listed = admin.get(LIST).expect(200);
    let told = serde_json::to_string(&server.events_after("0")).unwrap();
    assert!(told.contains("api_key.created"), "{told}");
    for text in [&one.text, &listed.text, &told, &server.log()] {
        assert!(!text.contains(&secret), "{text}");
    }
    let bare = secret.trim_start_matches("kefu_");
    for (table, column) in [("idempotency", "body"), ("events", "data"), ("api_keys", "hint")] {
        let query = format!("select count(*) from {table} where {column} like '%{bare}%'");
        assert_eq!(server.database().count(&query), 0, "{table} keeps it");
    }
}

/// Two seconds from now.
#[expect(clippy::disallowed_methods, reason = "keys run out in real time, also under a test clock")]
fn shortly() -> String {
    (chrono::Utc::now() + chrono::TimeDelta::seconds(2)).to_rfc3339()
}

#[test]
fn a_revoked_key_and_one_whose_time_is_over_open_nothing() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let (client, made) = key(&user, json!({ "permissions": ["case.read"] }));
    let path = format!("/v1/api-keys/{}", made.id());
    let _good = client.get("/v1/me").expect(200);
    let _blind = user.request("DELETE", &path).send().refused(428);
    let _stale = user.delete(&path, "\"99\"").refused(412);
    let _still = client.get("/v1/me").expect(200);
    let _gone = user.delete(&path, &made.etag()).expect(204);
    refused_as_bad_key(client.get("/v1/me"));
    let _absent = user.get(&path).refused(404);
    let _again = user.delete(&path, &made.etag()).refused(404);
    assert_eq!(user.get(LIST).expect(200)["total"], 0);

    let body = json!({ "permissions": ["case.read"], "expires_at": shortly() });
    let (client, _) = key(&user, body);
    let _good = client.get("/v1/me").expect(200);
    wait_until("its time is over", || client.get("/v1/me").status == 401);
    refused_as_bad_key(client.get("/v1/me"));
    refused_as_bad_key(server.bearer("kefu_made_up").get("/v1/me"));
}

#[test]
fn a_key_acts_for_its_user_and_goes_with_them() {
    let server = Server::shared();
    let admin = server.admin();
    let user = server.user("front_desk", Scope::All);
    let (client, _) = key(&user, json!({ "permissions": ["customer.write", "customer.read"] }));
    let body = json!({ "name": unique("客户"), "kind": "person" });
    let made = client.post("/v1/customers", body).expect(201);
    let events = server.events_after("0");
    let event = events.iter().find(|it| it["aggregate_id"] == made["id"]).unwrap();
    assert_eq!(event["actor_id"], user.id, "the log names its user");

    let path = format!("/v1/users/{}", user.id);
    let change = |patch: Value| {
        let etag = admin.get(&path).expect(200).etag();
        let _changed = admin.patch(&path, &etag, patch).expect(200);
    };
    change(json!({ "grants": [Scope::All.grant("auditor")] }));
    let body = json!({ "name": unique("客户"), "kind": "person" });
    let _lost = client.post("/v1/customers", body).refused(403);
    let _kept = client.get("/v1/customers").expect(200);
    change(json!({ "active": false }));
    refused_as_bad_key(client.get("/v1/customers"));
}

#[test]
fn a_key_keeps_no_keys_sign_ins_or_passwords() {
    let server = Server::shared();
    let admin = server.admin();
    let (client, made) = key(&admin, json!({ "permissions": ["user.write", "case.read"] }));
    let session = admin.get("/v1/sessions").expect(200).items()[0]["id"].clone();
    let session = format!("/v1/sessions/{}", session.as_str().unwrap());
    let path = format!("/v1/api-keys/{}", made.id());
    unchanged(&admin, &[&session, &path, "/v1/me"], || {
        let password = json!({ "old_password": "x", "new_password": "a long enough passphrase 9" });
        for reply in [
            client.post("/v1/api-keys", json!({ "permissions": ["case.read"] })),
            client.delete(&path, &made.etag()),
            client.delete(&session, "\"1\""),
            client.post("/v1/me/password", password),
            client.post("/v1/auth/logout", json!({})),
        ] {
            assert_eq!(reply.refused(403)["type"], "/problems/needs_sign_in");
        }
    });
}

#[test]
fn a_program_has_a_user_of_its_own_whose_keys_are_kept_by_those_who_keep_users() {
    let server = Server::shared();
    let (admin, other) = (server.admin(), server.user("cs_manager", Scope::All));
    let program = server.user("auditor", Scope::All);
    let body = json!({ "permissions": ["event.read"], "user_id": program.id, "name": "export" });
    let _not_theirs = other.post("/v1/api-keys", body.clone()).refused(403);
    let (client, made) = key(&admin, body);
    assert_eq!(made["user_id"], program.id);
    assert_eq!(client.get("/v1/me").expect(200).text_at("/user/id"), program.id);
    let theirs = format!("/v1/api-keys?user_id={}", program.id);
    assert_eq!(admin.get(&theirs).expect(200).column("id"), [made.id()]);
    let path = format!("/v1/api-keys/{}", made.id());
    for reply in [other.get(&theirs), other.get(&path), other.delete(&path, &made.etag())] {
        let _not_theirs = reply.refused(403);
    }
    let _own = program.get(&path).expect(200);
    let _gone = admin.delete(&path, &made.etag()).expect(204);
    refused_as_bad_key(client.get("/v1/me"));
}

#[test]
fn when_a_key_was_last_used_is_told() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let (client, made) = key(&user, json!({ "permissions": ["case.read"] }));
    let path = format!("/v1/api-keys/{}", made.id());
    assert!(user.get(&path).expect(200)["last_used_at"].is_null());
    let _used = client.get("/v1/cases").expect(200);
    wait_until("it is noted", || !user.get(&path).expect(200)["last_used_at"].is_null());
    assert_eq!(user.get(&path).expect(200).etag(), made.etag(), "that is no change of it");
}
