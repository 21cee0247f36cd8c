//! `GET /v1/events/stream`: the feed as it happens.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, EventStream, Office, Options, Server};
use serde_json::json;

use crate::procedures::simple;

/// A server whose streams are never silent for longer than a second.
fn lively() -> Server {
    let env = [("KEFU_STREAM_HEARTBEAT", "1"), ("KEFU_STREAMS", "3")];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = Server::start_with(Options { env, ..Options::default() });
    simple::publish(&server);
    server
}

#[track_caller]
fn follow(who: &Client, query: &str) -> EventStream {
    let stream = who.request("GET", &format!("/v1/events/stream?{query}")).follow();
    stream.unwrap_or_else(|refused| panic!("{refused}"))
}

/// Where the feed ends now.
fn end(server: &Server) -> i64 {
    let all = server.events_after("0");
    all.last().and_then(|it| it["position"].as_i64()).unwrap_or(0)
}

#[test]
fn events_come_as_they_happen_and_go_on_where_they_stopped() {
    let server = lively();
    let office = Office::open(&server);
    let after = end(&server);
    let mut stream = follow(&server.admin(), &format!("after={after}&types=case.opened"));
    let mut seen = Vec::new();
    let mut last = 0;
    for _ in 0..3 {
        let case = simple::open(&office).id();
        let since = Instant::now();
        loop {
            let message = stream.next_message().expect("it goes on");
            last = message.id.expect("every message says where it is");
            let Some(event) = message.data else { continue };
            assert_eq!(
                (&event["type"], &event["aggregate_id"]),
                (&json!("case.opened"), &json!(case))
            );
            seen.push(event);
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(2), "woken by the commit");
    }
    drop(stream);
    let missed: Vec<_> = (0..2).map(|_| simple::open(&office).id()).collect();
    // What a browser does: the same address, and the last id it saw.
    let path = format!("/v1/events/stream?after={after}&types=case.opened");
    let request = server.admin().request("GET", &path).header("last-event-id", &last.to_string());
    let mut again = request.follow().unwrap_or_else(|refused| panic!("{refused}"));
    for case in missed {
        let event = again.next_event().expect("it goes on");
        assert_eq!(event["aggregate_id"], case);
        seen.push(event);
    }
    let path = format!("/v1/events?after={after}&types=case.opened&limit=200");
    assert_eq!(seen, server.admin().get(&path).expect(200).items(), "the same as the feed");
}

#[test]
fn a_stream_shows_what_its_reader_may_see_and_lives_when_there_is_nothing() {
    let server = lively();
    let (here, there) = (Office::open(&server), Office::open(&server));
    let after = end(&server);
    let mut stream = follow(&here.manager, &format!("after={after}"));
    let theirs = simple::open(&there).id();
    let mut life = stream.next_message().expect("it goes on");
    while life.data.is_some() {
        life = stream.next_message().expect("it goes on");
    }
    assert!(
        life.id.is_some_and(|it| it >= after),
        "a sign of life moves the position on: {life:?}"
    );
    let mine = simple::open(&here).id();
    let mut seen = HashSet::new();
    while !seen.contains(&mine) {
        let event = stream.next_event().expect("it goes on");
        seen.insert(event["aggregate_id"].as_str().unwrap().to_owned());
    }
    assert!(!seen.contains(&theirs), "another site's case is in the stream");
    assert!(
        here.desk.request("GET", "/v1/events/stream").follow().is_err_and(|it| it.status == 403)
    );
}

#[test]
fn a_stream_ends_with_its_token() {
    let server = lively();
    let admin = server.admin();
    let body = json!({
        "username": admin.username(), "password": "correct horse battery staple", "expires_in": 2,
    });
    let token = server.stranger().post("/v1/auth/token", body).expect(200).text_at("/access_token");
    let since = Instant::now();
    let mut stream = follow(&server.bearer(&token), "after=0");
    while stream.next_message().is_some() {
        assert!(since.elapsed() < Duration::from_secs(20), "it outlives its token");
    }
    let refused = server.bearer(&token).get("/v1/events/stream").refused(401);
    assert_eq!(refused["type"], "/problems/expired_token");
}

#[test]
fn a_stream_ends_when_its_reader_may_not_read_any_more() {
    let server = lively();
    let office = Office::open(&server);
    let mut stream = follow(&office.manager, "after=0&types=case.*");
    let admin = server.admin();
    let path = format!("/v1/users/{}", office.manager.id);
    let etag = admin.get(&path).expect(200).etag();
    let _out = admin.patch(&path, &etag, json!({ "active": false })).expect(200);
    let since = Instant::now();
    while stream.next_message().is_some() {
        assert!(since.elapsed() < Duration::from_secs(20), "it goes on for somebody who is out");
    }
}

#[test]
fn streams_end_when_the_server_stops() {
    let server = lively();
    let mut streams: Vec<_> = (0..3).map(|_| follow(&server.admin(), "after=0")).collect();
    for stream in &mut streams {
        assert!(stream.next_event().is_some());
    }
    let since = Instant::now();
    let stopping = server.clone();
    let stopped = thread::spawn(move || stopping.stop());
    for mut stream in streams {
        while stream.next_message().is_some() {}
    }
    assert_eq!(stopped.join().unwrap(), Some(0));
    assert!(since.elapsed() < Duration::from_secs(10), "nobody waits for streams");
}

#[test]
fn only_a_few_streams_are_open_for_one_person() {
    let server = lively();
    let office = Office::open(&server);
    let streams: Vec<_> = (0..3).map(|_| follow(&server.admin(), "after=0")).collect();
    let _too_many = server.admin().get("/v1/events/stream").refused(429);
    let _others = follow(&office.manager, "after=0");
    drop(streams);
    let since = Instant::now();
    while server.admin().request("GET", "/v1/events/stream").follow().is_err() {
        assert!(since.elapsed() < Duration::from_secs(20), "a place is free again");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_stream_is_not_compressed_and_what_makes_no_sense_is_refused() {
    let server = lively();
    let request = server.admin().request("GET", "/v1/events/stream?after=0");
    let mut stream = request.header("accept-encoding", "gzip").follow().unwrap();
    assert!(stream.next_event().is_some(), "it comes at once, and as text");
    let admin = server.admin();
    for query in ["after=-1", "after=x", "types=case", "limit=5"] {
        let refused = admin.get(&format!("/v1/events/stream?{query}"));
        assert_eq!(refused.status, 422, "{query}: {refused}");
    }
    let request = admin.request("GET", "/v1/events/stream").header("last-event-id", "tomorrow");
    assert_eq!(request.send().refused(422).pointers(), ["/Last-Event-ID"]);
}
