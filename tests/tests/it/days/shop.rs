//! Online and telephone sales.

use serde_json::{Value, json};

use super::Day;

fn monday() -> Day {
    let day = Day::of("shop", "shop_desk", "2054-11-23 08:00");
    day.staff(&[
        "presale_agent",
        "aftersales_agent",
        "shop_warehouse",
        "shop_head",
        "tele_supervisor",
    ]);
    day.at("2054-11-23 09:00");
    day
}

fn lines() -> Value {
    json!([
        { "item_name": "保温杯", "quantity": 2, "price": { "amount": "89.00", "currency": "CNY" } },
        { "item_name": "杯刷", "quantity": 1, "price": { "amount": "12.50", "currency": "CNY" } },
    ])
}

fn order(day: &Day, number: &str) -> String {
    let order = json!({
        "order_no": number, "buyer_name": "刘洋", "buyer_contact": "13800138000", "order_channel": "web",
        "order_lines": lines(),
    });
    day.open("presale_agent", "web_order", order)
}

#[test]
fn an_order_that_is_not_paid_within_twelve_hours_brings_a_call() {
    let day = monday();
    let (agent, head) = ("presale_agent", "shop_head");
    let (paid, forgotten) = (order(&day, "20541123-1"), order(&day, "20541123-2"));
    day.promised(&paid, "unpaid", "R-000-249", "2054-11-23 21:00");
    day.at("2054-11-23 20:00");
    let called = json!({ "told_by": "phone", "buyer_said": "在比价，今晚付" });
    let _reminded = day.act(agent, &paid, "remind", called.clone());
    day.kept(&paid, "unpaid");
    day.at("2054-11-23 21:01");
    day.broken(&forgotten, "unpaid", agent);
    assert!(day.told(head, &forgotten).is_empty(), "the head hears of it two hours later");
    day.at("2054-11-23 23:00");
    assert_eq!(day.told(head, &forgotten), ["clock_escalated"]);
    let _reminded = day.act(agent, &forgotten, "remind", called);
    day.made_up(&forgotten, "unpaid");
    let _dropped = day.act(agent, &forgotten, "drop", json!({ "reason": "客户不再需要" }));
    assert_eq!(day.state(&forgotten), "dropped");
    // Two clocks; two orders, of which one is closed; the day's check, which nobody did.
    day.complies(&[("R-000-249", [5, 2, 1, 2])]);
}

#[test]
fn a_parcel_goes_out_as_it_was_ordered_within_two_days_of_payment() {
    let day = monday();
    let (agent, head, warehouse) = ("presale_agent", "shop_head", "shop_warehouse");
    let case = order(&day, "20541123-3");
    assert_eq!(day.field(&case, "order_lines_total")["amount"], "190.50", "2 × 89.00 + 12.50");
    let money = json!({ "amount": { "amount": "190.50", "currency": "CNY" } });
    let _paid = day.act(agent, &case, "pay", money);
    // "In time" without a figure: 48 hours to ship and seven days to deliver are the pack's.
    day.promised(&case, "ship", "R-000-324", "2054-11-25 09:00");
    let unasked = json!({ "order_lines": lines(), "delivery_address": "滨江路 8 号", "approved_by_customer": false });
    let refused = day.refused(agent, (&case, "confirm"), unasked.clone(), (422, ""));
    assert_eq!(refused.pointers(), ["/approved_by_customer"]);
    let mut asked = unasked;
    asked["approved_by_customer"] = json!(true);
    let _confirmed = day.act(agent, &case, "confirm", asked);
    let _picked = day.act(agent, &case, "to_warehouse", json!({}));
    let parcel = json!({ "as_ordered": true, "carrier": "顺丰", "waybill_no": "SF1029384756" });
    let _not_the_agent = day.refused(agent, (&case, "ship"), parcel.clone(), (403, "R-000-059"));
    day.at("2054-11-25 09:01");
    day.broken(&case, "ship", head);
    let _shipped = day.act(warehouse, &case, "ship", parcel);
    day.made_up(&case, "ship");
    day.promised(&case, "deliver", "R-000-159", "2054-12-02 09:01");
    day.at("2054-11-28 15:00");
    let _received = day.act(agent, &case, "receive", json!({ "delivered_right": true }));
    day.kept(&case, "deliver");
    assert_eq!(day.state(&case), "received");
    day.complies(&[
        ("R-000-324", [3, 2, 1, 0]),
        ("R-000-059", [1, 1, 0, 0]),
        ("R-000-159", [3, 2, 1, 0]),
    ]);
}

#[test]
fn goods_that_come_back_are_not_solved_with_words() {
    let day = monday();
    let agent = "aftersales_agent";
    let told =
        json!({ "order_no": "20541119-7", "aftersales_kind": "return", "problem": "杯盖开裂" });
    let case = day.open(agent, "aftersales_case", told);
    day.promised(&case, "respond", "R-000-325", "2054-11-23 11:00");
    let _taken = day.act(agent, &case, "take_up", json!({ "aftersales_kind": "return" }));
    day.kept(&case, "respond");
    let words = json!({ "answer": "请小心使用", "told_by": "message" });
    let _no = day.refused(agent, (&case, "solve"), words, (409, "R-000-003"));
    let _awaited =
        day.act(agent, &case, "await_goods", json!({ "told_by": "message", "note": "运费到付" }));
    assert_eq!(day.clock(&case, "solve").state, "paused", "while the parcel is on its way back");
    day.at("2054-11-25 09:00");
    let settled =
        json!({ "settled_by": "refund", "amount": { "amount": "89.00", "currency": "CNY" } });
    let _settled = day.act(agent, &case, "settle_goods", settled);
    day.kept(&case, "solve");
    let _confirmed = day.act(agent, &case, "confirm", json!({ "satisfied": true }));
    let callback = day.child(&case, "callback");
    day.promised(&callback, "callback", "R-001-118", "2054-12-02 09:00");
    let glad = json!({ "satisfied": true, "confirmed_by": "message" });
    let _heard = day.act(agent, &callback, "record", glad);
    assert_eq!(
        (day.state(&case), day.state(&callback)),
        ("closed".to_owned(), "closed".to_owned())
    );
    day.complies(&[("R-000-325", [3, 3, 0, 0]), ("R-000-005", [2, 2, 0, 0])]);
}

#[test]
fn the_telephone_list_is_given_out_every_working_morning() {
    let day = monday();
    day.at("2054-11-24 08:30");
    let list = day.fell_due("tele_morning_list", "2054-11-24 08:30");
    assert_eq!(day.read(&list)["procedure"], "tele_list");
    day.at("2054-11-30 08:00");
    // Monday to Friday, none at the weekend; two hours later each is missed (R-002-251).
    assert_eq!(day.rounds("tele_morning_list"), ["missed"; 5]);
    day.complies(&[("R-002-251", [10, 0, 5, 5])]);
}
