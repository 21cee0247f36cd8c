//! `/v1/views`: saved filters of lists.

use kefu_tests::{Client, Office, Scope, Server, unique};
use serde_json::{Value, json};

use crate::procedures::simple;
use crate::records::{Kind, lives_as_the_contract_says, unchanged};

fn view(name: &str, more: &Value) -> Value {
    let mut body = json!({ "resource": "cases", "name": name, "filters": { "state": ["open"] } });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// The views that somebody sees among those of this name.
#[track_caller]
fn seen(who: &Client, name: &str) -> Vec<String> {
    who.get(&format!("/v1/views?q={name}&limit=200")).expect(200).column("id")
}

#[test]
fn a_view_lives_as_the_contract_says() {
    let server = Server::shared();
    let kind = Kind {
        path: "/v1/views",
        body: json!({
            "resource": "cases", "name": "待办", "sort": "due_at", "columns": ["number", "fields.grade"],
            "filters": { "assignee_id": ["me"], "open": true }, "shared": "private",
        }),
        patch: json!({ "name": "我的待办", "columns": ["number"] }),
        clears: Some("sort"),
    };
    lives_as_the_contract_says(&server.admin(), &kind);
}

#[test]
fn a_list_is_read_by_a_view_and_what_the_query_says_holds() {
    let office = Office::shared();
    simple::publish(&office.server);
    let (open, waiting) = (simple::open(&office).id(), simple::open(&office).id());
    let _waits = office.desk.act(&waiting, "wait", json!({})).expect(200);
    let body = view(
        "开放",
        &json!({
            "filters": { "state": ["open"], "owner_id": ["me"], "site_id": [office.site] },
            "sort": "opened_at",
        }),
    );
    let made = office.desk.post("/v1/views", body).expect(201);
    assert!(made.body.get("total").is_none(), "a total is shown when asked for: {made}");
    let path = format!("/v1/views/{}", made.id());
    let by = format!("/v1/cases?view={}", made.id());
    assert_eq!(office.desk.get(&by).expect(200).column("id"), std::slice::from_ref(&open));
    let other = office.desk.get(&format!("{by}&state=waiting")).expect(200).column("id");
    assert_eq!(other, [waiting], "what is said explicitly holds");

    let counted = office.desk.get(&format!("{path}?count=true")).expect(200);
    assert_eq!((counted["total"].as_i64(), counted.etag()), (Some(1), made.etag()));
    let _another = simple::open(&office);
    let again = office.desk.request("GET", &format!("{path}?count=true"));
    let again = again.header("if-none-match", &made.etag()).send().expect(200);
    assert_eq!(again["total"], 2, "a total is never 304");
    let listed = office.desk.get("/v1/views?totals=true&resource=cases&limit=200").expect(200);
    let mine = listed.items().into_iter().find(|it| it["id"] == made["id"]).unwrap();
    assert_eq!(mine["total"], 2);

    let wrong = office.desk.get(&format!("/v1/customers?view={}", made.id())).refused(422);
    assert_eq!(wrong.pointers(), ["/view"], "a view of another list");
    let hidden = office.handler.get(&by).refused(422);
    assert_eq!(hidden.pointers(), ["/view"], "somebody else's view");
}

#[test]
fn filters_are_checked_like_the_lists_own_parameters() {
    let server = Server::shared();
    let admin = server.admin();
    let name = unique("bad");
    let list = format!("/v1/views?q={name}");
    unchanged(&admin, &[&list], || {
        let body = json!({
            "resource": "cases", "name": name, "sort": "subject", "columns": ["number", "wages"],
            "filters": { "state": "open", "overdue": 1, "weather": "fine", "sort": "due_at", "limit": 5 },
        });
        let refused = admin.post("/v1/views", body).refused(422);
        let expected = [
            "/columns/1",
            "/filters/limit",
            "/filters/overdue",
            "/filters/sort",
            "/filters/state",
            "/filters/weather",
            "/sort",
        ];
        assert_eq!(refused.pointers(), expected, "{refused}");
        let body = json!({ "resource": "weather", "name": name });
        let _unknown = admin.post("/v1/views", body).refused(422);
        // An order, but of another list.
        let body = json!({ "resource": "cases", "name": name, "sort": "username" });
        let refused = admin.post("/v1/views", body).refused(422);
        assert_eq!(refused["errors"][0]["code"], "unknown_sort");
        for (more, pointer) in [
            (json!({ "shared": "role" }), "/role"),
            (json!({ "shared": "role", "role": "nobody_at_all" }), "/role"),
            (json!({ "shared": "site" }), "/site_id"),
        ] {
            let refused = admin.post("/v1/views", view(&name, &more)).refused(422);
            assert_eq!(refused.pointers(), [pointer]);
        }
    });
}

#[test]
fn a_private_view_is_its_owners_and_a_shared_one_its_circles() {
    let (office, other) = (Office::shared(), Office::shared());
    let name = unique("shared");
    let mine = office.desk.post("/v1/views", view(&name, &json!({}))).expect(201);
    let path = format!("/v1/views/{}", mine.id());
    let _theirs = office.manager.get(&path).refused(404);
    assert_eq!(seen(&office.manager, &name), Vec::<String>::new());
    unchanged(&office.desk, &[&path], || {
        let etag = mine.etag();
        let _hidden = office.manager.patch(&path, &etag, json!({ "name": "x" })).refused(404);
        let _hidden = office.manager.delete(&path, &etag).refused(404);
        let shared = office.desk.patch(&path, &etag, json!({ "shared": "all" })).refused(403);
        assert_eq!(shared["needs_permission"], "view.share");
    });

    let share = |more: Value| office.manager.post("/v1/views", view(&name, &more));
    let site = share(json!({ "shared": "site", "site_id": office.site })).expect(201).id();
    let role = share(json!({ "shared": "role", "role": "repairer" })).expect(201).id();
    let _everybody = share(json!({ "shared": "all" })).refused(403);
    let _elsewhere = share(json!({ "shared": "site", "site_id": other.site })).refused(403);
    assert_eq!(seen(&office.desk, &name), [site.clone(), mine.id()]);
    assert_eq!(seen(&office.repairer, &name), [role.clone(), site.clone()]);
    assert_eq!(seen(&other.repairer, &name), std::slice::from_ref(&role));
    assert_eq!(seen(&other.desk, &name), Vec::<String>::new());
    let chief = office.server.user("cs_manager", Scope::All);
    let all = chief.post("/v1/views", view(&name, &json!({ "shared": "all" }))).expect(201);
    assert_eq!(seen(&other.desk, &name), [all.id()]);
    let _not_theirs =
        other.desk.delete(&format!("/v1/views/{}", all.id()), &all.etag()).refused(403);

    let path = format!("/v1/views/{role}");
    let kept = chief.patch(&path, &chief.get(&path).expect(200).etag(), json!({ "shared": "all" }));
    assert_eq!(
        (kept.status, &kept["role"]),
        (200, &Value::Null),
        "with whom it is not shared is forgotten"
    );
}

#[test]
fn a_view_of_a_list_one_may_not_read_is_refused_and_counts_nothing() {
    let office = Office::shared();
    let nobody = office.server.user_with("nobody", &[]);
    let body = json!({ "resource": "customers", "name": "客户" });
    let refused = nobody.post("/v1/views", body.clone()).refused(403);
    assert_eq!(refused["needs_permission"], "customer.read");
    let chief = office.server.user("cs_manager", Scope::All);
    let mut body = body;
    body["shared"] = json!("all");
    let all = chief.post("/v1/views", body).expect(201);
    let seen = nobody.get(&format!("/v1/views/{}?count=true", all.id())).expect(200);
    assert!(seen.body.get("total").is_none(), "{seen}");
    let there = chief.get(&format!("/v1/views/{}?count=true", all.id())).expect(200);
    assert!(there["total"].as_i64() > Some(0));
}

#[test]
fn every_list_can_be_saved() {
    // Totals of whole lists: a server of its own, where nobody else adds anything.
    let server = Server::start();
    let admin = server.admin();
    for (resource, filters) in [
        ("cases", json!({ "overdue": true })),
        ("customers", json!({ "kind": ["person"] })),
        ("assets", json!({ "kind": ["unit"] })),
        ("sites", json!({ "q": "east" })),
        ("users", json!({ "active": true })),
        ("roles", json!({ "permission": "case.read" })),
        ("procedures", json!({ "kind": ["complaint"] })),
        ("calendars", json!({ "q": "always" })),
        ("events", json!({ "types": ["case.opened"] })),
    ] {
        let body = json!({ "resource": resource, "name": resource, "filters": filters });
        let made = admin.post("/v1/views", body).expect(201);
        let path = format!("/v1/views/{}?count=true", made.id());
        let total = &admin.get(&path).expect(200)["total"].clone();
        assert_eq!(total.is_null(), resource == "events", "{resource}");
        if resource != "events" {
            let page = format!("/v1/{resource}?view={}&limit=1&count=true", made.id());
            assert_eq!(&admin.get(&page).expect(200)["total"], total, "{resource}");
        }
    }
}
