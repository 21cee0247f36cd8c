//! Duties arise when they should, each opens one case, and whether it was kept is told.

use kefu_tests::{Office, Options, Scope, Server, kefu, unique, wait_until};
use serde_json::json;

use super::{
    MONTHLY, TWICE_A_DAY, WEEKLY, arisen, local, occurrences, out_of_order_until, sandbox_at,
    shanghai, standing, started_again_at, statuses,
};
use crate::week::{plain_office, use_plain_office};

#[test]
fn a_month_of_duties_opens_each_case_once_and_tells_what_was_missed() {
    let server = sandbox_at("2035-10-31 20:00");
    let admin = server.admin();
    let mut calendar = plain_office("office");
    calendar["holidays"] = json!([{ "date": "2035-11-16", "name": "停业" }]);
    let _put = admin.put("/v1/calendars/office", calendar);
    let site = server.site();
    assert_eq!(standing(&admin, WEEKLY, &site)["next_at"], shanghai("2035-11-02 16:00"));
    server.set_clock(&shanghai("2035-12-04 00:00"));

    // The sixteenth is closed: the week's report is due the day before. The first of December is a
    // Saturday: the month's comes on the Monday.
    let weekly = occurrences(&admin, WEEKLY, &site);
    let fridays = ["11-02 16:00", "11-09 16:00", "11-15 16:00", "11-23 16:00", "11-30 16:00"];
    assert_eq!(local(&weekly, "occurs_at"), fridays);
    let due = ["11-05 18:00", "11-12 18:00", "11-19 18:00", "11-26 18:00", "12-03 18:00"];
    assert_eq!(local(&weekly, "due_at"), due);
    assert_eq!(statuses(&weekly), ["missed"; 5]);
    let monthly = occurrences(&admin, MONTHLY, &site);
    assert_eq!(local(&monthly, "occurs_at"), ["11-01 09:00", "12-03 09:00"]);
    assert_eq!(statuses(&monthly), ["missed", "open"]);

    let checks = occurrences(&admin, TWICE_A_DAY, &site);
    let times = local(&checks, "occurs_at");
    assert_eq!(times.len(), 2 * 22, "twice on each of 22 working days: {times:?}");
    let days: std::collections::BTreeSet<_> =
        times.iter().map(|it| it.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(days.len(), 22);
    assert!(!days.contains("11-16") && !days.contains("11-17"), "{days:?}");
    for time in &times {
        let clock = time.split(' ').nth(1).unwrap();
        let open = ("08:30".."12:00").contains(&clock) || ("13:00".."18:00").contains(&clock);
        assert!(open, "within the day's working hours: {time}");
    }
    let distinct: std::collections::BTreeSet<_> =
        times.iter().map(|it| it.split(' ').nth(1)).collect();
    assert!(distinct.len() > 20, "nobody can foresee them: {distinct:?}");

    let all = admin.get(&format!("/v1/cases?site_id={site}&limit=1&count=true")).expect(200);
    assert_eq!(all["total"], arisen(&admin, &site), "a case for each, and no other");
    // Each occurrence is an obligation of the clauses its duty carries out.
    let path = format!(
        "/v1/compliance?clause=R-000-348&site_id={site}&from=2035-11-01T00:00:00Z&to=2035-12-05T00:00:00Z"
    );
    let clause = admin.get(&path).expect(200).items()[0].clone();
    let by = clause["by"].as_array().unwrap();
    let duty = by.iter().find(|it| it["address"] == format!("duty:{MONTHLY}")).unwrap();
    let told = &duty["obligations"];
    assert_eq!(
        (&told["arisen"], &told["met"], &told["late"], &told["open"]),
        (&json!(2), &json!(0), &json!(1), &json!(1)),
        "{clause}"
    );
    let list =
        "/v1/compliance/R-000-348/obligations?from=2035-11-01T00:00:00Z&to=2035-12-05T00:00:00Z";
    let late =
        admin.get(&format!("{list}&site_id={site}&status=late&by=duty:{MONTHLY}")).expect(200);
    assert_eq!(late.column("case_id"), [monthly[0]["case_id"].as_str().unwrap()]);
    let _whole = kefu(Some(server.database()), &["verify"]).succeeded();
}

#[test]
fn the_case_says_what_it_is_for_and_its_clock_counts_from_when_the_duty_arose() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let site = server.site();
    let manager = server.user("office_manager", Scope::Site(&site));
    let elsewhere = server.user("office_manager", Scope::Site(&server.site()));
    server.set_clock(&shanghai("2035-11-02 16:30"));
    let arisen = occurrences(&manager, WEEKLY, &site);
    assert_eq!(statuses(&arisen), ["open"]);
    let case = manager.case(arisen[0]["case_id"].as_str().unwrap());
    assert_eq!((&case["duty"], &case["channel"]), (&json!(WEEKLY), &json!("system")));
    assert_eq!(
        (&case["subject"], &case["number"]),
        (&json!("每周客服统计小结"), &arisen[0]["case_number"])
    );
    assert_eq!((&case["site_id"], &case["opened_by"]), (&json!(site), &json!(null)));
    assert_eq!((&case["parent_id"], &case["state"]), (&json!(null), &arisen[0]["case_state"]));
    let clock = &case["clocks"][0];
    assert_eq!(
        (&clock["started_at"], &clock["due_at"]),
        (&arisen[0]["occurs_at"], &arisen[0]["due_at"])
    );
    assert_eq!((&clock["span"], &clock["calendar"]), (&json!("1wd"), &json!("office")));
    assert!(clock["clauses"].as_array().unwrap().contains(&json!("R-000-370")), "{clock}");
    let opened = &manager.timeline(&case.id())[0];
    assert_eq!((&opened["type"], &opened["actor_id"]), (&json!("case.opened"), &json!(null)));
    assert_eq!(opened["data"]["duty"], WEEKLY);

    let inbox = manager.get("/v1/notifications?limit=200").expect(200);
    let told = |it: &&serde_json::Value| it["case_id"] == case["id"] && it["type"] == "waiting";
    assert_eq!(inbox.items().iter().filter(told).count(), 1, "the pool is told: {inbox}");
    let others = elsewhere.get("/v1/notifications?limit=200").expect(200);
    assert!(!others.items().iter().any(|it| it["case_id"] == case["id"]), "{others}");
}

