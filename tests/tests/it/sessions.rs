//! `/v1/sessions`: sign-ins, listed and ended.

use kefu_tests::{Client, Database, Options, Reply, Scope, Server, wait_until};
use serde_json::{Value, json};

use crate::records::unchanged;

const PASSWORD: &str = "a long enough passphrase 7";

fn sign_in(server: &Server, user: &Client) -> Reply {
    let body = json!({ "username": user.username(), "password": PASSWORD });
    let request = server.stranger().request("POST", "/v1/auth/token").json(&body);
    request.header("user-agent", "test/1.0").send().expect(200)
}

fn holder(server: &Server, tokens: &Reply) -> Client {
    server.bearer(&tokens.text_at("/access_token"))
}

fn refresh(server: &Server, tokens: &Reply) -> Reply {
    let body = json!({ "refresh_token": tokens.text_at("/refresh_token") });
    server.stranger().post("/v1/auth/refresh", body)
}

/// The path of the session that this client comes by.
fn current(client: &Client) -> String {
    let sessions = client.get("/v1/sessions?limit=200").expect(200).items();
    let mine: Vec<&Value> = sessions.iter().filter(|it| it["current"] == true).collect();
    assert_eq!(mine.len(), 1, "{sessions:?}");
    format!("/v1/sessions/{}", mine[0]["id"].as_str().unwrap())
}

#[track_caller]
fn has_ended(client: &Client) {
    let refused = client.get("/v1/me").refused(401);
    assert_eq!(refused["type"], "/problems/session_ended", "{refused}");
}

#[test]
fn somebody_sees_and_ends_their_sign_ins_and_the_access_token_ends_too() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let (phone, desk) = (sign_in(&server, &user), sign_in(&server, &user));
    let (on_phone, at_desk) = (holder(&server, &phone), holder(&server, &desk));
    let listed = at_desk.get("/v1/sessions?count=true").expect(200);
    assert_eq!(listed["total"], 2);
    let first = &listed.items()[0];
    assert_eq!((&first["current"], &first["user_agent"]), (&json!(true), &json!("test/1.0")));
    assert_eq!((&first["method"], &first["address"]), (&json!("password"), &json!("127.0.0.1")));

    let path = current(&on_phone);
    // That the phone has just been used is noted a little later.
    wait_until("its last use is noted", || {
        let session = at_desk.get(&path).expect(200);
        session["last_used_at"] != session["created_at"]
    });
    let etag = at_desk.get(&path).expect(200).etag();
    unchanged(&at_desk, &[&path], || {
        let _blind = at_desk.request("DELETE", &path).send().refused(428);
        let _stale = at_desk.delete(&path, "\"7\"").refused(412);
    });
    let _works = on_phone.get("/v1/me").expect(200);
    let _ended = at_desk.delete(&path, &etag).expect(204);
    has_ended(&on_phone);
    let _no_more = refresh(&server, &phone).refused(401);
    let _absent = at_desk.get(&path).refused(404);
    let _again = at_desk.delete(&path, &etag).refused(404);
    let _unharmed = at_desk.get("/v1/me").expect(200);
    let _unharmed = refresh(&server, &desk).expect(200);
}

#[test]
fn signing_out_ends_the_access_token_with_or_without_the_refresh_token() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    for with in [true, false] {
        let tokens = sign_in(&server, &user);
        let client = holder(&server, &tokens);
        let body = if with {
            json!({ "refresh_token": tokens.text_at("/refresh_token") })
        } else {
            json!({})
        };
        let _out = client.post("/v1/auth/logout", body).expect(204);
        has_ended(&client);
        let _no_more = refresh(&server, &tokens).refused(401);
    }
}

#[test]
fn a_refresh_token_used_twice_ends_the_access_tokens_too() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let first = sign_in(&server, &user);
    let second = refresh(&server, &first).expect(200);
    let client = holder(&server, &second);
    let _works = client.get("/v1/me").expect(200);
    let _reused = refresh(&server, &first).refused(401);
    has_ended(&client);
    has_ended(&holder(&server, &first));
}

