//! Keeping what is known of institutional customers: the archive, its secrecy, who may see it.

use serde_json::json;

use super::Day;

fn monday() -> Day {
    let day = Day::of("crm", "crm_office", "2054-11-23 09:00");
    day.staff(&[
        "crm_archivist",
        "crm_supervisor",
        "crm_service_manager",
        "crm_general_manager",
        "crm_marketer",
    ]);
    day
}

/// A dossier with all its sheets, verified and in use.
fn dossier(day: &Day) -> String {
    let archivist = "crm_archivist";
    let about = json!({ "crm_file_no": "KH-2054-0117", "company": "恒信商贸有限公司" });
    let case = day.open("crm_marketer", "crm_dossier", about);
    let sheets = [
        (
            "fill_basics",
            json!({
                "situation": "民营装备企业", "organisation": "事业部制", "owners": "张建国", "industry": "装备制造",
                "decision_makers": [{ "person_name": "张建国", "maker_role": "采购总监" }],
            }),
        ),
        (
            "fill_traits",
            json!({ "service_area": "华东", "sales_power": "年销三亿", "potential": "稳定增长" }),
        ),
        ("fill_business", json!({ "sales_record": "两年六单", "cooperation": "良好" })),
        (
            "fill_trading",
            json!({ "sales_activity": "每季拜访", "credit_now": "良好", "trading_terms": "月结30天" }),
        ),
        (
            "fill_buying",
            json!({ "buying_procedure": "招标", "investment_plan": "明年扩产", "analysis": "可扩大合作" }),
        ),
    ];
    let (last, first) = sheets.split_last().unwrap();
    for (action, sheet) in first {
        let _filled = day.act("crm_marketer", &case, action, sheet.clone());
    }
    let _one_is_missing = day.refused(archivist, (&case, "draw_up"), json!({}), (409, "R-001-270"));
    let _filled = day.act("crm_marketer", &case, last.0, last.1.clone());
    let _drawn_up = day.act(archivist, &case, "draw_up", json!({}));
    let copies = json!({ "paper_copy_at": "客服部三号柜", "database_copy": true });
    let _not_the_keeper =
        day.refused(archivist, (&case, "verify_dossier"), copies.clone(), (403, "R-001-276"));
    let _verified = day.act("crm_supervisor", &case, "verify_dossier", copies);
    case
}

#[test]
fn a_dossier_is_verified_anew_every_quarter_and_changes_are_entered_at_once() {
    let day = monday();
    let (archivist, supervisor) = ("crm_archivist", "crm_supervisor");
    let case = dossier(&day);
    day.promised(&case, "quarter", "R-001-279", "2055-02-23 09:00");
    let _told = day.act("crm_marketer", &case, "report_change", json!({ "what": "采购总监换人" }));
    // "Promptly" is one working day here.
    day.promised(&case, "enter", "R-001-277", "2054-11-24 18:00");
    day.at("2054-11-25 09:00");
    day.broken(&case, "enter", supervisor);
    let entered = json!({ "result": "已更新关键人物", "database_copy": true });
    let _entered = day.act(archivist, &case, "enter_change", entered);
    day.made_up(&case, "enter");
    // A week before the quarter is up the recheck begins by itself.
    day.at("2055-02-16 08:59");
    assert_eq!(day.state(&case), "in_use");
    day.at("2055-02-16 09:00");
    assert_eq!(day.state(&case), "rechecking");
    day.kept(&case, "quarter");
    day.promised(&case, "recheck", "R-001-279", "2055-02-23 09:00");
    day.at("2055-02-18 15:00");
    let _rechecked = day.act(supervisor, &case, "recheck", json!({ "finding": "已电话核对" }));
    day.kept(&case, "recheck");
    day.complies(&[("R-001-277", [2, 0, 1, 1])]);
}

