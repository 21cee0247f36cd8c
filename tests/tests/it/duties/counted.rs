//! A duty's own list and compliance say the same of every occurrence.

use kefu_tests::Scope;
use serde_json::{Value, json};

use super::{WEEKLY, occurrences, sandbox_at, shanghai, statuses};
use crate::week::use_plain_office;

#[test]
fn an_occurrence_stands_alike_in_both_reports() {
    let server = sandbox_at("2035-11-01 20:00");
    let admin = server.admin();
    use_plain_office(&admin);
    let site = server.site();
    let writer = server.user("cs_supervisor", Scope::Site(&site));
    let newest = || {
        let found = occurrences(&admin, WEEKLY, &site);
        found.last().unwrap()["case_id"].as_str().unwrap().to_owned()
    };
    // The first is done in time though its case stays open for longer than the duty gives.
    server.set_clock(&shanghai("2035-11-02 17:00"));
    let report = json!({ "summary": "本周受理 31 件，办结 29 件" });
    let _in_time = writer.act(&newest(), "submit", report.clone()).expect(200);
    server.set_clock(&shanghai("2035-11-09 17:00"));
    let _gone = writer.act(&newest(), "withdraw", json!({ "reason": "放假" })).expect(200);
    server.set_clock(&shanghai("2035-11-16 17:00"));
    server.set_clock(&shanghai("2035-11-21 17:00"));
    let _late = writer.act(&newest(), "submit", report).expect(200);
    server.set_clock(&shanghai("2035-11-23 17:00"));
    server.set_clock(&shanghai("2035-11-30 17:00"));

    let found = occurrences(&admin, WEEKLY, &site);
    assert_eq!(statuses(&found), ["met", "missed", "late", "missed", "open"]);
    let (from, to) = (shanghai("2035-11-01 00:00"), shanghai("2035-12-01 00:00"));
    let query = format!("site_id={site}&from={from}&to={to}");
    let clause = admin.get(&format!("/v1/compliance?clause=R-000-370&{query}")).expect(200);
    let clause = clause.items()[0].clone();
    let by = clause["by"].as_array().unwrap();
    let duty = by.iter().find(|it| it["address"] == format!("duty:{WEEKLY}")).unwrap();
    let numbers =
        ["arisen", "met", "late", "open"].map(|it| duty["obligations"][it].as_i64().unwrap());
    assert_eq!(numbers, [5, 1, 3, 1], "{clause}");

    let path = format!("/v1/compliance/R-000-370/obligations?by=duty:{WEEKLY}&{query}");
    let mut listed = admin.get(&path).expect(200).items();
    listed.reverse();
    for (own, listed) in found.iter().zip(&listed) {
        let late = matches!(own["status"].as_str(), Some("late" | "missed"));
        let status = if late { json!("late") } else { own["status"].clone() };
        let shown: Vec<&Value> =
            ["started_at", "due_at", "case_id", "status"].iter().map(|it| &listed[it]).collect();
        assert_eq!(shown, [&own["occurs_at"], &own["due_at"], &own["case_id"], &status]);
        assert_eq!(listed["clock"], "submit", "the clock that takes what the duty gives");
    }
    assert_eq!(listed.len(), found.len());
}