#[test]
fn what_is_done_in_time_is_met_and_what_is_done_afterwards_is_late() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let site = server.site();
    let manager = server.user("office_manager", Scope::Site(&site));
    let done = json!({ "summary": "本周受理 31 件，办结 29 件" });
    let writer = server.user("cs_supervisor", Scope::Site(&site));
    let tell = |nth: usize| {
        let arisen = occurrences(&manager, WEEKLY, &site);
        let id = arisen[nth]["case_id"].as_str().unwrap().to_owned();
        let _told = writer.act(&id, "submit", done.clone()).expect(200);
    };
    server.set_clock(&shanghai("2035-11-05 17:59"));
    tell(0);
    server.set_clock(&shanghai("2035-11-12 18:01"));
    tell(1);
    server.set_clock(&shanghai("2035-11-19 18:01"));
    server.set_clock(&shanghai("2035-11-24 00:00"));
    let arisen = occurrences(&manager, WEEKLY, &site);
    assert_eq!(statuses(&arisen), ["met", "late", "missed", "open"]);
    let missed = manager.case(arisen[2]["case_id"].as_str().unwrap());
    assert_eq!(missed["clocks"][0]["breached_at"], arisen[2]["due_at"], "{missed}");
}

#[test]
fn of_an_outage_of_more_than_a_year_the_last_year_is_made_up_for_and_the_log_names_the_rest() {
    const COUNT: &str = "gps_tool_count";
    let options = || Options {
        args: vec!["--packs".to_owned(), "fleet".to_owned()],
        ..Options::with_duties()
    };
    let server = Server::start_with(options());
    server.set_clock(&shanghai("2035-11-01 20:00"));
    let code = unique("fleet");
    let site =
        json!({ "code": code, "name": "车队", "packs": ["fleet"], "calendar": "fleet_hours" });
    let site = server.admin().post("/v1/sites", site).expect(201).id();
    wait_until("the duty is known", || {
        standing(&server.admin(), COUNT, &site)["next_at"] == shanghai("2035-11-05 09:00")
    });
    let again = started_again_at(&server, "2037-01-01 12:00", options());
    let admin = again.admin();
    wait_until("what was missed is made up for", || {
        standing(&admin, COUNT, &site)["next_at"].as_str() > Some("2037-01-01")
    });
    let counts = occurrences(&admin, COUNT, &site);
    assert!((51..=53).contains(&counts.len()), "a year of Mondays: {}", counts.len());
    assert!(counts[0]["occurs_at"].as_str() >= Some("2036-01-01"), "{}", counts[0]);
    let told = admin.get("/v1/events?types=duty.left_out&limit=200").expect(200).items();
    let told: Vec<_> = told.iter().filter(|it| it["data"]["duty"] == COUNT).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let (from, to) = (&told[0]["data"]["from"], &told[0]["data"]["to"]);
    assert_eq!(
        (from, to),
        (&json!(shanghai("2035-11-05 09:00")), &json!(shanghai("2036-01-01 12:00")))
    );
}

