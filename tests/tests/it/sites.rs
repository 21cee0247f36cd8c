//! `/v1/sites`

use kefu_tests::{Scope, Server, unique};
use serde_json::json;

use crate::records::{Kind, lives_as_the_contract_says, unchanged};

#[test]
fn a_site_lives_as_the_contract_says() {
    let kind = Kind {
        path: "/v1/sites",
        body: json!({
            "code": unique("site"), "name": "东区", "packs": ["property"], "calendar": "office",
        }),
        patch: json!({ "name": "东区（二期）" }),
        clears: None,
    };
    lives_as_the_contract_says(&Server::shared().admin(), &kind);
}

#[test]
fn two_sites_never_share_a_code() {
    let server = Server::shared();
    let admin = server.admin();
    let site = admin.get(&format!("/v1/sites/{}", server.site())).expect(200);
    let again = json!({
        "code": site["code"], "name": "另一处", "packs": ["property"], "calendar": "office",
    });
    let path = format!("/v1/sites/{}", site.id());
    let _taken = unchanged(&admin, &[&path], || admin.post("/v1/sites", again).refused(409));
}

#[test]
fn a_site_needs_a_calendar_and_packs_that_exist() {
    let admin = Server::shared().admin();
    let code = unique("site");
    let refused = admin.post(
        "/v1/sites",
        json!({ "code": code, "name": "西区", "packs": ["no_such_pack"], "calendar": "no_such" }),
    );
    let pointers = refused.refused(422).pointers();
    assert!(pointers.contains(&"/calendar".to_owned()), "{pointers:?}");
    assert!(pointers.iter().any(|it| it.starts_with("/packs")), "{pointers:?}");
    let made = admin.get(&format!("/v1/sites?q={code}")).expect(200);
    assert!(made.items().is_empty(), "nothing was made: {made}");
}

#[test]
fn who_may_not_keep_sites_is_told_which_permission_it_takes() {
    let server = Server::shared();
    let site = server.site();
    let desk = server.user("front_desk", Scope::Site(&site));
    let body = json!({
        "code": unique("site"), "name": "南区", "packs": ["property"], "calendar": "office",
    });
    let refused = desk.post("/v1/sites", body).refused(403);
    assert_eq!(refused["needs_permission"], "site.write");
    let _own = desk.get(&format!("/v1/sites/{site}")).expect(200);
}
