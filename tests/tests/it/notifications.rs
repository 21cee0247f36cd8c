//! `/v1/notifications`: everybody's own inbox.

use kefu_tests::{Office, at};
use serde_json::{Value, json};

use crate::procedures::simple;

fn unread(reply: &Value) -> u64 {
    reply["unread"].as_u64().unwrap_or_else(|| panic!("no unread count in {reply}"))
}

#[test]
fn a_notice_is_read_by_whom_it_is_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let (desk, handler) = (&office.desk, &office.handler);
    assert_eq!(unread(&handler.get("/v1/notifications").expect(200).body), 0);
    let cases = [simple::open(&office).id(), simple::open(&office).id()];
    for case in &cases {
        let _given = desk.act(case, "assign", json!({ "to": handler.id })).expect(200);
    }
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!(unread(&inbox.body), 2);
    assert_eq!(inbox.column("case_id").len(), 2);
    let newest = inbox.items()[0].clone();
    assert_eq!((&newest["case_id"], &newest["type"]), (&json!(cases[1]), &json!("assigned")));
    assert!(newest["read_at"].is_null(), "{newest}");

    let id = newest["id"].as_str().unwrap();
    let path = format!("/v1/notifications/{id}/read");
    let _not_theirs = desk.post(&path, json!({})).refused(404);
    assert_eq!(unread(&handler.get("/v1/notifications").expect(200).body), 2);
    let read = handler.post(&path, json!({})).expect(200);
    assert_eq!((&read["id"], read["read_at"].is_string()), (&newest["id"], true), "{read}");
    let again = handler.post(&path, json!({})).expect(200);
    assert_eq!(again["read_at"], read["read_at"], "read once, read for good");
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!(unread(&inbox.body), 1);
    let left = handler.get("/v1/notifications?unread=true").expect(200);
    assert_eq!(left.column("case_id"), [cases[0].as_str()]);
    assert_eq!(unread(&desk.get("/v1/notifications").expect(200).body), 0, "nobody else's inbox");
}

#[test]
fn everything_is_read_at_once_by_whom_it_is_for() {
    let office = Office::shared();
    simple::publish(&office.server);
    let (desk, handler, other) = (&office.desk, &office.handler, &office.repairer);
    for to in [handler, handler, handler, other] {
        let case = simple::open(&office).id();
        let _given = desk.act(&case, "assign", json!({ "to": to.id })).expect(200);
    }
    let read = handler.post("/v1/notifications/read", json!({})).expect(200);
    assert_eq!(read["read"], 3, "{read}");
    let inbox = handler.get("/v1/notifications").expect(200);
    assert_eq!((unread(&inbox.body), inbox.items().len()), (0, 3), "{inbox}");
    assert!(inbox.items().iter().all(|it| it["read_at"].is_string()), "{inbox}");
    assert!(handler.get("/v1/notifications?unread=true").expect(200).items().is_empty());
    assert_eq!(handler.post("/v1/notifications/read", json!({})).expect(200)["read"], 0);
    assert_eq!(unread(&other.get("/v1/notifications").expect(200).body), 1, "nobody else's inbox");
}

#[test]
fn a_notice_says_in_the_readers_language_what_became_of_which_case() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office);
    let (number, subject) = (case.text_at("/number"), case.text_at("/subject"));
    let _given = office.desk.act(&case.id(), "assign", json!({ "to": office.handler.id }));
    let _gone = office.desk.act(&case.id(), "withdraw", json!({ "reason": "重复" })).expect(200);
    let read = |language| {
        let inbox = office.handler.speaking(language).get("/v1/notifications").expect(200);
        let said = |it: &Value| {
            let words = |name: &str| it[name].as_str().unwrap().to_owned();
            assert!(it["data"].get("words").is_none(), "{it}");
            (words("type"), words("title"), words("text"))
        };
        inbox.items().iter().map(said).collect::<Vec<_>>()
    };
    let zh = |kind: &str, title: &str, said: &str| {
        (kind.to_owned(), title.to_owned(), format!("{number} {subject}：{said}"))
    };
    let expected = [
        zh("withdrawn", "服务单已撤回", "已被撤回，无需再办。"),
        zh("assigned", "有新的服务单", "交由您办理。"),
    ];
    assert_eq!(read("zh-CN"), expected);
    assert_eq!(read(""), expected, "Chinese unless asked otherwise");
    let english = read("en-GB");
    assert_eq!(english[0].1, "A case was withdrawn");
    assert_eq!(
        english[0].2,
        format!("{number} {subject}: it was taken back; nothing is left to do.")
    );
    let id = office.handler.get("/v1/notifications").expect(200).items()[0]["id"].clone();
    let path = format!("/v1/notifications/{}/read", id.as_str().unwrap());
    let marked = office.handler.speaking("zh").post(&path, json!({})).expect(200);
    assert_eq!(marked["title"], "服务单已撤回");
}

#[test]
fn a_warning_names_the_promise_and_when_it_is_due_where_the_site_is() {
    let office = Office::at("2027-03-01T01:00:00Z");
    simple::publish(&office.server);
    let case = simple::open(&office);
    let due = at(&case.text_at("/due_at")).with_timezone(&chrono_tz::Asia::Shanghai);
    office.server.set_clock_to(due.to_utc());
    let inbox = office.desk.speaking("zh").get("/v1/notifications?limit=200").expect(200).items();
    let breached = inbox.iter().find(|it| it["type"] == "clock_breached").unwrap();
    let due = due.format("%Y-%m-%d %H:%M");
    let said = format!("时限「办结」已于 {due} 到期，尚未完成。");
    assert!(breached["text"].as_str().unwrap().ends_with(&said), "{breached}");
}

#[test]
fn an_inbox_is_paged_newest_first() {
    let office = Office::shared();
    simple::publish(&office.server);
    let mut cases: Vec<_> = (0..5).map(|_| simple::open(&office).id()).collect();
    for case in &cases {
        let _given =
            office.desk.act(case, "assign", json!({ "to": office.handler.id })).expect(200);
    }
    cases.reverse();
    let (mut seen, mut path) = (Vec::new(), "/v1/notifications?limit=2".to_owned());
    loop {
        let page = office.handler.get(&path).expect(200);
        assert_eq!(unread(&page.body), 5, "all of them, not those of the page: {page}");
        seen.extend(page.column("case_id"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/notifications?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, cases);
}

#[test]
fn nobody_is_told_what_they_did_themselves() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office).id();
    let _claimed = office.handler.act(&case, "claim", json!({})).expect(200);
    let inbox = office.handler.get("/v1/notifications").expect(200);
    assert!(inbox.items().is_empty(), "{inbox}");
}
