//! `GET /v1/events`: the change feed.

use std::collections::HashSet;
use std::sync::Mutex;
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

/// The case that an event says was opened.
fn opened(event: &Value) -> Option<String> {
    let opened = event["type"] == "case.opened";
    event["aggregate_id"].as_str().filter(|_| opened).map(str::to_owned)
}

/// How long eight write: five seconds, or `KEFU_FEED_SECONDS`.
fn while_they_write() -> Duration {
    let seconds = std::env::var("KEFU_FEED_SECONDS").ok().and_then(|it| it.parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

#[test]
fn a_reader_misses_nothing_while_eight_write() {
    let office = own_office();
    let start = office.server.events_after("0").last().map_or(0, position).to_string();
    let until = Instant::now() + while_they_write();
    let all: Mutex<Option<HashSet<String>>> = Mutex::default();
    let seen = thread::scope(|scope| {
        // On PostgreSQL an event shows when every older transaction of the server has ended, those of
        // other tests too: the reader reads on until it has seen what it was told of.
        let reader = scope.spawn(|| {
            let (mut after, mut seen) = (start.clone(), Vec::new());
            let mut came = HashSet::new();
            loop {
                let page = page(&office, &after, 50);
                let items = page.items();
                after = page["next_position"].to_string();
                came.extend(items.iter().filter_map(opened));
                let done = all.lock().unwrap().as_ref().is_some_and(|it| it.is_subset(&came));
                let nothing = items.is_empty();
                seen.extend(items);
                let late = Instant::now() > until + Duration::from_mins(1);
                if nothing && (done || late) {
                    return seen;
                }
            }
        });
        let write = || {
            let mut opened = Vec::new();
            while Instant::now() < until {
                opened.push(simple::open(&office).id());
            }
            opened
        };
        let writers: Vec<_> = (0..8).map(|_| scope.spawn(write)).collect();
        let opened = writers.into_iter().flat_map(|it| it.join().unwrap()).collect();
        *all.lock().unwrap() = Some(opened);
        reader.join().unwrap()
    });
    let opened_ones = all.into_inner().unwrap().unwrap();
    let positions: Vec<_> = seen.iter().map(position).collect();
    assert!(positions.is_sorted_by(|a, b| a < b), "strictly rising, nothing twice");
    let first: HashSet<_> = seen.iter().filter_map(opened).collect();
    let missed = opened_ones.difference(&first).count();
    assert_eq!(missed, 0, "the reader missed {missed} of {}", opened_ones.len());
    assert_eq!(seen, office.server.events_after(&start), "the same as reading it afterwards");
    eprintln!("{} cases, {} events, each once and in order", opened_ones.len(), seen.len());
}

#[test]
fn types_are_named_or_taken_by_their_kind() {
    let office = own_office();
    let _case = simple::open(&office);
    let customer = office.server.customer(&office.site);
    let admin = office.server.admin();
    let path = format!("/v1/customers/{customer}");
    let etag = admin.get(&path).expect(200).etag();
    let _gone = admin.delete(&path, &etag).expect(204);
    let all = office.server.events_after("0");
    let of = |types: &str| {
        let page = admin.get(&format!("/v1/events?types={types}&limit=200")).expect(200);
        page.items()
    };
    let only = |wanted: &dyn Fn(&str) -> bool| -> Vec<Value> {
        all.iter().filter(|it| wanted(it["type"].as_str().unwrap())).cloned().collect()
    };
    let deleted = of("customer.deleted");
    assert_eq!(deleted, only(&|it| it == "customer.deleted"));
    assert_eq!(deleted[0]["aggregate_id"], customer.as_str(), "a deletion is told");
    assert_eq!(of("case.*"), only(&|it| it.starts_with("case.")));
    let both = of("customer.*,case.opened");
    assert_eq!(both, only(&|it| it.starts_with("customer.") || it == "case.opened"));
    assert!(of("cases.*").is_empty());
    for bad in ["*", "case", "case.op*", "case.%25", "Case.opened"] {
        let refused = admin.get(&format!("/v1/events?types={bad}")).refused(422);
        assert_eq!(refused.pointers(), ["/types/0"], "{bad}");
    }
}

#[test]
fn another_sites_records_are_not_in_the_feed() {
    let (here, there) = (Office::shared(), Office::shared());
    let (mine, theirs) = (here.customer.clone(), there.customer.clone());
    let types = "types=customer.*,site.*,asset.*&limit=200";
    let (mut after, mut seen) = ("0".to_owned(), HashSet::new());
    let since = Instant::now();
    while !seen.contains(&mine) {
        assert!(since.elapsed() < Duration::from_secs(30), "their own customer never comes");
        let path = format!("/v1/events?after={after}&{types}");
        let page = here.manager.get(&path).expect(200);
        seen.extend(page.column("aggregate_id"));
        after = page["next_position"].to_string();
    }
    assert!(seen.contains(&here.site) && !seen.contains(&theirs) && !seen.contains(&there.site));
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
