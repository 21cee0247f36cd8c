//! A maker of appliances: what comes back defective, and an office that is audited by three.

use serde_json::json;

use super::Day;

const NETWORK: &str = "after_sales_network_officer";
const MANAGER: &str = "after_sales_manager";

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
}
