//! A forwarder: a shipment on its way, one that arrives broken, and one that is needed today.

use serde_json::{Value, json};

use super::Day;

const CLERK: &str = "logistics_clerk";
const CLAIMS: &str = "logistics_claims";
const MANAGER: &str = "logistics_manager";

fn monday() -> Day {
    let day = Day::of("logistics", "logistics_office", "2054-11-23 08:00");
    day.staff(&[CLERK, CLAIMS, MANAGER]);
    day
}

fn needed() -> Value {
    json!({ "need": "今晚前补发两箱滤芯", "needed_by": "2054-11-23T22:00:00+08:00" })
}

/// A shipment that has left.
fn shipped(day: &Day, waybill: &str) -> String {
    let order = json!({ "order_channel": "phone", "goods": "滤芯两箱", "consignee": "恒信商贸" });
    let case = day.open(CLERK, "shipment", order);
    let _accepted = day.act(CLERK, &case, "accept_instruction", json!({ "document_no": "DZ-1" }));
    let _left = day.act(CLERK, &case, "ship", left(waybill));
    case
}

fn left(waybill: &str) -> Value {
    json!({ "waybill_no": waybill, "carrier": "顺通物流" })
}

#[test]
fn the_departments_hear_of_an_urgent_order_within_half_an_hour_and_it_is_met_within_a_day() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let case = day.open(CLERK, "urgent_order", needed());
    day.promised(&case, "coordinate", "R-002-020", "2054-11-23 09:30");
    day.promised(&case, "meet", "R-002-020", "2054-11-24 09:00");
    let plan = json!({ "departments": ["warehouse", "transport"], "plan": "17点专车" });
    let _told = day.act(CLERK, &case, "coordinate", plan);
    day.kept(&case, "coordinate");
    let hopeless = json!({ "reason": "无库存", "told_by": "phone" });
    let _not_theirs = day.refused(CLERK, (&case, "miss"), hopeless, (403, ""));
    let _met = day.act(CLERK, &case, "meet", json!({ "result": "21点送达" }));
    day.kept(&case, "meet");
    assert_eq!(day.state(&case), "met");

    let slow = day.open(CLERK, "urgent_order", needed());
    day.at("2054-11-24 11:01");
    day.broken(&slow, "coordinate", MANAGER);
    day.broken(&slow, "meet", MANAGER);
    assert_ne!(day.read(&slow)["supervised_at"], Value::Null, "two hours later it is supervised");
    day.complies(&[("R-002-020", [6, 3, 2, 1])]);
}

#[test]
fn a_shipment_is_followed_from_the_order_to_the_callback() {
    let day = monday();
    day.at("2054-11-23 09:00");
    // "In time" says the regulation: two hours, a working day and five days are the pack's figures.
    let order = json!({ "order_channel": "phone", "goods": "滤芯两箱", "consignee": "恒信商贸" });
    let case = day.open(CLERK, "shipment", order);
    day.promised(&case, "accept", "R-002-013", "2054-11-23 11:00");
    day.at("2054-11-23 11:01");
    day.broken(&case, "accept", MANAGER);
    let _accepted = day.act(CLERK, &case, "accept_instruction", json!({ "document_no": "DZ-1" }));
    day.made_up(&case, "accept");
    day.promised(&case, "ship", "R-002-011", "2054-11-24 17:30");
    let _left = day.act(CLERK, &case, "ship", left("YD-1"));
    day.kept(&case, "ship");
    day.promised(&case, "deliver", "R-002-015", "2054-11-28 11:01");
    let order = json!({ "order_channel": "phone", "goods": "滤芯一箱", "consignee": "恒信商贸" });
    let other = day.open(CLERK, "shipment", order);
    let _accepted = day.act(CLERK, &other, "accept_instruction", json!({ "document_no": "DZ-2" }));
    let twice = day.refused(CLERK, (&other, "ship"), left("YD-1"), (409, ""));
    assert_eq!(twice["type"], "/problems/already_held", "one waybill is one shipment");

    let _arrived = day.act(CLERK, &case, "deliver", json!({ "signature": "王小明" }));
    day.kept(&case, "deliver");
    let _not_called = day.refused(CLERK, (&case, "close"), json!({}), (409, "R-002-051"));
    let call = day.child(&case, "callback");
    day.promised(&call, "callback", "R-002-051", "2054-11-26 11:01");
    let said = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _called = day.act(CLERK, &call, "record", said);
    let _closed = day.act(CLERK, &case, "close", json!({}));
    assert_eq!(day.state(&case), "closed");
    day.complies(&[
        ("R-002-013", [4, 2, 1, 1]),
        ("R-002-011", [5, 2, 0, 3]),
        ("R-002-015", [3, 2, 0, 1]),
        ("R-002-051", [3, 2, 0, 1]),
    ]);
}

#[test]
fn what_arrives_broken_is_claimed_with_every_paper() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let case = shipped(&day, "YD-7");
    let loss = json!({ "loss_kind": "damage", "loss": "外箱破损，六件受潮" });
    let _broken = day.act(CLERK, &case, "report_damage", loss);
    let claim = day.child(&case, "cargo_claim");
    day.promised(&claim, "notify", "R-002-022", "2054-11-25 09:00");
    let _told = day.act(CLAIMS, &claim, "notify_insurer", json!({ "insurer_ref": "RC-1" }));
    day.kept(&claim, "notify");
    day.promised(&claim, "submit", "R-002-022", "2054-12-03 09:00");
    let papers = |survey: &str| {
        json!({ "claim_papers": {
        "policy": "ok", "waybill": "ok", "invoice": "ok", "photos": "ok", "survey": survey,
    } })
    };
    let amount = json!({ "amount": { "amount": "1200.00" } });
    let _looked = day.act(CLAIMS, &claim, "check_papers", papers("fault"));
    let _one_missing = day.refused(CLAIMS, (&claim, "submit"), amount.clone(), (409, "R-002-022"));
    let _looked = day.act(CLAIMS, &claim, "check_papers", papers("ok"));
    let _claimed = day.act(CLAIMS, &claim, "submit", amount);
    let offer = json!({ "offered": { "amount": "1000.00" } });
    let _offered = day.act(CLAIMS, &claim, "offer", offer);
    let _not_theirs = day.refused(CLAIMS, (&claim, "approve"), json!({}), (403, ""));
    let _approved = day.act(MANAGER, &claim, "approve", json!({}));
    let _paid = day.act(CLAIMS, &claim, "receive", json!({ "receipt_no": "SK-0021" }));
    assert_eq!(day.state(&claim), "paid");
    assert_eq!(day.state(&case), "delivered", "the claim is over, the shipment goes on");
    day.complies(&[("R-002-022", [5, 4, 0, 1])]);
}

#[test]
fn the_days_shipping_information_is_put_together_every_morning() {
    let day = monday();
    // Of the pack all others build on: hears of what nobody has taken.
    day.staff(&["cs_supervisor"]);
    day.at("2054-11-23 08:30");
    let list = day.fell_due("logistics_daily_dispatch", "2054-11-23 08:30");
    day.promised(&list, "done", "R-002-011", "2054-11-23 17:30");
    let _done = day.act(CLERK, &list, "report", json!({ "result": "当日12票已交物流中心" }));
    day.kept(&list, "done");
    day.at("2054-11-24 17:31");
    let next = day.fell_due("logistics_daily_dispatch", "2054-11-24 08:30");
    day.broken(&next, "done", "cs_supervisor");
    assert_eq!(day.rounds("logistics_daily_dispatch"), ["missed", "met"]);
    day.complies(&[("R-002-011", [2, 1, 1, 0])]);
}
