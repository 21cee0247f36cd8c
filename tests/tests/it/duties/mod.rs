//! Duties: they arise, open cases, are kept or missed, rest, and are made up for after an outage.

mod arising;
mod counted;
mod nodes;
mod pause;
mod reading;

use kefu_tests::{Client, Server};
use serde_json::Value;

/// Each Friday at 16:00, the working day before if that is closed; due within a working day.
pub(crate) const WEEKLY: &str = "property_weekly_service_report";
/// On the first of the month at 09:00, or on the next working day.
pub(crate) const MONTHLY: &str = "property_monthly_service_summary";
/// Twice each working day, at times that nobody can foresee.
pub(crate) const TWICE_A_DAY: &str = "property_cleaning_spot_check";

/// Every occurrence of a duty at a site, oldest first.
#[track_caller]
pub(crate) fn occurrences(who: &Client, duty: &str, site: &str) -> Vec<Value> {
    let path = format!("/v1/duties/{duty}/occurrences?site_id={site}&limit=200");
    let mut found = who.get(&path).expect(200).items().clone();
    found.reverse();
    found
}

/// How often all the duties of a site have arisen.
#[track_caller]
pub(crate) fn arisen(who: &Client, site: &str) -> i64 {
    let duties = who.get("/v1/duties?limit=200").expect(200);
    assert_eq!(duties["next_cursor"], Value::Null, "all duties on one page");
    let count = |duty: &String| {
        let path = format!("/v1/duties/{duty}/occurrences?site_id={site}&limit=1&count=true");
        who.get(&path).expect(200)["total"].as_i64().unwrap()
    };
    duties.column("code").iter().map(count).sum()
}

/// How a duty stands at a site.
#[track_caller]
pub(crate) fn standing(who: &Client, duty: &str, site: &str) -> Value {
    let found = who.get(&format!("/v1/duties/{duty}")).expect(200);
    let sites = found["sites"].as_array().unwrap();
    sites.iter().find(|it| it["site_id"] == site).cloned().unwrap_or_default()
}

/// Local times in Shanghai of a member of each.
pub(crate) fn local(items: &[Value], member: &str) -> Vec<String> {
    let shown = |it: &Value| {
        let at = kefu_tests::at(it[member].as_str().unwrap());
        at.with_timezone(&chrono_tz::Asia::Shanghai).format("%m-%d %H:%M").to_string()
    };
    items.iter().map(shown).collect()
}

/// The statuses of occurrences.
pub(crate) fn statuses(items: &[Value]) -> Vec<&str> {
    items.iter().map(|it| it["status"].as_str().unwrap()).collect()
}

/// `2026-11-06 16:00` in Shanghai, as the clock takes it.
pub(crate) fn shanghai(text: &str) -> String {
    use chrono::{NaiveDateTime, SecondsFormat, TimeZone as _, Utc};
    let naive = NaiveDateTime::parse_from_str(&format!("{text}:00"), "%Y-%m-%d %H:%M:%S").unwrap();
    let local = chrono_tz::Asia::Shanghai.from_local_datetime(&naive).unwrap();
    local.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A sandbox whose clock stands at a time in Shanghai.
#[track_caller]
pub(crate) fn sandbox_at(text: &str) -> Server {
    let server = Server::start_with(kefu_tests::Options::with_duties());
    server.set_clock(&shanghai(text));
    server
}

/// Stops a server and starts it again when its clock has gone on to a time in Shanghai: nothing ran
/// meanwhile.
#[track_caller]
pub(crate) fn out_of_order_until(server: &Server, text: &str) -> Server {
    started_again_at(server, text, kefu_tests::Options::with_duties())
}

/// The same for a server that is started with options of its own.
#[track_caller]
pub(crate) fn started_again_at(
    server: &Server,
    text: &str,
    options: kefu_tests::Options,
) -> Server {
    assert_eq!(server.stop(), Some(0));
    let database = server.database();
    let now = shanghai(text);
    let set = format!("UPDATE settings SET value = '\"{now}\"' WHERE key = 'sandbox_clock'");
    database.execute(&set);
    Server::start_on(database, options)
}