#[test]
fn a_dossier_is_destroyed_only_when_three_have_agreed_one_after_the_other() {
    let day = monday();
    let (archivist, general) = ("crm_archivist", "crm_general_manager");
    let case = dossier(&day);
    let _asked = day.act(archivist, &case, "ask_destruction", json!({ "reason": "客户已注销" }));
    let _too_soon = day.refused(general, (&case, "approve"), json!({}), (403, "R-001-284"));
    let _first = day.act("crm_supervisor", &case, "approve", json!({}));
    let _second = day.act("crm_service_manager", &case, "approve", json!({}));
    let done = json!({ "result": "碎纸并删除电子份" });
    let _two_are_not_three =
        day.refused(archivist, (&case, "destroy_dossier"), done.clone(), (409, ""));
    let _third = day.act(general, &case, "approve", json!({}));
    let _destroyed = day.act(archivist, &case, "destroy_dossier", done);
    assert_eq!(day.state(&case), "destroyed");
    day.complies(&[("R-001-284", [1, 1, 0, 0]), ("R-001-276", [1, 1, 0, 0])]);
}

#[test]
fn only_a_manager_takes_a_file_away_and_it_comes_back() {
    let day = monday();
    let (archivist, marketer, manager) =
        ("crm_archivist", "crm_marketer", "crm_department_manager");
    let wish = json!({
        "crm_file_no": "KH-2054-0117", "access_kind": "borrow", "crm_purpose": "投标前核对交易条件",
        "department": "市场部",
    });
    let card = json!({ "card_no": "JYK-0031", "due_on": "2054-11-30", "signature": "李工" });
    let theirs = day.open(marketer, "crm_access", wish.clone());
    let _signed = day.act(manager, &theirs, "approve", json!({}));
    let _no_card_for_them =
        day.refused(marketer, (&theirs, "fill_card"), card.clone(), (403, "R-001-285"));
    let own = day.open_inside(manager, "crm_access", wish);
    let _signed = day.act("crm_general_manager", &own, "approve", json!({}));
    let _carded = day.act(manager, &own, "fill_card", card);
    let _lent = day.act(archivist, &own, "lend_file", json!({}));
    day.promised(&own, "bring_back", "R-001-285", "2054-11-30 09:00");
    day.at("2054-11-30 09:01");
    day.broken(&own, "bring_back", archivist);
    let _back = day.act(archivist, &own, "take_back_file", json!({ "finding": "完整" }));
    day.made_up(&own, "bring_back");
    assert_eq!(day.state(&own), "returned");
    day.complies(&[("R-001-285", [3, 1, 1, 1])]);
}

#[test]
fn a_level_fits_the_business_and_ends_with_its_term() {
    let day = monday();
    let (archivist, manager) = ("crm_archivist", "crm_service_manager");
    let secret = json!({
        "crm_file_no": "KH-2054-0117", "secret_content": "strategy", "business_weight": "important", "what": "底价策略",
    });
    let case = day.open(archivist, "crm_secrecy", secret);
    let level = |level: &str| json!({ "secrecy_level": level, "secrecy_term": "one_year" });
    let _proposed = day.act(archivist, &case, "propose_level", level("top_secret"));
    let _too_high = day.refused(archivist, (&case, "submit_level"), json!({}), (409, "R-001-292"));
    let _proposed = day.act(archivist, &case, "propose_level", level("confidential"));
    let _submitted = day.act(archivist, &case, "submit_level", json!({}));
    let _marked = day.act(manager, &case, "approve", json!({}));
    day.promised(&case, "term", "R-001-293", "2055-11-23 09:00");
    day.at("2055-11-23 09:00");
    assert_eq!(day.state(&case), "declassified", "when the term is over the level goes by itself");
    day.complies(&[("R-001-292", [1, 1, 0, 0]), ("R-001-293", [2, 2, 0, 0])]);
}

#[test]
fn the_market_is_looked_at_every_month() {
    let day = monday();
    day.at("2054-12-07 10:00");
    let report = day.fell_due("crm_market_watch", "2054-12-07 09:00");
    assert_eq!(day.clock(&report, "submit").due, "2054-12-08 09:00", "R-001-275");
    day.at("2054-12-08 09:01");
    assert_eq!(day.rounds("crm_market_watch"), ["missed"]);
    day.complies(&[("R-001-275", [1, 0, 1, 0])]);
}
