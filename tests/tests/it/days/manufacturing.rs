//! A maker of appliances: what comes back defective, and an office that is audited by three.

use serde_json::{Value, json};

use super::Day;

const OFFICE: &str = "after_sales_office";
const ENGINEER: &str = "after_sales_engineer";
const NETWORK: &str = "after_sales_network_officer";
const CLERK: &str = "after_sales_clerk";
const MANAGER: &str = "after_sales_manager";

fn defective() -> Value {
    json!({
        "product": "HX-260", "serial_no": "SN20540312007", "fault_found": "通电不启动",
        "sales_area": "湖南办事处",
    })
}

#[test]
fn a_defective_product_is_looked_at_before_anybody_approves_its_return() {
    let day = Day::of("manufacturing", "manufacturing_desk", "2054-11-20 09:00");
    day.staff(&[OFFICE, ENGINEER, MANAGER]);
    let case = day.open(OFFICE, "defect_return", defective());
    // "As the rules say", without a figure: three working days and fifteen days are the pack's.
    day.promised(&case, "inspect", "R-002-321", "2054-11-25 17:30");
    day.promised(&case, "settle", "R-002-321", "2054-12-05 09:00");
    let exchange = json!({ "settlement": "exchange" });
    let _unseen = day.refused(ENGINEER, (&case, "ask"), exchange.clone(), (409, ""));
    let seen = json!({ "fault_kind": "making", "in_warranty": true, "finding": "主控板虚焊" });
    let _seen = day.act(ENGINEER, &case, "inspect", seen);
    day.kept(&case, "inspect");
    let _asked = day.act(ENGINEER, &case, "ask", exchange);
    assert_eq!(day.clock(&case, "return_approval").due, "2054-11-22 20:00", "R-002-316");
    let _own = day.refused(ENGINEER, (&case, "approve"), json!({}), (403, "R-002-316"));
    let _no = day.act(MANAGER, &case, "refuse", json!({ "reason": "先返修" }));
    assert_eq!(day.state(&case), "inspected");
    let _asked = day.act(ENGINEER, &case, "ask", json!({ "settlement": "repair" }));
    let _approved = day.act(MANAGER, &case, "approve", json!({}));
    let _sent = day.act(ENGINEER, &case, "send_back", json!({ "waybill": "SF-1" }));
    day.at("2054-12-05 09:01");
    day.broken(&case, "settle", MANAGER);
    let _settled = day.act(ENGINEER, &case, "settle", json!({ "result": "返修后寄回" }));
    day.made_up(&case, "settle");
    assert_eq!(day.state(&case), "closed");
    // R-002-316: the case, and two approvals decided in time: what was refused was asked for again.
    day.complies(&[("R-002-321", [3, 2, 1, 0]), ("R-002-316", [3, 3, 0, 0])]);
}

#[test]
fn an_offices_audit_counts_when_after_sales_planning_and_finance_have_signed() {
    let day = Day::of("manufacturing", "manufacturing_desk", "2055-01-08 09:00");
    let (planning, finance) = ("sales_planning_auditor", "finance_auditor");
    day.staff(&[NETWORK, MANAGER, planning, finance]);
    day.at("2055-01-10 09:00");
    let case = day.fell_due("after_sales_office_audit", "2055-01-10 09:00");
    day.promised(&case, "audit", "R-002-319", "2055-02-09 09:00");
    let found = json!({
        "sales_area": "湖南办事处", "summary": "配件账物差两件",
        "audit_check": {
            "stock": "fault", "defects": "ok", "fees": "ok", "records": "ok", "service": "ok", "cash": "ok",
        },
    });
    let _audited = day.act(NETWORK, &case, "audit", found);
    day.kept(&case, "audit");
    let _signed = day.act(MANAGER, &case, "approve", json!({}));
    let _signed = day.act(finance, &case, "approve", json!({}));
    assert_eq!(day.state(&case), "found", "two of three are not enough");
    let _twice = day.refused(finance, (&case, "approve"), json!({}), (403, "R-002-319"));
    let _signed = day.act(planning, &case, "approve", json!({}));
    assert_eq!(day.state(&case), "agreed", "R-002-319");
    day.promised(&case, "close", "R-002-326", "2055-02-09 09:00");
    let fault = day.child(&case, "rectification");
    day.promised(&fault, "notice", "R-002-326", "2055-01-11 09:00");
    let over = json!({ "result": "账物已平" });
    let _open = day.refused(MANAGER, (&case, "close"), over.clone(), (409, "R-002-326"));
    let notice = json!({ "assignee_id": day.id(NETWORK), "notice": "三日内查明差异" });
    let _told = day.act(NETWORK, &fault, "notify", notice);
    let _mended = day.act(NETWORK, &fault, "rectify", json!({ "measures": "补录出库单" }));
    let _verified = day.act(MANAGER, &fault, "verify", json!({}));
    let _closed = day.act(MANAGER, &case, "close", over);
    day.kept(&case, "close");
    assert_eq!(day.rounds("after_sales_office_audit"), ["met"]);
    day.complies(&[("R-002-319", [3, 3, 0, 0]), ("R-002-326", [4, 4, 0, 0])]);
}

#[test]
fn what_users_say_is_analysed_every_month() {
    let day = Day::of("manufacturing", "manufacturing_desk", "2054-12-04 09:00");
    // The last is of the pack all others build on: hears of what nobody has taken.
    day.staff(&[CLERK, MANAGER, "cs_supervisor"]);
    day.at("2054-12-05 09:00");
    let report = day.fell_due("after_sales_monthly_analysis", "2054-12-05 09:00");
    day.promised(&report, "submit", "R-002-315", "2054-12-08 09:00");
    day.at("2054-12-08 09:01");
    day.broken(&report, "submit", "cs_supervisor");
    let _late = day.act(CLERK, &report, "submit", json!({ "summary": "不启动占四成" }));
    day.made_up(&report, "submit");
    let _read = day.act(MANAGER, &report, "review", json!({}));
    assert_eq!(day.rounds("after_sales_monthly_analysis"), ["late"]);
    day.complies(&[("R-002-315", [1, 0, 1, 0])]);
}
