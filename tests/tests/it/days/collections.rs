//! Overdue loans and credit cards.

use serde_json::{Value, json};

use super::Day;

fn monday() -> Day {
    let day = Day::of("collections", "collection_calls", "2054-11-23 09:00");
    day.staff(&["collection_agent", "collection_supervisor", "collection_counsel"]);
    day
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn account(number: &str) -> Value {
    json!({
        "account_no": number, "account_kind": "credit_card", "person_name": "孙某", "debt": yuan("8000.00"),
        "overdue_since": "2054-10-20", "contact": "13800138000",
    })
}

fn call() -> Value {
    json!({ "reached": "debtor", "result": "称发薪后还款", "call_discipline": {
        "who_calls": "ok", "identity": "ok", "third_parties": "ok", "no_threats": "ok", "no_promises": "ok",
    } })
}

#[test]
fn a_debtor_is_called_twice_a_day_at_most_and_never_at_noon() {
    let day = monday();
    let agent = "collection_agent";
    let case = day.open(agent, "collection_case", account("6222-0017-3391"));
    // "Collect and handle breaches", without a figure: a working day to take it on is the pack's.
    day.promised(&case, "take_on", "R-004-178", "2054-11-24 20:00");
    let twice = day
        .person(agent)
        .post("/v1/cases", day.opening("collection_case", account("6222-0017-3391")));
    let twice = twice.refused(409);
    assert_eq!(twice["clause"], "R-004-178", "two never collect the same debt: {twice}");
    let _taken = day.act(agent, &case, "take_on", json!({}));
    day.kept(&case, "take_on");
    day.promised(&case, "contact", "R-004-178", "2054-12-08 09:00");
    let _called = day.act(agent, &case, "call", call());
    day.at("2054-11-23 12:30");
    let _not_at_noon = day.refused(agent, (&case, "call"), call(), (409, "R-004-179"));
    day.at("2054-11-23 15:00");
    let _called = day.act(agent, &case, "call", call());
    let _enough = day.refused(agent, (&case, "call"), call(), (409, "R-004-179"));
    day.at("2054-11-24 09:00");
    let _another_day = day.act(agent, &case, "call", call());
    day.at("2054-12-08 09:01");
    day.broken(&case, "contact", "collection_supervisor");
}

#[test]
fn a_promise_that_is_not_kept_brings_the_case_back_and_two_agree_to_go_to_court() {
    let day = monday();
    let (agent, supervisor, counsel) =
        ("collection_agent", "collection_supervisor", "collection_counsel");
    let case = day.open(agent, "collection_case", account("6222-0017-3392"));
    let _taken = day.act(agent, &case, "take_on", json!({}));
    let promise = json!({
        "promised": yuan("3000.00"), "promise_span": "d3", "promised_on": "2054-11-26", "told_by": "phone",
    });
    let _promised = day.act(agent, &case, "promise", promise);
    day.kept(&case, "contact");
    day.promised(&case, "promise", "R-004-178", "2054-11-26 09:00");
    let paid = json!({
        "payments": [
            { "held_on": "2054-11-24", "paid": yuan("500.00") }, { "held_on": "2054-11-25", "paid": yuan("250.50") },
        ],
        "debt": yuan("7249.50"),
    });
    let _paid = day.act(agent, &case, "record_payment", paid);
    assert_eq!(day.field(&case, "payments_total")["amount"], "750.50");
    day.at("2054-11-26 09:01");
    day.broken(&case, "promise", agent);
    day.at("2054-11-27 09:00");
    assert_eq!(
        day.state(&case),
        "contacting",
        "after a day's grace the promise is broken by itself"
    );
    day.made_up(&case, "promise");

    let _proposed = day.act(agent, &case, "propose_legal", json!({ "reason": "两次承诺落空" }));
    day.promised(&case, "legal_action_approval", "R-004-178", "2054-12-03 20:00");
    let _supervisor_first = day.refused(counsel, (&case, "approve"), json!({}), (403, "R-004-178"));
    let _first = day.act(supervisor, &case, "approve", json!({}));
    let _second = day.act(counsel, &case, "approve", json!({}));
    day.kept(&case, "legal_action_approval");
    assert_eq!(day.state(&case), "legal");
    let settled = json!({ "paid": yuan("7249.50"), "held_on": "2054-11-27" });
    let _not_the_agent = day.refused(agent, (&case, "settle"), settled.clone(), (403, "R-004-180"));
    let _settled = day.act(supervisor, &case, "settle", settled);
    assert_eq!(day.state(&case), "paid");
    // The case; taking it on, twice making contact, the courts' approval; the promise that was late.
    day.complies(&[
        ("R-004-178", [6, 5, 1, 0]),
        ("R-004-180", [1, 1, 0, 0]),
        ("R-004-179", [2, 1, 1, 0]),
    ]);
}

#[test]
fn what_was_learnt_is_written_down_every_month() {
    let day = monday();
    let supervisor = "collection_supervisor";
    day.at("2054-12-03 09:00");
    let report = day.fell_due("collection_analysis_month", "2054-12-03 09:00");
    assert_eq!(day.clock(&report, "submit").due, "2054-12-08 09:00", "R-004-181");
    let text = json!({ "summary": "晚间接通率高于上午" });
    let _written = day.act(supervisor, &report, "submit", text);
    day.kept(&report, "submit");
    day.complies(&[("R-004-181", [1, 1, 0, 0])]);
}
