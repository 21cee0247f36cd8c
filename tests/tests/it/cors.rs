//! Pages from other origins.

use kefu_tests::{Options, Reply, Server};
use serde_json::json;

const PAGE: &str = "https://desk.example.com";

fn server(origins: &str) -> Server {
    let env = vec![("KEFU_CORS_ORIGINS".to_owned(), origins.to_owned())];
    Server::start_with(Options { env, ..Options::default() })
}

fn preflight(server: &Server, origin: &str, method: &str, headers: &str) -> Reply {
    let request = server.stranger().request("OPTIONS", "/v1/cases").header("origin", origin);
    let request = request.header("access-control-request-method", method);
    let reply = request.header("access-control-request-headers", headers).try_send();
    reply.expect("the server answers")
}

fn allowed(reply: &Reply) -> Option<&str> {
    reply.header("access-control-allow-origin")
}

#[test]
fn a_page_of_a_configured_origin_asks_and_reads_what_it_needs() {
    let server = server("https://other.example.com,https://desk.example.com");
    let sent = "authorization, content-type, if-match, idempotency-key, accept-language";
    let answer = preflight(&server, PAGE, "PATCH", sent);
    assert_eq!(answer.status, 200, "before anybody is asked who they are: {answer}");
    assert_eq!(allowed(&answer), Some(PAGE));
    assert!(answer.header("access-control-allow-methods").unwrap().contains("PATCH"), "{answer}");
    let headers = answer.header("access-control-allow-headers").unwrap().to_lowercase();
    assert!(headers.contains("if-match") && headers.contains("idempotency-key"), "{headers}");
    assert!(
        answer.header("x-request-id").is_some()
            && answer.header("access-control-max-age").is_some()
    );

    let read = server.admin().request("GET", "/v1/me").header("origin", PAGE).send().expect(200);
    assert_eq!(allowed(&read), Some(PAGE));
    assert_eq!(read.header("access-control-allow-credentials"), None, "no cookies");
    let exposed = read.header("access-control-expose-headers").unwrap().to_lowercase();
    for header in [
        "etag",
        "link",
        "location",
        "retry-after",
        "x-request-id",
        "idempotent-replayed",
        "ratelimit",
        "ratelimit-policy",
    ] {
        assert!(exposed.split(',').any(|it| it.trim() == header), "{header}: {exposed}");
    }
    let vary = read.header("vary").unwrap_or_default().to_lowercase();
    assert!(vary.contains("origin"), "caches must not mix origins: {read}");
}

#[test]
fn a_page_can_read_refusals_too() {
    let server = server(PAGE);
    let stranger = server.stranger().request("GET", "/v1/me").header("origin", PAGE);
    assert_eq!(allowed(&stranger.send().refused(401)), Some(PAGE));
    let nowhere = server.admin().request("GET", "/v1/nothing").header("origin", PAGE);
    assert_eq!(allowed(&nowhere.send().refused(404)), Some(PAGE));
    let bad = server.admin().request("POST", "/v1/customers").header("origin", PAGE);
    assert_eq!(allowed(&bad.json(&json!({ "name": "" })).send().refused(422)), Some(PAGE));
}

#[test]
fn other_origins_methods_and_headers_are_refused_as_problems() {
    let server = server(PAGE);
    for (origin, method, headers) in [
        ("https://evil.example.com", "GET", "authorization"),
        ("https://desk.example.com.evil.example.com", "GET", "authorization"),
        ("http://desk.example.com", "GET", "authorization"),
        ("null", "GET", "authorization"),
        (PAGE, "TRACE", "authorization"),
        (PAGE, "GET", "x-made-up"),
    ] {
        let refused = preflight(&server, origin, method, headers);
        assert_eq!(refused.status, 403, "{origin} {method} {headers}: {refused}");
        assert_eq!(refused["type"], "/problems/origin_not_allowed");
        assert_eq!(allowed(&refused), None, "{refused}");
    }
    let other =
        server.admin().request("GET", "/v1/me").header("origin", "https://evil.example.com");
    assert_eq!(allowed(&other.send().expect(200)), None, "the browser keeps it from the page");
}

#[test]
fn any_origin_is_a_choice_and_none_the_default() {
    let any = server("*");
    assert_eq!(allowed(&preflight(&any, PAGE, "GET", "authorization")), Some(PAGE));
    let none = Server::shared();
    let refused = preflight(&none, PAGE, "GET", "authorization");
    assert_eq!((refused.status, allowed(&refused)), (204, None), "OPTIONS, but no permission");
    let read = none.admin().request("GET", "/v1/me").header("origin", PAGE).send().expect(200);
    assert_eq!(allowed(&read), None);
}
