//! `/v1/metrics`: what they come to, and the cases behind each figure.

use kefu_tests::{Client, Office, Scope, Server};
use serde_json::{Value, json};

use crate::week::{Week, use_plain_office};

const GLAD: &str = "office_callback_satisfaction";

/// An office on a server of its own on a Monday at nine.
#[track_caller]
fn monday() -> (Office, Week) {
    let server = Server::start();
    use_plain_office(&server.admin());
    let week = Week::ahead_of(&server);
    server.set_clock(&week.at(0, "09:00"));
    (Office::open(&server), week)
}

/// A callback of its own, and what the customer said.
#[track_caller]
fn call(office: &Office, satisfied: bool) {
    let opened = office.desk.post("/v1/cases", office.opening("callback", json!({}))).expect(201);
    let mut heard = json!({ "satisfied": satisfied, "confirmed_by": "recording" });
    if !satisfied {
        heard["opinions"] = json!("还是响");
    }
    let _heard = office.desk.act(&opened.id(), "record", heard).expect(200);
}

#[track_caller]
fn values(client: &Client, metric: &str, query: &str) -> Vec<Value> {
    client.get(&format!("/v1/metrics/{metric}/values?{query}")).expect(200).items()
}

fn figures(value: &Value) -> [&Value; 4] {
    ["numerator", "denominator", "value", "met"].map(|it| &value[it])
}

#[test]
fn a_rate_is_counted_month_by_month_where_the_site_is() {
    let (office, week) = monday();
    let manager = &office.manager;
    for satisfied in [true, true, false] {
        call(&office, satisfied);
    }
    let left = office.desk.post("/v1/cases", office.opening("callback", json!({}))).expect(201);
    let range = format!("from={}&to={}", week.at(0, "09:00"), week.at(0, "09:01"));
    let found = values(manager, GLAD, &range);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(figures(&found[0]), [&json!("2"), &json!("3"), &json!("66.6667"), &json!(false)]);
    assert_eq!(
        (&found[0]["target"], &found[0]["period"]),
        (&json!(">= 95%"), &json!(week.date(0).get(..7)))
    );
    let start = found[0]["from"].as_str().unwrap();
    assert!(start.ends_with("T16:00:00Z"), "midnight in Shanghai: {start}");
    assert_eq!(values(manager, GLAD, ""), found, "the running month");

    office.server.set_clock(&week.at(63, "09:00"));
    let _heard = office
        .desk
        .act(&left.id(), "record", json!({ "satisfied": true, "confirmed_by": "message" }))
        .expect(200);
    let range = format!("from={}&to={}", week.at(0, "09:00"), week.at(63, "09:01"));
    let found = values(manager, GLAD, &range);
    assert_eq!(found.len(), 3, "{found:?}");
    assert_eq!(figures(&found[0]), [&json!("2"), &json!("3"), &json!("66.6667"), &json!(false)]);
    assert_eq!(
        figures(&found[1]),
        [&json!("0"), &json!("0"), &Value::Null, &Value::Null],
        "nothing to divide by"
    );
    assert_eq!(
        figures(&found[2]),
        [&json!("1"), &json!("1"), &json!("100"), &json!(true)],
        "by when it was closed"
    );
    assert!(found.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]));
    // A page at a time it is the same.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = manager
            .get(&format!("/v1/metrics/{GLAD}/values?{range}&limit=1&count=true{cursor}"))
            .expect(200);
        assert_eq!(page["total"], 3);
        paged.extend(page.items());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, found);
}

