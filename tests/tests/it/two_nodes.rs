//! Timers go off exactly once, in real time, also when a node dies half-way.
//!
//! On PostgreSQL two nodes share the work and one of them is killed; SQLite has one node, which is
//! killed and started again.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Database, Office, Options, Server, kefu};
use serde_json::{Value, json};

use crate::procedures::simple;

const CODE: &str = "t_hurried";
const CASES: usize = 40;

fn real_time() -> Options {
    Options { real_time: true, ..Options::default() }
}

/// Warns after 1.8 s and after 3.6 s of half an hour.
fn definition() -> Value {
    let mut definition = simple::definition();
    definition["code"] = json!(CODE);
    definition["clocks"][0]["within"] = json!("30m");
    definition["clocks"][0]["calendar"] = json!("always");
    definition["clocks"][0]["warn"] = json!(["0.1%", "0.2%"]);
    definition["clocks"][0]["escalate"] = json!([]);
    definition
}

/// How often each case was warned at each point.
fn warnings(server: &Server) -> BTreeMap<(String, i64), usize> {
    let mut seen = BTreeMap::new();
    for event in server.events_after("0") {
        if event["type"] == "case.clock_warned" {
            let case = event["aggregate_id"].as_str().unwrap().to_owned();
            *seen.entry((case, event["data"]["point"].as_i64().unwrap())).or_default() += 1;
        }
    }
    seen
}

#[track_caller]
fn wait_for(what: &str, server: &Server, mut reached: impl FnMut() -> bool) {
    let since = Instant::now();
    while !reached() {
        assert!(since.elapsed() < Duration::from_mins(1), "{what}: never\n{}", server.log());
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn timers_go_off_once_though_a_node_is_killed_half_way() {
    let first = Server::start_with(real_time());
    let database = first.database().clone();
    let second = Database::is_postgres().then(|| Server::start_on(&database, real_time()));
    let office = Office::open(&first);
    simple::publish(&first);
    let _published = first.admin().post("/v1/procedures", definition()).expect(201);
    for n in 0..CASES {
        // Both nodes take requests, so both know the procedure that only one of them published.
        let node = second.as_ref().filter(|_| n % 2 == 0).unwrap_or(&first);
        let body = office.opening(CODE, json!({}));
        let _opened = office.desk.at(node).post("/v1/cases", body).expect(201);
    }
    wait_for("the first warnings", &first, || warnings(&first).len() >= CASES / 2);
    first.kill();
    let left = second.unwrap_or_else(|| Server::start_on(&database, real_time()));
    wait_for("all warnings", &left, || warnings(&left).len() == 2 * CASES);

    // Twice the distance between the two points: anything given twice has been given by now.
    thread::sleep(Duration::from_secs(4));
    let twice: Vec<_> = warnings(&left).into_iter().filter(|(_, times)| *times != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let inbox = office.desk.at(&left).get("/v1/notifications?limit=200").expect(200);
    let told = inbox.items().iter().filter(|it| it["type"] == "clock_warned").count();
    assert_eq!(told, 2 * CASES, "one notice for each");
    assert_eq!(left.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}
