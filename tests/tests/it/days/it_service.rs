//! A firm that keeps its customers' systems running, and its telephone agents.

use serde_json::{Value, json};

use super::Day;

const AGENT: &str = "it_agent";
const TECHNICIAN: &str = "it_technician";
const SUPERVISOR: &str = "it_service_supervisor";
const MANAGER: &str = "it_manager";

fn monday(start: &str) -> Day {
    let day = Day::of("it_service", "it_desk", start);
    day.staff(&[AGENT, TECHNICIAN, SUPERVISOR, MANAGER]);
    day
}

fn problem(basis: &str, urgent: bool) -> Value {
    json!({
        "problem": "后台无法登录", "service_basis": basis, "site_class": "b", "urgent_support": urgent,
    })
}

#[test]
fn support_goes_from_the_telephone_to_the_screen_only_with_consent_and_then_on_site() {
    let day = monday("2054-11-23 08:30");
    day.at("2054-11-23 09:00");
    let case = day.open(AGENT, "it_support", problem("paid", false));
    day.promised(&case, "hotline", "R-001-230", "2054-11-23 11:00");
    let _tried = day.act(AGENT, &case, "ask_consent", json!({ "tried_by_phone": "已清缓存" }));
    day.kept(&case, "hotline");
    let silent = json!({ "consent_given": false, "consent_by": "信息科王工 09:20 电话" });
    let without = day.refused(AGENT, (&case, "give_consent"), silent, (422, ""));
    assert_eq!(without.pointers(), ["/consent_given"], "R-001-233");
    let _denied = day.act(AGENT, &case, "deny_consent", json!({ "reason": "涉密系统" }));
    // A site of the second class: the limits are the site's to set, eight hours the pack's figure.
    day.promised(&case, "arrive", "R-001-234", "2054-11-23 17:00");
    let named = json!({ "assignee_id": day.id(TECHNICIAN) });
    let _not_theirs =
        day.refused(AGENT, (&case, "appoint_technician"), named.clone(), (403, "R-001-232"));
    let _named = day.act(SUPERVISOR, &case, "appoint_technician", named);
    day.at("2054-11-23 17:01");
    day.broken(&case, "arrive", MANAGER);
    let there = json!({ "site_arrived_at": "2054-11-23T17:01:00+08:00" });
    let _there = day.act(TECHNICIAN, &case, "arrive", there);
    day.made_up(&case, "arrive");
    let _solved = day.act(TECHNICIAN, &case, "solve_on_site", json!({ "result": "重建索引" }));
    let _no_price = day.refused(AGENT, (&case, "confirm_solved"), json!({}), (409, ""));
    let price = json!({ "price": { "amount": "600.00" }, "approved_by_customer": true });
    let _agreed = day.act(AGENT, &case, "agree_price", price);
    let _confirmed = day.act(AGENT, &case, "confirm_solved", json!({ "satisfied": true }));
    assert_eq!(day.state(&case), "closed");
    let call = day.child(&case, "callback");
    assert_eq!(day.clock(&call, "callback").due, "2054-11-30 17:01");
    day.complies(&[
        ("R-001-230", [2, 2, 0, 0]),
        ("R-001-233", [1, 1, 0, 0]),
        ("R-001-234", [2, 1, 1, 0]),
        ("R-001-232", [2, 1, 1, 0]),
    ]);
}

#[test]
fn in_an_emergency_the_liaison_form_comes_afterwards() {
    let day = monday("2054-11-23 08:30");
    day.at("2054-11-23 09:00");
    let solved = json!({ "result": "先行重启恢复" });
    let usual = day.open(AGENT, "it_support", problem("agreed", false));
    let _usual = day.refused(AGENT, (&usual, "solve_first"), solved.clone(), (409, "R-001-222"));
    let case = day.open(AGENT, "it_support", problem("agreed", true));
    let _solved = day.act(AGENT, &case, "solve_first", solved);
    day.promised(&case, "liaison", "R-001-222", "2054-11-24 17:30");
    day.at("2054-11-24 17:31");
    day.broken(&case, "liaison", SUPERVISOR);
    let form = json!({ "liaison_form": "服务器宕机，先行重启恢复" });
    let _handed_in = day.act(AGENT, &case, "hand_in_liaison", form);
    day.made_up(&case, "liaison");
    let _confirmed = day.act(AGENT, &case, "confirm_solved", json!({ "satisfied": true }));
    assert_eq!(day.state(&case), "closed");
    day.complies(&[("R-001-222", [3, 1, 1, 1])]);
}

