//! `kefu verify`: the log folds to the rows, and its chains are whole.

use kefu_tests::{Office, Server, kefu, unique};
use serde_json::json;

use crate::procedures::simple;

/// A server with some work behind it, stopped; its database and one case's id.
fn worked() -> (Server, String) {
    let server = Server::start();
    simple::publish(&server);
    let office = Office::open(&server);
    let id = office.open_complaint();
    let _taken = office.handler.act(&id, "investigate", json!({ "note": "现场查看" })).expect(200);
    let answer = json!({ "solution": "已调整导轨", "told_by": "phone" });
    let _told = office.desk.act(&id, "answer", answer).expect(200);
    let other = simple::open(&office).id();
    let _gone = office.desk.act(&other, "withdraw", json!({ "reason": "误报" })).expect(200);
    assert_eq!(server.stop(), Some(0));
    (server, id)
}

/// The literal both databases read as this case's id, and no other.
fn literal(id: &str) -> String {
    if kefu_tests::Database::is_postgres() {
        format!("'{id}'")
    } else {
        format!("x'{}'", id.replace('-', ""))
    }
}

#[test]
fn a_database_that_was_worked_with_is_whole() {
    let (server, _) = worked();
    let outcome = kefu(Some(server.database()), &["verify"]).succeeded();
    assert!(!outcome.stdout.trim().is_empty(), "it says what it looked at");
}

#[test]
fn one_byte_of_one_event_changed_by_hand_is_found_and_named() {
    let (server, id) = worked();
    let id_literal = literal(&id);
    let one = format!(
        "aggregate_id = {id_literal} and type = 'case.action_taken' and sequence = (select \
        min(sequence) from events where aggregate_id = {id_literal} and type = 'case.action_taken')"
    );
    let sequence = server
        .database()
        .count(&format!("select cast(sequence as bigint) from events where {one}"));
    server.database().damage(&format!(
        "update events set data = replace(data, '\"to\":\"investigating\"', '\"to\":\"investigatinG\"') where {one}"
    ));
    let outcome = kefu(Some(server.database()), &["verify"]).failed();
    let text = outcome.text();
    assert!(text.contains(&id), "it names the case: {text}");
    assert!(text.contains(&sequence.to_string()), "it names the event {sequence}: {text}");
}

#[test]
fn an_event_that_is_gone_is_missed() {
    let (server, id) = worked();
    let id_literal = literal(&id);
    server
        .database()
        .damage(&format!("delete from events where aggregate_id = {id_literal} and sequence = 2"));
    let outcome = kefu(Some(server.database()), &["verify"]).failed();
    assert!(outcome.text().contains(&id), "{}", outcome.text());
}

#[test]
fn a_row_changed_behind_the_logs_back_is_found() {
    let (server, id) = worked();
    let subject = unique("another");
    server
        .database()
        .damage(&format!("update cases set subject = '{subject}' where id = {}", literal(&id)));
    let outcome = kefu(Some(server.database()), &["verify"]).failed();
    assert!(outcome.text().contains(&id), "{}", outcome.text());
}
