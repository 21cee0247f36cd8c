//! Secrets given from outside, and where requests come from.

use std::fs;

use kefu_tests::{Client, Options, Server, kefu, unique};
use serde_json::json;

const PASSWORD: &str = "correct horse battery staple";

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn secrets_may_be_in_files_and_are_never_logged() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let password = write("password", "s3cret passphrase of the first user\n");
    let tokens = write("tokens", "s3cret that tokens are signed with");
    let options = Options {
        no_password: true,
        env: env(&[
            ("KEFU_ADMIN_PASSWORD_FILE", &password),
            ("KEFU_JWT_SECRET_FILE", &tokens),
            ("RUST_LOG", "trace"),
        ]),
        ..Options::default()
    };
    let server = Server::start_with(options);
    let admin = server.person("admin", "s3cret passphrase of the first user");
    let _works = admin.get("/v1/me").expect(200);
    let log = server.log();
    assert!(!log.contains("s3cret"), "{log}");
    assert!(!log.contains(&admin.token()), "{log}");
}

#[test]
fn a_secret_that_is_given_twice_or_not_there_stops_the_start() {
    let twice = ["serve", "--jwt-secret", "one", "--jwt-secret-file", "/nowhere"];
    let complaint = kefu(None, &twice).failed().stderr;
    assert!(complaint.contains("KEFU_JWT_SECRET_FILE"), "{complaint}");
    let nowhere = kefu(None, &["serve", "--admin-password-file", "/nowhere"]).failed().stderr;
    assert!(nowhere.contains("/nowhere"), "{nowhere}");
    let half = kefu(None, &["serve", "--oidc-issuer", "https://id.example.com"]).failed().stderr;
    assert!(half.contains("KEFU_OIDC_CLIENT_ID"), "{half}");
}

fn address_seen(server: &Server, forwarded: &str) -> String {
    let body = json!({ "username": "admin", "password": PASSWORD });
    let request = server.stranger().request("POST", "/v1/auth/token").json(&body);
    let tokens = request.header("x-forwarded-for", forwarded).send().expect(200);
    let client: Client = server.bearer(&tokens.text_at("/access_token"));
    let sessions = client.get("/v1/sessions?limit=200").expect(200).items();
    let mine = sessions.iter().find(|it| it["current"] == true).unwrap();
    mine["address"].as_str().unwrap().to_owned()
}

#[test]
fn only_trusted_proxies_say_where_a_request_comes_from() {
    let direct = Server::shared();
    assert_eq!(address_seen(&direct, "203.0.113.7"), "127.0.0.1");
    let options = Options {
        env: env(&[("KEFU_TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.1")]),
        ..Options::default()
    };
    let behind = Server::start_with(options);
    assert_eq!(address_seen(&behind, "198.51.100.9, 203.0.113.7, 10.0.0.1"), "203.0.113.7");

    // Guesses from one address do not shut out another, nor does a made-up header help.
    let guess = |forwarded: String| {
        let body = json!({ "username": unique("nobody"), "password": "not the passphrase" });
        let request = behind.stranger().request("POST", "/v1/auth/token").json(&body);
        request.header("x-forwarded-for", &forwarded).send()
    };
    let guesses = (0..80).map(|n| guess(format!("198.51.100.{n}, 192.0.2.1")));
    let slowed = guesses.into_iter().find(|it| it.status != 401).expect("eighty are too many");
    assert!(slowed.refused(429).header("retry-after").is_some());
    let _another = guess("192.0.2.2".to_owned()).refused(401);
}

#[test]
fn the_test_clock_keeps_its_idempotency_key_and_sign_ins_do_not_mind_one() {
    let server = Server::start();
    let admin = server.admin();
    let put = |now: &str| {
        let request = admin.request("PUT", "/v1/sandbox/clock").header("idempotency-key", "tick");
        request.json(&json!({ "now": now })).send()
    };
    let first = put("2031-01-01T00:00:00Z").expect(200);
    assert_eq!(first.header("idempotent-replayed"), None);
    server.set_clock("2031-01-02T00:00:00Z");
    let again = put("2031-01-01T00:00:00Z").expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    let _other = put("2031-01-03T00:00:00Z").refused(422);
    assert_eq!(server.now(), "2031-01-02T00:00:00Z");

    let body = json!({ "username": "admin", "password": PASSWORD });
    let sign_in = |key: &str| {
        let request = server.stranger().request("POST", "/v1/auth/token").json(&body);
        request.header("idempotency-key", key).send().expect(200)
    };
    let (one, two) = (sign_in("same"), sign_in("same"));
    assert_ne!(one["refresh_token"], two["refresh_token"], "each is a sign-in of its own");
    let _whatever = sign_in("not a key at all !");
}