#[test]
fn everybody_hears_of_a_major_fault_at_once_and_it_ends_with_an_analysis() {
    let day = monday("2054-11-23 08:30");
    day.staff(&["it_account_holder"]);
    day.at("2054-11-23 09:10");
    let fault = json!({
        "fault_at": "2054-11-23T09:05:00+08:00", "place": "三楼机房", "fault_symptom": "门户网站打不开",
        "plan": "切换备机",
    });
    let case = day.open(AGENT, "it_major_fault", fault);
    for who in ["it_account_holder", MANAGER, SUPERVISOR] {
        assert!(day.told(who, &case).contains(&"clock_escalated".to_owned()), "R-001-217: {who}");
    }
    day.promised(&case, "file", "R-001-217", "2054-11-23 09:40");
    day.at("2054-11-23 09:41");
    day.broken(&case, "file", MANAGER);
    assert_ne!(day.read(&case)["supervised_at"], Value::Null, "it is supervised");
    let _filed = day.act(MANAGER, &case, "put_on_file", json!({}));
    day.promised(&case, "leaders", "R-001-218", "2054-11-23 10:41");
    let told = json!({ "told_whom": "李总", "told_by": "phone" });
    let _told = day.act(MANAGER, &case, "tell_leaders", told);
    day.kept(&case, "leaders");
    let ended = json!({ "ended_at": "2054-11-23T10:00:00+08:00" });
    let _over = day.act(MANAGER, &case, "end_fault", ended);
    day.promised(&case, "report", "R-001-219", "2054-11-26 17:30");
    let analysis = json!({
        "impact": "中断55分钟", "handling": "切换备机", "cause": "电源老化", "corrective": "更换电源",
        "preventive": "加装双电源",
    });
    let _analysed = day.act(SUPERVISOR, &case, "analyse_fault", analysis);
    let half = json!({ "customer_told": true, "business_told": false });
    let refused = day.refused(SUPERVISOR, (&case, "feed_back"), half, (422, ""));
    assert_eq!(refused.pointers(), ["/business_told"], "R-001-219");
    let both = json!({ "customer_told": true, "business_told": true });
    let _told = day.act(SUPERVISOR, &case, "feed_back", both);
    day.kept(&case, "report");
    day.complies(&[
        ("R-001-217", [2, 1, 1, 0]),
        ("R-001-218", [2, 2, 0, 0]),
        ("R-001-219", [2, 2, 0, 0]),
    ]);
}

#[test]
fn an_agent_who_signs_in_after_half_past_eight_loses_one_per_cent_of_the_wage() {
    let day = monday("2054-11-23 06:30");
    // Of the pack all others build on: hears of what nobody has taken.
    day.staff(&["cs_supervisor"]);
    day.at("2054-11-23 07:00");
    let sheet = day.fell_due("it_agent_attendance", "2054-11-23 07:00");
    day.promised(&sheet, "close", "R-001-043", "2054-11-23 19:00");
    let _in = day.act(AGENT, &sheet, "sign_in", json!({}));
    day.at("2054-11-23 08:30");
    let _late = day.refused("it_agent/2", (&sheet, "sign_in"), json!({}), (409, "R-001-043"));
    let _late = day.act("it_agent/2", &sheet, "sign_in_late", json!({ "reason": "堵车" }));
    let _too_early = day.refused(AGENT, (&sheet, "sign_out"), json!({}), (409, "R-001-043"));

    // The day's report is due two hours after half past four.
    day.at("2054-11-23 17:30");
    let report = day.fell_due("it_agent_daily_report", "2054-11-23 16:30");
    day.promised(&report, "submit", "R-001-042", "2054-11-23 18:30");
    let _out = day.act(AGENT, &sheet, "sign_out", json!({}));
    let late = json!({ "late_agents": [
        { "employee": day.id("it_agent/2"), "late_no": 1, "base_wage": 3000 },
    ] });
    let _closed = day.act(SUPERVISOR, &sheet, "close_day", late);
    day.kept(&sheet, "close");
    let deduction = day.child(&sheet, "agent_deduction");
    let yuan = |amount: u32| json!({ "deduct_yuan": amount });
    let _too_much = day.act(SUPERVISOR, &deduction, "work_out", yuan(150));
    let _refused =
        day.refused(SUPERVISOR, (&deduction, "submit_late"), json!({}), (409, "R-001-071"));
    let _one_per_cent = day.act(SUPERVISOR, &deduction, "work_out", yuan(30));
    let _asked = day.act(SUPERVISOR, &deduction, "submit_late", json!({}));
    let _approved = day.act(MANAGER, &deduction, "approve", json!({}));
    let _told = day.act(SUPERVISOR, &deduction, "tell_agent", json!({ "signature": "陈静" }));
    assert_eq!(day.state(&deduction), "told");
    day.at("2054-11-23 18:31");
    day.broken(&report, "submit", "cs_supervisor");
    assert_eq!(day.rounds("it_agent_attendance"), ["met"]);
    assert_eq!(day.rounds("it_agent_daily_report"), ["missed"]);
    day.complies(&[
        ("R-001-043", [2, 2, 0, 0]),
        ("R-001-042", [1, 0, 1, 0]),
        ("R-001-071", [3, 3, 0, 0]),
    ]);
}
