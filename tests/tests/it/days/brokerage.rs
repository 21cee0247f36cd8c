//! A trading house that serves dealers and trading customers by telephone.

use serde_json::{Value, json};

use super::Day;

fn monday() -> Day {
    let day = Day::of("brokerage", "brokerage_desk", "2054-11-23 09:00");
    day.staff(&["brokerage_agent", "brokerage_responsible", "brokerage_head_office"]);
    day
}

fn call(class: &str) -> Value {
    json!({
        "trader_kind": "dealer", "person_name": "王小明", "contact": "13800138000", "call_class": class,
        "asked": "上月返佣何时到账？", "rings": 2,
    })
}

#[test]
fn a_promised_answer_is_given_within_thirty_minutes() {
    let day = monday();
    let (agent, head) = ("brokerage_agent", "brokerage_responsible");
    let promise = json!({ "promised_for": "2054-11-23T01:30:00Z", "contact": "13800138000" });
    let case = day.open(agent, "brokerage_call", call("question"));
    let _promised = day.act(agent, &case, "promise_answer", promise.clone());
    day.promised(&case, "answer", "R-001-105", "2054-11-23 09:30");
    assert_eq!(day.told(head, &case), ["waiting"], "it is in the pool of those responsible");
    let late = day.open(agent, "brokerage_call", call("question"));
    let _promised = day.act(agent, &late, "promise_answer", promise);
    day.at("2054-11-23 09:25");
    let _taken = day.act(head, &case, "claim", json!({}));
    let answer = json!({ "answer": "本月六日前到账" });
    let _answered = day.act(head, &case, "answer_call", answer.clone());
    day.kept(&case, "answer");
    let _content = day.act(agent, &case, "content", json!({ "diary": "已告知到账日期" }));
    assert_eq!(day.state(&case), "closed");
    day.at("2054-11-23 09:31");
    day.broken(&late, "answer", head);
    let _answered = day.act(agent, &late, "answer_call", answer);
    day.made_up(&late, "answer");
    day.complies(&[("R-001-105", [4, 2, 1, 1])]);
}

#[test]
fn a_complainant_is_soothed_before_anything_is_answered() {
    let day = monday();
    let (agent, head) = ("brokerage_agent", "brokerage_responsible");
    let case = day.open(agent, "brokerage_call", call("complaint"));
    let answer = json!({ "answer": "系统延迟，今日补返" });
    let _first_listen =
        day.refused(agent, (&case, "answer_call"), answer.clone(), (409, "R-001-104"));
    let heard = json!({ "soothed": true, "liability": "company" });
    let _heard = day.act(agent, &case, "hear_out", heard);
    let _our_fault = day.refused(agent, (&case, "answer_call"), answer.clone(), (409, "R-001-104"));
    let sorry = json!({ "apologised": true, "measures": "今日补返并复核" });
    let _sorry = day.act(agent, &case, "apologise", sorry);
    let _answered = day.act(agent, &case, "answer_call", answer.clone());
    let _insists = day.act(agent, &case, "insist", json!({ "reason": "要求补偿利息" }));
    day.promised(&case, "referred", "R-001-106", "2054-11-23 13:00");
    let _solved = day.act(head, &case, "settle_call", answer);
    day.kept(&case, "referred");
    let _content = day.act(agent, &case, "content", json!({ "diary": "客户接受" }));
    let callback = day.child(&case, "callback");
    day.promised(&callback, "callback", "R-001-118", "2054-11-26 09:00");
    let glad = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _heard = day.act(agent, &callback, "record", glad);
    day.kept(&callback, "callback");
}

#[test]
fn a_second_offence_costs_double_and_the_head_answers_for_double_of_that() {
    let day = monday();
    let (note, approve) = ("brokerage_responsible", "brokerage_head_office");
    let (agent, head) = (day.id("brokerage_agent"), day.id(note));
    let breach = json!({ "employee": agent, "breach": "rule", "what_happened": "铃响五声未接", "offence_no": 2 });
    let case = day.open(note, "brokerage_penalty", breach);
    let fine = |yuan: u32| json!({ "fine_yuan": yuan, "head_of": head });
    let _proposed = day.act(note, &case, "propose_penalty", fine(100));
    let _that_was_the_first =
        day.refused(note, (&case, "submit_service_breach"), json!({}), (409, "R-001-138"));
    let _proposed = day.act(note, &case, "propose_penalty", fine(200));
    let _submitted = day.act(note, &case, "submit_service_breach", json!({}));
    let _approved = day.act(approve, &case, "approve", json!({}));
    let double = day.child(&case, "brokerage_penalty");
    assert_eq!(day.field(&double, "subordinate_fine"), 200);
    assert_eq!(day.field(&double, "employee"), json!(head));
    let _proposed = day.act(approve, &double, "propose_penalty", fine(200));
    let _not_double =
        day.refused(approve, (&double, "submit_joint"), json!({}), (409, "R-001-153"));
    let _proposed = day.act(approve, &double, "propose_penalty", fine(400));
    let _submitted = day.act(approve, &double, "submit_joint", json!({}));
    let _carried_out = day.act(note, &case, "carry_out_penalty", json!({ "signature": "李晓红" }));
    assert_eq!(day.state(&case), "carried_out");
}

#[test]
fn the_rebate_statement_is_in_before_the_sixth() {
    let day = monday();
    let (agent, head) = ("brokerage_agent", "brokerage_responsible");
    day.at("2054-12-01 09:00");
    let due = day.fell_due("brokerage_rebate_due", "2054-12-01 00:00");
    day.promised(&due, "submit", "R-001-093", "2054-12-06 00:00");
    let lines = json!({ "period_of": "2054-11", "rebate_lines": [
        { "trade_agent": "济南代理处", "trading_volume": 1_200_000, "rebate_due": 3600 },
        { "trade_agent": "青岛代理处", "trading_volume": 800_000, "rebate_due": 2400.5 },
    ] });
    let _entered = day.act(agent, &due, "enter_rebates", lines);
    assert_eq!(day.field(&due, "rebate_lines_total"), json!(6000.5));
    let _in = day.act(agent, &due, "submit_due", json!({}));
    day.kept(&due, "submit");
    let _checked = day.act(head, &due, "check_statement", json!({ "finding": "相符" }));
    assert_eq!(day.rounds("brokerage_rebate_due"), ["met"]);
    // The other statement was asked for on the month's last working day, and nobody drew it up.
    let other = day.fell_due("brokerage_rebate_paid", "2054-11-30 09:00");
    day.broken(&other, "submit", head);
    assert_eq!(day.rounds("brokerage_rebate_paid"), ["missed"]);
}
