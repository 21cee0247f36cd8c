//! The list of actions is exactly what succeeds, for anyone.

use std::collections::BTreeSet;

use kefu_tests::{Client, Office, Scope};
use serde_json::{Value, json};

use super::{history, offered};
use crate::procedures::simple;

/// Every ordinary act but the comment, which has an endpoint of its own.
const ACTS: [&str; 16] = [
    "assign",
    "claim",
    "transfer",
    "accept_transfer",
    "decline_transfer",
    "return",
    "urge",
    "supervise",
    "request_extension",
    "approve_extension",
    "refuse_extension",
    "suspend",
    "resume",
    "link",
    "withdraw",
    "reopen",
];

/// An input each action of the simple procedure and each ordinary act takes.
fn input(action: &str, office: &Office, other_case: &str) -> Value {
    match action {
        "finish" => json!({ "result": "办好了" }),
        "assign" => json!({ "to": office.supervisor.id }),
        "transfer" => json!({ "to": office.repairer.id, "reason": "转办" }),
        "decline_transfer" | "return" | "refuse_extension" | "suspend" | "withdraw" | "reopen" => {
            json!({ "reason": "原因" })
        }
        "request_extension" => json!({ "clock": "resolution", "span": "1wd", "reason": "等" }),
        "add_helper" => json!({ "person_id": office.supervisor.id }),
        "link" => json!({ "case_id": other_case, "relation": "related" }),
        "comment" => json!({ "text": "备注" }),
        _ => json!({}),
    }
}

/// Ways to bring a fresh case into a situation: who does what.
type Path<'a> = Vec<(&'a Client, &'static str)>;

fn situations(office: &Office) -> Vec<(&'static str, Path<'_>)> {
    let (desk, handler) = (&office.desk, &office.handler);
    vec![
        ("fresh", vec![]),
        ("claimed", vec![(handler, "claim")]),
        ("waiting", vec![(desk, "wait")]),
        ("offered on", vec![(handler, "claim"), (handler, "transfer")]),
        ("asked for time", vec![(desk, "request_extension")]),
        ("suspended", vec![(desk, "suspend")]),
        ("supervised", vec![(&office.manager, "supervise")]),
        ("done", vec![(desk, "finish")]),
        ("withdrawn", vec![(desk, "withdraw")]),
    ]
}

/// A fresh case brought into the situation.
#[track_caller]
fn bring(office: &Office, path: &Path<'_>, other: &str) -> String {
    let case = simple::open(office).id();
    for (who, action) in path {
        let _moved = who.act(&case, action, input(action, office, other)).expect(200);
    }
    case
}

#[test]
fn no_action_outside_the_list_succeeds_for_anyone() {
    let office = Office::shared();
    simple::publish(&office.server);
    let auditor = office.server.user("auditor", Scope::Site(&office.site));
    let people = [&office.desk, &office.handler, &office.manager, &office.repairer, &auditor];
    let all: BTreeSet<&str> = ACTS.into_iter().chain(["wait", "go_on", "finish"]).collect();
    let other = simple::open(&office).id();
    for (situation, path) in situations(&office) {
        let case = bring(&office, &path, &other);
        let before = history(&office.desk, &case);
        for who in people {
            let seen = who.case(&case);
            let listed = offered(&seen);
            for action in all.iter().filter(|it| !listed.contains(&(**it).to_owned())) {
                let form = input(action, &office, &other);
                let reply = who.act_on(&case, action, &seen.etag(), form);
                let name = who.username();
                assert!(
                    matches!(reply.status, 403 | 409),
                    "{situation}, {name}, {action}: {reply}"
                );
            }
        }
        assert_eq!(history(&office.desk, &case), before, "{situation}: something happened");
    }
}

#[test]
fn every_action_in_the_list_succeeds() {
    let office = Office::shared();
    simple::publish(&office.server);
    let people = [&office.desk, &office.handler, &office.manager, &office.repairer];
    let other = simple::open(&office).id();
    for (situation, path) in situations(&office) {
        for who in people {
            let listed = offered(&who.case(&bring(&office, &path, &other)));
            for action in listed {
                let case = bring(&office, &path, &other);
                let reply = who.act(&case, &action, input(&action, &office, &other));
                let name = who.username();
                assert_eq!(reply.status, 200, "{situation}, {name}, {action}: {reply}");
            }
        }
    }
}