#[test]
fn an_outage_of_three_days_is_made_up_for_each_due_as_if_nothing_had_been() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let site = server.site();
    let _known = server.user("office_manager", Scope::Site(&site));
    server.set_clock(&shanghai("2035-11-01 21:00"));
    let again = out_of_order_until(&server, "2035-11-05 12:30");
    let admin = again.admin();
    // Friday's two checks, and the first of Monday's if it was before noon; the week's report.
    wait_until("what was missed is made up for", || {
        occurrences(&admin, WEEKLY, &site).len() == 1
            && standing(&admin, TWICE_A_DAY, &site)["next_on"] == "2035-11-05"
    });
    let weekly = occurrences(&admin, WEEKLY, &site);
    assert_eq!(local(&weekly, "occurs_at"), ["11-02 16:00"]);
    assert_eq!(local(&weekly, "due_at"), ["11-05 18:00"]);
    assert_eq!(statuses(&weekly), ["open"], "its own deadline has not passed");
    let case = admin.case(weekly[0]["case_id"].as_str().unwrap());
    assert_eq!(case["opened_at"], shanghai("2035-11-05 12:30"), "nothing is dated back");
    assert_eq!(case["clocks"][0]["started_at"], weekly[0]["occurs_at"]);
    let checks = occurrences(&admin, TWICE_A_DAY, &site);
    let friday: Vec<_> =
        checks.iter().filter(|it| it["due_at"].as_str() < Some("2035-11-05T00:30")).collect();
    assert!((2..=3).contains(&checks.len()), "{checks:?}");
    for it in friday {
        assert_eq!(it["status"], "missed", "{it}");
        let case = admin.case(it["case_id"].as_str().unwrap());
        assert_eq!(case["clocks"][0]["breached_at"], it["due_at"]);
    }
    let before = checks.len();
    again.set_clock(&shanghai("2035-11-05 23:00"));
    let after = occurrences(&admin, TWICE_A_DAY, &site);
    assert_eq!(after.len(), 4, "it goes on, {before} before");
    let _whole = kefu(Some(again.database()), &["verify"]).succeeded();
}

#[test]
fn a_site_has_the_duties_of_the_packs_it_runs_while_it_runs_them() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let office = Office::open(&server);
    let (admin, site) = (server.admin(), office.site.clone());
    let packs = |packs: serde_json::Value| {
        let path = format!("/v1/sites/{site}");
        let etag = admin.get(&path).expect(200).etag();
        let _put = admin.patch(&path, &etag, json!({ "packs": packs })).expect(200);
    };
    let here = || {
        let found = admin.get(&format!("/v1/duties?site_id={site}")).expect(200).items();
        found.iter().filter(|it| it["sites"].as_array().is_some_and(|it| !it.is_empty())).count()
    };
    assert!(here() >= 3);
    packs(json!(["common"]));
    assert!(standing(&admin, WEEKLY, &site).is_null());
    server.set_clock(&shanghai("2035-11-08 12:00"));
    assert!(occurrences(&admin, WEEKLY, &site).is_empty(), "it has no such duty");
    packs(json!(["property"]));
    assert_eq!(standing(&admin, WEEKLY, &site)["next_at"], shanghai("2035-11-09 16:00"));
    server.set_clock(&shanghai("2035-11-10 12:00"));
    assert_eq!(local(&occurrences(&admin, WEEKLY, &site), "occurs_at"), ["11-09 16:00"]);
    let path = format!("/v1/sites/{site}");
    let etag = admin.get(&path).expect(200).etag();
    let _gone = admin.delete(&path, &etag).expect(204);
    server.set_clock(&shanghai("2035-11-20 12:00"));
    assert_eq!(occurrences(&admin, WEEKLY, &site).len(), 1, "a site that is gone has none");
    let _whole = kefu(Some(server.database()), &["verify"]).succeeded();
}

#[test]
fn a_changed_calendar_moves_what_comes_next() {
    let server = sandbox_at("2035-11-01 20:00");
    let admin = server.admin();
    use_plain_office(&admin);
    let site = server.site();
    let mut calendar = plain_office("office");
    calendar["holidays"] = json!([{ "date": "2035-11-09", "name": "停业" }]);
    server.set_clock(&shanghai("2035-11-03 12:00"));
    assert_eq!(standing(&admin, WEEKLY, &site)["next_at"], shanghai("2035-11-09 16:00"));
    let _put = admin.put("/v1/calendars/office", calendar).expect(200);
    wait_until("the duty is counted anew", || {
        standing(&admin, WEEKLY, &site)["next_at"] == shanghai("2035-11-08 16:00")
    });
    server.set_clock(&shanghai("2035-11-17 12:00"));
    let found = local(&occurrences(&admin, WEEKLY, &site), "occurs_at");
    assert_eq!(found, ["11-02 16:00", "11-08 16:00", "11-16 16:00"]);
}
