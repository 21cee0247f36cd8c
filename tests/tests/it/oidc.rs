//! `/v1/auth/oidc`: signing in by a provider that the tests start.

use kefu_tests::{Client, Lie, Options, Provider, Reply, Scope, Server, unique};
use serde_json::{Value, json};

use crate::records::unchanged;

fn person(username: &str) -> Value {
    json!({ "sub": format!("sub-of-{username}"), "preferred_username": username, "name": "李雷" })
}

fn server(provider: &Provider, more: &[(&str, &str)]) -> Server {
    let mut env = provider.settings();
    env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Server::start_with(Options { env, ..Options::default() })
}

/// A browser that was sent to the provider and comes back: its cookie, and the path it comes back to.
fn sent_and_back(server: &Server, provider: &Provider) -> (String, String) {
    let sent = server.stranger().get("/v1/auth/oidc/start").expect(302);
    let cookie = sent.header("set-cookie").expect("it ties the browser").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let back = provider.sign_in(sent.header("location").expect("302 says where to"));
    (cookie, back)
}

fn come_back(server: &Server, cookie: &str, back: &str) -> Reply {
    server.stranger().request("GET", back).header("cookie", cookie).send()
}

fn sign_in(server: &Server, provider: &Provider) -> Reply {
    let (cookie, back) = sent_and_back(server, provider);
    come_back(server, &cookie, &back)
}

fn whoever(server: &Server, tokens: &Reply) -> Client {
    server.bearer(&tokens.text_at("/access_token"))
}

fn users(server: &Server) -> usize {
    server.admin().get("/v1/users?limit=200").expect(200).items().len()
}

#[test]
fn somebody_the_provider_knows_is_the_user_of_that_name() {
    let provider = Provider::start(json!({}));
    let server = server(&provider, &[]);
    let user = server.user("front_desk", Scope::All);
    provider.person(person(user.username()));
    let tokens = sign_in(&server, &provider).expect(200);
    assert_eq!(tokens["token_type"], "Bearer");
    let me = whoever(&server, &tokens).get("/v1/me").expect(200);
    assert_eq!(me.text_at("/user/id"), user.id);
    let sessions = whoever(&server, &tokens).get("/v1/sessions").expect(200);
    assert_eq!(sessions.items()[0]["method"], "oidc");
    let refresh = json!({ "refresh_token": tokens.text_at("/refresh_token") });
    let _renewed = server.stranger().post("/v1/auth/refresh", refresh).expect(200);

    // The name goes to somebody else at the provider: that is not this user.
    provider.person(json!({ "sub": "another", "preferred_username": user.username() }));
    let other = sign_in(&server, &provider).refused(401);
    assert_eq!(other["type"], "/problems/unknown_identity");
    // This user has another name there now, and is still this user.
    provider.person(json!({
        "sub": format!("sub-of-{}", user.username()), "preferred_username": unique("renamed"),
    }));
    let tokens = sign_in(&server, &provider).expect(200);
    let me = whoever(&server, &tokens).get("/v1/me").expect(200);
    assert_eq!(me.text_at("/user/id"), user.id);
}

#[test]
fn what_the_provider_has_signed_wrongly_opens_nothing() {
    let provider = Provider::start(person("admin"));
    let server = server(&provider, &[]);
    let sessions =
        || server.database().count("select count(*) from sessions where method = 'oidc'");
    for lie in
        [Lie::Nonce, Lie::Audience, Lie::Issuer, Lie::Expired, Lie::Key, Lie::Unsigned, Lie::Denied]
    {
        provider.lies(lie);
        let refused = sign_in(&server, &provider).refused(401);
        assert_eq!(refused["type"], "/problems/provider_refused", "{lie:?}");
    }
    assert_eq!(sessions(), 0);
    provider.lies(Lie::None);
    let _control = sign_in(&server, &provider).expect(200);
    assert_eq!(sessions(), 1);
}

#[test]
fn a_state_comes_back_once_and_only_to_the_browser_that_was_sent() {
    let provider = Provider::start(person("admin"));
    let server = server(&provider, &[]);
    let refused = |reply: Reply| {
        let reply = reply.refused(401);
        assert_eq!(reply["type"], "/problems/bad_sign_in_state", "{reply}");
    };
    let (cookie, back) = sent_and_back(&server, &provider);
    let _first = come_back(&server, &cookie, &back).expect(200);
    refused(come_back(&server, &cookie, &back));

    let (_, back) = sent_and_back(&server, &provider);
    refused(server.stranger().get(&back));
    let (mine, _) = sent_and_back(&server, &provider);
    let (_, theirs) = sent_and_back(&server, &provider);
    refused(come_back(&server, &mine, &theirs));
    refused(come_back(&server, &mine, "/v1/auth/oidc/callback?code=x&state=made-up"));
    refused(come_back(&server, &mine, "/v1/auth/oidc/callback?code=x"));

    // What a browser began is not handed over by a program, whoever has seen the address.
    let (_, back) = sent_and_back(&server, &provider);
    let part = |name: &str| {
        let pairs = back.split(['?', '&']).filter_map(|it| it.split_once('='));
        pairs.into_iter().find(|it| it.0 == name).expect("it is there").1.to_owned()
    };
    let handed = json!({ "code": part("code"), "state": part("state") });
    refused(server.stranger().post("/v1/auth/oidc/callback", handed));
}

