//! A gas company: a trade user's meter, and a bill that is not paid.

use serde_json::{Value, json};

use super::Day;

const READER: &str = "gas_reader";
const COUNTER: &str = "gas_counter";
const HEAD: &str = "gas_head";

fn november() -> Day {
    let day = Day::of("gas", "gas_window", "2054-11-18 08:30");
    day.staff(&[READER, COUNTER, HEAD]);
    day
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
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
}
