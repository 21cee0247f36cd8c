//! Bodies: U+0000, other encodings, depth, compression, media types, slowness.

use std::io::Write as _;

use kefu_tests::{
    Client, Database, Office, Options, Reply, Request, Server, document, operations, unique,
};
use serde_json::{Value, json};

use super::{connect, rest};
use crate::records::unchanged;

/// What somebody sends to be refused, and the list that it must leave as it is.
struct Door {
    office: Office,
    list: String,
}

impl Door {
    fn new() -> Self {
        let office = Office::shared();
        let list = format!("/v1/customers?site_id={}&count=true", office.site);
        Self { office, list }
    }

    #[track_caller]
    fn refuses(&self, status: u16, send: impl FnOnce(Request) -> Request) -> Reply {
        let desk: &Client = &self.office.desk;
        unchanged(desk, &[&self.list], || {
            let request = desk.request("POST", "/v1/customers");
            send(request.header("content-type", "application/json")).send().refused(status)
        })
    }

    fn customer(&self, name: &str) -> Value {
        json!({ "name": name, "kind": "person", "site_id": self.office.site })
    }
}

#[test]
fn u_0000_is_refused_where_it_stands_in_every_body() {
    let door = Door::new();
    let refused = door.refuses(422, |it| it.json(&door.customer("a\0b")));
    assert_eq!(refused.pointers(), ["/name"], "{refused}");
    // In every text of every example there is.
    let admin = door.office.server.admin();
    let mut tried = 0;
    for operation in operations() {
        let described = &document()["paths"][&operation.path][operation.method.to_lowercase()];
        let content = &described["requestBody"]["content"]["application/json"];
        let Some(example) = crate::contract::example(content) else { continue };
        if operation.path.starts_with("/v1/auth/") {
            continue;
        }
        let mut body = example.clone();
        if !spoil(&mut body) {
            continue;
        }
        tried += 1;
        let id = "01990000-0000-7000-8000-000000000000";
        let path: Vec<_> =
            operation.path.split('/').map(|it| if it.starts_with('{') { id } else { it }).collect();
        let method =
            ["PUT", "POST", "PATCH"].into_iter().find(|it| *it == operation.method).unwrap();
        let request = admin.request(method, &path.join("/")).json(&body).header("if-match", "*");
        let reply = request.send();
        assert!(matches!(reply.status, 404 | 422), "{method} {}: {reply}", operation.path);
    }
    assert!(tried > 10, "{tried} bodies hold a text");
}

/// Puts U+0000 into every text; whether there was one.
fn spoil(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            text.push('\0');
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |found, it| spoil(it) | found),
        Value::Object(members) => members.values_mut().fold(false, |found, it| spoil(it) | found),
        _ => false,
    }
}

