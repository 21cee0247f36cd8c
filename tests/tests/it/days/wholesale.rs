//! A wholesaler of silver: who comes in, who looks on by video, and an order counted by two.

use serde_json::{Value, json};

use super::Day;

const DESK: &str = "wholesale_receptionist";
const FOLLOWER: &str = "wholesale_follower";
const WEB: &str = "wholesale_web_clerk";
const CASHIER: &str = "wholesale_cashier";
const SUPERVISOR: &str = "wholesale_supervisor";

fn monday() -> Day {
    let day = Day::of("wholesale", "wholesale_showroom", "2054-11-23 08:30");
    day.staff(&[DESK, FOLLOWER, WEB, CASHIER, SUPERVISOR, "wholesale_follower/2"]);
    day
}

fn goods() -> Value {
    json!([
        { "goods_code": "YS-2031", "quantity": 20, "price": { "amount": "35.00" } },
        { "goods_code": "YS-1108", "quantity": 10, "price": { "amount": "12.50" } },
    ])
}

#[test]
fn whoever_comes_in_is_greeted_within_a_minute_and_led_in_by_name() {
    let day = monday();
    day.at("2054-11-23 10:00");
    let case = day.open(DESK, "wholesale_reception", json!({}));
    day.promised(&case, "greet", "R-003-031", "2054-11-23 10:01");
    let _greeted = day.act(DESK, &case, "greet", json!({}));
    day.kept(&case, "greet");
    let seat = |water: bool| {
        json!({
            "water_served": water, "buyer_name": "杨梅", "buyer_phone": "13800138000",
            "first_visit": false, "visit_purpose": "buy",
        })
    };
    let dry = day.refused(DESK, (&case, "seat"), seat(false), (422, ""));
    assert_eq!(dry.pointers(), ["/water_served"], "R-003-032");
    let _seated = day.act(DESK, &case, "seat", seat(true));
    let other = json!({ "assignee_id": day.id(FOLLOWER) });
    let _buys = day.refused(DESK, (&case, "hand_on"), other.clone(), (409, "R-003-033"));
    let _bags = day.act(DESK, &case, "store_bags", json!({ "bags_reminded": true }));
    let _given = day.act(SUPERVISOR, &case, "give_follower", other);
    // "Immediately": five minutes are the pack's figure.
    day.promised(&case, "lead_in", "R-003-036", "2054-11-23 10:05");
    let _led = day.act(FOLLOWER, &case, "lead_in", json!({ "introduced": true }));
    day.kept(&case, "lead_in");
    assert_eq!(day.state(&case), "in_showroom");
    let order = day.child(&case, "wholesale_order");
    assert_eq!(day.field(&order, "customer_present"), true);

    let unseen = day.open(DESK, "wholesale_reception", json!({}));
    day.at("2054-11-23 10:02");
    day.broken(&unseen, "greet", SUPERVISOR);
    day.complies(&[
        ("R-003-031", [4, 2, 1, 1]),
        ("R-003-032", [2, 1, 0, 1]),
        ("R-003-033", [2, 1, 0, 1]),
        ("R-003-036", [3, 2, 0, 1]),
    ]);
}

