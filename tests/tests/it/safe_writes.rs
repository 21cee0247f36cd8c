//! Writes that are repeated, cut short or made at once: nothing twice, nothing lost.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, Office, Operation, Options, Server, document, kefu, operations, unique};
use serde_json::{Value, json};

use crate::procedures::simple;

/// Whether the description says that the operation takes this header.
fn takes(operation: &Operation, parameter: &str) -> bool {
    let described = &document()["paths"][&operation.path][operation.method.to_lowercase()];
    let reference = format!("#/components/parameters/{parameter}");
    let parameters = described["parameters"].as_array().into_iter().flatten();
    parameters.into_iter().any(|it| it["$ref"] == reference.as_str())
}

/// The path with something in every place.
fn filled(path: &str) -> String {
    let place = |part: &str| match part {
        "{id}" => "01990000-0000-7000-8000-000000000000".to_owned(),
        part if part.starts_with('{') => "nothing".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').map(place).collect::<Vec<_>>().join("/")
}

#[test]
fn every_change_of_something_that_is_there_must_name_its_version() {
    let server = Server::shared();
    let admin = server.admin();
    let mut looked_at = 0;
    for operation in operations().iter().filter(|it| it.path.starts_with("/v1/")) {
        let Operation { method, path } = operation;
        let changes = matches!(method.as_str(), "PATCH" | "DELETE") || path.contains("/actions/");
        assert_eq!(takes(operation, "IfMatch"), changes, "{method} {path}");
        if !changes {
            continue;
        }
        let method = ["PATCH", "DELETE", "POST"].into_iter().find(|it| it == method).unwrap();
        let ask = || {
            let request = admin.request(method, &filled(path));
            let request = if method == "DELETE" { request } else { request.json(&json!({})) };
            let merge =
                if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
            request.header("content-type", merge)
        };
        assert_eq!(ask().send().status, 428, "{method} {path}");
        let stale = ask().header("if-match", "\"none of ours\"").send();
        assert_eq!(stale.status, 412, "{method} {path}: {stale}");
        looked_at += 1;
    }
    assert!(looked_at >= 10, "only {looked_at} operations change anything");
}

#[test]
fn every_write_takes_an_idempotency_key() {
    for operation in operations().iter().filter(|it| it.path.starts_with("/v1/")) {
        let keyed = operation.method != "GET" && !operation.path.starts_with("/v1/auth/");
        assert_eq!(takes(operation, "IdempotencyKey"), keyed, "{operation:?}");
    }
}

#[test]
fn what_was_done_before_a_crash_but_never_answered_is_answered_by_the_repetition() {
    let server = Server::start();
    simple::publish(&server);
    let office = Office::open(&server);
    let database = server.database().clone();
    let (key, body) = (unique("unheard"), simple::opening(&office));
    send_and_hear_nothing(&office.desk, &key, &body.to_string());
    let since = Instant::now();
    while database
        .count("select count(*) from idempotency where status = 201 and key like 'unheard%'")
        == 0
    {
        assert!(since.elapsed() < Duration::from_mins(1), "{}", server.log());
        thread::sleep(Duration::from_millis(2));
    }
    server.kill();

    let again = Server::start_on(&database, Options::default());
    let desk = office.desk.at(&again);
    let ask = || desk.request("POST", "/v1/cases").header("idempotency-key", &key).json(&body);
    let reply = ask().send().expect(201);
    assert_eq!(reply.header("idempotent-replayed"), Some("true"));
    let _there = desk.case(&reply.id());
    let list = desk.get(&format!("/v1/cases?site_id={}&count=true", office.site)).expect(200);
    assert_eq!(list["total"], 1);
    assert_eq!(again.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}

/// Sends the opening of a case byte by byte as the client would, and does not read the answer.
fn send_and_hear_nothing(client: &Client, key: &str, body: &str) {
    let address = client.server().url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    let request = format!(
        "POST /v1/cases HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         idempotency-key: {key}\r\naccept-language: en\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        client.token(),
        body.len(),
    );
    stream.write_all(request.as_bytes()).unwrap();
    // The connection stays open until the server is gone.
    std::mem::forget(stream);
}

#[test]
fn a_thousand_changes_of_one_record_at_once_lose_none() {
    const WRITERS: u32 = 16;
    const EACH: u32 = 64;
    let server = Server::shared();
    let path = format!("/v1/customers/{}", server.customer(&server.site()));
    let admin = server.admin();
    let first = admin.get(&path).expect(200).etag();
    let _zero = admin.patch(&path, &first, json!({ "notes": "0" })).expect(200);
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    add_one(&admin, &path);
                }
            });
        }
    });
    let last = admin.get(&path).expect(200);
    let changes = WRITERS * EACH;
    assert_eq!(last["notes"], changes.to_string());
    assert_eq!(last.etag(), format!("\"{}\"", changes + 2));
}

/// Reads, adds one, writes over the version read; again if somebody was faster.
fn add_one(client: &Client, path: &str) {
    loop {
        let read = client.get(path).expect(200);
        let number: u32 = read["notes"].as_str().unwrap().parse().unwrap();
        let change: Value = json!({ "notes": (number + 1).to_string() });
        let written = client.patch(path, &read.etag(), change);
        match written.status {
            200 => return,
            // Somebody was faster; or more waits than can be queued.
            412 | 503 => thread::yield_now(),
            _ => panic!("{written}"),
        }
    }
}
