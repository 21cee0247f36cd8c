//! `GET /v1/events`: the change feed.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Office, Reply, Server};
use serde_json::Value;

use crate::procedures::simple;
use crate::week::{Week, use_plain_office};

#[track_caller]
fn page(office: &Office, after: &str, limit: usize) -> Reply {
    let path = format!("/v1/events?after={after}&limit={limit}");
    office.server.admin().get(&path).expect(200)
}

fn own_office() -> Office {
    let server = Server::start();
    use_plain_office(&server.admin());
    let week = Week::ahead_of(&server);
    server.set_clock(&week.at(0, "09:00"));
    simple::publish(&server);
    Office::open(&server)
}

fn position(event: &Value) -> i64 {
    event["position"].as_i64().unwrap_or_else(|| panic!("no position: {event}"))
}

#[test]
fn the_feed_is_resumable_and_in_order() {
    let office = own_office();
    let case = simple::open(&office);
    let all = office.server.events_after("0");
    let positions: Vec<_> = all.iter().map(position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "strictly rising: {positions:?}");
    let opened: Vec<_> = all.iter().filter(|it| it["aggregate_id"] == case["id"]).collect();
    let first = opened.first().expect("the case is in the feed");
    assert_eq!(first["type"], "case.opened");
    assert_eq!((&first["aggregate"], &first["sequence"]), (&"case".into(), &1.into()));
    assert_eq!(first["actor_id"], office.desk.id.as_str());
    assert_eq!(first["occurred_at"], case["opened_at"]);
    let sequences: Vec<_> = opened.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
    assert_eq!(sequences, (1..=i64::try_from(opened.len()).unwrap()).collect::<Vec<_>>());

    // Page by page it is the same, and the next position goes on where the last one ended.
    let (mut after, mut walked) = ("0".to_owned(), Vec::new());
    loop {
        let page = page(&office, &after, 3);
        if page.items().is_empty() {
            assert_eq!(page["next_position"].to_string(), after, "nothing new, nowhere to go");
            break;
        }
        after = page["next_position"].to_string();
        walked.extend(page.items());
    }
    assert_eq!(walked, all);
}

#[test]
fn a_reader_misses_nothing_while_eight_write() {
    let office = own_office();
    let start = office.server.events_after("0").last().map_or(0, position).to_string();
    let done = AtomicBool::new(false);
    let (seen, opened) = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut after, mut seen) = (start.clone(), Vec::new());
            loop {
                let finished = done.load(Ordering::SeqCst);
                let page = page(&office, &after, 50);
                let items = page.items();
                if items.is_empty() && finished {
                    return seen;
                }
                after = page["next_position"].to_string();
                seen.extend(items);
            }
        });
        let write = || (0..25).map(|_| simple::open(&office).id()).collect::<Vec<_>>();
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(write)).collect();
        let opened: Vec<_> = writers.into_iter().flat_map(|it| it.join().unwrap()).collect();
        done.store(true, Ordering::SeqCst);
        (reader.join().unwrap(), opened)
    });
    let positions: Vec<_> = seen.iter().map(position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "strictly rising, nothing twice");
    let first: HashSet<_> = seen
        .iter()
        .filter(|it| it["type"] == "case.opened")
        .map(|it| it["aggregate_id"].as_str().unwrap().to_owned())
        .collect();
    let missed: Vec<_> = opened.iter().filter(|id| !first.contains(*id)).collect();
    assert!(missed.is_empty(), "the reader missed {} of {}", missed.len(), opened.len());
    assert_eq!(seen, office.server.events_after(&start), "the same as reading it afterwards");
}

#[test]
fn a_position_that_is_none_is_refused() {
    let admin = Server::shared().admin();
    for query in ["after=x", "after=-1", "limit=0", "limit=201", "after=1.5", "since=yesterday"] {
        let reply = admin.get(&format!("/v1/events?{query}"));
        assert!(matches!(reply.status, 400 | 422), "?{query} answered {reply}");
    }
}

#[test]
fn the_feed_takes_a_permission_and_shows_what_is_theirs() {
    let office = Office::shared();
    let neighbour = Office::shared();
    simple::publish(&office.server);
    let (mine, theirs) = (simple::open(&office).id(), simple::open(&neighbour).id());
    let refused = office.desk.get("/v1/events").refused(403);
    assert_eq!(refused["needs_permission"], "event.read");
    let since = Instant::now();
    let mut after = "0".to_owned();
    let mut seen = HashSet::new();
    while !seen.contains(&mine) {
        assert!(since.elapsed() < Duration::from_secs(30), "the supervisor never sees the case");
        let page = office.manager.get(&format!("/v1/events?after={after}&limit=200")).expect(200);
        seen.extend(page.column("aggregate_id"));
        after = page["next_position"].to_string();
    }
    assert!(!seen.contains(&theirs), "another site's case is in the feed");
}
