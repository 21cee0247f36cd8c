//! HEAD, OPTIONS, other methods, and addresses that are nearly right.

use kefu_tests::{Office, Server, document, operations};
use serde_json::json;

use super::raw;

/// The path with something in every place.
fn filled(path: &str) -> String {
    let id = "01990000-0000-7000-8000-000000000000";
    let parts = path.split('/').map(|it| if it.starts_with('{') { id } else { it });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_address_tells_its_methods_and_refuses_the_others() {
    let server = Server::shared();
    let admin = server.admin();
    for (path, item) in document()["paths"].as_object().unwrap() {
        let known: Vec<_> = operations().iter().filter(|it| it.path == *path).collect();
        assert!(!known.is_empty(), "{path} {item}");
        let address = filled(path);
        let mut methods: Vec<&str> = known.iter().map(|it| it.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        methods.push("OPTIONS");
        methods.sort_unstable();
        // Those of this very address: `…/export` is nobody's id, to no method.
        let allowed = |allow: Option<&str>| {
            let mut allow: Vec<_> = allow.unwrap_or_default().split(", ").collect();
            allow.sort_unstable();
            assert_eq!(allow, methods, "{path}");
        };
        let told = admin.request("OPTIONS", &address).send().expect(204);
        allowed(told.header("allow"));
        for method in ["GET", "PUT", "POST", "PATCH", "DELETE", "TRACE"] {
            if methods.contains(&method) {
                continue;
            }
            let refused = admin.request(method, &address).json(&json!({})).send().refused(405);
            assert_eq!(refused["type"], "/problems/method_not_allowed");
            allowed(refused.header("allow"));
        }
    }
}

#[test]
fn head_is_get_without_the_body() {
    let office = Office::shared();
    let path = format!("/v1/sites/{}", office.site);
    let admin = office.server.admin();
    let get = admin.get(&path).expect(200);
    let head = admin.request("HEAD", &path).send().expect(200);
    assert_eq!(head.text, "");
    for name in ["etag", "content-type", "content-language", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    let known = admin.request("HEAD", &path).header("if-none-match", &get.etag()).send();
    assert_eq!(known.status, 304);
    assert_eq!(office.server.stranger().request("HEAD", &path).send().status, 401);
    assert_eq!(admin.request("HEAD", "/v1/nothing").send().status, 404);
    // As bytes: the length is told, and nothing follows the head.
    let answer =
        raw(&office.server, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(answer.to_ascii_lowercase().contains("content-length: 18"), "{answer}");
}

#[test]
fn an_address_that_is_nearly_right_is_nowhere() {
    let admin = Server::shared().admin();
    for path in [
        "/v1/customers/",
        "//v1/customers",
        "/v1//customers",
        "/V1/customers",
        "/v1/Customers",
        "/v1/customers;x=1",
        "/v1/./customers",
        "/v1/x/../customers",
        "/v1/customers%2F",
        "/v1/%00",
        "/v1/customers%20",
        "/v1%2Fcustomers",
        "/%ff%fe",
        "/v1/customers/%2e%2e/users",
    ] {
        let refused = admin.get(path);
        assert_eq!(refused.status, 404, "{path} answered {refused}");
    }
}

#[test]
fn a_letter_that_is_percent_encoded_is_that_letter() {
    let server = Server::shared();
    // The harness does not know such an address: its checks are left out.
    let ask = |who: kefu_tests::Client| who.request("GET", "/v1/%63ustomers").try_send().unwrap();
    let listed = ask(server.admin()).expect(200);
    assert!(listed["items"].is_array(), "{listed}");
    let _stranger = ask(server.stranger()).refused(401);
    let refused = ask(server.user_with("nobody", &[])).refused(403);
    assert_eq!(refused["needs_permission"], "customer.read", "the guard reads as the router does");
}

#[test]
fn a_place_takes_any_characters_and_finds_nothing() {
    let admin = Server::shared().admin();
    for list in ["calendars", "procedures", "roles", "customers", "users", "cases"] {
        for code in [
            "%00",
            "%ff",
            "a%00b",
            "%E4%BD%A0%E5%A5%BD",
            "..%2F..%2Fetc",
            "'--",
            "%25",
            "%F0%9F%92%A9",
        ] {
            let path = format!("/v1/{list}/{code}");
            let refused = admin.get(&path);
            assert_eq!(refused.status, 404, "{path} answered {refused}");
        }
    }
}
