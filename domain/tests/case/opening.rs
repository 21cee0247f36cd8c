//! Opening a case: who may, who owns it, what it has to say, what it promises.

use kefu_domain::case::{
    Arising, ClockState, Given, Notice, NoticeKind, Open, Origin, Person, Priority, Recipient,
};
use serde_json::json;
use uuid::Uuid;

use crate::people::{
    ANN, BEN, CAT, CUSTOMER, ELSEWHERE, EVE, SITE, ann, ben, cat, dan, eve, name, staff, system,
    tom, zoe,
};
use crate::support::{Story, act, asked, asked_for, fixture, instant};
use kefu_domain::who::Scope;

fn desk() -> Story {
    Story::of(fixture("desk"))
}

#[test]
fn whoever_opens_a_case_received_the_customer_and_owns_it() {
    let mut story = desk();
    story.check_open(
        "11-23 09:00",
        &ann(),
        asked(),
        &[
            r#"opened in new {"grade":"ordinary","what":"三号楼电梯异响"}"#,
            "reply starts, due 11-26 09:00",
            "resolve starts, due 11-26 18:00",
        ],
    );
    let case = story.case();
    assert_eq!((case.owner_id, case.opened_by, case.assignee_id), (Some(ANN), Some(ANN), None));
    assert_eq!((case.version, case.opened_at), (3, instant("11-23 09:00")));
    assert_eq!(
        (case.team.as_deref(), case.due_at()),
        (Some("front"), Some(instant("11-26 09:00")))
    );
}

#[test]
fn a_customer_opens_a_case_that_nobody_owns_yet() {
    let mut story = desk();
    let what = Open { customer_id: None, ..asked() };
    story.open("11-23 09:00", &cat(), what).unwrap();
    let case = story.case();
    assert_eq!((case.opened_by, case.owner_id), (Some(CAT), None));
    assert_eq!(case.customer_id, Some(CUSTOMER), "the account says whose it is");
}

#[test]
fn a_customer_opens_cases_for_nobody_else() {
    let what = Open { customer_id: Some(Uuid::from_u128(0xBAD)), ..asked() };
    let then = ["no: not_allowed, needs case.open by T-1"];
    desk().check_open("11-23 09:00", &cat(), what, &then);
}

#[test]
fn a_case_is_opened_only_where_the_grant_reaches() {
    let then = ["no: not_allowed, needs case.open by T-1"];
    desk().check_open("11-23 09:00", &tom(), asked(), &then);
    desk().check_open("11-23 09:00", &ben(), asked(), &then);
    desk().check_open("11-23 09:00", &zoe(), asked(), &then);
    let nowhere = || Open { site_id: None, ..asked() };
    desk().check_open("11-23 09:00", &ann(), nowhere(), &then);
    desk().open("11-23 09:00", &eve(), nowhere()).unwrap();
    let elsewhere = Open { site_id: Some(ELSEWHERE), ..asked() };
    desk().open("11-23 09:00", &tom(), elsewhere).unwrap();
}

#[test]
fn what_one_opens_is_ones_own_so_an_own_or_team_grant_opens() {
    for scope in [Scope::Own, Scope::Team, Scope::All] {
        let nan = staff(ANN, &["case.open"], scope, None);
        desk().open("11-23 09:00", &nan, asked()).unwrap();
        let here = staff(ANN, &["case.open"], scope, Some(SITE));
        desk().open("11-23 09:00", &here, asked()).unwrap();
        let there = staff(ANN, &["case.open"], scope, Some(ELSEWHERE));
        let then = ["no: not_allowed, needs case.open by T-1"];
        desk().check_open("11-23 09:00", &there, asked(), &then);
    }
    assert!(!dan().holds("case.open"));
}

#[test]
fn every_fault_of_the_form_is_named_under_fields() {
    let what = asked_for(json!({ "grade": "huge", "colour": "red", "place": { "floor": "三" } }));
    desk().check_open("11-23 09:00", &ann(), what, &[
        "no: invalid, /fields/colour unknown_member, /fields/grade enum, /fields/place/floor type, \
         /fields/what required",
    ]);
    let blank = asked_for(json!({ "what": "" }));
    desk().check_open("11-23 09:00", &ann(), blank, &["no: invalid, /fields/what too_short"]);
}

#[test]
fn the_permission_is_asked_for_before_the_form() {
    let what = asked_for(json!({}));
    desk().check_open("11-23 09:00", &zoe(), what, &["no: not_allowed, needs case.open by T-1"]);
}

#[test]
fn a_promise_takes_the_first_span_that_applies() {
    let mut major = desk();
    major.check_open(
        "11-23 09:00",
        &ann(),
        asked_for(json!({ "what": "x", "grade": "major" })),
        &[
            r#"opened in new {"grade":"major","what":"x"}"#,
            "reply starts, due 11-26 09:00",
            "resolve starts, due 11-24 18:00",
            "report starts, due 11-23 10:00",
            // A rung as long before the deadline as the clock runs: told at once.
            "report rung 0 at 11-23 09:00 tells role:lead",
        ],
    );
    let mut urgent = desk();
    urgent.open("11-23 09:00", &ann(), Open { priority: Priority::Urgent, ..asked() }).unwrap();
    assert_eq!(urgent.clock("resolve").due_at, instant("11-23 14:00"));
}

