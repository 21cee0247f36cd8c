//! The service desk of a shopping centre.

use serde_json::{Value, json};

use super::Day;

/// A Monday on which the centre opens at ten.
fn monday() -> Day {
    let day = Day::of("mall", "mall_hours", "2054-11-23 08:50");
    day.staff(&["mall_desk_agent", "mall_service_manager"]);
    day
}

fn coat(day: &Day) -> String {
    let told = json!({
        "heard_at": "desk", "what_happened": "羊毛大衣起球，店铺拒绝退货", "merchant": "二层 208 号 悦装女装",
        "wanted": "退货并说明", "grade": "ordinary",
    });
    day.open("mall_desk_agent", "mall_complaint", told)
}

fn checked(receipt: &str) -> Value {
    json!({ "receipt_no": receipt, "bought_on": "2054-11-20", "fault_found": "fault", "goods_intact": true })
}

#[test]
fn a_complaint_about_a_shop_is_settled_with_it_and_money_goes_back_once() {
    let day = monday();
    let (agent, manager) = ("mall_desk_agent", "mall_service_manager");
    day.at("2054-11-23 10:00");
    let case = coat(&day);
    // "Promptly" is 30 minutes and 24 hours here: figures of the pack, a mall's to change.
    day.promised(&case, "first_answer", "R-000-112", "2054-11-23 10:30");
    day.promised(&case, "settle", "R-003-009", "2054-11-24 10:00");
    day.at("2054-11-23 10:20");
    let _taken = day.act(agent, &case, "take_up", json!({}));
    day.kept(&case, "first_answer");
    let authority = json!({ "authority_name": "区市场监督管理局" });
    let _only_a_major_one =
        day.refused(manager, (&case, "to_authority"), authority, (409, "R-000-188"));
    let _asked = day.act(
        agent,
        &case,
        "to_merchant",
        json!({ "merchant": "悦装女装", "note": "附检测照片" }),
    );
    day.at("2054-11-24 10:01");
    day.broken(&case, "settle", manager);
    assert!(
        day.read(&case)["supervised_at"].is_string(),
        "the last rung puts it under supervision"
    );
    let _said = day.act(agent, &case, "merchant_answers", json!({ "merchant_answer": "同意退货" }));
    let answer = json!({ "answer": "商户同意退货退款", "told_by": "phone", "remedy": "refund" });
    let _answered = day.act(agent, &case, "answer", answer);
    day.made_up(&case, "settle");

    let goods = day.child(&case, "mall_return");
    day.promised(&goods, "decide", "R-000-112", "2054-11-25 10:01");
    let _checked = day.act(agent, &goods, "check", checked("POS-20541120-0871"));
    let refund = json!({ "amount": "1280.00", "currency": "CNY" });
    let grant = json!({ "remedy": "refund", "amount": refund });
    let _not_the_desk = day.refused(agent, (&goods, "grant"), grant.clone(), (403, "R-000-112"));
    let _granted = day.act(manager, &goods, "grant", grant);
    day.kept(&goods, "decide");
    let _paid =
        day.act(agent, &goods, "hand_over", json!({ "signature": "王小明", "amount": refund }));
    assert_eq!(day.state(&goods), "done");
    let again = json!({ "merchant": "悦装女装", "goods": "羊毛大衣", "wish": "refund" });
    let again = day.open(agent, "mall_return", again);
    let twice = day.refused(agent, (&again, "check"), checked("POS-20541120-0871"), (409, ""));
    assert_eq!(twice["type"], "/problems/already_held", "{twice}");

    let callback = day.child(&case, "callback");
    day.promised(&callback, "callback", "R-001-118", "2054-11-27 10:01");
    let _not_yet = day.refused(agent, (&case, "close"), json!({}), (409, "R-003-009"));
    let glad = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _heard = day.act(agent, &callback, "record", glad);
    let _closed = day.act(agent, &case, "close", json!({}));
    assert_eq!(day.state(&case), "closed");
    day.complies(&[
        ("R-003-009", [2, 1, 1, 0]),
        ("R-000-188", [1, 1, 0, 0]),
        ("R-000-111", [1, 1, 0, 0]),
        ("R-001-118", [2, 2, 0, 0]),
    ]);
}

#[test]
fn a_shopper_who_is_not_satisfied_is_heard_again() {
    let day = monday();
    let agent = "mall_desk_agent";
    day.at("2054-11-23 11:00");
    let case = coat(&day);
    let _taken = day.act(agent, &case, "take_up", json!({}));
    let answer = json!({ "answer": "店铺致歉", "told_by": "visit", "remedy": "apology" });
    let _answered = day.act(agent, &case, "answer", answer);
    assert_eq!(day.children(&case, "mall_return"), 0, "an apology brings no goods back");
    let callback = day.child(&case, "callback");
    let cross = json!({ "satisfied": false, "confirmed_by": "message", "opinions": "只要退款" });
    let _heard = day.act(agent, &callback, "record", cross);
    assert_eq!(day.state(&case), "handling", "the callback's result opens it again");
    let problem = day.child(&callback, "rectification");
    // Two documents, two figures: one hour unless the site chooses 24.
    day.promised(&problem, "notice", "R-000-369", "2054-11-23 12:00");
}

#[test]
fn a_card_number_is_one_members() {
    let day = monday();
    let agent = "mall_desk_agent";
    day.at("2054-11-23 10:00");
    let member = |name: &str| json!({ "member_name": name, "member_phone": "13900139000", "card_level": "silver" });
    let first = day.open(agent, "mall_vip_card", member("赵敏"));
    day.promised(&first, "issue", "R-000-183", "2054-11-23 10:30");
    let card = json!({ "card_no": "VIP-003917", "signature": "赵敏" });
    let _issued = day.act(agent, &first, "issue", card.clone());
    day.kept(&first, "issue");
    let second = day.open(agent, "mall_vip_card", member("钱红"));
    let _taken = day.refused(agent, (&second, "issue"), card, (409, "R-000-183"));
    let up = json!({ "card_level": "gold", "reason": "年消费满三万元" });
    let _not_the_desk =
        day.refused(agent, (&first, "change_level"), up.clone(), (403, "R-000-183"));
    let _raised = day.act("mall_service_manager", &first, "change_level", up);
    assert_eq!(day.field(&first, "card_level"), "gold");
    day.at("2054-11-23 10:31");
    day.broken(&second, "issue", "mall_service_manager");
    day.complies(&[("R-000-183", [4, 1, 1, 2])]);
}

#[test]
fn the_service_facilities_are_checked_every_day() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let check = day.fell_due("mall_facility_check", "2054-11-23 09:00");
    assert_eq!(
        day.clock(&check, "done").due,
        "2054-11-23 19:00",
        "R-000-191: within the day's ten hours"
    );
    let fine = json!({ "result": "轮椅、童车、雨伞齐备", "faults": 0 });
    let _done = day.act("mall_service_manager", &check, "record", fine);
    day.kept(&check, "done");
    day.at("2054-11-24 19:01");
    assert_eq!(day.rounds("mall_facility_check"), ["missed", "met"]);
    day.complies(&[("R-000-191", [2, 1, 1, 0])]);
}
