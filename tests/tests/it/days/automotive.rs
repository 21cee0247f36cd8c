//! A car dealer: the buyer's file and the two levels of callback.

use serde_json::{Value, json};

use super::Day;

const SALES: &str = "automotive_salesperson";
const DESK: &str = "automotive_desk";
const ARCHIVIST: &str = "vehicle_archivist";
const AGENT: &str = "automotive_agent";
const SUPERVISOR: &str = "automotive_supervisor";
const MANAGER: &str = "automotive_manager";

/// From a Friday on: working days and days are not the same.
fn friday() -> Day {
    let day = Day::of("automotive", "automotive_desk", "2054-11-20 08:00");
    day.staff(&[SALES, DESK, ARCHIVIST, AGENT, SUPERVISOR, MANAGER]);
    day
}

fn papers(policy: &str) -> Value {
    json!({ "delivery_papers": {
        "contract": "ok", "accessories": "ok", "identity": "ok", "residence": "na", "certificate": "ok",
        "invoice": "ok", "tax": "ok", "licence": "ok", "policy": policy, "pick_up": "ok", "delivery": "ok",
        "admission": "ok",
    } })
}

fn new_car(day: &Day) -> String {
    let car = json!({
        "buyer": "王小明", "plate_or_vin": "LFV2A21K", "contact": "13800138000", "picked_up_on": "2054-11-20",
    });
    day.open(SALES, "vehicle_delivery", car)
}

#[test]
fn a_buyers_papers_are_in_within_two_working_days_and_the_file_is_whole() {
    let day = friday();
    day.at("2054-11-20 15:00");
    let case = new_car(&day);
    day.promised(&case, "hand_in", "R-002-182", "2054-11-24 17:30");
    let call = day.child(&case, "vehicle_callback");
    day.promised(&call, "callback", "R-002-172", "2054-11-27 15:00");
    day.at("2054-11-24 16:00");
    let _in = day.act(SALES, &case, "hand_in", papers("fault"));
    day.kept(&case, "hand_in");
    let number = json!({ "file_no": "QC-0311" });
    let _not_whole = day.refused(ARCHIVIST, (&case, "file"), number.clone(), (409, "R-002-181"));
    let _back = day.act(ARCHIVIST, &case, "ask_again", json!({ "reason": "缺保险单" }));
    let _in = day.act(SALES, &case, "hand_in", papers("ok"));
    let _filed = day.act(ARCHIVIST, &case, "file", number);
    assert_eq!(day.state(&case), "filed");
    day.complies(&[
        // The case, and the papers handed in twice: they were asked for again.
        ("R-002-182", [3, 3, 0, 0]),
        ("R-002-172", [8, 1, 0, 7]),
        // The case, and the file looked through twice.
        ("R-002-181", [3, 3, 0, 0]),
    ]);
}

#[test]
fn a_delay_is_explained_before_the_papers_are_due_or_not_at_all() {
    let day = friday();
    day.at("2054-11-20 15:00");
    let (case, silent) = (new_car(&day), new_car(&day));
    let why = json!({ "late_reason": "异地上牌，行驶证未回" });
    // Two days of the calendar have passed, two working days have not.
    day.at("2054-11-24 17:00");
    let _said = day.act(SALES, &case, "explain", why.clone());
    day.at("2054-11-24 17:31");
    day.broken(&case, "hand_in", MANAGER);
    assert_eq!(day.state(&silent), "overdue");
    let _too_late = day.refused(SALES, (&silent, "explain"), why, (409, ""));
    let _in = day.act(SALES, &silent, "hand_in", papers("ok"));
    day.made_up(&silent, "hand_in");
    day.complies(&[("R-002-182", [4, 0, 2, 2]), ("R-002-183", [2, 0, 0, 2])]);
}

#[test]
fn whoever_is_displeased_after_a_service_is_called_again_by_a_supervisor() {
    let day = friday();
    day.at("2054-11-20 16:00");
    let service = json!({
        "customer_name": "王小明", "plate_or_vin": "粤B12345", "contact": "13800138000",
    });
    let case = day.open(DESK, "vehicle_service_visit", service);
    day.promised(&case, "hand_over", "R-002-184", "2054-11-23 17:30");
    let call = day.child(&case, "vehicle_callback");
    day.promised(&call, "callback", "R-002-172", "2054-11-23 16:00");
    day.at("2054-11-22 10:00");
    let heard = json!({
        "reached_by": "phone", "displeased_with": ["waiting"], "opinion": "等了两个小时",
    });
    let _displeased = day.act(AGENT, &call, "displeased", heard);
    day.kept(&call, "callback");
    // The document breaks off after level one: a day for level two is the pack's figure.
    day.promised(&call, "level_two", "R-002-186", "2054-11-23 10:00");
    let again = json!({ "result": "已致歉并赠送保养一次", "satisfied": true });
    let _not_theirs = day.refused(AGENT, (&call, "call_again"), again.clone(), (403, "R-002-186"));
    day.at("2054-11-23 10:01");
    day.broken(&call, "level_two", SUPERVISOR);
    let _called = day.act(SUPERVISOR, &call, "call_again", again);
    day.made_up(&call, "level_two");
    assert_eq!(day.state(&call), "closed");
    let _over = day.act(DESK, &case, "hand_over", json!({ "job_sheet": "BY-08" }));
    day.kept(&case, "hand_over");
    day.complies(&[
        ("R-002-184", [3, 1, 0, 2]),
        ("R-002-172", [7, 2, 0, 5]),
        ("R-002-186", [2, 1, 1, 0]),
    ]);
}

#[test]
fn a_birthday_is_greeted_from_seven_to_two_days_ahead() {
    let day = friday();
    day.at("2054-11-20 09:00");
    let birthday =
        |on: &str| json!({ "customer_name": "王小明", "remind_of": "birthday", "falls_on": on });
    let sent = json!({ "sent_by": "card" });
    let early = day.open(AGENT, "vehicle_reminder", birthday("2054-11-28"));
    day.promised(&early, "send", "R-002-173", "2054-11-25 09:00");
    let _too_early = day.refused(AGENT, (&early, "send"), sent.clone(), (409, "R-002-173"));
    let late = day.open(AGENT, "vehicle_reminder", birthday("2054-11-21"));
    let _too_late = day.refused(AGENT, (&late, "send"), sent.clone(), (409, "R-002-173"));
    day.at("2054-11-21 00:00");
    let _seven_days_ahead = day.act(AGENT, &early, "send", sent);
    day.kept(&early, "send");
    day.complies(&[("R-002-173", [4, 2, 0, 2])]);
}
