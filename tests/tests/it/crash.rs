//! What was acknowledged is there after a power cut.

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, Office, Options, Server, kefu, unique};

use crate::procedures::simple;

/// Opens cases one after the other until the server is gone; each acknowledged id goes to `acks`.
fn write_until_the_end(office: &Office, acks: &Mutex<Vec<String>>) {
    let mut body = simple::opening(office);
    loop {
        body["subject"] = unique("crash").into();
        let request = office.desk.request("POST", "/v1/cases").json(&body);
        let request = request.header("idempotency-key", &unique("crash-key"));
        match request.try_send() {
            Ok(reply) if reply.status == 201 => acks.lock().unwrap().push(reply.id()),
            // Over the limit of requests: go on when it allows.
            Ok(reply) if matches!(reply.status, 429 | 503) => thread::yield_now(),
            Ok(reply) => panic!("{reply}"),
            Err(_) => return,
        }
    }
}

#[test]
fn every_acknowledged_case_survives_kill_9_under_writing_load() {
    let server = Server::start();
    simple::publish(&server);
    let office = Office::open(&server);
    let database = server.database().clone();
    let acks = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| write_until_the_end(&office, &acks));
        }
        let since = Instant::now();
        while acks.lock().unwrap().len() < 200 {
            assert!(
                since.elapsed() < Duration::from_mins(1),
                "no load builds up: {}",
                server.log()
            );
            thread::sleep(Duration::from_millis(5));
        }
        server.kill();
    });
    let acknowledged = acks.into_inner().unwrap();

    let again = Server::start_on(&database, Options::default());
    let desk: Client = office.desk.at(&again);
    for id in &acknowledged {
        let _there = desk.case(id);
    }
    let clocks = format!("/v1/cases?site_id={}&limit=1&count=true", office.site);
    let total = desk.get(&clocks).expect(200)["total"].as_u64().unwrap();
    assert!(
        total >= u64::try_from(acknowledged.len()).unwrap(),
        "{total} of {}",
        acknowledged.len()
    );
    let more = Office { server: again.clone(), desk: desk.clone(), ..office };
    let _goes_on = simple::open(&more);
    assert_eq!(again.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}
