//! A gas company: a trade user's meter, and a bill that is not paid.

use serde_json::{Value, json};

use super::Day;

const READER: &str = "gas_reader";
const COUNTER: &str = "gas_counter";
const HEAD: &str = "gas_head";
/// Of the pack all others build on: hears of what nobody has taken.
const SUPERVISOR: &str = "cs_supervisor";

fn november() -> Day {
    let day = Day::of("gas", "gas_window", "2054-11-18 08:30");
    day.staff(&[READER, COUNTER, HEAD, SUPERVISOR]);
    day
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn readings() -> Value {
    json!({
        "read_at": "2054-11-20T09:00:00+08:00", "reading_before": 1204, "reading_now": 1246,
    })
}

#[test]
fn a_trade_user_is_read_from_the_20th_on_and_billed_what_the_two_readings_say() {
    let day = november();
    let meter = json!({
        "gas_user_kind": "commercial", "gas_meter_no": "RQ-200418", "period_of": "2054-11",
    });
    let case = day.open(READER, "gas_reading", meter.clone());
    let twice = day.opening("gas_reading", meter);
    let held = day.person(READER).post("/v1/cases", twice).refused(409);
    assert_eq!(held["type"], "/problems/already_held", "a meter is read once for a period");
    let agreed = json!({ "planned_at": "2054-11-19T09:00:00+08:00" });
    let _agreed = day.act(READER, &case, "agree_time", agreed);
    day.at("2054-11-19 09:00");
    let early = day.refused(READER, (&case, "read_trade"), readings(), (409, "R-001-410"));
    assert!(early["detail"].as_str().unwrap().contains("20-25"), "{early}");

    day.at("2054-11-20 09:00");
    let round = day.fell_due("gas_trade_reading_round", "2054-11-20 08:30");
    day.promised(&round, "done", "R-001-414", "2054-11-25 08:30");
    let _read = day.act(READER, &case, "read_trade", readings());
    let statement = json!({ "gas_statement_no": "JS-0421", "signature": "王小明" });
    let _signed = day.act(READER, &case, "sign_statement", statement);
    day.promised(&case, "post", "R-001-415", "2054-11-21 16:30");
    let _handed_over = day.act(READER, &case, "hand_to_counter", json!({}));
    let volume = |m3: u32| json!({ "gas_volume": m3, "gas_amount_due": yuan("145.32") });
    let _entered = day.act(COUNTER, &case, "enter_volume", volume(24));
    let _wrong = day.refused(COUNTER, (&case, "post_volume"), json!({}), (409, "R-001-415"));
    let _entered = day.act(COUNTER, &case, "enter_volume", volume(42));
    let _posted = day.act(COUNTER, &case, "post_volume", json!({}));
    day.kept(&case, "post");
    assert_eq!(day.state(&case), "posted");
    let bill = day.child(&case, "gas_bill");
    assert_eq!(day.field(&bill, "gas_amount_due")["amount"], "145.32");
    day.promised(&bill, "pay", "R-001-418", "2054-11-27 09:00");

    // The round itself was not reported as done.
    day.at("2054-11-25 08:31");
    day.broken(&round, "done", SUPERVISOR);
    day.complies(&[
        ("R-001-410", [1, 1, 0, 0]),
        ("R-001-414", [2, 1, 1, 0]),
        ("R-001-415", [3, 2, 0, 1]),
        ("R-001-418", [2, 0, 0, 2]),
    ]);
}

#[test]
fn gas_is_shut_off_after_a_week_a_notice_three_days_a_dunning_and_the_heads_word() {
    let day = november();
    let statement = json!({
        "gas_user_kind": "residential", "gas_statement_no": "JS-0422", "gas_amount_due": yuan("88.00"),
    });
    let bill = day.open(COUNTER, "gas_bill", statement);
    day.promised(&bill, "pay_soon", "R-001-412", "2054-11-21 08:30");
    day.promised(&bill, "pay", "R-001-419", "2054-11-25 08:30");
    day.at("2054-11-21 08:31");
    day.broken(&bill, "pay_soon", COUNTER);
    day.at("2054-11-25 08:31");
    assert_eq!(day.state(&bill), "overdue", "R-001-420: a week has passed");
    assert!(day.told(READER, &bill).contains(&"waiting".to_owned()), "it is the readers' now");
    // Told on the day it falls due: the next working day is the project's own figure.
    day.promised(&bill, "notify", "R-001-420", "2054-11-26 17:30");
    let _told = day.act(READER, &bill, "notify_user", json!({ "told_by": "phone" }));
    day.kept(&bill, "notify");
    day.promised(&bill, "after_notice", "R-001-421", "2054-11-28 08:31");
    day.at("2054-11-28 08:32");
    assert_eq!(day.state(&bill), "arrears");
    let _passed_on =
        day.act(COUNTER, &bill, "pass_arrears", json!({ "gas_amount_due": yuan("88.00") }));
    let _dunned = day.act(READER, &bill, "issue_dunning", json!({ "dunning_no": "CJ-0033" }));
    day.kept(&bill, "dun");
    let shut = json!({ "shut_on": "2054-11-28" });
    let _no_word = day.refused(READER, (&bill, "shut_gas"), shut.clone(), (409, ""));
    let _proposed = day.act(READER, &bill, "propose_shutoff", json!({ "reason": "催缴无果" }));
    let _not_theirs = day.refused(COUNTER, (&bill, "approve"), json!({}), (403, "R-001-422"));
    let _approved = day.act(HEAD, &bill, "approve", json!({}));
    let _shut = day.act(READER, &bill, "shut_gas", shut);
    let paid = json!({ "gas_receipt_no": "SJ-1182", "gas_paid_on": "2054-11-28" });
    let _paid = day.act(COUNTER, &bill, "pay_after_shutoff", paid);
    let _restored = day.act(READER, &bill, "restore_gas", json!({}));
    assert_eq!(day.state(&bill), "paid");
    day.complies(&[
        ("R-001-412", [1, 0, 1, 0]),
        ("R-001-419", [2, 1, 1, 0]),
        ("R-001-420", [2, 2, 0, 0]),
        ("R-001-421", [3, 2, 1, 0]),
        ("R-001-422", [2, 2, 0, 0]),
    ]);
}

#[test]
fn whoever_contests_a_bill_is_not_dunned_while_it_is_looked_into() {
    let day = november();
    let statement = json!({
        "gas_user_kind": "residential", "gas_statement_no": "JS-0423", "gas_amount_due": yuan("880.00"),
    });
    let bill = day.open(COUNTER, "gas_bill", statement);
    let _contested = day.act(COUNTER, &bill, "contest_bill", json!({ "reason": "读数不符" }));
    day.at("2054-11-26 09:00");
    assert_eq!(day.state(&bill), "disputed");
    let _stands = day.act(COUNTER, &bill, "uphold_bill", json!({ "answer": "复核无误" }));
    // The week begins anew.
    day.promised(&bill, "pay", "R-001-419", "2054-12-03 09:00");
    let paid = json!({ "gas_receipt_no": "SJ-1183", "gas_paid_on": "2054-11-26" });
    let _paid = day.act(COUNTER, &bill, "take_payment", paid);
    day.kept(&bill, "pay");
    // The case, and two weeks: the one before the bill was contested and the one after.
    day.complies(&[("R-001-419", [3, 3, 0, 0])]);
}
