//! `/v1/users`

use kefu_tests::{Scope, Server, unique};
use serde_json::json;

use crate::records::{Kind, lives_as_the_contract_says, unchanged};

#[test]
fn a_user_lives_as_the_contract_says() {
    let server = Server::shared();
    let site = server.site();
    let username = unique("li");
    // The password goes in and never comes out, so it is no part of what a read is compared with.
    let kind = Kind {
        path: "/v1/users",
        body: json!({
            "username": username, "password": "a long enough passphrase 7", "display_name": "李雷",
            "email": "lilei@example.com", "grants": [Scope::Site(&site).grant("front_desk")],
        }),
        patch: json!({ "display_name": "李磊" }),
        clears: Some("email"),
    };
    lives_as_the_contract_says(&server.admin(), &kind);
}

#[test]
fn no_answer_shows_a_password_or_its_hash() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::Site(&server.site()));
    let admin = server.admin();
    for path in [format!("/v1/users/{}", user.id), "/v1/users?limit=200".to_owned()] {
        let text = admin.get(&path).expect(200).text;
        assert!(!text.contains("passphrase") && !text.contains("argon2"), "{path} shows {text}");
        assert!(!text.contains("\"password"), "{path} shows {text}");
    }
    let feed = server.events_after("0");
    let feed = serde_json::to_string(&feed).unwrap();
    assert!(!feed.contains("passphrase") && !feed.contains("argon2"), "the log keeps secrets");
}

#[test]
fn two_users_never_share_a_name() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::Site(&server.site()));
    let admin = server.admin();
    let body = json!({
        "username": user.username(), "password": "a long enough passphrase 8",
        "display_name": "冒名", "grants": [],
    });
    let path = format!("/v1/users/{}", user.id);
    let _taken = unchanged(&admin, &[&path], || admin.post("/v1/users", body).refused(409));
    let _still = user.get("/v1/me").expect(200);
}

#[test]
fn every_fault_of_a_user_is_named_at_once() {
    let admin = Server::shared().admin();
    let body = json!({
        "username": "", "password": "short", "display_name": "",
        "grants": [{ "role": "no_such_role", "scope": "all" }],
    });
    let pointers = admin.post("/v1/users", body).refused(422).pointers();
    for pointer in ["/username", "/password", "/display_name", "/grants/0/role"] {
        assert!(pointers.contains(&pointer.to_owned()), "{pointer} is missing in {pointers:?}");
    }
}

#[test]
fn a_user_who_goes_loses_the_token_too() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::Site(&server.site()));
    let _works = user.get("/v1/me").expect(200);
    let admin = server.admin();
    let path = format!("/v1/users/{}", user.id);
    let etag = admin.get(&path).expect(200).etag();
    let _gone = admin.delete(&path, &etag).expect(204);
    let _refused = user.get("/v1/me").refused(401);
}

#[test]
fn who_may_not_keep_users_gives_nobody_a_role() {
    let server = Server::shared();
    let site = server.site();
    let desk = server.user("front_desk", Scope::Site(&site));
    let body = json!({
        "username": unique("friend"), "password": "a long enough passphrase 7",
        "display_name": "朋友", "grants": [Scope::All.grant("admin")],
    });
    let refused = desk.post("/v1/users", body).refused(403);
    assert_eq!(refused["needs_permission"], "user.write");
}
