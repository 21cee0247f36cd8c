//! What can be asked of lists: several values, searches, orders, and who sees what.

use kefu_tests::{Client, Office, Scope, Server, unique};
use serde_json::json;

use crate::procedures::simple;

/// The ids on the first page.
#[track_caller]
fn ids(client: &Client, path: &str) -> Vec<String> {
    client.get(path).expect(200).column("id")
}

#[test]
fn cases_are_narrowed_to_any_of_several_values() {
    let office = Office::shared();
    simple::publish(&office.server);
    let list = format!("/v1/cases?site_id={}&sort=opened_at", office.site);
    let (open, waiting, done) =
        (simple::open(&office).id(), simple::open(&office).id(), simple::open(&office).id());
    let _waits = office.desk.act(&waiting, "wait", json!({})).expect(200);
    let _given = office.desk.act(&open, "assign", json!({ "to": office.handler.id })).expect(200);
    let _done = office.desk.act(&done, "finish", json!({ "result": "好" })).expect(200);
    for (query, expected) in [
        ("state=open", vec![&open]),
        ("state=open,waiting", vec![&open, &waiting]),
        ("state=waiting&state=done", vec![&waiting, &done]),
        ("open=true", vec![&open, &waiting]),
        ("open=false", vec![&done]),
        ("closed_from=2000-01-01T00:00:00Z", vec![&done]),
        ("closed_to=2000-01-01T00:00:00Z", vec![]),
        ("assigned=true&open=true", vec![&open]),
        ("owner_id=me", vec![&open, &waiting, &done]),
        ("opened_by=me&state=open", vec![&open]),
        ("assignee_id=me", vec![]),
        ("kind=request,complaint", vec![&open, &waiting, &done]),
        ("kind=complaint", vec![]),
        ("priority=normal,urgent&state=done", vec![&done]),
        ("procedure=t_simple", vec![&open, &waiting, &done]),
    ] {
        assert_eq!(
            ids(&office.desk, &format!("{list}&{query}")).iter().collect::<Vec<_>>(),
            expected,
            "{query}"
        );
    }
    assert_eq!(ids(&office.handler, &format!("{list}&assignee_id=me")), [open]);
    for query in ["kind=nonsense", "owner_id=you", "opened_by=me,x", "open=perhaps", "sort=subject"]
    {
        let refused = office.desk.get(&format!("{list}&{query}")).refused(422);
        assert_eq!(refused.pointers().len(), 1, "{query}: {refused}");
    }
}

#[test]
fn records_are_searched_and_sorted() {
    let server = Server::shared();
    let admin = server.admin();
    let site = server.site();
    let word = unique("w").replace('-', "");
    let make = |name: &str, phone: &str| {
        let body = json!({ "name": name, "kind": "person", "phone": phone, "site_id": site });
        admin.post("/v1/customers", body).expect(201).id()
    };
    let first = make(&format!("b {word}"), "13911112222");
    let second = make(&format!("a {word}"), "13933334444");
    let list = format!("/v1/customers?site_id={site}");
    assert_eq!(ids(&admin, &list), [second.clone(), first.clone()]);
    assert_eq!(ids(&admin, &format!("{list}&sort=created_at")), [first.clone(), second.clone()]);
    assert_eq!(ids(&admin, &format!("{list}&sort=name")), [second.clone(), first.clone()]);
    assert_eq!(ids(&admin, &format!("{list}&sort=-name")), [first.clone(), second.clone()]);
    assert_eq!(ids(&admin, &format!("/v1/customers?q={}", word.to_uppercase())).len(), 2);
    assert_eq!(
        ids(&admin, &format!("/v1/customers?q={word}%203933")),
        std::slice::from_ref(&second)
    );
    let cursor =
        admin.get(&format!("{list}&sort=name&limit=1")).expect(200).text_at("/next_cursor");
    let next = format!("{list}&sort=name&limit=1&cursor={cursor}");
    assert_eq!(ids(&admin, &next), std::slice::from_ref(&first));
    let other = admin.get(&format!("{list}&sort=-name&cursor={cursor}"));
    assert_eq!(other.refused(422).pointers(), ["/cursor"]);

    let unit = |kind: &str, code: &str| {
        let body = json!({ "kind": kind, "code": code, "name": word, "site_id": site });
        admin.post("/v1/assets", body).expect(201).id()
    };
    let (late, early) = (unit("unit", &format!("{word}-2")), unit("key", &format!("{word}-1")));
    let list = format!("/v1/assets?site_id={site}");
    assert_eq!(ids(&admin, &format!("{list}&sort=code")), [early.clone(), late.clone()]);
    assert_eq!(ids(&admin, &format!("{list}&kind=key,meter")), std::slice::from_ref(&early));
    assert_eq!(ids(&admin, &format!("{list}&kind=")).len(), 2, "a list of nothing narrows nothing");
    assert_eq!(ids(&admin, &format!("/v1/assets?q={word}-2")), [late]);
    assert_eq!(ids(&admin, &format!("/v1/sites?q={word}")), Vec::<String>::new());
}

