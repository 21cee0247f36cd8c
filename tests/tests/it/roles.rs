//! `/v1/roles`

use kefu_tests::{Scope, Server, unique};
use serde_json::json;

use crate::records::unchanged;

#[test]
fn the_posts_of_a_property_office_come_with_the_pack() {
    let admin = Server::shared().admin();
    let roles = admin.get("/v1/roles?limit=200").expect(200).column("code");
    for post in ["front_desk", "complaint_supervisor", "complaint_handler", "cs_manager"] {
        assert!(roles.contains(&post.to_owned()), "{post} is missing in {roles:?}");
    }
    let desk = admin.get("/v1/roles/front_desk").expect(200);
    let permissions = desk["permissions"].as_array().unwrap();
    assert!(permissions.contains(&json!("case.open")), "{desk}");
    assert!(!permissions.contains(&json!("user.write")), "{desk}");
}

#[test]
fn a_role_made_here_takes_effect_with_the_next_request() {
    let server = Server::shared();
    let admin = server.admin();
    let code = unique("guest").replace('-', "_");
    let body = json!({
        "code": code, "title": { "zh": "访客", "en": "Guest" }, "permissions": ["site.read"],
    });
    let made = admin.post("/v1/roles", body).expect(201);
    let site = server.site();
    let guest = server.user(&code, Scope::Site(&site));
    let _may = guest.get(&format!("/v1/sites/{site}")).expect(200);
    let refused = guest.get("/v1/customers").refused(403);
    assert_eq!(refused["needs_permission"], "customer.read");

    let path = format!("/v1/roles/{code}");
    let wider = json!({ "permissions": ["site.read", "customer.read"] });
    let _wider = admin.patch(&path, &made.etag(), wider).expect(200);
    let _may_now = guest.get("/v1/customers").expect(200);
}

#[test]
fn a_role_is_refused_with_permissions_that_do_not_exist() {
    let admin = Server::shared().admin();
    let code = unique("odd").replace('-', "_");
    let body = json!({
        "code": code, "title": { "zh": "怪", "en": "Odd" }, "permissions": ["site.read", "moon.land"],
    });
    let refused =
        unchanged(&admin, &["/v1/roles?limit=200"], || admin.post("/v1/roles", body).refused(422));
    assert_eq!(refused.pointers(), ["/permissions/1"]);
}
