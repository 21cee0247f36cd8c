//! A hotel chain and its franchised stores: a major complaint, a store that is rated, the week's figures.

use serde_json::{Value, json};

use super::Day;

const OFFICER: &str = "franchise_officer";
const MANAGER: &str = "franchise_manager";
const GENERAL: &str = "franchise_general_manager";

fn monday() -> Day {
    let day = Day::of("franchise", "franchise_desk", "2054-11-23 08:00");
    day.staff(&[OFFICER, MANAGER, GENERAL]);
    day
}

fn store_check(breakfast: &str) -> Value {
    json!({
        "front": "ok", "rooms": "ok", "breakfast": breakfast, "safety": "ok", "brand": "ok", "system": "ok",
        "training": "ok", "complaints": "ok",
    })
}

#[test]
fn a_major_complaint_is_with_the_general_manager_before_it_is_answered() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let what = json!({
        "store": "长沙五一店", "what_happened": "客人在店内滑倒受伤", "grade": "major",
    });
    let case = day.open(OFFICER, "franchise_complaint", what.clone());
    day.promised(&case, "report", "R-002-265", "2054-11-24 09:00");
    day.promised(&case, "settle", "R-002-265", "2054-11-26 17:30");
    let by_phone = json!({ "told_by": "phone" });
    let _not_theirs =
        day.refused(OFFICER, (&case, "take_up"), by_phone.clone(), (403, "R-002-265"));
    let _taken = day.act(MANAGER, &case, "take_up", by_phone);
    let answer = json!({ "answer": "承担医药费并致歉", "told_by": "visit" });
    let _unheard = day.refused(MANAGER, (&case, "answer"), answer.clone(), (409, "R-002-265"));
    let _up = day.act(MANAGER, &case, "report_up", json!({ "proposal": "承担医药费" }));
    day.kept(&case, "report");
    let _word = day.act(GENERAL, &case, "instruct", json!({ "instruction": "同意" }));
    let _taken = day.act(MANAGER, &case, "answer", answer);
    day.kept(&case, "settle");
    let _early = day.refused(MANAGER, (&case, "close"), json!({}), (409, ""));
    let call = day.child(&case, "callback");
    let yes = json!({ "satisfied": true, "confirmed_by": "recording" });
    let _called = day.act(OFFICER, &call, "record", yes);
    let _closed = day.act(MANAGER, &case, "close", json!({}));
    assert_eq!(day.state(&case), "closed");

    let slow = day.open(OFFICER, "franchise_complaint", what);
    day.at("2054-11-24 09:01");
    day.broken(&slow, "report", MANAGER);
    day.complies(&[("R-002-265", [6, 3, 1, 2])]);
}

#[test]
fn a_store_hears_of_its_rating_promptly_and_is_guided_until_it_works() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let case = day.open(OFFICER, "franchise_supervision", json!({ "store": "长沙五一店" }));
    // "Promptly": three working days are the pack's figure.
    day.promised(&case, "rate", "R-002-119", "2054-12-23 09:00");
    let rated = json!({
        "store_check": store_check("fault"), "score": 4, "finding": "早餐补台不及时",
    });
    let _rated = day.act(OFFICER, &case, "rate", rated);
    day.kept(&case, "rate");
    assert_eq!(day.field(&case, "store_check_faults"), 1);
    day.promised(&case, "report", "R-002-119", "2054-11-26 17:30");
    day.at("2054-11-26 17:31");
    day.broken(&case, "report", MANAGER);
    let told = json!({ "summary": "总评四分", "told_by": "phone" });
    let _told = day.act(OFFICER, &case, "report", told);
    day.made_up(&case, "report");
    day.promised(&case, "guide", "R-002-119", "2054-12-26 17:31");
    let fault = day.child(&case, "rectification");
    assert_eq!(day.field(&fault, "problem"), "早餐补台不及时");
    let result = json!({ "result": "复查合格" });
    let _not_theirs = day.refused(OFFICER, (&case, "close"), result.clone(), (403, "R-002-119"));
    let shown = json!({ "guidance": "示范补台流程", "contact_by": "visit" });
    let _shown = day.act(OFFICER, &case, "guide", shown);
    let _closed = day.act(MANAGER, &case, "close", result);
    day.kept(&case, "guide");
    assert_eq!(day.state(&case), "closed");
    day.complies(&[("R-002-119", [5, 3, 1, 1])]);
}

#[test]
fn what_was_taken_in_and_settled_is_counted_every_friday() {
    let day = monday();
    day.at("2054-11-27 09:00");
    let counts = day.fell_due("franchise_weekly_counts", "2054-11-27 09:00");
    day.promised(&counts, "submit", "R-002-273", "2054-11-27 17:00");
    let _counted = day.act(MANAGER, &counts, "submit", json!({ "summary": "受理 42 件" }));
    day.kept(&counts, "submit");
    let _read = day.act(GENERAL, &counts, "review", json!({}));
    assert_eq!(day.rounds("franchise_weekly_counts"), ["met"]);
    day.complies(&[("R-002-273", [1, 1, 0, 0])]);
}
