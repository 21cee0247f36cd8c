//! `/v1/auth`

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kefu_tests::{Client, Database, Options, Scope, Server, kefu};
use serde_json::{Value, json};

/// The key of the server that forgers try their luck on: Ed25519 in PKCS#8, put into its database.
const KEY: [u8; 48] = {
    let mut key = [7; 48];
    let head = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
    let mut at = 0;
    while at < head.len() {
        key[at] = head[at];
        at += 1;
    }
    key
};

fn sign_in(server: &Server, username: &str) -> kefu_tests::Reply {
    let body = json!({ "username": username, "password": "a long enough passphrase 7" });
    server.stranger().post("/v1/auth/token", body)
}

fn refresh(server: &Server, token: &str) -> kefu_tests::Reply {
    server.stranger().post("/v1/auth/refresh", json!({ "refresh_token": token }))
}

fn somebody(server: &Server) -> Client {
    server.user("front_desk", Scope::Site(&server.site()))
}

#[test]
fn a_password_gives_a_token_that_opens_the_door() {
    let server = Server::shared();
    let user = somebody(&server);
    let token = sign_in(&server, user.username()).expect(200);
    assert_eq!(token["token_type"], "Bearer");
    assert!(token["expires_in"].as_u64().is_some_and(|seconds| seconds > 0), "{token}");
    let me = server.bearer(&token.text_at("/access_token")).get("/v1/me").expect(200);
    assert!(me.text.contains(user.username()));
}

#[test]
fn a_wrong_password_and_an_unknown_name_look_the_same() {
    let server = Server::shared();
    let user = somebody(&server);
    let ask = |username: &str| {
        let body = json!({ "username": username, "password": "not the passphrase" });
        server.stranger().post("/v1/auth/token", body).refused(401)
    };
    let (wrong, unknown) = (ask(user.username()), ask("nobody-by-that-name"));
    for member in ["type", "title", "detail"] {
        assert_eq!(wrong[member], unknown[member], "{member} tells them apart");
    }
    let _not_locked_by_one = sign_in(&server, user.username()).expect(200);
}

#[test]
fn a_refresh_token_is_good_once() {
    let server = Server::shared();
    let user = somebody(&server);
    let first = sign_in(&server, user.username()).expect(200);
    let second = refresh(&server, &first.text_at("/refresh_token")).expect(200);
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let _works = server.bearer(&second.text_at("/access_token")).get("/v1/me").expect(200);
}

#[test]
fn a_refresh_token_used_twice_revokes_the_whole_family() {
    let server = Server::shared();
    let user = somebody(&server);
    let first = sign_in(&server, user.username()).expect(200).text_at("/refresh_token");
    let second = refresh(&server, &first).expect(200).text_at("/refresh_token");
    let _reused = refresh(&server, &first).refused(401);
    let _revoked = refresh(&server, &second).refused(401);
    let other_family = sign_in(&server, user.username()).expect(200).text_at("/refresh_token");
    let _unharmed = refresh(&server, &other_family).expect(200);
}

#[test]
fn logging_out_ends_the_family() {
    let server = Server::shared();
    let user = somebody(&server);
    let token = sign_in(&server, user.username()).expect(200);
    let refresh_token = token.text_at("/refresh_token");
    let client = server.bearer(&token.text_at("/access_token"));
    let _out =
        client.post("/v1/auth/logout", json!({ "refresh_token": refresh_token })).expect(204);
    let _ended = refresh(&server, &refresh_token).refused(401);
}

#[test]
fn made_up_refresh_tokens_and_unreadable_sign_ins_are_refused() {
    let server = Server::shared();
    let _made_up = refresh(&server, "made-up").refused(401);
    let stranger = server.stranger();
    let half =
        stranger.request("POST", "/v1/auth/token").header("content-type", "application/json");
    let _unreadable = half.bytes("{\"username\":").send().refused(400);
    let incomplete = stranger.post("/v1/auth/token", json!({ "username": "admin" }));
    let _incomplete = crate::records::refused_as_bad_input(incomplete);
}

#[test]
fn anything_but_a_whole_bearer_token_is_refused() {
    let server = Server::shared();
    let good = somebody(&server).token();
    let cut = good.get(..good.len() - 4).unwrap_or_default();
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRtaW46YWRtaW4=",
        &format!("Bearer {cut}"),
        "Bearer a.b.c",
    ] {
        let request = server.stranger().request("GET", "/v1/me");
        let refused = request.header("authorization", authorization).send().refused(401);
        assert!(refused.header("www-authenticate").is_some(), "{authorization:?}");
    }
    let api_key = server.stranger().request("GET", "/v1/me");
    let _no_such_key =
        api_key.header("authorization", "Bearer kefu_0123456789").send().refused(401);
}

/// A server whose signing key the test knows, a genuine token from it, and what it says.
fn server_with_known_key() -> (Server, String, Header, Value) {
    let database = Database::fresh();
    let _migrated = kefu(Some(&database), &["migrate"]).succeeded();
    let hex: String = KEY.iter().map(|it| format!("{it:02x}")).collect();
    let (key, from) = if Database::is_postgres() {
        (format!("'\\x{hex}'"), "'2020-01-01T00:00:00Z'")
    } else {
        (format!("x'{hex}'"), "1577836800000000")
    };
    database.execute(&format!(
        "insert into signing_keys (kid, private_key, signs_from) values ('known', {key}, {from})"
    ));
    let server = Server::start_on(&database, Options::default());
    let token = server.admin().token();
    let header = jsonwebtoken::decode_header(&token).unwrap();
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&token).unwrap().claims;
    (server, token, header, claims)
}

