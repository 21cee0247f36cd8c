//! Holds, windows, counts, co-workers, line items, checklists, and a follow-up for each line.

use kefu_domain::case::{Command, Fact, Held};
use kefu_domain::who::Scope;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::json;

use crate::people::{BEN, DAN, SITE, ann, dan, eve, staff, system};
use crate::support::{Story, act, act_with, asked_for, instant};

fn permit(fields: serde_json::Value) -> Story {
    Story::opened("permit", "11-23 09:00", &ann(), asked_for(fields))
}

/// The case after every step of its approval.
fn granted(fields: serde_json::Value) -> Story {
    let mut story = permit(fields);
    story.done("11-23 09:10", &ann(), act("submit"));
    for (n, permission) in
        ["step.first", "step.fire", "step.works", "step.vote", "step.vote"].iter().enumerate()
    {
        let id = uuid::Uuid::from_u128(200 + u128::try_from(n).unwrap());
        let rights = Box::leak(Box::new(["case.read", *permission]));
        story.done("11-23 09:20", &staff(id, rights, Scope::Site, Some(SITE)), act("approve"));
    }
    assert_eq!(story.case().state, "granted");
    story
}

#[test]
fn a_note_that_the_form_asks_for_is_told_to_the_form() {
    let mut story = permit(json!({}));
    let note = Some("约两米".to_owned());
    let told = Command::Act { action: "describe".to_owned(), input: serde_json::Map::new(), note };
    story.done("11-23 09:10", &ann(), told);
    assert_eq!(story.case().fields["note"], json!("约两米"));
    let silent = story.decide(instant("11-23 09:20"), &ann(), act("describe"));
    assert!(silent.is_err(), "it is required");
}

#[test]
fn a_thing_is_held_in_the_states_that_say_so_and_given_back() {
    let mut story = permit(json!({ "pass_no": "A-7" }));
    assert_eq!(story.case().holds, []);
    story.done("11-23 09:10", &ann(), act("submit"));
    let pass = Held { hold: "pass".to_owned(), value: "A-7".to_owned(), site_id: Some(SITE) };
    assert_eq!(story.case().holds, std::slice::from_ref(&pass));
    story.done("11-23 09:20", &ann(), act_with("withdraw", json!({ "reason": "不办了" })));
    assert_eq!(story.case().holds, []);
    assert!(story.events.iter().any(|it| it.fact == Fact::Released(pass.clone())));
}

#[test]
fn what_names_nothing_holds_nothing() {
    let mut story = permit(json!({}));
    story.done("11-23 09:10", &ann(), act("submit"));
    assert_eq!(story.case().holds, []);
}

#[test]
fn an_action_is_open_only_in_its_window_of_the_sites_time() {
    let mut story = permit(json!({}));
    story.world.site_calendar = Some("office".to_owned());
    // The 23rd by day; not at night, not on the 26th. Days and hours are the site's, not UTC's.
    for (at, open) in [
        ("11-23 09:00", true),
        ("11-23 16:59", true),
        ("11-23 17:00", false),
        ("11-26 10:00", false),
    ] {
        assert_eq!(story.offered(at, &ann()).contains(&"try".to_owned()), open, "{at}");
    }
    let said = story.decide(instant("11-23 20:00"), &ann(), act("try")).unwrap_err();
    assert_eq!(said.code(), "outside_window");
}

#[test]
fn an_action_is_taken_so_often_a_day_and_no_more() {
    let mut story = permit(json!({}));
    story.world.site_calendar = Some("office".to_owned());
    story.done("11-23 09:30", &ann(), act("try"));
    story.done("11-23 09:40", &ann(), act("try"));
    let said = story.decide(instant("11-23 16:00"), &ann(), act("try")).unwrap_err();
    assert_eq!(said.code(), "too_often");
    assert!(!story.offered("11-23 16:00", &ann()).contains(&"try".to_owned()));
    story.done("11-24 09:00", &ann(), act("try"));
}

#[test]
fn several_people_work_on_a_case() {
    let mut story = granted(json!({}));
    let round = json!({ "round": { "lights": "ok", "doors": "ok" } });
    let said = story.decide(instant("11-23 10:00"), &ann(), act_with("inspect", round.clone()));
    assert_eq!(said.unwrap_err().code(), "guarded", "by two");
    let add = act_with("add_helper", json!({ "person_id": DAN }));
    story.done("11-23 10:10", &ann(), add.clone());
    assert_eq!(story.case().helpers, [DAN]);
    story.check("11-23 10:15", &ann(), add, &["no: already_assigned"]);
    story.done("11-23 10:20", &ann(), act_with("inspect", round));
    // Who helps may see it and do what helpers do.
    assert!(story.offered("11-23 10:30", &dan()).contains(&"finish".to_owned()));
    story.done("11-23 10:40", &ann(), act_with("remove_helper", json!({ "person_id": DAN })));
    assert!(story.offered("11-23 10:50", &dan()).is_empty());
    let nobody = act_with("remove_helper", json!({ "person_id": BEN }));
    story.check("11-23 10:55", &ann(), nobody, &["no: nothing_pending remove_helper"]);
}

