//! OpenTelemetry traces by OTLP.

use std::net::TcpListener;

use kefu_tests::{Collector, Office, Span, at, unique};
use serde_json::json;

use super::server_with;
use crate::outside::logs::line_of;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn named<'a>(spans: &'a [Span], name: &str) -> Option<&'a Span> {
    spans.iter().find(|it| it.name == name && it.trace_id == TRACE)
}

#[test]
fn a_request_is_followed_from_its_caller_to_the_database() {
    let collector = Collector::start();
    let settings =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let server = server_with(&settings);
    let admin = server.admin();
    let id = unique("traced");
    let request = admin.request("GET", "/v1/customers?limit=1");
    let request = request.header("traceparent", &format!("00-{TRACE}-{CALLER}-01"));
    let _listed = request.header("x-request-id", &id).send().expect(200);

    let spans = collector.wait(|spans| {
        named(spans, "database read").is_some() && named(spans, "GET /v1/customers").is_some()
    });
    let request = named(&spans, "GET /v1/customers").unwrap();
    let use_case = named(&spans, "list_customers").unwrap();
    let database = named(&spans, "database read").unwrap();
    assert_eq!((request.parent_id.as_str(), request.kind), (CALLER, 2), "{request:?}");
    assert_eq!(use_case.parent_id, request.span_id);
    assert_eq!(database.parent_id, use_case.span_id);
    assert_eq!(request.service, "kefu");
    for (name, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/v1/customers"),
        ("http.response.status_code", "200"),
        ("enduser.id", "admin"),
        ("kefu.request_id", id.as_str()),
    ] {
        assert_eq!(request.attributes.get(name).map(String::as_str), Some(value), "{request:?}");
    }
    assert!(database.attributes.contains_key("waited_us"), "{database:?}");
    assert_eq!(line_of(&server, &id)["trace_id"], TRACE, "the log line names its trace");
}

#[test]
fn a_write_and_a_timer_are_traced_and_no_secret_is() {
    let collector = Collector::start();
    let settings =
        [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", format!("{}/v1/traces", collector.url()))];
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let settings =
        [&settings[..], &[("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_SERVICE_NAME", "desk")]];
    let server = server_with(&settings.concat());
    let office = Office::open(&server);
    let _opened = office.open_complaint();
    server.set_clock_to(at(&server.now()) + chrono::TimeDelta::days(14));
    let spans = collector.wait(|spans| {
        let has = |name: &str| spans.iter().any(|it| it.name == name);
        has("POST /v1/cases") && has("open_case") && has("database write") && has("timer")
    });
    let timer = spans.iter().find(|it| it.name == "timer").unwrap();
    assert_eq!(timer.attributes.get("kind").map(String::as_str), Some("clock"), "{timer:?}");
    assert!(spans.iter().all(|it| it.service == "desk"), "the service is called as it was told");
    let told = format!("{spans:?}");
    for secret in ["correct horse", "passphrase", &office.desk.token()] {
        assert!(!told.contains(secret), "{secret} is in a span");
    }
}

#[test]
fn what_has_not_been_sent_is_sent_when_the_server_stops() {
    let collector = Collector::start();
    let settings =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()), ("OTEL_BSP_SCHEDULE_DELAY", "3600000")];
    let server = server_with(&settings);
    let _me = server.admin().get("/v1/me").expect(200);
    assert_eq!(server.stop(), Some(0), "{}", server.log());
    let spans = collector.wait(|spans| spans.iter().any(|it| it.name == "GET /v1/me"));
    assert!(spans.iter().any(|it| it.name == "POST /v1/auth/token"), "{spans:#?}");
}

#[test]
fn a_collector_that_is_gone_or_silent_delays_nobody() {
    // It takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    for url in [url.as_str(), "http://127.0.0.1:1"] {
        let settings = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
            ("OTEL_BSP_SCHEDULE_DELAY", "10"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
            ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "8"),
        ];
        let server = server_with(&settings);
        let site = server.site();
        for _ in 0..100 {
            let _read = server.admin().get(&format!("/v1/sites/{site}")).expect(200);
        }
        let _written = server.admin().post(
            "/v1/customers",
            json!({ "name": unique("客户"), "kind": "person", "site_id": site }),
        );
        assert_eq!(server.stop(), Some(0), "{}", server.log());
    }
}
