//! Each occurrence opens one case, also with two nodes, one of which is killed half-way.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use kefu_tests::{Database, Options, Server, kefu};
use serde_json::json;

use super::{TWICE_A_DAY, WEEKLY, occurrences, sandbox_at, shanghai};
use crate::week::use_plain_office;

#[test]
fn two_nodes_one_of_them_killed_open_each_case_once() {
    let first = sandbox_at("2035-10-31 20:00");
    let admin = first.admin();
    use_plain_office(&admin);
    let sites: Vec<String> = (0..3).map(|_| first.site()).collect();
    let database = first.database().clone();
    let second = Database::is_postgres().then(|| Server::start_on(&database, Options::default()));
    let end = shanghai("2035-12-22 00:00");
    thread::scope(|scope| {
        let body = json!({ "now": end });
        let move_clock = |node: &Server| {
            let admin = node.admin();
            let _token = admin.token();
            let request = admin.request("PUT", "/v1/sandbox/clock").json(&body);
            // A node that is killed does not answer.
            move || drop(request.try_send())
        };
        let moving = move_clock(&first);
        scope.spawn(moving);
        if let Some(second) = &second {
            scope.spawn(move_clock(second));
        }
        thread::sleep(Duration::from_millis(400));
        first.kill();
    });
    let left = second.unwrap_or_else(|| Server::start_on(&database, Options::default()));
    left.set_clock(&end);
    let admin = left.admin();
    for site in &sites {
        let weekly = occurrences(&admin, WEEKLY, site);
        let checks = occurrences(&admin, TWICE_A_DAY, site);
        assert_eq!((weekly.len(), checks.len()), (8, 2 * 37), "each arose once");
        let cases: BTreeSet<_> =
            weekly.iter().chain(&checks).map(|it| it["case_id"].as_str().unwrap()).collect();
        assert_eq!(cases.len(), 8 + 2 * 37, "and opened a case of its own");
        let all = admin.get(&format!("/v1/cases?site_id={site}&limit=1&count=true")).expect(200);
        assert_eq!(all["total"], 8 + 2 * 37 + 2, "and no other but the two of the months");
    }
    assert_eq!(left.stop(), Some(0));
    let _whole = kefu(Some(&database), &["verify"]).succeeded();
}