#[test]
fn users_are_found_by_name_role_and_site() {
    let server = Server::shared();
    let admin = server.admin();
    let site = server.site();
    let desk = server.user("front_desk", Scope::Site(&site));
    let auditor = server.user("auditor", Scope::All);
    assert_eq!(ids(&admin, &format!("/v1/users?site_id={site}")), std::slice::from_ref(&desk.id));
    let both = format!("/v1/users?role=front_desk,auditor&q={}", auditor.username());
    assert_eq!(ids(&admin, &both), std::slice::from_ref(&auditor.id));
    assert_eq!(
        ids(&admin, &format!("/v1/users?role=repairer&site_id={site}")),
        Vec::<String>::new()
    );
    let sorted = admin.get("/v1/users?sort=username&limit=200").expect(200).column("username");
    let mut again: Vec<_> = sorted.iter().map(|it| it.to_lowercase()).collect();
    again.sort();
    assert_eq!(sorted.iter().map(|it| it.to_lowercase()).collect::<Vec<_>>(), again);
    let roles = admin.get("/v1/roles?permission=user.write&limit=200").expect(200).column("code");
    assert!(roles.contains(&"office_manager".to_owned()) && !roles.contains(&"auditor".to_owned()));
    let found = admin.get("/v1/roles?q=%E7%A8%BD%E6%A0%B8").expect(200).column("code");
    assert_eq!(found, ["auditor"]);
}

/// A record without a site is the whole organisation's: whoever may read any reads it, and finds it
/// in the list; only who may keep all of them keeps it.
#[test]
fn what_belongs_to_no_site_is_listed_wherever_it_can_be_read() {
    let server = Server::shared();
    let (admin, site) = (server.admin(), server.site());
    let name = unique("总部");
    let body = json!({ "name": name, "kind": "organisation" });
    let common = admin.post("/v1/customers", body).expect(201).id();
    let elsewhere = server.customer(&server.site());
    let desk = server.user("front_desk", Scope::Site(&site));
    let query: Vec<_> = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let query = query.concat();
    assert_eq!(
        ids(&desk, &format!("/v1/customers?q={query}&count=true")),
        std::slice::from_ref(&common)
    );
    let read = desk.get(&format!("/v1/customers/{common}")).expect(200);
    let path = format!("/v1/customers/{common}");
    let _kept = desk.patch(&path, &read.etag(), json!({ "name": "x" })).refused(403);
    assert!(!ids(&desk, "/v1/customers?limit=200").contains(&elsewhere));
    let _hidden = desk.get(&format!("/v1/customers/{elsewhere}")).refused(404);
    let at_site = format!("/v1/customers?site_id={site}&limit=200");
    assert!(!ids(&desk, &at_site).contains(&common), "it is at no site");
}

/// A team's view of the cases of one site does not show what the team does elsewhere.
#[test]
fn a_team_grant_for_a_site_lists_nothing_of_other_sites() {
    let (here, there) = (Office::shared(), Office::shared());
    simple::publish(&here.server);
    let admin = here.server.admin();
    let team = unique("team");
    let join = |who: &Client| {
        let path = format!("/v1/users/{}", who.id);
        let etag = admin.get(&path).expect(200).etag();
        let _joined = admin.patch(&path, &etag, json!({ "team": team })).expect(200);
    };
    let member = here.server.user("complaint_handler", Scope::Team(&here.site));
    join(&member);
    join(&there.handler);
    let case = simple::open(&there).id();
    let _given = there.desk.act(&case, "assign", json!({ "to": there.handler.id })).expect(200);
    let _hidden = member.get(&format!("/v1/cases/{case}")).refused(404);
    assert_eq!(ids(&member, "/v1/cases?limit=200&count=true"), Vec::<String>::new());
}
