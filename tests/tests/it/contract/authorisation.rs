//! Every operation refuses whom it should, generated from the description: the input is well-formed
//! and the thing is there, so that the refusal is about who asks. Nothing changes by any of it.

use std::collections::BTreeSet;

use kefu_tests::{Office, Operation, Server, operations};
use serde_json::Value;

use super::calls::{Things, is_public, permission, somebody, things_of_sites};
use super::{described, named};

/// The operations that answer people or programs, and not monitors or browsers.
fn of_the_api() -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|it| it.path.starts_with("/v1/"))
}

/// A server with something in it, and one of each thing there is.
fn furnished() -> (Server, Office, Things) {
    let server = Server::start();
    let office = Office::open(&server);
    let things = Things::there(&server.admin()).of_site(&office);
    (server, office, things)
}

/// Every permission that an operation asks for or that a shipped role gives.
fn permissions(server: &Server) -> BTreeSet<String> {
    let roles = server.admin().get("/v1/roles?limit=200").expect(200).items();
    let given = roles.iter().flat_map(|it| it["permissions"].as_array().unwrap().clone());
    let given = given.filter_map(|it| it.as_str().map(str::to_owned));
    let asked = of_the_api().map(|it| permission(it).to_owned());
    given.chain(asked).filter(|it| it.contains('.')).collect()
}

#[test]
fn every_operation_refuses_strangers_and_changes_nothing() {
    let (server, _office, things) = furnished();
    let before = server.database().census();
    for operation in of_the_api().filter(|it| !is_public(it)) {
        let call = things.call(operation);
        let refused = call.by(&server.stranger());
        assert_eq!(refused.status, 401, "{}: {refused}", named(operation));
        assert_eq!(refused["type"], "/problems/unauthenticated", "{}", named(operation));
        let challenge = refused.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer"), "{}: {challenge:?}", named(operation));
        for token in ["nonsense", "kefu_0123456789", "eyJhbGciOiJub25lIn0.e30."] {
            let refused = call.by(&server.bearer(token));
            assert_eq!(refused.status, 401, "{}: {refused}", named(operation));
        }
    }
    assert_eq!(server.database().census(), before, "a refusal changed something");
}

#[test]
fn what_strangers_may_ask_is_signing_in_and_what_the_description_calls_public() {
    for operation in of_the_api().filter(|it| is_public(it)) {
        let security = &described(operation)["security"];
        assert_eq!(security.as_array().map(Vec::len), Some(0), "{}", named(operation));
    }
    for operation in operations().iter().filter(|it| !is_public(it)) {
        let security = &described(operation)["security"];
        assert!(security.as_array().is_some_and(|it| !it.is_empty()), "{}", named(operation));
    }
}

#[test]
fn every_operation_refuses_whoever_has_every_permission_but_its_own() {
    let (server, _office, things) = furnished();
    let all = permissions(&server);
    let held: BTreeSet<_> = of_the_api().map(permission).filter(|it| it.contains('.')).collect();
    assert!(held.len() > 10, "{held:?}");
    for needed in held {
        let others: Vec<_> = all.iter().map(String::as_str).filter(|it| *it != needed).collect();
        let somebody = somebody(&server, &others, None);
        let before = server.database().census();
        for operation in of_the_api().filter(|it| permission(it) == needed) {
            let refused = things.call(operation).by(&somebody);
            assert_eq!(refused.status, 403, "{}: {refused}", named(operation));
            assert_eq!(refused["type"], "/problems/forbidden", "{}", named(operation));
            assert_eq!(refused["needs_permission"], needed, "{}", named(operation));
        }
        assert_eq!(server.database().census(), before, "a refusal changed something");
    }
}

#[test]
fn whoever_has_no_post_changes_nothing_and_sees_nobody_elses() {
    let (server, _office, things) = furnished();
    let nobody = server.user_with("nobody", &[]);
    let _token = nobody.token();
    let before = server.database().census();
    for operation in of_the_api().filter(|it| permission(it).contains('.')) {
        let refused = things.call(operation).by(&nobody);
        assert_eq!(refused.status, 403, "{}: {refused}", named(operation));
    }
    for operation in of_the_api().filter(|it| described(it)["x-scope"] == "site") {
        let refused = things.call(operation).by(&nobody);
        assert!(matches!(refused.status, 403 | 404), "{}: {refused}", named(operation));
    }
    assert_eq!(server.database().census(), before, "a refusal changed something");
}

#[test]
fn what_belongs_to_another_site_is_not_there() {
    let (server, there, foreign) = furnished();
    let here = Office::open(&server);
    let all = permissions(&server);
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let somebody = somebody(&server, &all, Some(&here.site));
    assert!(things_of_sites().len() >= 4, "{:?}", things_of_sites());
    let before = server.database().census();
    let shown = |office: &Office| {
        // Keys and views are listed by whose they are, files by their case: not by where they reach.
        let by_site = |list: &String| {
            let list = Operation { method: "GET".to_owned(), path: list.clone() };
            let asked = described(&list)["parameters"].as_array();
            asked.is_some_and(|all| all.iter().any(|it| it["name"] == "site_id"))
        };
        let paths = things_of_sites().into_iter().filter(by_site);
        let seen =
            paths.map(|it| server.admin().get(&format!("{it}?site_id={}&limit=200", office.site)));
        seen.map(|it| it.expect(200).body["items"].clone()).collect::<Vec<Value>>()
    };
    let untouched = shown(&there);
    let mut checked = 0;
    // A key belongs to a person: whose it is says who may know of it, not where it reaches.
    let of_sites = |it: &&'static Operation| {
        described(it)["x-scope"] == "site" && !it.path.starts_with("/v1/api-keys")
    };
    for operation in of_the_api().filter(of_sites) {
        let refused = foreign.call(operation).by(&somebody);
        assert_eq!(refused.status, 404, "{}: {refused}", named(operation));
        assert_eq!(refused["type"], "/problems/not_found", "{}", named(operation));
        // Exactly as what was never there: not even its being there is told.
        let nowhere = Things::default().call(operation).by(&somebody);
        assert_eq!(
            (nowhere.status, &nowhere["detail"]),
            (404, &refused["detail"]),
            "{}",
            named(operation)
        );
        checked += 1;
    }
    assert!(checked >= 15, "{checked} operations on what belongs to a site");
    assert_eq!(server.database().census(), before, "a refusal changed something");
    assert_eq!(shown(&there), untouched);
    // The same calls at their own site come through: it was the site, not the input. A view that is
    // not shared is nobody else's there either, and nothing was delivered yet.
    let nobodys =
        |it: &Operation| it.path.starts_with("/v1/views") || it.path.contains("{delivery_id}");
    let mut scoped: Vec<_> = of_the_api().filter(of_sites).filter(|it| !nobodys(it)).collect();
    scoped.sort_by_key(|it| (it.method == "DELETE", it.path == "/v1/sites/{id}"));
    for operation in scoped {
        let own = Things::default().of_site(&here);
        let done = own.call(operation).by(&somebody);
        assert!(!matches!(done.status, 400 | 401 | 404 | 415), "{}: {done}", named(operation));
    }
}
