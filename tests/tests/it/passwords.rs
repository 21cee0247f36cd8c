//! Which passwords are taken, and changing one's own.

use kefu_tests::{Client, Scope, Server, kefu, unique};
use serde_json::{Value, json};

use crate::records::unchanged;

const OLD: &str = "a long enough passphrase 7";
const NEW: &str = "another passphrase, longer yet";

fn user(username: &str, password: &str) -> Value {
    json!({ "username": username, "password": password, "display_name": "x", "grants": [] })
}

fn sign_in(server: &Server, username: &str, password: &str) -> kefu_tests::Reply {
    let body = json!({ "username": username, "password": password });
    server.stranger().post("/v1/auth/token", body)
}

fn change(client: &Client, old: &str, new: &str) -> kefu_tests::Reply {
    client.post("/v1/me/password", json!({ "old_password": old, "new_password": new }))
}

fn codes(reply: &kefu_tests::Reply) -> Vec<String> {
    let errors = reply["errors"].as_array().unwrap();
    errors.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn easy_passwords_are_refused_wherever_one_is_given() {
    let server = Server::shared();
    let (admin, username) = (server.admin(), unique("lilei"));
    let somebody = server.user("front_desk", Scope::All);
    let path = format!("/v1/users/{}", somebody.id);
    let own = format!("{username}-99");
    for (easy, code) in [
        ("password12345", "common_password"),
        ("Qwertyuiop!", "common_password"),
        ("1111111111111", "common_password"),
        (own.as_str(), "contains_username"),
    ] {
        let refused = admin.post("/v1/users", user(&username, easy)).refused(422);
        assert_eq!(
            (refused.pointers(), codes(&refused)),
            (vec!["/password".into()], vec![code.into()])
        );
        if code == "common_password" {
            unchanged(&admin, &[&path], || {
                let etag = admin.get(&path).expect(200).etag();
                let patched = admin.patch(&path, &etag, json!({ "password": easy })).refused(422);
                assert_eq!(codes(&patched), [code]);
                assert_eq!(codes(&change(&somebody, OLD, easy).refused(422)), [code]);
            });
        }
        let added = kefu(Some(server.database()), &["user", "add", &username, "--password", easy]);
        let _refused = added.failed();
    }
    let _good = sign_in(&server, somebody.username(), OLD).expect(200);
    let _made = admin.post("/v1/users", user(&username, NEW)).expect(201);
}

#[test]
fn changing_ones_password_ends_the_other_sign_ins() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let elsewhere = sign_in(&server, user.username(), OLD).expect(200);
    let here =
        server.bearer(&sign_in(&server, user.username(), OLD).expect(200).text_at("/access_token"));
    let body = json!({ "old_password": OLD, "new_password": NEW });
    let ask = || {
        let request = here.request("POST", "/v1/me/password").header("idempotency-key", "change");
        request.json(&body).send().expect(204)
    };
    assert_eq!(ask().header("idempotent-replayed"), None);
    assert_eq!(ask().header("idempotent-replayed"), Some("true"), "though the old one is gone");
    let _stays = here.get("/v1/me").expect(200);
    let _ended = server.bearer(&elsewhere.text_at("/access_token")).get("/v1/me").refused(401);
    let refresh = json!({ "refresh_token": elsewhere.text_at("/refresh_token") });
    let _ended = server.stranger().post("/v1/auth/refresh", refresh).refused(401);
    let _old = sign_in(&server, user.username(), OLD).refused(401);
    let _new = sign_in(&server, user.username(), NEW).expect(200);
}

#[test]
fn a_wrong_old_password_changes_nothing_and_counts_as_a_failed_sign_in() {
    let server = Server::start();
    let user = server.user("front_desk", Scope::All);
    let client = server.bearer(&user.token());
    let wrong = change(&client, "not the passphrase", NEW).refused(422);
    assert_eq!(
        (wrong.pointers(), codes(&wrong)),
        (vec!["/old_password".into()], vec!["wrong".into()])
    );
    assert_eq!(codes(&change(&client, OLD, OLD).refused(422)), ["unchanged"]);
    let _still = sign_in(&server, user.username(), OLD).expect(200);
    let guesses = (0..20).map(|n| change(&client, &format!("guess {n}"), NEW));
    let slowed = guesses.into_iter().find(|it| it.status != 422).expect("twenty are too many");
    assert!(slowed.refused(429).header("retry-after").is_some());
}

#[test]
fn what_is_kept_for_a_repeated_request_gives_no_password_away() {
    let server = Server::start();
    let body = user("lilei", NEW);
    let admin = server.admin();
    let request = admin.request("POST", "/v1/users").header("idempotency-key", "fast");
    let _made = request.clone().json(&body).send().expect(201);
    let again = request.clone().json(&body).send().expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let _other = request.json(&user("lilei", OLD)).send().refused(422);
}
