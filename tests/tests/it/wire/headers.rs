//! Headers: languages, encodings, lengths, `Expect`.

use std::io::{Read as _, Write as _};

use kefu_tests::{Office, Server, unique};
use serde_json::{Value, json};

use super::{connect, raw, rest};

#[test]
fn the_language_is_negotiated_and_said() {
    let server = Server::shared();
    for (asked, given) in [
        ("", "zh-CN"),
        ("zh", "zh-CN"),
        ("zh-Hans-CN, en;q=0.9", "zh-CN"),
        ("en-GB", "en"),
        ("fr, en ; q=0.3, zh;q=0.2", "en"),
        ("de", "zh-CN"),
        ("en;q=0, *;q=0.1", "zh-CN"),
        ("zh;q=0, *", "en"),
        ("en;q=nonsense", "zh-CN"),
    ] {
        let admin = server.admin();
        for (path, title) in [("/v1/roles/front_desk", "/title"), ("/v1/nothing", "/title")] {
            let reply = admin.request("GET", path).header("accept-language", asked).send();
            assert_eq!(reply.header("content-language"), Some(given), "{asked:?} {path}: {reply}");
            let vary: Vec<_> =
                reply.headers.get_all("vary").iter().map(|it| it.to_str().unwrap()).collect();
            assert!(vary.iter().any(|it| it.eq_ignore_ascii_case("accept-language")), "{vary:?}");
            assert!(reply.body.pointer(title).is_some());
        }
    }
    let health = server.stranger().get("/healthz").expect(200);
    assert_eq!(health.header("content-language"), None, "no language in it: {health}");
}

#[test]
fn whoever_takes_no_encoding_gets_the_answer_as_it_is() {
    let server = Server::shared();
    for accepted in
        ["identity;q=0", "*;q=0", "br;q=1, identity; q=0", "gzip, identity;q=0", "nonsense"]
    {
        let request = server.admin().request("GET", "/v1/me").header("accept-encoding", accepted);
        assert_eq!(request.send().expect(200)["user"]["username"], "admin", "{accepted}");
    }
}

#[test]
fn a_header_without_end_is_refused_and_harms_nobody() {
    let server = Server::shared();
    let mut request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ".to_vec();
    request.resize(request.len() + 1024 * 1024, b'x');
    request.extend(b"\r\nConnection: close\r\n\r\n");
    let mut stream = connect(&server);
    // The server may close before all of it is sent.
    let _sent = stream.write_all(&request);
    let answer = rest(&mut stream);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    let _unharmed = server.stranger().get("/healthz").expect(200);
    for (name, value) in
        [("idempotency-key", "x".repeat(10_000)), ("if-match", "\"1\",".repeat(3_000))]
    {
        let customer = json!({ "name": unique("客户"), "kind": "person" });
        let request = server.admin().request("POST", "/v1/customers").json(&customer);
        let reply = request.header(name, &value).send();
        assert!(matches!(reply.status, 201 | 422), "{name}: {reply}");
    }
}

#[test]
fn an_answer_to_nonsense_is_no_answer_of_the_api() {
    let server = Server::shared();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"GET\r\n\r\n",
    ] {
        let answer = raw(&server, bytes);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{bytes:?}: {answer}");
    }
    let _unharmed = server.stranger().get("/healthz").expect(200);
}

#[test]
fn whoever_asks_before_sending_is_told_to_go_on() {
    let office = Office::shared();
    let body = office.complaint("ordinary").to_string();
    let head = format!(
        "POST /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        office.desk.token(),
        body.len()
    );
    let mut stream = connect(&office.server);
    stream.write_all(head.as_bytes()).unwrap();
    let mut told = [0; 25];
    stream.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(body.as_bytes()).unwrap();
    let answer = rest(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let opened: Value =
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_eq!(opened["procedure"], "complaint");
}
