//! Refusals are problem documents, always.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use kefu_tests::{Office, Options, Reply, Scope, Server, unique};
use serde_json::json;

use crate::records::unchanged;

#[test]
fn a_route_that_does_not_exist_is_a_problem() {
    let server = Server::shared();
    for path in ["/", "/v1", "/v1/nothing", "/v2/cases", "/v1/cases/x/y/z", "/%E4%BD%A0"] {
        let _problem = server.admin().get(path).refused(404);
    }
}

#[test]
fn a_method_a_route_does_not_have_is_a_problem_with_allow() {
    let admin = Server::shared().admin();
    for (method, path) in [("PUT", "/v1/cases"), ("DELETE", "/v1/me"), ("PATCH", "/healthz")] {
        let refused = admin.request(method, path).json(&json!({})).send().refused(405);
        let allow = refused.header("allow").unwrap_or_default();
        assert!(allow.contains("GET"), "{method} {path} allows {allow:?}");
    }
}

#[test]
fn a_body_over_the_limit_is_refused_and_nothing_is_stored() {
    let office = Office::shared();
    let list = format!("/v1/cases?site_id={}", office.site);
    unchanged(&office.desk, &[&list], || {
        let huge = json!({ "what_happened": "长".repeat(2_000_000), "grade": "ordinary" });
        let _too_large =
            office.desk.post("/v1/cases", office.opening("complaint", huge)).refused(413);
    });
}

#[test]
fn another_content_type_is_refused() {
    let office = Office::shared();
    let list = format!("/v1/cases?site_id={}", office.site);
    unchanged(&office.desk, &[&list], || {
        let body = office.complaint("ordinary").to_string();
        for kind in ["text/plain", "application/xml", "application/x-www-form-urlencoded"] {
            let request = office.desk.request("POST", "/v1/cases").header("content-type", kind);
            let _unsupported = request.bytes(body.clone()).send().refused(415);
        }
    });
}

#[test]
fn unreadable_json_is_refused_wherever_it_is_broken() {
    let office = Office::shared();
    let list = format!("/v1/cases?site_id={}", office.site);
    unchanged(&office.desk, &[&list], || {
        let whole = office.complaint("ordinary").to_string();
        let half = whole.as_bytes().get(..whole.len() / 2).unwrap().to_vec();
        for bytes in [half, b"".to_vec(), b"\xff\xfe".to_vec(), b"nul".to_vec(), b"{}{}".to_vec()] {
            let request = office.desk.request("POST", "/v1/cases");
            let request = request.header("content-type", "application/json");
            let _unreadable = request.bytes(bytes).send().refused(400);
        }
    });
}

#[test]
fn ids_and_parameters_that_are_none_are_refused() {
    let admin = Server::shared().admin();
    let not_an_id = admin.get("/v1/cases/not-an-id");
    assert!(matches!(not_an_id.status, 400 | 404), "{not_an_id}");
    let _absent = admin.get("/v1/cases/01990000-0000-7000-8000-000000000000").refused(404);
    for query in ["limit=0", "limit=201", "limit=x", "sort=nothing", "overdue=perhaps", "what=is"] {
        let reply = admin.get(&format!("/v1/cases?{query}"));
        assert!(matches!(reply.status, 400 | 422), "?{query} answered {reply}");
    }
}

#[test]
fn a_problem_speaks_the_callers_language() {
    let server = Server::shared();
    let ask = |language| {
        server.admin().speaking(language).get("/v1/cases/01990000-0000-7000-8000-000000000000")
    };
    let is_chinese = |reply: &Reply| {
        let detail = reply["detail"].as_str().unwrap_or_default();
        detail.chars().any(|it| ('\u{4e00}'..'\u{9fff}').contains(&it))
    };
    let (chinese, english, default) = (ask("zh-CN"), ask("en"), ask(""));
    assert!(is_chinese(&chinese), "{chinese}");
    assert!(!is_chinese(&english), "{english}");
    assert_eq!(default["detail"], chinese["detail"], "Chinese unless asked otherwise");
    assert_eq!(ask("en-GB, zh;q=0.5")["detail"], english["detail"]);
    assert_eq!(ask("fr, zh-CN;q=0.8")["detail"], chinese["detail"]);
    assert_eq!(chinese["type"], english["type"], "programs read the type, in any language");
}

#[test]
fn every_type_of_problem_explains_itself() {
    let office = Office::shared();
    let (admin, server) = (office.server.admin(), &office.server);
    let case = office.open_complaint();
    let problems = [
        admin.get("/v1/nothing"),
        server.stranger().get("/v1/me"),
        office.desk.post("/v1/users", json!({})),
        admin.post("/v1/customers", json!({ "name": "", "kind": "person" })),
        office.desk.act_on(&case, "assign", "\"99\"", json!({ "to": office.desk.id })),
        office
            .desk
            .request("POST", &format!("/v1/cases/{case}/actions/urge"))
            .json(&json!({}))
            .send(),
    ];
    for problem in problems {
        assert!(problem.status >= 400, "{problem}");
        let kind = problem.text_at("/type");
        assert!(kind.starts_with("/problems/"), "a stable relative URI, not {kind}");
        let page = server.stranger().get(&kind).expect(200);
        assert!(page.text.len() > 40, "{kind} explains nothing: {page}");
    }
}

#[test]
fn the_request_id_is_the_callers_where_it_is_sane() {
    let server = Server::shared();
    let mine = unique("request");
    let ask =
        |id: &str| server.stranger().request("GET", "/healthz").header("x-request-id", id).send();
    assert_eq!(ask(&mine).header("x-request-id"), Some(mine.as_str()));
    let long = "x".repeat(1_000);
    assert_ne!(ask(&long).header("x-request-id"), Some(long.as_str()));
    assert_ne!(ask("a b\"<script>").header("x-request-id"), Some("a b\"<script>"));
}

#[test]
fn limits_are_announced() {
    let reply = Server::shared().admin().get("/v1/me").expect(200);
    assert!(reply.header("ratelimit").is_some(), "{reply}");
    assert!(reply.header("ratelimit-policy").is_some(), "{reply}");
}

fn server_with(settings: [(&str, &str); 2]) -> Server {
    let env = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    Server::start_with(Options { env, ..Options::default() })
}

#[test]
fn a_caller_over_the_limit_waits_and_the_others_do_not() {
    let server = server_with([("KEFU_RATE_LIMIT", "6"), ("KEFU_RATE_BURST", "12")]);
    let (admin, other) = (server.admin(), server.user("auditor", Scope::All));
    let limited = (0..20).map(|_| admin.get("/v1/me")).find(|it| it.status != 200);
    let limited = limited.expect("twenty at once are too many").refused(429);
    let wait: u64 = limited.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "six a minute: {limited}");
    assert_eq!(limited["retry_after"], wait);
    let _not_limited = other.get("/v1/me").expect(200);
    let _healthy = server.stranger().get("/healthz").expect(200);
}

#[test]
fn a_slow_sender_is_cut_off() {
    let server = server_with([("KEFU_BODY_SECONDS", "2"), ("KEFU_WORKERS", "1")]);
    let token = server.admin().token();
    let address = server.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
    let head = format!(
        "POST /v1/cases HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let since = Instant::now();
    let mut answer = Vec::new();
    // A reset ends the wait as well as a clean close does.
    let _ended = stream.read_to_end(&mut answer);
    assert!(since.elapsed() < Duration::from_secs(30), "still waiting for the rest of the body");
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    let _unharmed = server.admin().get("/v1/me").expect(200);
}
