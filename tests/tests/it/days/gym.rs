//! A fitness club from the early shift to closing time.

use serde_json::{Value, json};

use super::Day;

fn monday() -> Day {
    let day = Day::of("gym", "gym_hours", "2054-11-23 06:00");
    day.staff(&["gym_front_desk", "gym_bar", "gym_bar/2", "gym_manager"]);
    day
}

fn count(cash: &str, bottles: u32) -> Value {
    let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    json!({
        "cash_book": yuan("860.00"), "cash_counted": yuan(cash),
        "drinks": [{ "drink": "电解质水", "drink_book": 36, "drink_counted": bottles }],
    })
}

#[test]
fn the_bar_is_counted_at_every_change_of_shift_and_another_takes_over() {
    let day = monday();
    let (bar, other, manager) = ("gym_bar", "gym_bar/2", "gym_manager");
    day.at("2054-11-23 06:30");
    let early = day.fell_due("gym_count_early", "2054-11-23 06:30");
    day.promised(&early, "take_over", "R-004-249", "2054-11-23 07:30");
    let _counted = day.act(bar, &early, "count", count("860.00", 35));
    let _short = day.refused(other, (&early, "take_over"), json!({}), (403, "R-004-249"));
    let _explained = day.act(bar, &early, "explain", json!({ "count_gap": "一瓶破损，已拍照" }));
    let _own_count = day.refused(bar, (&early, "take_over"), json!({}), (403, "R-004-249"));
    let _taken = day.act(other, &early, "take_over", json!({}));
    day.kept(&early, "take_over");
    let _checked = day.act(manager, &early, "check", json!({}));
    assert_eq!(day.state(&early), "checked");

    // Twice a day: the late shift's count is opened as well, and nobody does it.
    day.at("2054-11-23 15:31");
    let late = day.fell_due("gym_count_late", "2054-11-23 14:30");
    day.broken(&late, "take_over", manager);
    assert_eq!(day.rounds("gym_count_early"), ["met"]);
    assert_eq!(day.rounds("gym_count_late"), ["missed"]);
    day.complies(&[("R-004-249", [4, 2, 1, 1])]);
}

#[test]
fn nobody_goes_in_whose_card_did_not_pass() {
    let day = monday();
    let (desk, manager) = ("gym_front_desk", "gym_manager");
    day.at("2054-11-23 09:00");
    let member =
        json!({ "visitor_kind": "member", "member_name": "陈丽", "gym_card_no": "VIP-00318" });
    let case = day.open(desk, "gym_visit", member.clone());
    assert_eq!(
        day.clock(&case, "receive").due,
        "2054-11-23 09:05",
        "R-004-251: nobody waits at the desk"
    );
    let _unseen = day.refused(desk, (&case, "admit"), json!({}), (409, "R-004-251"));
    let _seen = day.act(desk, &case, "check_card", json!({ "card_state": "expired" }));
    let _expired = day.refused(desk, (&case, "admit"), json!({}), (409, "R-004-251"));
    day.at("2054-11-23 09:06");
    day.broken(&case, "receive", manager);
    let _told =
        day.act(desk, &case, "turn_away", json!({ "desk_answer": "卡已过期，本人明日续卡" }));
    assert_eq!(day.state(&case), "turned_away");

    let next = day.open(desk, "gym_visit", member.clone());
    let _seen = day.act(desk, &next, "check_card", json!({ "card_state": "valid" }));
    let _inside = day.act(desk, &next, "admit", json!({ "locker_no": "男更-112" }));
    day.kept(&next, "receive");
    let another = day.open(desk, "gym_visit", member);
    let _seen = day.act(desk, &another, "check_card", json!({ "card_state": "valid" }));
    let taken = day.refused(
        desk,
        (&another, "admit"),
        json!({ "locker_no": "男更-112" }),
        (409, "R-004-251"),
    );
    assert_eq!(taken["type"], "/problems/already_held", "{taken}");
    let bill = json!({ "order_lines": [
        { "order_item": "矿泉水", "order_amount": { "amount": "4.00", "currency": "CNY" } },
        { "order_item": "私教体验", "order_amount": { "amount": "199.00", "currency": "CNY" } },
    ] });
    let _ordered = day.act(desk, &next, "enter_order", bill);
    assert_eq!(day.field(&next, "order_lines_total")["amount"], "203.00");
    let _gone = day.act(desk, &next, "leave", json!({}));
    let _now_free = day.act(desk, &another, "admit", json!({ "locker_no": "男更-112" }));
    day.complies(&[("R-004-251", [3, 2, 0, 1])]);
}

