//! `/v1/roles`

use kefu_tests::{Database, Options, Reply, Scope, Server, unique};
use serde_json::{Value, json};

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
    let list = format!("/v1/roles?q={code}");
    let refused = unchanged(&admin, &[&list], || admin.post("/v1/roles", body).refused(422));
    assert_eq!(refused.pointers(), ["/permissions/1"]);
}

#[test]
fn a_role_is_not_called_as_an_address_is() {
    let body =
        json!({ "code": "export", "title": { "zh": "导出", "en": "Export" }, "permissions": [] });
    let refused = Server::shared().admin().post("/v1/roles", body).refused(409);
    assert_eq!(refused.pointers(), ["/code"]);
}

/// Makes it look as if an older program had shipped the front desk: another permission in place of
/// `case.open`.
fn age(database: &Database) {
    let aged = |text: &str| format!("replace({text}, '\"case.open\"', '\"case.bygone\"')");
    let permissions = if Database::is_postgres() {
        format!("{}::jsonb", aged("permissions::text"))
    } else {
        aged("permissions")
    };
    database.damage(&format!(
        "update roles set permissions = {permissions} where code = 'front_desk'; \
         update events set data = {} where type = 'role.created' \
         and data like '%\"code\":\"front_desk\"%';",
        aged("data")
    ));
}

#[test]
fn a_post_is_given_once_what_newer_packs_let_it_do() {
    let database = Database::fresh();
    let first = Server::start_on(&database, Options::default());
    let path = "/v1/roles/front_desk";
    let shipped = first.admin().get(path).expect(200);
    assert_eq!(first.stop(), Some(0));
    age(&database);

    let has = |role: &Reply, permission: &str| {
        role["permissions"].as_array().unwrap().contains(&json!(permission))
    };
    let second = Server::start_on(&database, Options::default());
    let admin = second.admin();
    let given = admin.get(path).expect(200);
    assert!(has(&given, "case.open"), "{given}");
    assert!(has(&given, "case.bygone"), "nothing is taken away: {given}");
    assert_eq!(given["version"].as_i64(), shipped["version"].as_i64().map(|it| it + 1));
    let told = second.events_after("0");
    let told = told.iter().rfind(|it| it["type"] == "role.changed").unwrap();
    assert!(told["actor_id"].is_null(), "{told}");

    let all = given["permissions"].as_array().unwrap().iter();
    let without: Vec<&Value> = all.filter(|it| *it != "case.open").collect();
    let taken = admin.patch(path, &given.etag(), json!({ "permissions": without })).expect(200);
    assert_eq!(second.stop(), Some(0));
    let third = Server::start_on(&database, Options::default());
    let kept = third.admin().get(path).expect(200);
    assert!(!has(&kept, "case.open"), "what was taken away stays away: {kept}");
    assert_eq!(kept["version"], taken["version"]);
}