#[test]
fn a_web_order_is_picked_the_day_it_comes_or_the_next_if_it_is_late_or_large() {
    let day = monday();
    day.at("2054-11-23 14:00");
    let order = json!({ "buyer_name": "杨梅", "order_text": "YS-2031 20 件，YS-1108 10 件" });
    let case = day.open(WEB, "wholesale_web_order", order.clone());
    day.promised(&case, "record", "R-003-086", "2054-11-23 15:00");
    let recorded = |large: bool| json!({ "ordered_goods": goods(), "order_copies": 2, "late_or_large": large });
    let _who = day.refused(WEB, (&case, "record"), recorded(false), (409, "R-003-085"));
    let kind = json!({ "buyer_kind": "wholesale" });
    let _who = day.act(WEB, &case, "ask_kind", kind.clone());
    let one = json!({ "ordered_goods": goods(), "order_copies": 1, "late_or_large": false });
    let one = day.refused(WEB, (&case, "record"), one, (422, ""));
    assert_eq!(one.pointers(), ["/order_copies"], "R-003-086: one is kept, one is to pick by");
    let _recorded = day.act(WEB, &case, "record", recorded(false));
    assert_eq!(day.field(&case, "ordered_goods_total")["amount"], "825.00");
    day.promised(&case, "pick", "R-003-087", "2054-11-23 18:00");
    let _picked = day.act(WEB, &case, "pick", json!({}));
    day.kept(&case, "pick");
    let silent = json!({ "differences_told": false, "result": "齐货" });
    let silent = day.refused(WEB, (&case, "report"), silent, (422, ""));
    assert_eq!(silent.pointers(), ["/differences_told"], "R-003-088");

    let large = day.open(WEB, "wholesale_web_order", order);
    let _who = day.act(WEB, &large, "ask_kind", kind);
    let _recorded = day.act(WEB, &large, "record", recorded(true));
    day.promised(&large, "pick", "R-003-087", "2054-11-24 18:00");
    day.at("2054-11-24 18:01");
    day.broken(&large, "pick", SUPERVISOR);
    day.complies(&[
        ("R-003-086", [4, 2, 0, 2]),
        ("R-003-085", [2, 0, 0, 2]),
        ("R-003-087", [4, 1, 1, 2]),
        ("R-003-088", [3, 0, 1, 2]),
    ]);
}

#[test]
fn a_video_is_tried_ten_minutes_ahead_and_the_sum_has_to_come_out() {
    let day = monday();
    day.at("2054-11-23 10:00");
    let wish = json!({
        "goods_to_see": "耳环、细手镯", "buyer_name": "杨梅", "buyer_phone": "13800138000",
    });
    let case = day.open(FOLLOWER, "wholesale_video", wish);
    day.promised(&case, "answer", "R-003-089", "2054-11-23 18:00");
    let book = json!({
        "goods_to_see": "耳环、细手镯", "price_range": "每件 30-80 元", "buyer_kind": "wholesale",
        "video_at": "2054-11-23T15:00:00+08:00",
    });
    let _booked = day.act(FOLLOWER, &case, "book", book);
    day.kept(&case, "answer");
    day.promised(&case, "lay_out", "R-003-090", "2054-11-23 14:00");
    day.at("2054-11-23 14:01");
    day.broken(&case, "lay_out", SUPERVISOR);
    let _laid_out = day.act(FOLLOWER, &case, "lay_out", json!({ "goods_in_place": true }));
    day.made_up(&case, "lay_out");
    day.at("2054-11-23 14:51");
    let tried = json!({ "video_check": { "logged_on": "ok", "camera": "ok", "headset": "ok" } });
    let _nine_minutes =
        day.refused(FOLLOWER, (&case, "try_out"), tried.clone(), (409, "R-003-078"));
    let mut late = tried;
    late["late_because"] = json!("前一场视频超时");
    let _late = day.act(FOLLOWER, &case, "try_late", late);
    let _on = day.act(FOLLOWER, &case, "begin", json!({}));
    let shown = json!({
        "goods_told": {
            "origin": "ok", "material": "ok", "care": "ok", "washing": "ok", "background": "ok",
            "quality": "ok",
        },
        "trend_heard": "耳环走得快", "ordered_goods": goods(), "ship_method": "express",
    });
    let _shown = day.act(FOLLOWER, &case, "end_showing", shown);
    day.promised(&case, "settle", "R-003-082", "2054-11-23 15:51");
    let quote = |due: &str| {
        json!({
            "quality_checked": true, "goods_amount": { "amount": "825.00" }, "arrears": { "amount": "100.00" },
            "old_balance": { "amount": "50.00" }, "freight_charge": { "amount": "25.00" },
            "sum_due": { "amount": due }, "bank": "农业银行", "pays_on": "2054-11-25",
        })
    };
    let _wrong = day.act(FOLLOWER, &case, "quote", quote("1000.00"));
    let _wrong = day.refused(FOLLOWER, (&case, "agree"), json!({}), (409, "R-003-082"));
    let _right = day.act(FOLLOWER, &case, "quote", quote("900.00"));
    let _agreed = day.act(FOLLOWER, &case, "agree", json!({}));
    day.kept(&case, "settle");
    let order = day.child(&case, "wholesale_order");
    assert_eq!(day.field(&order, "sum_due")["amount"], "900.00");
    day.complies(&[
        ("R-003-089", [2, 1, 0, 1]),
        ("R-003-090", [2, 0, 1, 1]),
        ("R-003-078", [1, 0, 0, 1]),
        ("R-003-082", [2, 1, 0, 1]),
    ]);
}

