//! `Idempotency-Key`: the same request twice has one effect.

use std::collections::HashSet;
use std::thread;

use kefu_tests::{Office, Reply, Server, unique};
use serde_json::{Value, json};

fn open(office: &Office, key: &str, body: &Value) -> Reply {
    office.desk.request("POST", "/v1/cases").header("idempotency-key", key).json(body).send()
}

fn cases_of(office: &Office) -> usize {
    let list = office.desk.get(&format!("/v1/cases?site_id={}&limit=200", office.site)).expect(200);
    list.items().len()
}

#[test]
fn a_key_that_is_none_is_refused_everywhere_even_where_nothing_is_stored() {
    let admin = Server::shared().admin();
    let deadline = json!({ "start": "2026-11-20T07:00:00Z", "span": "1wd" });
    let procedure = json!({ "code": "wish" });
    let asked = [
        ("POST", "/v1/calendars/office/deadline", deadline),
        ("POST", "/v1/procedures/check", procedure),
        ("PUT", "/v1/sandbox/clock", json!({ "now": "2026-11-20T07:00:00Z" })),
    ];
    for (method, path, body) in asked {
        let request = admin.request(method, path).json(&body).header("idempotency-key", "a b");
        let reply = request.send().expect(422);
        assert_eq!(reply.pointers(), ["/Idempotency-Key"], "{method} {path}");
    }
}

#[test]
fn the_same_key_and_body_replay_the_first_answer() {
    let office = Office::shared();
    let (key, body) = (unique("same"), office.complaint("ordinary"));
    let first = open(&office, &key, &body).expect(201);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = open(&office, &key, &body).expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(cases_of(&office), 1);
}

#[test]
fn the_same_key_with_another_body_is_refused() {
    let office = Office::shared();
    let key = unique("other");
    let _first = open(&office, &key, &office.complaint("ordinary")).expect(201);
    let _other = open(&office, &key, &office.complaint("major")).refused(422);
    assert_eq!(cases_of(&office), 1);
}

#[test]
fn a_key_is_its_callers_own() {
    let office = Office::shared();
    let (key, body) = (unique("mine"), office.complaint("ordinary"));
    let mine = open(&office, &key, &body).expect(201);
    let request = office.manager.request("POST", "/v1/cases").header("idempotency-key", &key);
    let theirs = request.json(&body).send().expect(201);
    assert_ne!(theirs.id(), mine.id());
    assert_eq!(theirs.header("idempotent-replayed"), None);
}

#[test]
fn a_hundred_at_once_make_one_case() {
    let office = Office::shared();
    let (key, body) = (unique("hundred"), office.complaint("ordinary"));
    let replies: Vec<Reply> = thread::scope(|scope| {
        let asked: Vec<_> = (0..100).map(|_| scope.spawn(|| open(&office, &key, &body))).collect();
        asked.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut made = HashSet::new();
    for reply in replies {
        match reply.status {
            201 => made.insert(reply.id()),
            // "Still running": the caller asks again.
            409 => made.insert(open(&office, &key, &body).expect(201).id()),
            _ => panic!("{reply}"),
        };
    }
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(cases_of(&office), 1);
}

#[test]
fn an_action_repeated_with_its_key_happens_once() {
    let office = Office::shared();
    let case = office.open_complaint();
    let path = format!("/v1/cases/{case}/actions/urge");
    let (key, etag) = (unique("urge"), office.desk.case(&case).etag());
    let ask = || {
        let request = office.desk.request("POST", &path).header("idempotency-key", &key);
        request.header("if-match", &etag).json(&json!({ "reason": "客户再次来电" })).send()
    };
    let first = ask().expect(200);
    let events = office.desk.timeline(&case).len();
    let again = ask().expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(office.desk.timeline(&case).len(), events);
}

#[test]
fn a_refusal_leaves_the_key_to_a_better_attempt() {
    let office = Office::shared();
    let key = unique("better");
    let mut bad = office.complaint("ordinary");
    bad["subject"] = json!("");
    let _refused = open(&office, &key, &bad).refused(422);
    let _made = open(&office, &key, &office.complaint("ordinary")).expect(201);
    assert_eq!(cases_of(&office), 1);
}

#[test]
fn a_key_that_is_none_is_refused() {
    let office = Office::shared();
    for key in ["", &"k".repeat(1_000)] {
        let reply = open(&office, key, &office.complaint("ordinary"));
        assert!(matches!(reply.status, 400 | 422), "{reply}");
    }
    assert_eq!(cases_of(&office), 0);
}
