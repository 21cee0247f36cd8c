//! `/v1/me`

use kefu_tests::{Scope, Server};

#[test]
fn everybody_learns_who_they_are_and_what_they_may_do() {
    let server = Server::shared();
    let site = server.site();
    let desk = server.user("front_desk", Scope::Site(&site));
    let me = desk.get("/v1/me").expect(200);
    assert_eq!(me.body.pointer("/user/id").and_then(|id| id.as_str()), Some(desk.id.as_str()));
    let text = me.text.as_str();
    assert!(text.contains("front_desk") && text.contains("case.open") && text.contains(&site));
    assert!(!text.contains("user.write"), "{text}");
}

#[test]
fn a_stranger_is_asked_who_they_are() {
    let refused = Server::shared().stranger().get("/v1/me").refused(401);
    assert!(refused.header("www-authenticate").unwrap_or_default().starts_with("Bearer"));
}
