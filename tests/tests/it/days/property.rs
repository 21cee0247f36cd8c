//! A property office: the flows of a residential estate, and the rest of its week.

use serde_json::{Value, json};

use super::Day;

fn estate(start: &str) -> Day {
    let day = Day::of("property", "office", start);
    day.staff(&[
        "move_in_officer",
        "property_service_supervisor",
        "fit_out_administrator",
        "equipment_supervisor",
        "property_approver",
        "property_cashier",
    ]);
    day
}

fn application(day: &Day) -> Value {
    let officer = "move_in_officer";
    json!({
        "unit_no": "3-1202", "owner_name": "王小明", "contractor": "宏达装饰", "fit_out_scope": "厨卫翻新",
        "fit_out_form": day.file(officer), "fit_out_drawings": [day.file(officer)],
        "worker_ids": [day.file(officer)],
    })
}

fn reviewed() -> Value {
    json!({
        "no_danger": true, "exterior_kept": true, "use_unchanged": true, "workers_form_given": true,
        "rules_explained": true,
    })
}

/// A fit-out from the application to the day the works go on.
fn works(day: &Day) -> String {
    let (officer, site) = ("move_in_officer", "fit_out_administrator");
    let case = day.open(officer, "decoration", application(day));
    // "On the spot": half an hour is the project's figure.
    day.promised(&case, "first_review", "R-004-311", "2054-11-23 09:00");
    day.at("2054-11-23 08:50");
    let _reviewed = day.act(officer, &case, "first_review", reviewed());
    day.kept(&case, "first_review");
    day.promised(&case, "fit_out_approval", "R-004-312", "2054-11-25 08:50");
    let approver = "property_approver";
    let _equipment_first = day.refused(approver, (&case, "approve"), json!({}), (403, "R-004-312"));
    day.at("2054-11-24 10:00");
    let _first = day.act("equipment_supervisor", &case, "approve", json!({}));
    let _second = day.act(approver, &case, "approve", json!({}));
    day.kept(&case, "fit_out_approval");
    // The approved copy is with the owner the next day.
    day.promised(&case, "copy", "R-004-312", "2054-11-25 10:00");
    day.at("2054-11-25 10:01");
    day.broken(&case, "copy", "property_service_supervisor");
    let _delivered = day.act(officer, &case, "deliver_copy", json!({ "copy_signed_by": "王小明" }));
    day.made_up(&case, "copy");
    let workers = json!({
        "workers_form": day.file(site), "photos_checked": true,
        "workers": [{ "worker_name": "赵师傅", "worker_id_no": "440301********1234", "pass_no": "LS-0031" }],
    });
    let _registered = day.act(site, &case, "register_workers", workers);
    let fee = |item: &str, amount: &str| json!({ "fee_item": item, "fee_amount": { "amount": amount, "currency": "CNY" } });
    let fees = json!({
        "fit_out_fees": [fee("装修保证金", "2000.00"), fee("证件工本费", "15.50")], "receipt_no": "NO-000128",
        "cashier_signature": "陈静",
    });
    let _not_the_desk =
        day.refused(officer, (&case, "collect_fees"), fees.clone(), (403, "R-004-314"));
    let _paid = day.act("property_cashier", &case, "collect_fees", fees);
    assert_eq!(day.field(&case, "fit_out_fees_total")["amount"], "2015.50");
    let told = json!({ "owner_told": true, "site_told": true });
    let _passes = day.act("property_service_supervisor", &case, "issue_passes", told);
    assert!(day.told(site, &case).contains(&"waiting".to_owned()), "the site's pool has it");
    case
}

#[test]
fn a_fit_out_is_reviewed_by_two_its_copy_delivered_the_next_day_and_settled_at_the_end() {
    let day = estate("2054-11-23 08:30");
    let (officer, site) = ("move_in_officer", "fit_out_administrator");
    let case = works(&day);
    let _finished = day.act(officer, &case, "finish_works", json!({}));
    day.promised(&case, "settle", "R-004-316", "2054-11-30 18:00");
    let settled = json!({
        "passes_back": 1, "all_passes_back": false, "fees_settled": true, "security_told": true, "house_intact": true,
    });
    let missing = day.refused(site, (&case, "settle_up"), settled.clone(), (422, ""));
    assert_eq!(missing.pointers(), ["/all_passes_back"]);
    let mut all = settled;
    all["all_passes_back"] = json!(true);
    let _settled = day.act(site, &case, "settle_up", all);
    day.kept(&case, "settle");
    assert_eq!(day.state(&case), "settled");
    day.complies(&[
        ("R-004-311", [2, 2, 0, 0]),
        ("R-004-312", [3, 2, 1, 0]),
        ("R-004-316", [2, 2, 0, 0]),
        ("R-004-314", [1, 1, 0, 0]),
        ("R-004-310", [1, 1, 0, 0]),
    ]);
}

