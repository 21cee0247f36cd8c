//! A hotel group: its members are called, its best guests greeted, and nothing is sold below cost.

use serde_json::{Value, json};

use super::Day;

const AGENT: &str = "member_agent";
const SUPERVISOR: &str = "member_supervisor";
const OFFICER: &str = "vip_officer";
const MANAGER: &str = "vip_manager";

fn monday() -> Day {
    let day = Day::of("hospitality", "hospitality_calling", "2054-11-23 08:00");
    day.staff(&[AGENT, SUPERVISOR, OFFICER, MANAGER]);
    day
}

#[test]
fn a_member_is_called_within_three_days_and_never_in_their_hours_of_rest() {
    let day = monday();
    day.at("2054-11-23 13:00");
    let member = json!({ "member_name": "陈丽", "contact": "13800138000" });
    let case = day.open(AGENT, "member_callback", member.clone());
    day.promised(&case, "callback", "R-002-096", "2054-11-26 13:00");
    let answered = json!({
        "reached_by": "phone", "satisfied": false, "company_view": "等位偏久", "opinion": "希望增加座位",
    });
    let _at_noon = day.refused(AGENT, (&case, "record"), answered.clone(), (409, "R-002-085"));
    day.at("2054-11-23 14:00");
    let unanswered = json!({ "reached_by": "phone" });
    for _ in 0..3 {
        let _tried = day.act(AGENT, &case, "attempt", unanswered.clone());
    }
    let _enough = day.refused(AGENT, (&case, "attempt"), unanswered, (409, "R-002-085"));
    let reason = json!({ "reason": "三次未接" });
    let _not_theirs = day.refused(AGENT, (&case, "give_up"), reason, (403, ""));
    day.at("2054-11-24 09:00");
    let _reached = day.act(AGENT, &case, "record", answered);
    day.kept(&case, "callback");
    assert_eq!(day.state(&case), "reached");
    let fault = day.child(&case, "rectification");
    assert_eq!(day.field(&fault, "problem"), "希望增加座位");

    let forgotten = day.open(AGENT, "member_callback", member);
    day.at("2054-11-27 09:01");
    day.broken(&forgotten, "callback", SUPERVISOR);
    day.complies(&[("R-002-096", [4, 2, 1, 1]), ("R-002-085", [2, 1, 0, 1])]);
}

#[test]
fn every_file_that_is_drawn_in_the_morning_gets_a_first_talk_within_the_week() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let case = day.fell_due("member_daily_extraction", "2054-11-23 09:00");
    day.promised(&case, "draw", "R-002-080", "2054-11-23 19:00");
    let members = json!({ "members": [{ "member_name": "陈丽" }, { "member_name": "王强" }] });
    let _drawn = day.act(AGENT, &case, "draw", members);
    day.kept(&case, "draw");
    day.promised(&case, "assign", "R-002-081", "2054-11-24 09:00");
    let sorted = json!({ "finding": "新增两户，均为金卡" });
    let _not_theirs = day.refused(AGENT, (&case, "sort"), sorted.clone(), (403, "R-002-081"));
    let _sorted = day.act(SUPERVISOR, &case, "sort", sorted);
    let share = |balanced: bool| json!({ "shares": [{ "agent_name": "李客服", "share_count": 2 }], "balanced": balanced });
    let uneven = day.refused(SUPERVISOR, (&case, "share_out"), share(false), (422, ""));
    assert_eq!(uneven.pointers(), ["/balanced"], "R-002-082");
    let _shared = day.act(SUPERVISOR, &case, "share_out", share(true));
    day.kept(&case, "assign");
    assert_eq!(day.field(&case, "shares_total"), 2);
    assert_eq!(day.children(&case, "first_contact"), 2, "one talk for each of them");
    assert_eq!(day.rounds("member_daily_extraction"), ["met"]);

    day.at("2054-11-24 19:01");
    let next = day.fell_due("member_daily_extraction", "2054-11-24 09:00");
    day.broken(&next, "draw", SUPERVISOR);
    day.complies(&[
        ("R-002-080", [4, 2, 1, 1]),
        ("R-002-081", [5, 3, 1, 1]),
        ("R-002-082", [2, 1, 0, 1]),
    ]);
}