#[test]
fn what_is_not_utf_8_or_not_whole_unicode_is_unreadable() {
    let door = Door::new();
    let body = |name: &[u8]| {
        let mut bytes = br#"{"kind":"person","name":""#.to_vec();
        bytes.extend(name);
        bytes.extend(br#""}"#);
        bytes
    };
    for name in
        [&b"\xff\xfe"[..], b"\xc3\x28", b"\xed\xa0\x80", br"\ud800", br"\udc00\ud800", br"\u00g0"]
    {
        let _unreadable = door.refuses(400, |it| it.bytes(body(name)));
    }
    // A pair of surrogates is one character, and a marker of byte order is no JSON.
    let _marked = door.refuses(400, |it| it.bytes([&b"\xef\xbb\xbf"[..], &body(b"x")].concat()));
    let whole = door.office.desk.request("POST", "/v1/customers");
    let whole = whole.header("content-type", "application/json").bytes(body(br"\ud83d\udca9"));
    let made = whole.send();
    // The example's customer belongs to no site; whoever may keep it there is another matter.
    assert!(matches!(made.status, 201 | 403 | 422), "{made}");
}

#[test]
fn depth_and_size_of_numbers_are_refused_not_survived() {
    let door = Door::new();
    for depth in [129, 5_000, 400_000] {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
        let status = if deep.len() > 1024 * 1024 { 413 } else { 400 };
        let _deep = door.refuses(status, |it| it.bytes(deep));
        let list = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let _deep = door.refuses(400, |it| it.bytes(list));
    }
    // Within what can be read, but not what the form wants.
    let deep = format!("{}1{}", r#"{"a":"#.repeat(120), "}".repeat(120));
    let _unknown = door.refuses(422, |it| it.bytes(deep));
    for number in ["1e400", "-1e400", "99999999999999999999999999999", "0.1e-400", "-0"] {
        let body = format!(r#"{{"kind":"person","name":{number}}}"#);
        let desk = &door.office.desk;
        unchanged(desk, &[&door.list], || {
            let request = desk.request("POST", "/v1/customers");
            let reply = request.header("content-type", "application/json").bytes(body).send();
            assert!(matches!(reply.status, 400 | 422), "{number}: {reply}");
        });
    }
}

#[test]
fn the_same_member_twice_or_no_object_is_refused() {
    let door = Door::new();
    for body in ["null", "[]", "1", "\"x\"", "true"] {
        let _no_object = door.refuses(422, |it| it.bytes(body));
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn a_body_may_come_compressed() {
    let door = Door::new();
    let body = door.customer(&unique("客户"));
    let request = door.office.desk.request("POST", "/v1/customers").json(&body);
    let packed =
        request.header("content-encoding", "gzip").bytes(gzip(body.to_string().as_bytes()));
    let made = packed.send().expect(201);
    assert_eq!(made["name"], body["name"]);
}

#[test]
fn a_compressed_body_that_grows_over_the_limit_is_refused() {
    let door = Door::new();
    let huge = format!(r#"{{"kind":"person","name":"{}"}}"#, "a".repeat(200 * 1024 * 1024));
    let bomb = gzip(huge.as_bytes());
    assert!(bomb.len() < 1024 * 1024, "small enough to come in");
    let refused = door.refuses(413, |it| it.header("content-encoding", "gzip").bytes(bomb.clone()));
    assert_eq!(refused["type"], "/problems/too_large");
    // Packed twice: what comes out is no JSON.
    let _twice =
        door.refuses(400, |it| it.header("content-encoding", "gzip").bytes(gzip(&bomb[..1000])));
    let _cut =
        door.refuses(400, |it| it.header("content-encoding", "gzip").bytes(bomb[..500].to_vec()));
    let _not = door.refuses(400, |it| it.header("content-encoding", "gzip").bytes("{}"));
    for other in ["br", "deflate", "gzip, gzip", "nonsense"] {
        let body = door.customer("x").to_string();
        let _unknown = door.refuses(415, |it| it.header("content-encoding", other).bytes(body));
    }
}

#[test]
fn a_media_type_may_say_its_character_set_if_it_is_utf_8() {
    let door = Door::new();
    for kind in [
        "application/json; charset=utf-8",
        "Application/JSON;charset=\"UTF-8\"",
        "application/json; v=1",
    ] {
        let body = door.customer(&unique("客户"));
        let request = door.office.desk.request("POST", "/v1/customers").json(&body);
        let _made = request.header("content-type", kind).send().expect(201);
    }
    for kind in
        ["application/json; charset=gbk", "application/merge-patch+json", "json", "", "text/json"]
    {
        let body = door.customer("x").to_string();
        let _unsupported = door.refuses(415, |it| it.header("content-type", kind).bytes(body));
    }
    let made = door.office.desk.post("/v1/customers", door.customer(&unique("客户"))).expect(201);
    for (name, kind) in [
        "application/merge-patch+json",
        "application/json",
        "application/merge-patch+json; charset=utf-8",
    ]
    .into_iter()
    .enumerate()
    {
        let path = format!("/v1/customers/{}", made.id());
        let request =
            door.office.desk.request("PATCH", &path).json(&json!({ "name": name.to_string() }));
        let changed =
            request.header("content-type", kind).header("if-match", "*").send().expect(200);
        assert_eq!(changed["name"], name.to_string());
    }
}

#[test]
fn a_body_that_does_not_come_is_waited_for_no_longer_than_said() {
    let env = vec![("KEFU_BODY_SECONDS".to_owned(), "1".to_owned())];
    let server = Server::start_with(Options { env, ..Options::default() });
    let head = format!(
        "POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{\"name\"",
        server.admin().token()
    );
    let mut stream = connect(&server);
    stream.write_all(head.as_bytes()).unwrap();
    let answer = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("/problems/too_slow"), "{answer}");
    let customers = server.database().count("SELECT count(*) FROM customers");
    assert_eq!(
        customers,
        0,
        "on {}",
        if Database::is_postgres() { "PostgreSQL" } else { "SQLite" }
    );
}
