//! An interior works company, and the employment centre whose rules came with it.

use serde_json::{Value, json};

use super::Day;

fn monday() -> Day {
    let day = Day::of("renovation", "renovation_office", "2054-11-23 10:00");
    day.staff(&[
        "renovation_clerk",
        "renovation_designer",
        "renovation_engineer",
        "renovation_manager",
    ]);
    day
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn quotation() -> Value {
    json!({
        "quote_lines": [
            { "work_item": "厨房墙地砖铺贴", "item_quantity": 42, "item_price": yuan("68.00") },
            { "work_item": "水电改造", "item_quantity": 80.5, "item_price": yuan("35.00") },
        ],
        "price_source": "公司价目表 2054-11；建材市场询价",
    })
}

#[test]
fn the_sum_that_is_signed_is_the_sum_that_was_quoted() {
    let day = monday();
    let (clerk, manager) = ("renovation_clerk", "renovation_manager");
    let asked =
        json!({ "flat_address": "锦绣园 5-1203", "floor_area": 98, "works_wanted": "厨卫改造" });
    let case = day.open(clerk, "renovation_quote", asked);
    // "Quick" is four working hours: two before lunch, two after it.
    day.promised(&case, "quick", "R-004-148", "2054-11-23 15:00");
    day.at("2054-11-23 14:00");
    let quick = json!({ "quick_sum": yuan("6000.00"), "designer": "周设计师" });
    let _quick = day.act(clerk, &case, "quick_quote", quick);
    day.kept(&case, "quick");
    day.promised(&case, "quote", "R-004-146", "2054-11-26 18:00");
    day.at("2054-11-27 09:00");
    day.broken(&case, "quote", manager);
    let _quoted = day.act(clerk, &case, "quote", quotation());
    day.made_up(&case, "quote");
    assert_eq!(
        day.field(&case, "quote_lines_total")["amount"],
        "5673.50",
        "42 × 68.00 + 80.5 × 35.00"
    );

    let printed = json!({ "contract_no": "ZX-2054-0118", "contract_sum": yuan("5600.00") });
    let _printed = day.act(clerk, &case, "print", printed);
    let scan = day.file(manager);
    let signed = json!({ "signature": "王小明", "contract_copy": [scan] });
    let _other_sum = day.refused(manager, (&case, "sign"), signed, (409, "R-004-146"));
    let _again =
        day.act(clerk, &case, "requote", json!({ "quote_lines": quotation()["quote_lines"] }));
    let printed = json!({ "contract_no": "ZX-2054-0118", "contract_sum": yuan("5673.50") });
    let _printed = day.act(clerk, &case, "print", printed);
    let signed = json!({ "signature": "王小明", "contract_copy": [day.file(manager)] });
    let _not_the_clerk = day.refused(clerk, (&case, "sign"), signed.clone(), (403, "R-004-146"));
    let _signed = day.act(manager, &case, "sign", signed);
    assert_eq!(day.state(&case), "signed");

    let start = day.child(&case, "renovation_start");
    // Ten working days of a week that has six.
    day.promised(&start, "release", "R-004-149", "2054-12-09 18:00");
    let agreed =
        json!({ "planned_on": "2054-12-05", "approved_by_customer": true, "signature": "王小明" });
    let _agreed = day.act(clerk, &start, "customer_agrees", agreed);
    day.promised(&start, "release_approval", "R-004-149", "2054-11-30 18:00");
    let _not_the_clerk = day.refused(clerk, (&start, "approve"), json!({}), (403, "R-004-149"));
    let _engineering = day.act("renovation_engineer", &start, "approve", json!({}));
    assert_eq!(day.state(&start), "awaiting_release", "design has not said a word yet");
    let _design = day.act("renovation_designer", &start, "approve", json!({}));
    day.kept(&start, "release_approval");
    day.kept(&start, "release");
    let _started =
        day.act("renovation_engineer", &start, "start_work", json!({ "held_on": "2054-12-05" }));
    assert_eq!(day.state(&start), "started");
    day.complies(&[
        ("R-004-148", [2, 2, 0, 0]),
        ("R-004-146", [2, 1, 1, 0]),
        ("R-004-149", [3, 3, 0, 0]),
    ]);
}

#[test]
fn supply_and_demand_are_looked_at_on_the_months_last_working_day() {
    let day = Day::of("renovation", "employment_window", "2054-11-23 09:00");
    let (officer, head) = ("employment_officer", "employment_head");
    day.staff(&[officer, head]);
    let seeker = json!({
        "seeker_name": "赵红", "seeker_id_no": "500102198803121226", "seeker_kind": "laid_off",
        "seeker_phone": "13800138000", "job_wanted": "物业维修",
    });
    let case = day.open(officer, "job_seeker", seeker.clone());
    // Nobody is in the register twice; first advice within five working days is the pack's figure.
    day.promised(&case, "advise", "R-004-242", "2054-11-30 17:00");
    let twice =
        day.person(officer).post("/v1/cases", day.opening("job_seeker", seeker)).refused(409);
    assert_eq!(twice["clause"], "R-004-240", "{twice}");
    let _advised =
        day.act(officer, &case, "advise", json!({ "advice": "建议参加下月电工复审培训" }));
    day.kept(&case, "advise");
    let place = json!({ "employer": "恒信物业公司", "post_wanted": "水电维修工" });
    let _sent = day.act(officer, &case, "recommend", place);
    let _placed = day.act(officer, &case, "place", json!({ "held_on": "2054-11-24" }));
    assert_eq!(day.state(&case), "placed");

    day.at("2054-11-30 10:00");
    let report = day.fell_due("employment_supply_demand", "2054-11-30 09:00");
    assert_eq!(
        day.clock(&report, "submit").due,
        "2054-12-03 17:00",
        "R-004-242: three working days"
    );
    let text = json!({ "summary": "本月求职四十二人，岗位三十六个" });
    let _written = day.act(officer, &report, "submit", text);
    day.kept(&report, "submit");
    let _read = day.act(head, &report, "review", json!({}));
    assert_eq!(day.rounds("employment_supply_demand"), ["met"]);
    day.complies(&[("R-004-242", [3, 3, 0, 0])]);
}