#[test]
fn slow_sellers_are_offered_weekly_one_or_two_of_a_department_and_not_below_cost() {
    let day = monday();
    day.at("2054-11-23 09:00");
    let case = day.fell_due("vip_weekly_slow_sellers", "2054-11-23 09:00");
    day.promised(&case, "propose", "R-004-202", "2054-11-26 09:00");
    let product = |name: &str, price: &str| {
        json!({
            "spent_at": "一楼餐厅", "promo_product": name, "cost_price": { "amount": "88.00" },
            "vip_price": { "amount": price },
        })
    };
    let list = |products: Value| json!({ "promo_products": products });
    let below = list(json!([product("月饼礼盒", "80.00")]));
    let _listed = day.act(OFFICER, &case, "list_products", below);
    let ask = |day: &Day| {
        day.refused(OFFICER, (&case, "send_for_approval"), json!({}), (409, "R-004-202"))
    };
    let _below_cost = ask(&day);
    let three = ["月饼礼盒", "粽子礼盒", "腊味礼盒"].map(|it| product(it, "98.00"));
    let _listed = day.act(OFFICER, &case, "list_products", list(json!(three)));
    let _too_many = ask(&day);
    let two = list(json!([product("月饼礼盒", "88.00"), product("粽子礼盒", "98.00")]));
    let _listed = day.act(OFFICER, &case, "list_products", two);
    let _asked = day.act(OFFICER, &case, "send_for_approval", json!({}));
    let _own = day.refused(OFFICER, (&case, "approve"), json!({}), (403, "R-004-185"));
    let _approved = day.act(MANAGER, &case, "approve", json!({}));
    day.kept(&case, "propose");
    day.promised(&case, "announce", "R-004-191", "2054-11-24 09:00");
    let told = json!({
        "announced_by": ["sms"], "announced_to": 320, "announced_text": "贵宾价月饼礼盒本周特惠",
    });
    day.at("2054-11-23 20:00");
    let _at_night = day.refused(OFFICER, (&case, "announce"), told.clone(), (409, "R-004-191"));
    day.at("2054-11-24 09:01");
    day.broken(&case, "announce", MANAGER);
    let _told = day.act(OFFICER, &case, "announce", told);
    day.made_up(&case, "announce");
    let _over = day.act(OFFICER, &case, "sum_up", json!({ "summary": "售出 146 盒" }));
    assert_eq!(day.state(&case), "ended");
    day.complies(&[
        ("R-004-202", [2, 2, 0, 0]),
        ("R-004-185", [2, 2, 0, 0]),
        ("R-004-191", [2, 1, 1, 0]),
    ]);
}

#[test]
fn whose_birthday_it_is_today_is_greeted_today() {
    let day = monday();
    day.at("2054-11-23 08:30");
    let case = day.fell_due("vip_birthdays_today", "2054-11-23 08:30");
    day.promised(&case, "greet", "R-004-187", "2054-11-23 20:30");
    let greeted = json!({ "greeted": [
        { "vip_name": "林芳", "vip_phone": "13900139000", "greet_with": "公司贺卡，上门" },
    ] });
    let _listed = day.act(OFFICER, &case, "list", greeted);
    let _not_yet = day.refused(OFFICER, (&case, "finish"), json!({}), (409, ""));
    let visit = day.child(&case, "outreach");
    day.promised(&visit, "contact", "R-004-187", "2054-11-23 18:30");
    let _visited =
        day.act(OFFICER, &visit, "contact", json!({ "told_by": "visit", "result": "已送贺卡" }));
    let _done = day.act(OFFICER, &case, "finish", json!({}));
    day.kept(&case, "greet");
    assert_eq!(day.state(&case), "done");
    day.complies(&[("R-004-187", [3, 3, 0, 0])]);
}

#[test]
fn nobody_is_on_a_half_months_round_who_is_not_on_its_list() {
    let day = monday();
    let round = day.open(OFFICER, "vip_visit_round", json!({}));
    day.promised(&round, "round", "R-004-189", "2054-12-08 08:00");
    let guest = |name: &str| {
        json!({
            "spent_at": "中餐厅", "why_visited": "top_three", "vip_name": name, "vip_phone": "13900139000",
            "gift": "茶具一套",
        })
    };
    let _nobody = day.act(OFFICER, &round, "list", json!({ "visit_list": [] }));
    let _empty = day.refused(OFFICER, (&round, "send_out"), json!({}), (409, "R-004-189"));
    let two = json!({ "visit_list": [guest("林芳"), guest("陈先生")] });
    let _two = day.act(OFFICER, &round, "list", two);
    let _too_few = day.refused(OFFICER, (&round, "send_out"), json!({}), (409, "R-004-189"));
    let three = json!({ "visit_list": [guest("林芳"), guest("陈先生"), guest("何女士")] });
    let _three = day.act(OFFICER, &round, "list", three);
    let _out = day.act(OFFICER, &round, "send_out", json!({}));
    assert_eq!(day.children(&round, "vip_visit"), 3);
    day.complies(&[("R-004-189", [8, 0, 0, 8])]);
}
