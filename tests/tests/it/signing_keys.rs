//! The keys that sign access tokens: `/.well-known/jwks.json`, `kefu key …`.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kefu_tests::{Client, Reply, Scope, Server, kefu, wait_until};
use serde_json::{Value, json};

fn keys(server: &Server) -> Vec<Value> {
    let reply = server.stranger().get("/.well-known/jwks.json").expect(200);
    reply["keys"].as_array().unwrap().clone()
}

fn sign_in(server: &Server, user: &Client) -> Reply {
    let body = json!({ "username": user.username(), "password": "a long enough passphrase 7" });
    server.stranger().post("/v1/auth/token", body).expect(200)
}

fn kid(token: &str) -> String {
    jsonwebtoken::decode_header(token).unwrap().kid.unwrap()
}

#[test]
fn anybody_can_check_a_token_with_the_published_keys() {
    let server = Server::shared();
    let user = server.user("front_desk", Scope::All);
    let token = sign_in(&server, &user).text_at("/access_token");
    let published = server.stranger().get("/.well-known/jwks.json").expect(200);
    assert_eq!(published["keys"][0]["alg"], "EdDSA");
    let text = published.text.as_str();
    assert!(!text.contains("\"d\""), "a private half: {text}");
    let set: JwkSet = serde_json::from_str(text).unwrap();
    let key = DecodingKey::from_jwk(set.find(&kid(&token)).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["kefu-api"]);
    validation.set_issuer(&["kefu"]);
    let claims = jsonwebtoken::decode::<Value>(&token, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], user.id);
}

#[test]
fn after_a_rotation_the_new_key_signs_and_the_old_tokens_run_out_in_peace() {
    let server = Server::start();
    let user = server.user("front_desk", Scope::All);
    let before = sign_in(&server, &user).text_at("/access_token");
    assert_eq!(keys(&server).len(), 1);
    let rotated = kefu(Some(server.database()), &["key", "rotate"]).succeeded().stdout;
    let new = rotated.split(' ').next().unwrap().to_owned();
    assert_ne!(new, kid(&before));
    wait_until("it is published", || keys(&server).iter().any(|it| it["kid"] == new.as_str()));
    assert_eq!(keys(&server).len(), 2, "and so is the old one");
    let token = || sign_in(&server, &user).text_at("/access_token");
    wait_until("it signs", || kid(&token()) == new);
    for token in [&before, &token()] {
        let _good = server.bearer(token).get("/v1/me").expect(200);
    }
    let listed = kefu(Some(server.database()), &["key", "list"]).succeeded().stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let newest = listed.lines().find(|it| it.starts_with(&new)).unwrap();
    assert!(newest.ends_with(" -"), "accepted without end: {listed}");
    let told = serde_json::to_string(&server.events_after("0")).unwrap();
    assert!(told.contains("signing_key.created") && told.contains(&new), "{told}");
}

#[test]
fn stolen_keys_are_taken_away_at_once() {
    let server = Server::start();
    let user = server.user("front_desk", Scope::All);
    let tokens = sign_in(&server, &user);
    let client = server.bearer(&tokens.text_at("/access_token"));
    let _good = client.get("/v1/me").expect(200);
    let _rotated = kefu(Some(server.database()), &["key", "rotate", "--revoke"]).succeeded();
    wait_until("the old token is refused", || client.get("/v1/me").status == 401);
    assert_eq!(keys(&server).len(), 1);
    let body = json!({ "refresh_token": tokens.text_at("/refresh_token") });
    let renewed = server.stranger().post("/v1/auth/refresh", body).expect(200);
    let _good = server.bearer(&renewed.text_at("/access_token")).get("/v1/me").expect(200);
}
