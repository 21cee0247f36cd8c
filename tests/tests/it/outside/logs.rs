//! Log lines: one JSON object each, on standard error.

use std::time::{Duration, Instant};

use kefu_tests::{Server, unique};
use serde_json::{Value, json};

/// The line about the request of that id, once it has come through the pipe.
#[track_caller]
pub(super) fn line_of(server: &Server, request_id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let log = server.log();
        let lines = log.lines().filter_map(|it| serde_json::from_str::<Value>(it).ok());
        if let Some(line) = lines.into_iter().find(|it| it["request_id"] == request_id) {
            return line;
        }
        assert!(Instant::now() < deadline, "no line about {request_id} in\n{log}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_request_is_one_line_with_who_what_and_how_long() {
    let server = Server::start();
    let (site, id) = (server.site(), unique("logged"));
    let path = format!("/v1/sites/{site}?what=is");
    let request = server.admin().request("GET", &path).header("x-request-id", &id);
    let _senseless = request.send();
    let line = line_of(&server, &id);
    assert_eq!((&line["level"], &line["message"]), (&json!("INFO"), &json!("answered")), "{line}");
    assert_eq!((&line["user"], &line["method"]), (&json!("admin"), &json!("GET")), "{line}");
    assert_eq!(line["route"], "/v1/sites/{id}", "the template, not the address: {line}");
    assert!(line["status"].is_u64() && line["duration_us"].is_u64(), "{line}");
    assert!(line["timestamp"].as_str().is_some_and(|it| it.ends_with('Z')), "{line}");
    assert!(line.get("trace_id").is_none(), "nothing is traced: {line}");
}

#[test]
fn no_line_holds_a_password_or_a_token() {
    let server = Server::start();
    let admin = server.admin();
    let secret = unique("Pa55phrase");
    let body = json!({ "username": unique("user"), "password": secret, "display_name": "x", "grants": [] });
    let made = admin.post("/v1/users", body).expect(201);
    let person = server.person(&made.text_at("/username"), &secret);
    let token = person.token();
    let _wrong = server.stranger().post(
        "/v1/auth/token",
        json!({ "username": made.text_at("/username"), "password": format!("{secret}-wrong") }),
    );
    let id = unique("last");
    let _me = person.request("GET", "/v1/me").header("x-request-id", &id).send().expect(200);
    let _arrived = line_of(&server, &id);
    let log = server.log();
    assert!(!log.contains(&secret) && !log.contains(&token), "{log}");
    for line in log.lines().filter(|it| !it.starts_with("kefu: ")) {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "not JSON: {line}");
    }
}