#[test]
fn a_breach_halts_the_works_until_the_manager_has_looked() {
    let day = estate("2054-11-23 08:30");
    let (site, approver, supervisor) =
        ("fit_out_administrator", "property_approver", "property_service_supervisor");
    let case = works(&day);
    let _halted = day.act(site, &case, "halt", json!({ "breach": "建筑垃圾堆在消防通道" }));
    let breach = day.child(&case, "decoration_violation");
    day.promised(&breach, "notice", "R-002-217", "2054-11-25 11:01");
    let _not_over_it = day.refused(supervisor, (&case, "go_on_building"), json!({}), (409, ""));
    let notice = json!({ "violation_notice": "限今日18时前清理", "rectify_by": "2054-11-25", "breach_repeated": true });
    let _served = day.act(site, &breach, "serve", notice);
    day.kept(&breach, "notice");
    day.promised(&breach, "put_right", "R-004-326", "2054-11-28 10:01");
    let _right = day.act(site, &breach, "report_right", json!({ "put_right": "已清理并恢复原状" }));
    day.promised(&breach, "manager", "R-004-325", "2054-11-27 18:00");
    let seen = json!({ "manager_view": "处理得当，同意销案" });
    let _not_the_site =
        day.refused(site, (&breach, "manager_closes"), seen.clone(), (403, "R-004-325"));
    day.at("2054-11-27 18:01");
    day.broken(&breach, "manager", approver);
    let _closed = day.act(approver, &breach, "manager_closes", seen);
    day.made_up(&breach, "manager");
    assert_eq!(day.state(&case), "under_way", "the works go on by themselves");
    let again = day.child(&breach, "corrective_action");
    assert_eq!(
        day.field(&again, "recurring"),
        "建筑垃圾堆在消防通道",
        "not the first time: R-004-326"
    );
    day.complies(&[("R-004-325", [2, 1, 1, 0])]);
}

#[test]
fn the_weeks_menu_is_in_before_monday_noon() {
    let day = Day::of("property", "office", "2054-11-23 07:00");
    let (canteen, coordinator) = ("canteen_supervisor", "customer_coordinator");
    day.staff(&[canteen, coordinator]);
    day.at("2054-11-23 08:00");
    let menu = day.fell_due("property_week_menu", "2054-11-23 08:00");
    day.promised(&menu, "hand_in", "R-001-381", "2054-11-23 12:00");
    let mut dishes = json!({
        "breakfast_dishes": 7, "lunch_mains": 6, "lunch_staples": 4, "dinner_dishes": 8, "menu": "周一早餐：豆浆、油条",
    });
    let few = day.refused(canteen, (&menu, "hand_in"), dishes.clone(), (422, ""));
    assert_eq!(few.pointers(), ["/breakfast_dishes"], "eight dishes at breakfast (R-001-380)");
    dishes["breakfast_dishes"] = json!(8);
    let _in = day.act(canteen, &menu, "hand_in", dishes);
    day.kept(&menu, "hand_in");
    // A week later nobody thinks of it.
    day.at("2054-11-30 12:01");
    let menu = day.fell_due("property_week_menu", "2054-11-30 08:00");
    day.broken(&menu, "hand_in", coordinator);
    assert_eq!(day.rounds("property_week_menu"), ["missed", "met"]);
    // Two menus, each a case and the clock by which its duty is kept.
    day.complies(&[("R-001-381", [4, 2, 1, 1])]);
}

#[test]
fn an_electrical_fault_is_put_right_within_the_shift_or_handed_on_with_consent() {
    let day = Day::of("property", "office", "2054-11-23 08:00");
    let (electrician, plant) = ("duty_electrician", "plant_supervisor");
    day.staff(&[electrician, "duty_electrician/2", plant, "engineering_supervisor"]);
    let fault = |at_changeover: bool| {
        json!({
            "fault_found": "二层配电箱跳闸", "fault_place": "裙楼二层", "shift": "early", "at_changeover": at_changeover,
        })
    };
    let case = day.open_inside(electrician, "electrical_fault", fault(false));
    day.promised(&case, "fix", "R-001-167", "2054-11-23 16:00");
    let ask = json!({ "why_not_fixed": "缺63A空开，明早到货", "made_safe": true });
    let _asked = day.act(electrician, &case, "ask_consent", ask);
    let _not_their_own =
        day.refused(electrician, (&case, "approve"), json!({}), (403, "R-001-168"));
    let _consent = day.act(plant, &case, "approve", json!({}));
    assert_eq!(day.state(&case), "with_next_shift");
    let fixed = json!({ "repair_done": "更换空开", "tools_counted": true });
    let _fixed = day.act("duty_electrician/2", &case, "fix", fixed.clone());
    day.kept(&case, "fix");
    assert_eq!(day.state(&case), "fixed");

    day.at("2054-11-23 15:50");
    let both = day.open_inside(electrician, "electrical_fault", fault(true));
    let _both_shifts = day.refused(electrician, (&both, "fix"), fixed.clone(), (409, "R-001-167"));
    day.at("2054-11-23 23:51");
    day.broken(&both, "fix", "engineering_supervisor");
    let other = json!({ "person_id": day.id("duty_electrician/2") });
    let _helper = day.act(electrician, &both, "add_helper", other);
    let _fixed = day.act("duty_electrician/2", &both, "fix", fixed);
    day.made_up(&both, "fix");
    // Two cases; the fault that two shifts had one after the other, and the one that came too late.
    day.complies(&[("R-001-167", [5, 4, 1, 0])]);
}

#[test]
fn the_contact_box_is_opened_every_day_at_its_hour() {
    let day = Day::of("property", "office", "2054-11-23 08:00");
    day.staff(&["lobby_clerk"]);
    day.at("2054-11-25 10:00");
    let box_today = day.fell_due("property_contact_box", "2054-11-25 10:00");
    assert_eq!(day.read(&box_today)["procedure"], "owner_contact_box");
    assert_eq!(
        day.rounds("property_contact_box"),
        ["open", "missed", "missed"],
        "R-000-353, R-004-282"
    );
    assert!(day.told("lobby_clerk", &box_today).contains(&"waiting".to_owned()));
}
