//! A cable television company: a fault goes to the station of its area, and no signal is cut on one
//! person's word.

use serde_json::{Value, json};

use super::Day;

const LINE: &str = "tv_line";
const NORTH: &str = "tv_north_station";
const CLERK: &str = "tv_clerk";
const HEAD: &str = "tv_station_head";
const MANAGER: &str = "tv_manager";

fn tuesday() -> Day {
    let day = Day::of("media", "media_desk", "2054-11-24 08:00");
    day.staff(&[LINE, NORTH, CLERK, HEAD, MANAGER]);
    day
}

fn fault(outage: bool) -> Value {
    json!({
        "fault_text": "信号时有时无，马赛克", "station": "north", "address": "人民西路18号3栋402",
        "contact": "13800138000", "outage": outage,
    })
}

fn repaired() -> Value {
    json!({ "cause": "分支器进水", "result": "更换分支器" })
}

#[test]
fn a_fault_goes_to_the_station_of_its_area_and_is_over_when_the_customer_says_so() {
    let day = tuesday();
    day.at("2054-11-24 09:00");
    let case = day.open(LINE, "tv_fault", fault(false));
    day.promised(&case, "dispatch", "R-002-288", "2054-11-24 09:30");
    let _elsewhere = day.refused(LINE, (&case, "send_south"), json!({}), (409, "R-002-282"));
    let _sent = day.act(LINE, &case, "send_north", json!({}));
    day.kept(&case, "dispatch");
    assert!(day.told(NORTH, &case).contains(&"waiting".to_owned()), "R-002-281");
    day.promised(&case, "repair", "R-002-276", "2054-11-25 09:00");
    let _there = day.act(NORTH, &case, "arrive", json!({}));
    let _mended = day.act(NORTH, &case, "repair", repaired());
    day.kept(&case, "repair");
    let call = day.child(&case, "callback");
    day.promised(&call, "callback", "R-002-288", "2054-11-27 09:00");
    let _early = day.refused(LINE, (&case, "close"), json!({}), (409, ""));
    let no = json!({ "satisfied": false, "confirmed_by": "recording", "opinions": "仍有马赛克" });
    let _called = day.act(LINE, &call, "record", no);
    assert_eq!(day.state(&case), "dispatched", "what is not mended goes out again");
    let _there = day.act(NORTH, &case, "arrive", json!({}));
    let _mended = day.act(NORTH, &case, "repair", repaired());
    let again = day.child(&case, "callback");
    let yes = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _called = day.act(LINE, &again, "record", yes);
    let _closed = day.act(LINE, &case, "close", json!({}));
    assert_eq!(day.state(&case), "closed");
    day.complies(&[
        ("R-002-288", [4, 4, 0, 0]),
        ("R-002-282", [1, 1, 0, 0]),
        ("R-002-281", [1, 1, 0, 0]),
        // The case, and two repairs: the customer was not satisfied with the first.
        ("R-002-276", [3, 3, 0, 0]),
    ]);
}

#[test]
fn an_outage_of_an_area_is_over_within_eight_hours_or_the_manager_knows() {
    let day = tuesday();
    day.at("2054-11-24 09:00");
    let case = day.open(LINE, "tv_fault", fault(true));
    let _sent = day.act(LINE, &case, "send_north", json!({}));
    day.promised(&case, "repair", "R-002-276", "2054-11-24 17:00");
    let another = json!({ "assignee_id": day.id("tv_south_station"), "reason": "城北站全员外出" });
    let _not_theirs = day.refused(LINE, (&case, "send_across"), another.clone(), (403, ""));
    let _across = day.act(MANAGER, &case, "send_across", another);
    day.at("2054-11-24 17:01");
    day.broken(&case, "repair", MANAGER);
    let _there = day.act("tv_south_station", &case, "arrive", json!({}));
    let _mended = day.act("tv_south_station", &case, "repair", repaired());
    day.made_up(&case, "repair");
    day.complies(&[("R-002-276", [2, 0, 1, 1])]);
}

#[test]
fn a_user_is_reminded_once_a_day_and_no_signal_is_cut_on_one_persons_word() {
    let day = tuesday();
    day.at("2054-11-24 09:00");
    let fee = json!({
        "household": "王小明", "user_kind": "ordinary", "station": "north", "period_of": "2054",
        "fee_due": { "amount": "168.00" },
    });
    let case = day.open(NORTH, "tv_fee", fee);
    // Thirty days are the pack's figure.
    day.promised(&case, "collect", "R-002-290", "2054-12-24 09:00");
    let by_phone = json!({ "told_by": "phone" });
    let _told = day.act(NORTH, &case, "remind", by_phone.clone());
    let _twice = day.refused(NORTH, (&case, "remind"), by_phone.clone(), (409, "R-002-290"));
    day.at("2054-11-25 09:00");
    let _told = day.act(NORTH, &case, "remind", by_phone);
    let why = json!({ "reason": "两次催收未缴" });
    let _not_theirs = day.refused(NORTH, (&case, "ask_off"), why.clone(), (403, "R-002-287"));
    let _asked = day.act(CLERK, &case, "ask_off", why);
    let _own = day.refused(CLERK, (&case, "approve"), json!({}), (403, "R-002-287"));
    let _off = day.act(MANAGER, &case, "approve", json!({}));
    assert_eq!(day.state(&case), "off");
    day.at("2054-12-24 09:01");
    day.broken(&case, "collect", MANAGER);
    let paid = json!({ "fee_paid": { "amount": "168.00" }, "receipt_no": "PJ-1" });
    let _paid = day.act(NORTH, &case, "collect", paid);
    day.made_up(&case, "collect");
    // Thursday: the payment is entered by the close of Friday.
    day.promised(&case, "enter", "R-002-289", "2054-12-25 17:30");
    let _entered = day.act(CLERK, &case, "enter", json!({ "entry_no": "LR-1" }));
    assert_eq!(day.state(&case), "entered");
    day.complies(&[
        ("R-002-290", [2, 1, 1, 0]),
        ("R-002-287", [2, 2, 0, 0]),
        ("R-002-289", [2, 2, 0, 0]),
    ]);
}

#[test]
fn the_stations_networks_are_audited_every_wednesday() {
    let day = tuesday();
    day.at("2054-11-25 09:00");
    let audit = day.fell_due("tv_network_audit", "2054-11-25 09:00");
    day.promised(&audit, "done", "R-002-276", "2054-11-27 09:00");
    let _done = day.act(HEAD, &audit, "record", json!({ "result": "线路完好", "faults": 0 }));
    day.kept(&audit, "done");
    assert_eq!(day.rounds("tv_network_audit"), ["met"]);
    day.complies(&[("R-002-276", [1, 1, 0, 0])]);
}
