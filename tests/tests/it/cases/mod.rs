//! `/v1/cases` and everything under it.

mod actions;
mod acts;
mod clocks;
mod comments;
mod complaint;
mod inquiry;
mod opening;
mod refusals;
mod repair;

use kefu_tests::{Client, Office, Reply, Server};
use serde_json::Value;

use crate::week::{Week, use_plain_office};

/// An office on a server of its own, on a Monday at nine in a week without holidays.
#[track_caller]
fn monday() -> (Office, Week) {
    let server = Server::start();
    use_plain_office(&server.admin());
    let week = Week::ahead_of(&server);
    server.set_clock(&week.at(0, "09:00"));
    (Office::open(&server), week)
}

/// The clock of that code on a case.
#[track_caller]
fn clock(case: &Reply, code: &str) -> Value {
    let clocks = case["clocks"].as_array().unwrap_or_else(|| panic!("no clocks: {case}"));
    let found = clocks.iter().find(|it| it["code"] == code);
    found.unwrap_or_else(|| panic!("no clock {code}: {case}")).clone()
}

/// The codes of the actions a case offers.
#[track_caller]
fn offered(case: &Reply) -> Vec<String> {
    let actions = case["actions"].as_array().unwrap_or_else(|| panic!("no actions: {case}"));
    actions.iter().map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

/// The types of a case's events, oldest first, without the prefix `case.`.
#[track_caller]
pub(crate) fn history(client: &Client, case: &str) -> Vec<String> {
    let types = client.timeline(case);
    let types = types.iter().map(|it| it["type"].as_str().unwrap().trim_start_matches("case."));
    types.map(str::to_owned).collect()
}

/// The data of a case's events of one type, oldest first.
#[track_caller]
fn facts(client: &Client, case: &str, kind: &str) -> Vec<Value> {
    let events = client.timeline(case).into_iter().filter(|it| it["type"] == kind);
    events.map(|it| it["data"].clone()).collect()
}

/// The open follow-ups of a case that run `procedure`.
#[track_caller]
fn open_children(client: &Client, parent: &str, procedure: &str) -> Vec<Value> {
    let list = client.get(&format!("/v1/cases?parent_id={parent}&limit=200")).expect(200).items();
    let open =
        list.into_iter().filter(|it| it["procedure"] == procedure && it["closed_at"].is_null());
    open.collect()
}

/// The only open follow-up of a case that runs `procedure`, read on its own.
#[track_caller]
fn child(client: &Client, parent: &str, procedure: &str) -> Reply {
    let open = open_children(client, parent, procedure);
    assert_eq!(open.len(), 1, "one open {procedure} of {parent}: {open:?}");
    client.case(open[0]["id"].as_str().unwrap())
}