#[test]
fn every_figure_is_the_count_of_the_cases_behind_it() {
    let (office, week) = monday();
    for index in 0..13 {
        call(&office, index % 3 != 0);
    }
    let manager = &office.manager;
    let value = values(manager, GLAD, "")[0].clone();
    let path = format!("/v1/metrics/{GLAD}/cases?period={}", value["period"].as_str().unwrap());
    let total = |more: &str| {
        manager.get(&format!("{path}&count=true&limit=2{more}")).expect(200)["total"].to_string()
    };
    assert_eq!(value["numerator"], json!(total("&counted=true")));
    assert_eq!(value["denominator"], json!(total("")));
    assert_eq!(total("&counted=false"), "5");
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = manager.get(&format!("{path}&limit=4{cursor}")).expect(200);
        seen.extend(page.items());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen.len(), 13);
    for it in &seen {
        let case = manager.case(it["case_id"].as_str().unwrap());
        assert_eq!((&it["number"], &it["at"]), (&case["number"], &case["closed_at"]));
        assert_eq!(it["counted"], case["fields"]["satisfied"]);
        assert_eq!(it["value"], if it["counted"] == true { json!("1") } else { Value::Null });
    }
    let refused =
        manager.get(&format!("/v1/metrics/{GLAD}/cases?period={}", week.date(0))).refused(422);
    assert_eq!(refused.pointers(), ["/period"], "a day is no month");
    let refused = manager.get(&format!("/v1/metrics/{GLAD}/cases?cursor=x")).refused(422);
    assert_eq!(refused.pointers(), ["/cursor"]);
}

#[test]
fn a_promise_that_was_broken_makes_a_complaint_late() {
    let (office, week) = monday();
    let (in_time, late) = (office.open_complaint(), office.open_complaint());
    let answer = |id: &str| {
        let _taken = office.handler.act(id, "investigate", json!({})).expect(200);
        let told = json!({ "solution": "已处理", "told_by": "visit" });
        let _told = office.desk.act(id, "answer", told).expect(200);
    };
    answer(&in_time);
    office.server.set_clock(&week.at(4, "15:00"));
    answer(&late);
    for id in [&in_time, &late] {
        let callback = office.desk.get(&format!("/v1/cases?parent_id={id}")).expect(200).items();
        let heard = json!({ "satisfied": true, "confirmed_by": "recording" });
        let _heard =
            office.desk.act(callback[0]["id"].as_str().unwrap(), "record", heard).expect(200);
        let _closed = office.desk.act(id, "close", json!({})).expect(200);
    }
    let found = values(&office.manager, "office_complaints_in_time", "");
    assert_eq!(
        figures(&found[0]),
        [&json!("1"), &json!("2"), &json!("50"), &Value::Null],
        "no target"
    );
}

#[test]
fn cases_are_counted_day_by_day_and_hours_averaged_exactly() {
    let (office, week) = monday();
    let _first = office.open_complaint();
    let _second = office.open_complaint();
    office.server.set_clock(&week.at(1, "23:59"));
    let _third = office.open_complaint();
    office.server.set_clock(&week.at(2, "00:00"));
    let _fourth = office.open_complaint();
    let range = format!("from={}&to={}", week.at(0, "00:00"), week.at(4, "00:00"));
    let found = values(&office.manager, "office_cases_a_day", &range);
    let days: Vec<_> = found.iter().map(|it| it["period"].as_str().unwrap().to_owned()).collect();
    assert_eq!(days, (0..4).map(|day| week.date(day)).collect::<Vec<_>>());
    let counts: Vec<_> = found.iter().map(|it| it["value"].as_str().unwrap()).collect();
    assert_eq!(counts, ["2", "1", "1", "0"], "by midnight on the wall");
    assert!(found.iter().all(|it| it["denominator"].is_null() && it["met"].is_null()));

    for hours in ["0.1", "0.2", "0.45"] {
        let repair = json!({ "fault": "漏水", "category": "other", "emergency": false });
        let id = office.desk.post("/v1/cases", office.opening("repair", repair)).expect(201).id();
        let named = json!({ "assignee_id": office.repairer.id });
        let _sent = office.dispatcher.act(&id, "dispatch", named).expect(200);
        let _taken = office.repairer.act(&id, "accept_job", json!({})).expect(200);
        let _there = office.repairer.act(&id, "arrive", json!({})).expect(200);
        let hours: Value = serde_json::from_str(hours).unwrap();
        let done = json!({ "work_done": "换阀", "man_hours": hours });
        let _done = office.repairer.act(&id, "finish", done).expect(200);
        let accepted = json!({ "accepted_by": "王小明" });
        let _accepted = office.desk.act(&id, "customer_accepts", accepted).expect(200);
        let callback = office.desk.get(&format!("/v1/cases?parent_id={id}")).expect(200).items();
        let heard = json!({ "satisfied": true, "confirmed_by": "recording" });
        let _heard =
            office.desk.act(callback[0]["id"].as_str().unwrap(), "record", heard).expect(200);
        let _closed = office.desk.act(&id, "close", json!({})).expect(200);
    }
    let found = values(&office.manager, "office_repair_hours", "");
    assert_eq!(figures(&found[0]), [&json!("0.75"), &json!("3"), &json!("0.25"), &Value::Null]);
    assert!(found[0]["period"].as_str().unwrap().contains("-W"), "{found:?}");
}