#[test]
fn a_checklist_counts_its_faults_and_a_guard_sees_them() {
    let mut story = granted(json!({}));
    story.done("11-23 10:10", &ann(), act_with("add_helper", json!({ "person_id": DAN })));
    let found = json!({ "round": { "lights": "fault", "lights_note": "坏两盏", "doors": "na" } });
    story.done("11-23 10:20", &ann(), act_with("inspect", found));
    assert_eq!(story.case().fields["round_faults"], json!(1));
    let said = story.decide(instant("11-23 10:30"), &eve(), act("finish")).unwrap_err();
    assert_eq!(said.code(), "guarded");
    let half = act_with("inspect", json!({ "round": { "lights": "ok" } }));
    story.check("11-23 10:40", &ann(), half, &["no: invalid, /round/doors required"]);
    let mended = json!({ "round": { "lights": "ok", "doors": "ok" } });
    story.done("11-23 10:50", &ann(), act_with("inspect", mended));
    story.done("11-23 11:00", &eve(), act("finish"));
}

#[test]
fn each_line_opens_a_case_of_its_own() {
    let mut story = granted(json!({}));
    let tasks = json!({ "tasks": [{ "what": "换灯" }, { "what": "修门" }] });
    story.done("11-23 11:00", &eve(), act_with("finish", tasks));
    let opened: Vec<_> = story
        .events
        .iter()
        .filter_map(|it| match &it.fact {
            Fact::FollowUpOpened(it) => Some(it.fields["about"].clone()),
            _ => None,
        })
        .collect();
    assert_eq!(opened, [json!("换灯"), json!("修门")]);
}

#[test]
fn a_case_goes_into_the_pool_of_a_role_whose_people_are_told() {
    let mut story = permit(json!({}));
    story.done("11-23 09:10", &ann(), act("pool"));
    assert_eq!(story.case().assignee_id, None);
    let heard: Vec<_> = story.notices.iter().map(crate::words::heard).collect();
    assert_eq!(heard, ["role lead waiting"]);
}

#[test]
fn a_deadline_can_be_a_date_or_a_time_that_a_form_gave() {
    let mut story = permit(json!({}));
    story.world.site_calendar = Some("office".to_owned());
    assert_eq!(story.clock("pay").due_at, instant("12-23 09:00"), "nobody has promised anything");
    story.done("11-23 10:00", &ann(), act_with("promise", json!({ "pay_on": "2026-11-30" })));
    assert_eq!(story.clock("pay").due_at, instant("12-01 00:00"), "to the end of that day");
    let at = json!({ "call_at": "2026-11-25T10:30:00+08:00" });
    story.done("11-23 11:00", &ann(), act_with("promise", at));
    assert_eq!(story.clock("pay").due_at, instant("11-25 10:30"));
    story.done("11-25 10:30", &system(), Command::Tick);
    assert!(story.clock("pay").breached_at.is_some());
}

#[test]
fn a_guard_sees_what_the_action_is_told() {
    let mut story = permit(json!({}));
    let past = act_with("promise", json!({ "pay_on": "2026-11-01" }));
    let said = story.decide(instant("11-23 10:00"), &ann(), past).unwrap_err();
    assert_eq!(said.code(), "guarded");
    // Before anything is said the action is open.
    assert!(story.offered("11-23 10:00", &ann()).contains(&"promise".to_owned()));
    story.done("11-23 10:00", &ann(), act("promise"));
}

#[test]
fn a_total_in_two_currencies_is_none() {
    let mut story = Story::of(crate::support::fixture("permit"));
    let yuan = json!({ "price": { "amount": "1.00" } });
    let dollar = json!({ "price": { "amount": "1.00", "currency": "USD" } });
    let lines = asked_for(json!({ "fees": [yuan, dollar] }));
    story.check_open("11-23 09:00", &ann(), lines, &["no: invalid, /fields/fees no_total"]);
}

proptest! {
    /// Money is added as on paper: in hundredths, whole.
    #[test]
    fn totals_are_exact(lines in prop::collection::vec((0_u64..10_000_000, prop::option::of(0_u32..1_000)), 0..30)) {
        let written: Vec<_> = lines.iter().map(|(cents, count)| {
            let mut line = json!({ "price": { "amount": format!("{}.{:02}", cents / 100, cents % 100) } });
            if let Some(count) = count { line["count"] = json!(count); }
            line
        }).collect();
        let story = permit(json!({ "fees": written }));
        let cents: u64 = lines.iter().map(|(cents, count)| cents * u64::from(count.unwrap_or(1))).sum();
        let total = &story.case().fields["fees_total"];
        prop_assert_eq!(&total["amount"], &json!(format!("{}.{:02}", cents / 100, cents % 100)));
        prop_assert_eq!(&total["currency"], &json!("CNY"));
    }

    /// Numbers too: a tenth ten times is one.
    #[test]
    fn sums_of_numbers_are_decimal(tenths in prop::collection::vec(0_i32..100_000, 0..30)) {
        let lines: Vec<_> = tenths.iter().map(|it| json!({ "hours": f64::from(*it) / 10.0 })).collect();
        let story = permit(json!({ "parts": lines }));
        let expected = Decimal::new(tenths.iter().map(|it| i64::from(*it)).sum(), 1).normalize();
        prop_assert_eq!(story.case().fields["parts_total"].to_string(), expected.to_string());
    }
}
