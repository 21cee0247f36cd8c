//! `/v1/assets`

use kefu_tests::{Server, unique};
use serde_json::json;

use crate::records::{Kind, lives_as_the_contract_says, unchanged};

#[test]
fn an_asset_lives_as_the_contract_says() {
    let server = Server::shared();
    let site = server.site();
    let kind = Kind {
        path: "/v1/assets",
        body: json!({
            "kind": "unit", "code": unique("3-1202"), "name": "三号楼 1202",
            "customer_id": server.customer(&site), "site_id": site, "fields": { "area": "89.5" },
        }),
        patch: json!({ "name": "三号楼 1202 室" }),
        clears: Some("customer_id"),
    };
    lives_as_the_contract_says(&server.admin(), &kind);
}

#[test]
fn a_merge_patch_reaches_into_the_fields() {
    let server = Server::shared();
    let admin = server.admin();
    let made = admin.post(
        "/v1/assets",
        json!({
            "kind": "meter", "code": unique("meter"), "name": "水表",
            "site_id": server.site(), "fields": { "unit": "m3", "place": "走廊" },
        }),
    );
    let made = made.expect(201);
    let path = format!("/v1/assets/{}", made.id());
    let patch = json!({ "fields": { "place": null, "digits": 5 } });
    let after = admin.patch(&path, &made.etag(), patch).expect(200);
    assert_eq!(after["fields"], json!({ "unit": "m3", "digits": 5 }));
}

#[test]
fn an_asset_belongs_to_a_customer_and_a_site_that_exist() {
    let server = Server::shared();
    let site = server.site();
    let admin = server.admin();
    let nobody = "01990000-0000-7000-8000-000000000000";
    let body = json!({
        "kind": "unit", "code": unique("unit"), "name": "无主", "site_id": site,
        "customer_id": nobody, "fields": {},
    });
    let list = format!("/v1/assets?site_id={site}");
    let refused = unchanged(&admin, &[&list], || admin.post("/v1/assets", body).refused(422));
    assert_eq!(refused.pointers(), ["/customer_id"]);
}
