//! Nodes that die, and nodes that share the work.

use std::collections::HashSet;

use kefu_tests::{Client, Database, Options, Receiver, Server};
use serde_json::json;

use super::{Post, eventually, near};
use crate::procedures::simple;

fn real() -> Options {
    Options { real_time: true, ..near() }
}

fn cases_of(receiver: &Receiver) -> HashSet<String> {
    let case =
        |it: &kefu_tests::Received| it.body["data"]["aggregate_id"].as_str().map(str::to_owned);
    receiver.received().iter().filter_map(case).collect()
}

#[test]
fn a_node_that_is_killed_loses_none() {
    let post = Post::at(&Server::start_with(real()), json!({ "types": ["case.opened"] }));
    let first = post.office.server.clone();
    let mut cases = HashSet::new();
    for _ in 0..30 {
        cases.insert(post.open());
    }
    // Half of them are on their way, half are not even planned.
    first.kill();
    let again = Server::start_on(first.database(), real());
    let since = std::time::Instant::now();
    while !cases.is_subset(&cases_of(&post.receiver)) {
        let (came, waited) = (cases_of(&post.receiver).len(), since.elapsed());
        assert!(waited < std::time::Duration::from_mins(2), "{came} of 30\n{}", again.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(post.receiver.received().iter().all(|it| it.is_signed_with(&post.secret)));
    let manager: Client = post.manager.at(&again);
    let path = format!("{}/deliveries?limit=200&count=true", post.path());
    let total = eventually(&again, || {
        let found = manager.get(&path).expect(200);
        let open = found.items().iter().any(|it| it["status"] != "delivered");
        if open { Err(found.text) } else { Ok(found["total"].clone()) }
    });
    assert_eq!(total, 30, "each planned once");
}

#[test]
fn two_nodes_share_the_work_and_send_nothing_twice() {
    let post = Post::at(&Server::start_with(real()), json!({ "types": ["case.opened"] }));
    let first = post.office.server.clone();
    let second = Database::is_postgres().then(|| Server::start_on(first.database(), real()));
    let other = second.as_ref().unwrap_or(&first);
    let ordered = Receiver::start();
    let wish = json!({
        "url": ordered.url(), "types": ["case.opened"], "ordered": true,
        "site_id": post.office.site,
    });
    let _made = post.manager.at(other).post("/v1/webhooks", wish).expect(201);
    let mut cases = Vec::new();
    for n in 0..60 {
        let node = if n % 2 == 0 { &first } else { other };
        let opened = post.office.desk.at(node).post("/v1/cases", simple::opening(&post.office));
        cases.push(opened.expect(201).id());
    }
    for receiver in [&post.receiver, &ordered] {
        let got = receiver.wait_for(60);
        let ids: HashSet<_> = got.iter().map(|it| it.id().to_owned()).collect();
        assert_eq!((got.len(), ids.len()), (60, 60), "nothing twice");
        assert_eq!(cases_of(receiver).len(), 60);
    }
    let positions: Vec<_> =
        ordered.received().iter().map(|it| it.body["data"]["position"].as_i64().unwrap()).collect();
    assert!(positions.is_sorted(), "in the order of the feed: {positions:?}");
    post.all(60, "delivered");
    assert_eq!((post.receiver.received().len(), ordered.received().len()), (60, 60));
}
