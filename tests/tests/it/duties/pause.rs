//! A duty that rests opens nothing; what it missed is made up for only if that is said.

use kefu_tests::{Client, Scope, Server, kefu, wait_until};
use serde_json::{Value, json};

use super::{MONTHLY, WEEKLY, local, occurrences, sandbox_at, shanghai, standing};
use crate::week::use_plain_office;

fn pause(who: &Client, duty: &str, site: &str) -> kefu_tests::Reply {
    let body = json!({ "site_id": site, "reason": "园区停业装修" });
    who.post(&format!("/v1/duties/{duty}/pause"), body)
}

fn resume(who: &Client, duty: &str, site: &str, backfill: bool) -> kefu_tests::Reply {
    let body = json!({ "site_id": site, "reason": "恢复营业", "backfill": backfill });
    who.post(&format!("/v1/duties/{duty}/resume"), body)
}

#[test]
fn what_rests_opens_nothing_and_is_made_up_for_only_if_that_is_said() {
    let server = sandbox_at("2035-11-01 20:00");
    use_plain_office(&server.admin());
    let (site, other) = (server.site(), server.site());
    let manager = server.user("office_manager", Scope::Site(&site));
    let admin = server.admin();
    let paused = pause(&manager, WEEKLY, &site).expect(200);
    assert_eq!(
        (&paused["next_at"], &paused["paused_reason"]),
        (&Value::Null, &json!("园区停业装修"))
    );
    assert_eq!(
        (&paused["paused_at"], &paused["paused_by"]),
        (&json!(server.now()), &json!(manager.id))
    );
    let _again = pause(&manager, WEEKLY, &site).refused(409);
    server.set_clock(&shanghai("2035-11-17 12:00"));
    assert!(occurrences(&admin, WEEKLY, &site).is_empty(), "it rests");
    assert_eq!(occurrences(&admin, WEEKLY, &other).len(), 3, "there it does not");

    let resumed = resume(&manager, WEEKLY, &site, false).expect(200);
    assert_eq!(resumed["next_at"], shanghai("2035-11-23 16:00"));
    let _awake = resume(&manager, WEEKLY, &site, false).refused(409);
    server.set_clock(&shanghai("2035-11-24 12:00"));
    assert_eq!(local(&occurrences(&admin, WEEKLY, &site), "occurs_at"), ["11-23 16:00"]);

    let _rests = pause(&manager, WEEKLY, &site).expect(200);
    server.set_clock(&shanghai("2035-12-08 12:00"));
    let _awake = resume(&manager, WEEKLY, &site, true).expect(200);
    server.set_clock(&shanghai("2035-12-08 12:01"));
    let found = occurrences(&admin, WEEKLY, &site);
    let expected = ["11-23 16:00", "11-30 16:00", "12-07 16:00"];
    assert_eq!(local(&found, "occurs_at"), expected);
    assert_eq!(local(&found, "due_at"), ["11-26 18:00", "12-03 18:00", "12-10 18:00"]);
    told(&server, &manager, &site);
    let _whole = kefu(Some(server.database()), &["verify"]).succeeded();
}

/// The log has every pause and resumption.
fn told(server: &Server, manager: &Client, site: &str) {
    // The feed shows what nobody can come before any more: that may take other tests' transactions.
    let mut duty = Vec::new();
    wait_until("the feed has all four", || {
        duty = server.events_after("0");
        duty.retain(|it| it["aggregate"] == "duty");
        duty.len() == 4
    });
    let types: Vec<_> = duty.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["duty.paused", "duty.resumed", "duty.paused", "duty.resumed"]);
    assert!(duty.iter().all(|it| it["actor_id"] == manager.id && it["data"]["site_id"] == site));
    let resumed: Vec<_> = duty.iter().filter(|it| it["type"] == "duty.resumed").collect();
    assert_eq!(
        (&resumed[0]["data"]["skipped"], &resumed[0]["data"]["backfill"]),
        (&json!(3), &json!(false))
    );
    assert_eq!(
        (&resumed[1]["data"]["skipped"], &resumed[1]["data"]["backfill"]),
        (&json!(0), &json!(true))
    );
    // Who reads the feed of a site hears of its duties, and of no other's.
    let seen = |who: &Client| {
        let feed = who.get("/v1/events?after=0&types=duty.*&limit=200").expect(200).items();
        feed.iter().filter(|it| it["aggregate"] == "duty").count()
    };
    let elsewhere = server.user("office_manager", Scope::Site(&server.site()));
    assert!(seen(manager) > 0);
    assert_eq!(seen(&elsewhere), 0);
}

#[test]
fn only_who_manages_duties_there_lets_them_rest() {
    let server = sandbox_at("2035-11-01 20:00");
    let (site, other) = (server.site(), server.site());
    let manager = server.user("office_manager", Scope::Site(&site));
    let reader = server.user("cs_supervisor", Scope::Site(&site));
    let desk = server.user("front_desk", Scope::Site(&site));
    let _reads = pause(&reader, WEEKLY, &site).refused(403);
    let _nothing = pause(&desk, WEEKLY, &site).refused(403);
    let unknown = pause(&manager, WEEKLY, &other).refused(422);
    assert_eq!(unknown.pointers(), ["/site_id"], "another site is not theirs to know of");
    let _no_duty = pause(&manager, "no_such_duty", &site).refused(404);
    let blank = json!({ "site_id": site, "reason": "" });
    let _why = manager.post(&format!("/v1/duties/{WEEKLY}/pause"), blank).refused(422);
    assert!(standing(&manager, WEEKLY, &site)["paused_at"].is_null());

    let common = json!({ "code": kefu_tests::unique("c"), "name": "通用", "packs": ["common"], "calendar": "office" });
    let bare = server.admin().post("/v1/sites", common).expect(201).id();
    let _not_there = pause(&server.admin(), MONTHLY, &bare).refused(422);

    let key = kefu_tests::unique("pause");
    let body = json!({ "site_id": site, "reason": "停业" });
    let path = format!("/v1/duties/{WEEKLY}/pause");
    let send = || manager.request("POST", &path).json(&body).header("idempotency-key", &key).send();
    let first = send().expect(200);
    let again = send().expect(200);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}
