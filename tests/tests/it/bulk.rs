//! Many cases at once: `POST /v1/cases/bulk` and `POST /v1/cases/bulk/actions`.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, Office, Options, Reply, Scope, Server, kefu, unique};
use serde_json::{Value, json};

use crate::procedures::simple;

const OPEN: &str = "/v1/cases/bulk";
const ACT: &str = "/v1/cases/bulk/actions";

fn office() -> Office {
    let office = Office::shared();
    simple::publish(&office.server);
    office
}

fn openings(office: &Office, count: usize) -> Vec<Value> {
    (0..count).map(|_| simple::opening(office)).collect()
}

fn total(office: &Office) -> u64 {
    let path = format!("/v1/cases?site_id={}&limit=1&count=true", office.site);
    office.desk.get(&path).expect(200)["total"].as_u64().unwrap()
}

/// The statuses of the items, after a look at what holds for every result.
#[track_caller]
fn statuses(reply: &Reply) -> Vec<u64> {
    let items = reply.items();
    let done = items.iter().filter(|it| it["case"].is_object()).count();
    assert_eq!(reply["succeeded"], done, "{reply}");
    assert_eq!(reply["failed"], items.len() - done, "{reply}");
    let status = |(index, item): (usize, &Value)| {
        assert_eq!(item["index"], index, "{item}");
        assert_ne!(item["case"].is_object(), item["problem"].is_object(), "{item}");
        if let Some(problem) = item["problem"].as_object() {
            assert_eq!(problem["status"], item["status"], "{item}");
            assert_eq!(problem["instance"], reply.header("x-request-id").unwrap(), "{item}");
            assert!(problem["type"].as_str().unwrap().starts_with("/problems/"), "{item}");
        }
        item["status"].as_u64().unwrap()
    };
    items.iter().enumerate().map(status).collect()
}

#[test]
fn many_cases_are_opened_by_one_request() {
    let office = office();
    let reply = office.desk.post(OPEN, json!({ "items": openings(&office, 45) })).expect(200);
    assert_eq!(statuses(&reply), [201; 45]);
    let of = |member: &str| -> HashSet<String> {
        let text = |it: &Value| it["case"][member].as_str().unwrap().to_owned();
        reply.items().iter().map(text).collect()
    };
    assert_eq!((of("id").len(), of("number").len(), total(&office)), (45, 45, 45));
    let last = &reply.items()[44]["case"];
    let read = office.desk.case(last["id"].as_str().unwrap());
    assert_eq!((&read["subject"], &read["version"]), (&last["subject"], &last["version"]));
}

#[test]
fn a_refusal_is_the_items_own() {
    let office = office();
    let mut items = openings(&office, 6);
    items[1]["subject"] = json!("");
    items[2]["procedure"] = json!("no_such_procedure");
    items[3]["surprise"] = json!(1);
    items[4]["fields"]["size"] = json!("large");
    let reply = office.desk.post(OPEN, json!({ "items": items })).expect(200);
    assert_eq!(statuses(&reply), [201, 422, 422, 422, 422, 201]);
    let pointer = |index: usize| reply.items()[index]["problem"]["errors"][0]["pointer"].clone();
    assert_eq!(
        [pointer(1), pointer(2), pointer(3), pointer(4)],
        ["/subject", "/procedure", "/surprise", "/fields/size"]
    );
    assert_eq!(total(&office), 2);
}

#[test]
fn all_or_none_names_every_refusal_and_does_nothing() {
    let office = office();
    let mut items = openings(&office, 30);
    items[3]["subject"] = json!("");
    items[25]["procedure"] = json!("no_such_procedure");
    let key = unique("atomic");
    let ask = |items: &[Value]| {
        let body = json!({ "atomic": true, "items": items });
        office.desk.request("POST", OPEN).header("idempotency-key", &key).json(&body).send()
    };
    let refused = ask(&items).refused(422);
    assert_eq!(refused["type"], "/problems/bulk_refused");
    let named: Vec<_> = refused.items().iter().map(|it| it["index"].as_u64().unwrap()).collect();
    assert_eq!(named, [3, 25], "{refused}");
    assert_eq!(refused.items()[0]["problem"]["errors"][0]["pointer"], "/subject");
    assert_eq!(total(&office), 0);
    // The key is left to a better attempt.
    let done = ask(&openings(&office, 30)).expect(200);
    assert_eq!(statuses(&done), [201; 30]);
    assert_eq!(total(&office), 30);
}

#[test]
fn the_same_key_answers_the_same_and_stands_for_nothing_else() {
    let office = office();
    let (key, items) = (unique("bulk"), openings(&office, 45));
    let ask = |path: &str, body: &Value| {
        office.desk.request("POST", path).header("idempotency-key", &key).json(body).send()
    };
    let body = json!({ "items": items });
    let first = ask(OPEN, &body).expect(200);
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = ask(OPEN, &body).expect(200);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    let _other = ask(OPEN, &json!({ "items": openings(&office, 45) })).refused(422);
    let _elsewhere = ask("/v1/cases", &items[0]).refused(422);
    assert_eq!(total(&office), 45);
}

#[test]
fn the_same_request_many_times_at_once_does_each_item_once() {
    let office = office();
    let (key, body) = (unique("at-once"), json!({ "items": openings(&office, 60) }));
    let ask = || {
        let request = office.desk.request("POST", OPEN).header("idempotency-key", &key);
        request.json(&body).send()
    };
    thread::scope(|scope| {
        let asked: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
        for reply in asked.into_iter().map(|it| it.join().unwrap()) {
            // "Still running" is an answer: the caller asks again.
            assert!(matches!(reply.status, 200 | 409), "{reply}");
        }
    });
    assert_eq!(statuses(&ask().expect(200)), [201; 60]);
    assert_eq!(total(&office), 60);
}

