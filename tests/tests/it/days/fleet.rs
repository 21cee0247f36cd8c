//! A seller of vehicle trackers: a repair at the customer's yard, and the money it brings in.

use serde_json::{Value, json};

use super::Day;

const CLERK: &str = "gps_clerk";
const FITTER: &str = "gps_fitter";
const MANAGER: &str = "gps_manager";
const CASHIER: &str = "gps_cashier";

fn monday() -> Day {
    let day = Day::of("fleet", "fleet_hours", "2054-11-23 08:30");
    day.staff(&[CLERK, FITTER, MANAGER, CASHIER]);
    day
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn checked(papers: &str) -> Value {
    json!({ "gps_departure": { "order_read": "ok", "tools": "ok", "spares": "ok", "papers": papers } })
}

fn broken_terminal(in_warranty: bool, urgent: bool) -> Value {
    json!({
        "customer_name": "顺达运输公司", "address": "南山区科技路 8 号", "contact": "13800138000",
        "product_model": "GT-08", "bought_on": "2053-01-12", "fault_found": "不定位",
        "fault_symptom": "行驶中信号灯不亮", "in_warranty": in_warranty, "urgent_repair": urgent,
    })
}

/// Approved, given to the fitter, looked over and driven to.
fn on_the_spot(day: &Day, case: &str) {
    let _sent = day.act(CLERK, case, "submit_order", json!({}));
    let _approved = day.act(MANAGER, case, "approve", json!({}));
    let _given = day.act(CLERK, case, "assign_fitter", json!({ "assignee_id": day.id(FITTER) }));
    let _looked = day.act(FITTER, case, "check_departure", checked("fault"));
    let _not_so = day.refused(FITTER, (case, "set_out"), json!({}), (409, "R-001-015"));
    let _looked = day.act(FITTER, case, "check_departure", checked("ok"));
    let _off = day.act(FITTER, case, "set_out", json!({}));
    let _there =
        day.act(FITTER, case, "arrive", json!({ "gps_arrived_at": "2054-11-23T14:00:00+08:00" }));
}

#[test]
fn what_a_repair_out_of_warranty_brings_in_is_with_finance_the_same_day() {
    let day = monday();
    day.at("2054-11-23 10:00");
    let case = day.open(CLERK, "gps_repair", broken_terminal(false, false));
    day.promised(&case, "arrive", "R-001-008", "2054-11-24 18:00");
    let _unapproved = day.refused(FITTER, (&case, "approve"), json!({}), (409, ""));
    on_the_spot(&day, &case);
    day.kept(&case, "arrive");

    let parts = json!({
        "work_done": "更换天线，信号恢复", "repair_minutes": 45,
        "parts_used": [
            { "gps_part": "天线", "gps_quantity": 2, "gps_part_price": yuan("50.00") },
            { "gps_part": "保险丝", "gps_quantity": 1, "gps_part_price": yuan("28.50") },
        ],
    });
    let _mended = day.act(FITTER, &case, "finish_repair", parts);
    assert_eq!(day.field(&case, "parts_used_total")["amount"], "128.50");
    let signed = json!({ "gps_accepted_by": "王小明", "gps_papers_done": true });
    let _accepted = day.act(FITTER, &case, "accept_repair", signed);
    let _not_free = day.refused(FITTER, (&case, "close_free"), json!({}), (409, "R-001-004"));
    let fee = |amount: &str| json!({ "fee_taken": yuan(amount), "invoice_no": "04412288" });
    let _taken = day.act(FITTER, &case, "collect_fee", fee("128.00"));
    day.promised(&case, "cash", "R-001-022", "2054-11-23 18:00");
    let receipt = json!({ "cash_receipt": "SK-0088" });
    let short = day.refused(CASHIER, (&case, "hand_in"), receipt.clone(), (409, "R-001-004"));
    assert!(short["detail"].as_str().unwrap().contains("parts_used_total"), "{short}");

    day.at("2054-11-23 18:01");
    day.broken(&case, "cash", MANAGER);
    let _taken = day.act(FITTER, &case, "collect_fee", fee("128.50"));
    let _handed_in = day.act(CASHIER, &case, "hand_in", receipt);
    day.made_up(&case, "cash");
    assert_eq!(day.state(&case), "closed");
    let call = day.child(&case, "callback");
    day.promised(&call, "callback", "R-001-003", "2054-11-30 18:01");
    day.complies(&[
        ("R-001-008", [2, 2, 0, 0]),
        ("R-001-004", [1, 1, 0, 0]),
        ("R-001-022", [2, 1, 1, 0]),
        ("R-001-003", [1, 0, 0, 1]),
    ]);
}

#[test]
fn outside_help_comes_only_for_what_is_urgent_and_with_the_managers_consent() {
    let day = monday();
    day.at("2054-11-23 10:00");
    let help = json!({ "nobody_in": true, "outside_party": "恒通电子" });
    let usual = day.open(CLERK, "gps_repair", broken_terminal(true, false));
    let _sent = day.act(CLERK, &usual, "submit_order", json!({}));
    let _approved = day.act(MANAGER, &usual, "approve", json!({}));
    let _usual = day.refused(MANAGER, (&usual, "send_outside"), help.clone(), (409, "R-001-035"));

    let urgent = day.open(CLERK, "gps_repair", broken_terminal(true, true));
    day.promised(&urgent, "arrive", "R-001-008", "2054-11-23 14:00");
    let _sent = day.act(CLERK, &urgent, "submit_order", json!({}));
    let _approved = day.act(MANAGER, &urgent, "approve", json!({}));
    let _not_theirs =
        day.refused(CLERK, (&urgent, "send_outside"), help.clone(), (403, "R-001-035"));
    let _sent = day.act(MANAGER, &urgent, "send_outside", help);
    day.kept(&urgent, "arrive");
    let done = json!({ "work_done": "外协更换主板", "repair_minutes": 90 });
    let _mended = day.act(CLERK, &urgent, "finish_repair", done);
    let signed = json!({ "gps_accepted_by": "王小明", "gps_papers_done": true });
    let _accepted = day.act(CLERK, &urgent, "accept_repair", signed);
    let _free = day.act(CLERK, &urgent, "close_free", json!({}));
    assert_eq!(day.state(&urgent), "closed");
    day.at("2054-11-24 18:01");
    day.broken(&usual, "arrive", MANAGER);
    day.complies(&[("R-001-035", [2, 1, 0, 1]), ("R-001-008", [4, 2, 1, 1])]);
}

#[test]
fn the_fitters_tools_are_counted_every_monday() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let count = day.fell_due("gps_tool_count", "2054-11-23 09:00");
    day.promised(&count, "done", "R-001-007", "2054-11-24 09:00");
    let found = json!({ "result": "缺内六角扳手一把", "faults": 1 });
    let _counted = day.act(FITTER, &count, "record", found);
    day.kept(&count, "done");
    let fault = day.child(&count, "rectification");
    assert_eq!(day.field(&fault, "problem"), "缺内六角扳手一把");
    day.at("2054-11-30 09:00");
    let _next = day.fell_due("gps_tool_count", "2054-11-30 09:00");
    assert_eq!(day.rounds("gps_tool_count"), ["open", "met"]);
    day.complies(&[("R-001-007", [2, 1, 0, 1])]);
}
