//! What duties there are, at whose sites, and when they arise next.

use kefu_tests::{Scope, Server};
use serde_json::{Value, json};

use super::{MONTHLY, TWICE_A_DAY, WEEKLY, occurrences, sandbox_at, shanghai, standing};
use crate::week::use_plain_office;

#[test]
fn a_duty_says_what_it_is_and_when_it_is_next() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let site = server.site();
    let manager = server.user("office_manager", Scope::Site(&site));
    let chinese = manager.speaking("zh-CN");
    let found = chinese.get(&format!("/v1/duties/{WEEKLY}")).expect(200);
    assert_eq!(
        (&found["pack"], &found["rule"]),
        (&json!("property"), &json!("FREQ=WEEKLY;BYDAY=FR"))
    );
    assert_eq!((&found["at"], &found["closed"]), (&json!("16:00"), &json!("before")));
    assert_eq!((&found["open"], &found["within"]), (&json!("work_report"), &json!("1wd")));
    assert_eq!((&found["assign"], &found["times"]), (&json!("role:office_manager"), &json!(1)));
    assert_eq!(
        (&found["title"], &found["clauses"]),
        (&json!("每周客服统计小结"), &json!(["R-000-370"]))
    );
    let english = manager.speaking("en").get(&format!("/v1/duties/{WEEKLY}")).expect(200);
    assert_eq!(english["title"], "Weekly summary of service");
    let known = chinese.request("GET", &format!("/v1/duties/{WEEKLY}"));
    let _same = known.header("if-none-match", &found.etag()).send().expect(304);
    let here = standing(&manager, WEEKLY, &site);
    assert_eq!(
        (&here["next_at"], &here["next_on"]),
        (&json!(shanghai("2035-11-02 16:00")), &json!("2035-11-02"))
    );
    let check = standing(&manager, TWICE_A_DAY, &site);
    assert_eq!(
        (&check["next_at"], &check["next_on"]),
        (&Value::Null, &json!("2035-11-02")),
        "not foretold"
    );
}

#[test]
fn the_list_is_narrowed_and_paged() {
    let server = Server::start_with(kefu_tests::Options::with_duties());
    let site = server.site();
    let admin = server.admin();
    let codes = |query: &str| admin.get(&format!("/v1/duties?{query}")).expect(200).column("code");
    let all = codes("limit=200");
    assert!([MONTHLY, TWICE_A_DAY, WEEKLY].iter().all(|it| all.contains(&(*it).to_owned())));
    assert!(all.is_sorted());
    assert!(codes("clause=R-000-370&limit=200").contains(&WEEKLY.to_owned()));
    assert!(!codes("clause=R-000-370&limit=200").contains(&MONTHLY.to_owned()));
    assert!(codes("procedure=work_report&limit=200").contains(&WEEKLY.to_owned()));
    assert!(codes("procedure=nothing").is_empty());
    let here = admin.get(&format!("/v1/duties?site_id={site}&limit=200")).expect(200);
    assert!(
        here.items()
            .iter()
            .all(|it| { it["sites"].as_array().unwrap().iter().all(|it| it["site_id"] == site) })
    );
    let page = admin.get("/v1/duties?limit=1&count=true").expect(200);
    assert_eq!(page["total"], all.len());
    let cursor = page.text_at("/next_cursor");
    let next = admin.get(&format!("/v1/duties?limit=1&cursor={cursor}")).expect(200);
    assert_eq!(next.column("code"), all[1..2]);
    let _wrong = admin.get("/v1/duties?cursor=nonsense").refused(422);
}

#[test]
fn nobody_reads_of_another_sites_duties() {
    let server = sandbox_at("2035-11-01 20:00");
    let (site, other) = (server.site(), server.site());
    let bare = json!({ "code": kefu_tests::unique("c"), "name": "通用", "packs": ["common"], "calendar": "office" });
    let bare = server.admin().post("/v1/sites", bare).expect(201).id();
    let manager = server.user("office_manager", Scope::Site(&site));
    let outside = server.user("cs_manager", Scope::Site(&bare));
    let desk = server.user("front_desk", Scope::Site(&site));
    server.set_clock(&shanghai("2035-11-10 12:00"));
    assert!(!occurrences(&manager, WEEKLY, &site).is_empty());
    assert!(occurrences(&manager, WEEKLY, &other).is_empty(), "not theirs to know of");
    let all = manager.get(&format!("/v1/duties/{WEEKLY}/occurrences")).expect(200);
    assert!(all.items().iter().all(|it| it["site_id"] == site));
    assert!(standing(&manager, WEEKLY, &other).is_null());
    let _not_theirs = outside.get(&format!("/v1/duties/{WEEKLY}")).refused(404);
    let _nor_these = outside.get(&format!("/v1/duties/{WEEKLY}/occurrences")).refused(404);
    assert!(
        !outside
            .get("/v1/duties?limit=200")
            .expect(200)
            .column("code")
            .contains(&WEEKLY.to_owned())
    );
    let _no_permission = desk.get("/v1/duties").refused(403);

    // Who may read duties and no cases learns how they stand, and nothing of the cases.
    let title = json!({ "zh": "只看任务", "en": "Duties only" });
    let role = json!({ "code": "duties_only", "title": title, "permissions": ["duty.read"] });
    let _made = server.admin().post("/v1/roles", role).expect(201);
    let narrow = server.user("duties_only", Scope::Site(&site));
    for it in occurrences(&narrow, WEEKLY, &site) {
        assert!(it["case_id"].is_null() && it["case_number"].is_null(), "{it}");
    }
    assert_eq!(super::statuses(&occurrences(&narrow, WEEKLY, &site)), ["missed", "open"]);
}

#[test]
fn occurrences_are_paged_newest_first_and_narrowed_by_time() {
    let server = sandbox_at("2035-10-31 20:00");
    use_plain_office(&server.admin());
    let (site, other) = (server.site(), server.site());
    server.set_clock(&shanghai("2035-11-10 00:00"));
    let admin = server.admin();
    let path = format!("/v1/duties/{TWICE_A_DAY}/occurrences");
    let whole = admin.get(&format!("{path}?limit=200&count=true")).expect(200);
    assert_eq!(whole["total"], 2 * 2 * 7);
    let times = whole.column("occurs_at");
    assert!(times.windows(2).all(|it| it[0] >= it[1]));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{path}?limit=5{cursor}")).expect(200);
        seen.extend(page.column("id"));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, whole.column("id"));
    let (from, to) = (shanghai("2035-11-05 00:00"), shanghai("2035-11-07 00:00"));
    let some = admin.get(&format!("{path}?site_id={site}&from={from}&to={to}")).expect(200);
    assert_eq!(some.items().len(), 4);
    assert!(some.items().iter().all(|it| it["site_id"] == site && it["site_id"] != other));
    let _wrong = admin.get(&format!("{path}?cursor=nonsense")).refused(422);
}