#[test]
fn nothing_and_too_much_are_refused_whole() {
    let office = office();
    for (body, pointer) in [
        (json!({ "items": [] }), "/items"),
        (json!({ "items": vec![json!({}); 1001] }), "/items"),
        (json!({}), "/items"),
        (json!({ "items": openings(&office, 1), "atomic": "yes" }), "/atomic"),
    ] {
        let refused = office.desk.post(OPEN, body).refused(422);
        assert_eq!(refused.pointers(), [pointer], "{refused}");
    }
    assert_eq!(total(&office), 0);
}

#[test]
fn a_thousand_are_done_and_others_are_served_meanwhile() {
    let office = office();
    let mut items = openings(&office, 1000);
    for item in &mut items {
        // Larger together than one body may usually be.
        item["fields"]["note"] = json!("长".repeat(200));
        item["subject"] = json!("长".repeat(200));
    }
    thread::scope(|scope| {
        let bulk = scope.spawn(|| office.desk.post(OPEN, json!({ "items": items })).expect(200));
        until(|| total(&office) > 0);
        let _between = simple::open(&office);
        assert!(!bulk.is_finished(), "the single case waited for the thousand");
        let reply = bulk.join().unwrap();
        assert_eq!(statuses(&reply), [201; 1000]);
    });
    assert_eq!(total(&office), 1001);
}

#[track_caller]
fn until(mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_mins(5), "it does not come to pass");
        thread::sleep(Duration::from_millis(2));
    }
}

/// A case that waits for an action, as a bulk action names it.
fn urging(case: &Value) -> Value {
    json!({
        "case_id": case["id"], "version": case["version"], "action": "urge",
        "input": { "reason": "客户再次来电" },
    })
}

fn opened(office: &Office, count: usize) -> Vec<Value> {
    let reply = office.desk.post(OPEN, json!({ "items": openings(office, count) })).expect(200);
    reply.items().iter().map(|it| it["case"].clone()).collect()
}

fn urged(client: &Client, case: &Value) -> Value {
    client.case(case["id"].as_str().unwrap())["urged"].clone()
}

#[test]
fn many_actions_are_taken_each_on_the_version_it_names() {
    let office = office();
    let cases = opened(&office, 25);
    let mut items: Vec<_> = cases.iter().map(urging).collect();
    items[1]["version"] = json!(99);
    items[2]["case_id"] = json!("01990000-0000-7000-8000-000000000000");
    items[3]["action"] = json!("teleport");
    items[4]["action"] = json!("go_on");
    items[5].as_object_mut().unwrap().remove("version");
    items[6]["input"]["surprise"] = json!(1);
    let reply = office.desk.post(ACT, json!({ "items": items })).expect(200);
    let mut expected = vec![200; 25];
    expected[1..7].copy_from_slice(&[412, 404, 404, 409, 422, 422]);
    assert_eq!(statuses(&reply), expected);
    assert!(reply.items()[4]["problem"]["allowed_actions"].is_array(), "{reply}");
    for (index, case) in cases.iter().enumerate() {
        assert_eq!(urged(&office.desk, case), u64::from(expected[index] == 200), "{index}");
    }
}

#[test]
fn actions_on_anothers_case_are_refused_one_by_one_or_all() {
    let office = office();
    let mine = opened(&office, 2);
    let elsewhere = Office::shared();
    let theirs = opened(&elsewhere, 1);
    let items: Vec<_> = mine.iter().chain(&theirs).map(urging).collect();
    let atomic = json!({ "atomic": true, "items": items });
    let refused = office.desk.post(ACT, atomic).refused(422);
    assert_eq!(refused.items()[0]["problem"]["status"], 404, "{refused}");
    assert_eq!(urged(&office.desk, &mine[0]), 0);
    let auditor = office.server.user("auditor", Scope::Site(&office.site));
    let reply = auditor.post(ACT, json!({ "items": items })).expect(200);
    assert_eq!(statuses(&reply), [403, 403, 404]);
    let reply = office.desk.post(ACT, json!({ "items": items })).expect(200);
    assert_eq!(statuses(&reply), [200, 200, 404]);
    assert_eq!(urged(&elsewhere.desk, &theirs[0]), 0);
}

#[test]
fn a_bulk_cut_short_by_kill_9_is_finished_by_its_repetition() {
    let server = Server::start();
    simple::publish(&server);
    let office = Office::open(&server);
    let database = server.database().clone();
    let (key, body) = (unique("cut"), json!({ "items": openings(&office, 400) }));
    let ask =
        |client: &Client| client.request("POST", OPEN).header("idempotency-key", &key).json(&body);
    thread::scope(|scope| {
        let cut = scope.spawn(|| ask(&office.desk).try_send().map(|it| it.status));
        until(|| total(&office) >= 60);
        server.kill();
        assert!(cut.join().unwrap().is_err(), "it was over before it was cut");
    });

    let again = Server::start_on(&database, Options::default());
    let office = Office { desk: office.desk.at(&again), server: again.clone(), ..office };
    let before = total(&office);
    assert!((60..400).contains(&before), "{before}");
    let reply = ask(&office.desk).send().expect(200);
    assert_eq!(statuses(&reply), [201; 400]);
    assert_eq!(reply.header("idempotent-replayed"), None);
    assert_eq!(total(&office), 400);
    let repeated = ask(&office.desk).send().expect(200);
    assert_eq!(repeated.header("idempotent-replayed"), Some("true"));
    assert_eq!(repeated.body, reply.body);
    assert_eq!(again.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}