#[test]
fn a_page_that_is_a_program_signs_in_by_posts() {
    let provider = Provider::start(person("admin"));
    let server = server(&provider, &[]);
    let begun = server.stranger().post("/v1/auth/oidc/start", json!({})).expect(200);
    let back = provider.sign_in(&begun.text_at("/authorization_url"));
    let code = back.split(['?', '&']).find_map(|it| it.strip_prefix("code=")).expect("a code");
    assert!(back.contains(&begun.text_at("/state")), "{back}");
    let handed = json!({ "code": code, "state": begun.text_at("/state") });
    let tokens = server.stranger().post("/v1/auth/oidc/callback", handed.clone()).expect(200);
    let _works = whoever(&server, &tokens).get("/v1/me").expect(200);
    let _replayed = server.stranger().post("/v1/auth/oidc/callback", handed).refused(401);
    let incomplete = server.stranger().post("/v1/auth/oidc/callback", json!({ "state": "x" }));
    assert_eq!(incomplete.refused(422).pointers(), ["/code"]);
}

#[test]
fn nobody_becomes_a_user_unless_that_is_configured() {
    let provider = Provider::start(person("somebody-new"));
    let server = server(&provider, &[]);
    let admin = server.admin();
    unchanged(&admin, &["/v1/users?limit=200"], || {
        let unknown = sign_in(&server, &provider).refused(401);
        assert_eq!(unknown["type"], "/problems/unknown_identity");
    });
    let inactive = server.user("front_desk", Scope::All);
    provider.person(person(inactive.username()));
    let _works = sign_in(&server, &provider).expect(200);
    let path = format!("/v1/users/{}", inactive.id);
    let etag = admin.get(&path).expect(200).etag();
    let _off = admin.patch(&path, &etag, json!({ "active": false })).expect(200);
    let _inactive = sign_in(&server, &provider).refused(401);
}

#[test]
fn somebody_new_becomes_a_user_with_the_roles_that_are_configured() {
    let provider = Provider::start(json!({
        "sub": "1", "email": "han@example.com", "email_verified": true, "name": "韩梅梅",
    }));
    let server = server(
        &provider,
        &[
            ("KEFU_OIDC_CREATE_USERS", "true"),
            ("KEFU_OIDC_GRANTS", "auditor:all,front_desk:own"),
            ("KEFU_OIDC_USERNAME_CLAIM", "email"),
        ],
    );
    let before = users(&server);
    let tokens = sign_in(&server, &provider).expect(200);
    let again = sign_in(&server, &provider).expect(200);
    assert_eq!(users(&server), before + 1, "once");
    let me = whoever(&server, &again).get("/v1/me").expect(200);
    assert_eq!(me["roles"], json!(["auditor", "front_desk"]));
    assert_eq!(me.text_at("/user/username"), "han@example.com");
    assert_eq!(me.text_at("/user/display_name"), "韩梅梅");
    let _can = whoever(&server, &tokens).get("/v1/cases").expect(200);

    // They have no password, so there is none to sign in with and none to change.
    let body = json!({ "username": "han@example.com", "password": "a long enough passphrase 7" });
    let _none = server.stranger().post("/v1/auth/token", body).refused(401);
    let change = json!({ "old_password": "x", "new_password": "a long enough passphrase 7" });
    let _none = whoever(&server, &again).post("/v1/me/password", change).refused(422);

    // An address that the provider has not verified is nobody's name.
    provider.person(json!({ "sub": "2", "email": "admin@example.com", "email_verified": false }));
    let _unverified = sign_in(&server, &provider).refused(401);
    assert_eq!(users(&server), before + 1);
}

#[test]
fn a_provider_that_is_gone_or_has_new_keys_is_asked_again() {
    let provider = Provider::start(person("admin"));
    let server = server(&provider, &[]);
    provider.lies(Lie::Down);
    let down = server.stranger().get("/v1/auth/oidc/start").refused(503);
    assert_eq!(down["type"], "/problems/provider_unavailable");
    provider.lies(Lie::None);
    let _up = sign_in(&server, &provider).expect(200);
    let (cookie, back) = sent_and_back(&server, &provider);
    provider.lies(Lie::Down);
    let _down = come_back(&server, &cookie, &back).refused(503);
    provider.lies(Lie::None);
    provider.rotate();
    kefu_tests::wait_until("the new keys are read", || sign_in(&server, &provider).status == 200);
}

#[test]
fn where_no_provider_is_configured_there_is_none() {
    let stranger = Server::shared().stranger();
    let _none = stranger.get("/v1/auth/oidc/start").refused(404);
    let _none = stranger.post("/v1/auth/oidc/start", json!({})).refused(404);
    let _none = stranger.get("/v1/auth/oidc/callback?code=x&state=y").refused(404);
    let body = json!({ "code": "x", "state": "y" });
    let _none = stranger.post("/v1/auth/oidc/callback", body).refused(404);
}
