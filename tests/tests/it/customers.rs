//! `/v1/customers`

use kefu_tests::{Office, Server, unique};
use serde_json::json;

use crate::records::{Kind, lives_as_the_contract_says, refused_as_bad_input, unchanged};

#[test]
fn a_customer_lives_as_the_contract_says() {
    let server = Server::shared();
    let kind = Kind {
        path: "/v1/customers",
        body: json!({
            "name": "王小明", "kind": "person", "phone": "13800138000",
            "address": "三号楼 1202", "site_id": server.site(),
        }),
        patch: json!({ "name": "王晓明", "level": "gold" }),
        clears: Some("address"),
    };
    lives_as_the_contract_says(&server.admin(), &kind);
}

#[test]
fn every_fault_of_a_customer_is_named_at_once() {
    let server = Server::shared();
    let site = server.site();
    let admin = server.admin();
    let path = format!("/v1/customers?site_id={site}");
    let body = json!({
        "name": "", "kind": "person", "email": "not an address",
        "notes": "长".repeat(100_000), "site_id": site,
    });
    let refused = unchanged(&admin, &[&path], || admin.post("/v1/customers", body).refused(422));
    let pointers = refused.pointers();
    for pointer in ["/name", "/email", "/notes"] {
        assert!(pointers.contains(&pointer.to_owned()), "{pointer} is missing in {pointers:?}");
    }
}

#[test]
fn a_kind_of_customer_that_is_none_and_a_wrong_type_are_refused() {
    let server = Server::shared();
    let site = server.site();
    let admin = server.admin();
    let path = format!("/v1/customers?site_id={site}");
    unchanged(&admin, &[&path], || {
        for body in [
            json!({ "name": "张三", "kind": "ghost", "site_id": site }),
            json!({ "name": 7, "kind": "person", "site_id": site }),
            json!({ "name": "张三", "kind": "person", "site_id": "not-a-uuid" }),
            json!({ "kind": "person", "site_id": site }),
            json!(["a list"]),
        ] {
            let _refused = refused_as_bad_input(admin.post("/v1/customers", body));
        }
    });
}

#[test]
fn a_customer_of_another_site_is_not_there() {
    let server = Server::shared();
    let office = Office::open(&server);
    let elsewhere = server.customer(&server.site());
    let path = format!("/v1/customers/{elsewhere}");
    let _hidden = office.desk.get(&path).refused(404);
    let etag = server.admin().get(&path).expect(200).etag();
    unchanged(&server.admin(), &[&path], || {
        let _hidden = office.desk.patch(&path, &etag, json!({ "name": unique("x") })).refused(404);
        let _hidden = office.desk.delete(&path, &etag).refused(404);
    });
    let listed = office.desk.get("/v1/customers?limit=200").expect(200).column("id");
    assert!(listed.contains(&office.customer) && !listed.contains(&elsewhere), "{listed:?}");
}