#[test]
fn a_locker_that_is_not_rented_on_is_cleared_by_two_and_what_was_in_it_kept() {
    let day = monday();
    let (desk, manager) = ("gym_front_desk", "gym_manager");
    day.at("2054-11-23 10:00");
    let rent = json!({
        "locker_no": "男更-020", "member_name": "陈丽", "member_phone": "13800138000", "paid_until": "2054-11-22",
    });
    let case = day.open(desk, "gym_locker", rent);
    let _told = day.act(desk, &case, "not_renewed", json!({ "told_member": "短信通知三日内自取" }));
    // "Promptly": seven days are the pack's figure.
    day.promised(&case, "clear", "R-004-258", "2054-11-30 10:00");
    let found = json!([{ "kept_item": "黑色水杯", "kept_class": "other", "kept_count": 1 }]);
    let refused = day.refused(desk, (&case, "clear"), json!({ "kept_items": found }), (422, ""));
    assert_eq!(refused.pointers(), ["/second_person"]);
    day.at("2054-11-30 10:01");
    day.broken(&case, "clear", manager);
    let _cleared =
        day.act(desk, &case, "clear", json!({ "second_person": "王敏", "kept_items": found }));
    day.made_up(&case, "clear");
    let kept = day.child(&case, "gym_deposit");
    day.promised(&kept, "shelve", "R-004-258", "2054-11-30 12:01");
    assert_eq!(day.field(&kept, "kept_items"), found);
    let _shelved = day.act(desk, &kept, "shelve", json!({ "shelf": "B-07" }));
    day.kept(&kept, "shelve");
    let _early =
        day.refused(manager, (&kept, "dispose"), json!({ "disposal": "无人认领" }), (409, ""));
    let claimed = json!({ "taken_by": "陈丽", "identity_seen": true });
    let _out = day.act(desk, &kept, "hand_out", claimed);
    assert_eq!(day.state(&kept), "handed_out");
    day.complies(&[("R-004-258", [4, 3, 1, 0])]);
}

#[test]
fn the_club_is_not_closed_over_a_fault_that_nobody_reported() {
    let day = monday();
    let (desk, manager) = ("gym_front_desk", "gym_manager");
    day.at("2054-11-23 22:00");
    let case = day.fell_due("gym_closing_check", "2054-11-23 22:00");
    day.promised(&case, "close", "R-004-263", "2054-11-23 23:00");
    let list = json!({ "closing_list": {
        "women_changing_water": "ok", "women_changing_power": "ok", "women_toilet_water": "fault",
        "women_toilet_power": "ok", "front_lights": "ok",
    } });
    let _looked = day.act(desk, &case, "check", list);
    assert_eq!(day.field(&case, "closing_list_faults"), 1);
    let over = json!({ "shift_handed_over": true });
    let _not_over_it = day.refused(desk, (&case, "close_club"), over.clone(), (409, "R-004-263"));
    let _told =
        day.act(desk, &case, "report_fault", json!({ "closing_fault": "女卫生间水阀关不严" }));
    let fault = day.child(&case, "rectification");
    day.promised(&fault, "notice", "R-000-369", "2054-11-24 22:00");
    let heard = [day.told(manager, &case), day.told(manager, &fault)].concat();
    assert!(heard.contains(&"waiting".to_owned()), "it is in the manager's pool: {heard:?}");
    let _closed = day.act(desk, &case, "close_club", over);
    day.kept(&case, "close");
    assert_eq!(day.state(&case), "closed");
    assert_eq!(day.rounds("gym_closing_check"), ["met"]);
    // Met: the case, and the clock by which its duty is kept. Open: the two counts at the bar, and the notice of the fault.
    day.complies(&[("R-004-263", [5, 2, 0, 3])]);
}