#[test]
fn others_sign_ins_are_seen_and_ended_by_those_who_keep_users() {
    let server = Server::shared();
    let (user, other) =
        (server.user("front_desk", Scope::All), server.user("front_desk", Scope::All));
    let client = holder(&server, &sign_in(&server, &user));
    let path = current(&client);
    let theirs = format!("/v1/sessions?user_id={}", user.id);
    for reply in [other.get(&path), other.get(&theirs), other.delete(&path, "\"1\"")] {
        let _not_theirs = reply.refused(403);
    }
    let nobody = server.user_with("nobody", &[]);
    let _unknown = nobody.get(&theirs).refused(404);
    let _unknown = nobody.get(&path).refused(404);
    let _unharmed = client.get("/v1/me").expect(200);
    let admin = server.admin();
    assert_eq!(admin.get(&theirs).expect(200).items().len(), 1);
    let _ended = admin.delete(&path, "\"1\"").expect(204);
    has_ended(&client);
    let events = server.events_after("0");
    let id = path.rsplit('/').next().unwrap();
    let story: Vec<_> = events.iter().filter(|it| it["aggregate_id"] == id).collect();
    let kinds: Vec<_> = story.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["session.started", "session.ended"]);
    assert_eq!(story[1]["data"]["reason"], "revoked");
    let admins = admin.get("/v1/me").expect(200).text_at("/user/id");
    assert_eq!(story[1]["actor_id"], admins);
}

#[test]
fn a_user_who_is_switched_off_and_on_again_has_to_sign_in() {
    let server = Server::shared();
    let (admin, user) = (server.admin(), server.user("front_desk", Scope::All));
    let client = holder(&server, &sign_in(&server, &user));
    let path = format!("/v1/users/{}", user.id);
    for active in [false, true] {
        let etag = admin.get(&path).expect(200).etag();
        let _changed = admin.patch(&path, &etag, json!({ "active": active })).expect(200);
    }
    has_ended(&client);
    let _works = holder(&server, &sign_in(&server, &user)).get("/v1/me").expect(200);
}

#[test]
fn when_a_sign_in_was_last_used_is_told() {
    let server = Server::start();
    let user = server.user("front_desk", Scope::All);
    let client = holder(&server, &sign_in(&server, &user));
    let path = current(&client);
    // As if it had been a while.
    let past = if Database::is_postgres() { "'2020-01-01T00:00:00Z'" } else { "1577836800000000" };
    let id = path.rsplit('/').next().unwrap().replace('-', "");
    let id = if Database::is_postgres() { format!("'{id}'") } else { format!("x'{id}'") };
    server
        .database()
        .execute(&format!("update sessions set last_used_at = {past} where id = {id}"));
    let used = || client.get(&path).expect(200).text_at("/last_used_at");
    assert!(used().starts_with("2020"), "noted at most once a minute: {}", used());
    let again = holder(&server, &sign_in(&server, &user));
    let path = current(&again);
    let used = || again.get(&path).expect(200);
    assert!(used()["last_used_at"].as_str() >= used()["created_at"].as_str());
}

#[test]
fn an_ended_sign_in_is_refused_by_every_node_within_a_second() {
    if !Database::is_postgres() {
        return;
    }
    let first = Server::start();
    let second = Server::start_on(first.database(), Options::default());
    let user = first.user("front_desk", Scope::All);
    let tokens = sign_in(&first, &user);
    let (here, there) = (holder(&first, &tokens), holder(&second, &tokens));
    wait_until("the other node knows the user", || there.get("/v1/me").status == 200);
    let made = here.post("/v1/api-keys", json!({ "permissions": ["case.read"] })).expect(201);
    let key = second.bearer(&made.text_at("/secret"));
    wait_until("the other node knows the key", || key.get("/v1/me").status == 200);
    let path = format!("/v1/api-keys/{}", made.id());
    let _revoked = here.delete(&path, &made.etag()).expect(204);
    let _out = here.post("/v1/auth/logout", json!({})).expect(204);
    let since = std::time::Instant::now();
    wait_until("the key is refused there", || key.get("/v1/me").status == 401);
    wait_until("the token is refused there", || there.get("/v1/me").status == 401);
    assert!(since.elapsed() < std::time::Duration::from_secs(5), "{:?}", since.elapsed());
}