fn signed(header: &Header, claims: &Value, key: &[u8; 48]) -> String {
    jsonwebtoken::encode(header, claims, &EncodingKey::from_ed_der(key)).unwrap()
}

/// `{"alg":"none"}` and `{"alg":"None"}` in base64url, each with the genuine `kid` left out.
const ALG_NONE: [&str; 2] = ["eyJhbGciOiJub25lIn0", "eyJhbGciOiJOb25lIn0"];

/// What base64url text stands for.
fn base64url(text: &str) -> Vec<u8> {
    let value = |it: u8| match it {
        b'A'..=b'Z' => it - b'A',
        b'a'..=b'z' => it - b'a' + 26,
        b'0'..=b'9' => it - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for byte in text.bytes() {
        bits = bits << 6 | u32::from(value(byte));
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).unwrap());
        }
    }
    bytes
}

#[test]
fn a_forged_token_opens_nothing() {
    let (server, token, header, claims) = server_with_known_key();
    let refused = |token: &str, what: &str| {
        let reply = server.bearer(token).get("/v1/me");
        assert_eq!(reply.status, 401, "{what} was let in: {reply}");
    };
    let genuine = signed(&header, &claims, &KEY);
    let _control = server.bearer(&genuine).get("/v1/me").expect(200);

    let mut parts = token.split('.');
    let (_, body, signature) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
    for none in ALG_NONE {
        refused(&format!("{none}.{body}."), "alg none without a signature");
        refused(&format!("{none}.{body}.{signature}"), "alg none with a signature");
    }
    // What everybody can read is no secret to sign with.
    let published = server.stranger().get("/.well-known/jwks.json").expect(200);
    let jwk = &published["keys"][0];
    let x = jwk["x"].as_str().unwrap();
    let (raw, whole) = (base64url(x), jwk.to_string());
    for alg in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        let header = Header { alg, ..header.clone() };
        for secret in [x.as_bytes(), &raw, whole.as_bytes(), published.text.as_bytes(), b"", &KEY] {
            let key = EncodingKey::from_secret(secret);
            let token = jsonwebtoken::encode(&header, &claims, &key).unwrap();
            refused(&token, "an HMAC with what is public, or even with the key");
        }
    }
    let mut others = KEY;
    others[20] = 8;
    refused(&signed(&header, &claims, &others), "another key");
    let own = Jwk::from_encoding_key(&EncodingKey::from_ed_der(&others), Algorithm::EdDSA).unwrap();
    let brought = Header { jwk: Some(own), ..header.clone() };
    refused(&signed(&brought, &claims, &others), "a key that the token brings along");
    let elsewhere = Header { kid: Some("no-such-key".to_owned()), ..header.clone() };
    refused(&signed(&elsewhere, &claims, &KEY), "a key id nobody knows");
    let nameless = Header { kid: None, ..header.clone() };
    refused(&signed(&nameless, &claims, &KEY), "no key id");
    let mut endless = claims.clone();
    endless.as_object_mut().unwrap().remove("sid");
    refused(&signed(&header, &endless, &KEY), "no session that could be ended");
    for (claim, value) in [("iss", json!("somebody else")), ("aud", json!("somebody else"))] {
        let mut claims = claims.clone();
        claims[claim] = value;
        refused(&signed(&header, &claims, &KEY), claim);
    }
    let mut other = claims.clone();
    other["sub"] = json!("01990000-0000-7000-8000-000000000000");
    refused(&signed(&header, &other, &KEY), "a user who does not exist");
}

#[test]
fn a_token_runs_out_and_is_not_good_before_its_time() {
    let (server, _, header, claims) = server_with_known_key();
    let issued = claims["exp"].as_i64().unwrap();
    for (what, changes) in [
        ("expired", json!({ "exp": issued - 100_000_000, "nbf": issued - 100_003_600 })),
        ("from the future", json!({ "exp": issued + 100_000_000, "nbf": issued + 99_000_000 })),
        ("without end", json!({ "exp": null })),
    ] {
        let mut claims = claims.clone();
        for (claim, value) in changes.as_object().unwrap() {
            claims[claim] = value.clone();
        }
        let reply = server.bearer(&signed(&header, &claims, &KEY)).get("/v1/me");
        assert_eq!(reply.status, 401, "a token {what} was let in: {reply}");
    }
}

#[test]
fn guessing_passwords_is_slowed_down() {
    let server = Server::start();
    let user = somebody(&server);
    let guess = |password: String| {
        let body = json!({ "username": user.username(), "password": password });
        server.stranger().post("/v1/auth/token", body)
    };
    let throttled = (0..40).map(|n| guess(format!("guess {n}"))).find(|reply| reply.status != 401);
    let throttled = throttled.expect("forty guesses are too many").refused(429);
    let wait: u64 = throttled.header("retry-after").unwrap().parse().unwrap();
    assert!(wait >= 1, "{throttled}");
    let _even_the_right_one = sign_in(&server, user.username()).refused(429);
}