#[test]
fn goods_for_somebody_who_is_away_are_counted_by_two_and_packed_when_paid() {
    let day = monday();
    day.at("2054-11-23 10:00");
    let order = json!({
        "order_source": "phone", "buyer_name": "杨梅", "buyer_phone": "13800138000", "customer_present": false,
        "ship_method": "express", "ordered_goods": goods(),
    });
    let case = day.open(FOLLOWER, "wholesale_order", order);
    let _chosen = day.act(FOLLOWER, &case, "choose", json!({}));
    let settle =
        json!({ "on_file": "found", "buyer_phone": "13800138000", "ship_method": "express" });
    let _at_desk = day.act(CASHIER, &case, "settle", settle);
    day.promised(&case, "print_slip", "R-003-050", "2054-11-23 10:15");
    let slip = json!({
        "print_consent": true, "slip_no": "XS-17", "assignee_id": day.id(FOLLOWER),
    });
    let _unchecked = day.refused(CASHIER, (&case, "print_slip"), slip.clone(), (409, "R-003-049"));
    let _checked = day.act(CASHIER, &case, "check_quality", json!({ "no_fault_leaves": true }));
    let _printed = day.act(CASHIER, &case, "print_slip", slip);
    let counted = json!({
        "count_check": {
            "name": "ok", "code": "ok", "price": "ok", "quantity": "ok", "amount": "ok", "quality": "ok",
            "tick": "ok", "crossed": "na", "sorted": "ok",
        },
        "absent_box_check": { "padded": "ok", "third_copy": "ok", "seal_name": "ok" },
        "counter_signature": "李芳", "second_signature": "赵强",
    });
    let _alone =
        day.refused(FOLLOWER, (&case, "count_by_two"), counted.clone(), (409, "R-003-062"));
    let second = json!({ "person_id": day.id("wholesale_follower/2") });
    let _two = day.act(FOLLOWER, &case, "add_helper", second);
    let _unpaid =
        day.refused(FOLLOWER, (&case, "count_by_two"), counted.clone(), (409, "R-003-062"));
    let _paid = day.act(
        CASHIER,
        &case,
        "take_payment",
        json!({ "money_received": { "amount": "825.00" } }),
    );
    let _packed = day.act(FOLLOWER, &case, "count_by_two", counted);
    assert_eq!(day.state(&case), "packed");
    day.complies(&[
        ("R-003-050", [2, 1, 0, 1]),
        ("R-003-049", [1, 0, 0, 1]),
        ("R-003-062", [1, 0, 0, 1]),
    ]);
}

#[test]
fn the_web_desk_is_clear_every_evening() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let desk = day.fell_due("wholesale_web_desk_day", "2054-11-23 09:00");
    day.promised(&desk, "same_day", "R-003-092", "2054-11-23 18:00");
    day.at("2054-11-23 18:01");
    day.broken(&desk, "same_day", SUPERVISOR);
    assert_eq!(day.rounds("wholesale_web_desk_day"), ["missed"]);
    day.complies(&[("R-003-092", [2, 0, 1, 1])]);
}