#[test]
fn a_site_chooses_a_figure_and_the_default_holds_elsewhere() {
    let mut story = desk();
    story.world.figures.insert("desk.resolve".to_owned(), "24h".parse().unwrap());
    story.open("11-23 09:00", &ann(), asked()).unwrap();
    assert_eq!(story.clock("resolve").due_at, instant("11-24 09:00"));
    let mut other = desk();
    other.world.figures.insert("ladder.resolve".to_owned(), "24h".parse().unwrap());
    other.open("11-23 09:00", &ann(), asked()).unwrap();
    assert_eq!(other.clock("resolve").due_at, instant("11-26 18:00"));
}

#[test]
fn a_case_without_its_calendar_is_not_opened() {
    let mut story = desk();
    story.world.calendars.remove("office");
    story.check_open("11-23 09:00", &ann(), asked(), &["no: no_deadline for resolve by office"]);
    assert!(story.events.is_empty());
}

#[test]
fn a_follow_up_takes_owner_assignee_and_span_from_where_it_comes_from() {
    let mut story = Story::of(fixture("call"));
    let given = Given {
        span: "1wd".parse().unwrap(),
        calendar: Some("office".to_owned()),
        clauses: vec!["T-9".to_owned()],
        since: None,
    };
    let origin = Origin {
        parent_id: Uuid::from_u128(9),
        follow_up: "call".to_owned(),
        owner_id: Some(ANN),
        assignee: Some(Person { id: BEN, team: Some("field".to_owned()) }),
        pool: None,
        given: Some(given),
    };
    let what = Open { origin: Some(origin), ..asked_for(json!({ "about": "D-1" })) };
    story.check_open(
        "11-27 17:00",
        &system(),
        what,
        &[r#"opened in due {"about":"D-1"}"#, "call starts, due 11-30 18:00"],
    );
    let case = story.case();
    assert_eq!((name(case.owner_id), name(case.assignee_id)), ("ann", "ben"));
    assert_eq!((case.parent_id, case.opened_by), (Some(Uuid::from_u128(9)), None));
    assert_eq!(case.team.as_deref(), Some("field"));
    assert_eq!(story.clock("call").clauses, ["T-6", "T-9"], "its own clause and the giver's");
}

#[test]
fn a_follow_up_for_a_pool_waits_there_and_its_pool_is_told_until_somebody_takes_it() {
    let mut story = Story::of(fixture("call"));
    let origin = Origin {
        parent_id: Uuid::from_u128(9),
        follow_up: "call".to_owned(),
        owner_id: Some(ANN),
        assignee: None,
        pool: Some("lead".to_owned()),
        given: None,
    };
    let what = Open { origin: Some(origin), ..asked_for(json!({ "about": "D-1" })) };
    story.open("11-27 17:00", &system(), what).unwrap();
    let heard = |story: &Story| story.notices.iter().map(crate::words::heard).collect::<Vec<_>>();
    assert_eq!(heard(&story), ["role lead waiting"]);
    assert_eq!(story.case().pool.as_deref(), Some("lead"));
    story.done("11-27 17:30", &eve(), act("urge"));
    assert_eq!(heard(&story), ["role lead urged", "ann urged"]);
    story.done("11-27 17:40", &ben(), act("claim"));
    story.done("11-27 17:50", &eve(), act("urge"));
    assert_eq!(heard(&story), ["ben urged", "ann urged"]);
}

#[test]
fn a_dutys_case_is_due_counted_from_when_the_duty_arose_and_its_pool_is_told() {
    let arising = |since: &str| Arising {
        duty: "weekly".to_owned(),
        pool: Some("lead".to_owned()),
        given: Given {
            span: "1wd".parse().unwrap(),
            calendar: Some("office".to_owned()),
            clauses: vec!["T-9".to_owned()],
            since: Some(instant(since)),
        },
    };
    let opened = |at: &str, since: &str| {
        let mut story = Story::of(fixture("call"));
        let what = Open { duty: Some(arising(since)), ..asked_for(json!({})) };
        story.open(at, &system(), what).unwrap();
        story
    };
    let story = opened("11-27 17:00", "11-27 17:00");
    assert_eq!(story.case().duty.as_deref(), Some("weekly"));
    assert_eq!(story.clock("call").due_at, instant("11-30 18:00"));
    let waiting = Notice {
        to: Recipient::Role("lead".to_owned()),
        kind: NoticeKind::Waiting,
        clock: None,
        signal: None,
    };
    assert_eq!(story.notices, [waiting]);

    // After an outage: opened now, due as if it had been opened in time.
    let late = opened("12-01 09:00", "11-27 17:00");
    let clock = late.clock("call");
    assert_eq!((clock.started_at, clock.due_at), (instant("11-27 17:00"), instant("11-30 18:00")));
    assert_eq!((clock.state, clock.breached_at), (ClockState::Breached, Some(clock.due_at)));
    assert_eq!(late.case().opened_at, instant("12-01 09:00"));
}

#[test]
fn a_case_opened_by_hand_runs_by_the_span_nobody_gave() {
    let mut story = Story::of(fixture("call"));
    let nobody = staff(EVE, &["desk.work"], Scope::All, None);
    story.open("11-27 17:00", &nobody, asked_for(json!({}))).unwrap();
    assert_eq!(story.clock("call").due_at, instant("11-27 19:00"));
}