#[test]
fn only_what_ones_post_reaches_is_counted() {
    let (here, _) = monday();
    let there = Office::open(&here.server);
    call(&here, true);
    call(&there, false);
    call(&there, false);
    let count = |client: &Client, more: &str| values(client, GLAD, more)[0]["denominator"].clone();
    assert_eq!(count(&here.manager, ""), "1");
    assert_eq!(count(&there.manager, ""), "2");
    assert_eq!(count(&here.server.admin(), ""), "3");
    assert_eq!(count(&here.server.admin(), &format!("site_id={}", here.site)), "1");
    assert_eq!(count(&here.manager, &format!("site_id={}", there.site)), "0");
    let path = format!("/v1/metrics/{GLAD}/cases?count=true");
    assert_eq!(there.manager.get(&path).expect(200)["total"], 2);
    for path in [
        "/v1/metrics",
        &format!("/v1/metrics/{GLAD}"),
        &format!("/v1/metrics/{GLAD}/values"),
        &path,
    ] {
        let _not_theirs = here.desk.get(path).refused(403);
    }
    let modest = here.server.user("cs_manager", Scope::Own);
    assert_eq!(count(&modest, ""), "0", "nothing is their own");
}

#[test]
fn metrics_are_listed_with_what_they_count() {
    let admin = Server::shared().admin();
    let one = admin.get(&format!("/v1/metrics/{GLAD}")).expect(200);
    assert_eq!(
        (&one["period"], &one["over"], &one["target"]),
        (&json!("month"), &json!("closed"), &json!(">= 95%"))
    );
    assert_eq!(
        (&one["counts"], &one["pack"]),
        (&json!("case.fields.satisfied"), &json!("property"))
    );
    assert!(one["clauses"].as_array().unwrap().contains(&json!("R-000-044")));
    let clause = admin.get("/v1/clauses/R-000-044").expect(200);
    let by = clause["enforced_by"].as_array().unwrap();
    assert!(by.iter().any(|it| it["address"] == format!("metric:{GLAD}")), "{clause}");
    let known =
        admin.request("GET", &format!("/v1/metrics/{GLAD}")).header("if-none-match", &one.etag());
    assert_eq!(known.send().status, 304);
    for (query, found) in [
        ("clause=R-000-044", true),
        ("procedure=callback", true),
        ("pack=property", true),
        ("q=satisfaction%20callbacks", true),
        ("procedure=inquiry", false),
        ("pack=common", false),
    ] {
        let list = admin.get(&format!("/v1/metrics?limit=200&{query}")).expect(200);
        assert_eq!(list.column("code").contains(&GLAD.to_owned()), found, "{query}");
    }
    for path in ["/v1/metrics/nothing", "/v1/metrics/nothing/values", "/v1/metrics/nothing/cases"] {
        let _none = admin.get(path).refused(404);
    }
    let back = "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z";
    let refused = admin.get(&format!("/v1/metrics/{GLAD}/values?{back}")).refused(422);
    assert_eq!(refused.pointers(), ["/to"]);
    let refused = admin.get(&format!("/v1/metrics/{GLAD}/values?cursor=x")).refused(422);
    assert_eq!(refused.pointers(), ["/cursor"]);
}
