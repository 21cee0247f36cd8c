//! What a case offers to whom, and who may know of it at all.

use kefu_domain::case::{Priority, may_see};
use kefu_domain::who::{Actor, Scope};
use serde_json::json;
use uuid::Uuid;

use crate::people::{
    ANN, BEN, DAN, ELSEWHERE, SITE, ann, ben, cat, dan, eve, staff, system, tom, zoe,
};
use crate::support::{Story, act, act_with, asked_for, child, instant, priority};

#[test]
fn each_is_offered_what_is_theirs_to_do() {
    let mut story = Story::desk("11-23 09:00", &ann());
    assert_eq!(
        story.offered("11-23 09:00", &ann()),
        [
            "start",
            "start_major",
            "measure",
            "comment",
            "claim",
            "assign",
            "urge",
            "request_extension",
            "add_helper",
            "suspend",
            "link",
            "withdraw",
        ]
    );
    assert_eq!(story.offered("11-23 09:00", &cat()), ["comment", "urge", "withdraw"]);
    assert_eq!(story.offered("11-23 09:00", &zoe()), [""; 0]);
    assert_eq!(story.offered("11-23 09:00", &tom()), [""; 0]);
    story.done("11-23 09:30", &ben(), act("start"));
    assert_eq!(
        story.offered("11-23 09:30", &ben()),
        [
            "ask",
            "measure",
            "put_down",
            "comment",
            "transfer",
            "return",
            "request_extension",
            "add_helper",
            "suspend",
            "link",
        ]
    );
}

#[test]
fn a_condition_that_does_not_hold_hides_the_offer() {
    let major = asked_for(json!({ "what": "x", "grade": "major" }));
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), major);
    assert!(!story.offered("11-23 09:00", &ben()).contains(&"start_major".to_owned()));
    assert!(story.offered("11-23 09:00", &eve()).contains(&"start_major".to_owned()));
    story.done("11-23 09:30", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    story.world.children = vec![child("call", "due", json!({}))];
    assert!(!story.offered("11-23 10:00", &ann()).contains(&"close".to_owned()));
}

#[test]
fn what_has_fallen_due_counts_for_offers_as_for_commands() {
    let mut story = Story::opened("ladder", "11-25 10:00", &ann(), asked_for(json!({})));
    story.done("11-25 10:30", &ann(), act_with("assign", json!({ "to": BEN })));
    // At the last rung the system takes the case down, whether or not its timer has come.
    assert!(story.offered("12-04 09:59:59", &ben()).contains(&"down".to_owned()));
    assert!(!story.offered("12-04 10:00", &ben()).contains(&"down".to_owned()));
}

fn sees(story: &Story, who: &Actor) -> bool {
    may_see(story.case(), who)
}

#[test]
fn a_case_is_known_to_those_whose_it_is_and_those_whose_grant_reaches() {
    let mut story = Story::desk("11-23 09:00", &ann());
    let stranger = Uuid::from_u128(77);
    let reach = |scope, site| staff(stranger, &["case.read"], scope, site);
    assert!(sees(&story, &system()) && sees(&story, &ann()) && sees(&story, &cat()));
    assert!(
        sees(&story, &reach(Scope::All, None)) && sees(&story, &reach(Scope::Site, Some(SITE)))
    );
    assert!(!sees(&story, &reach(Scope::Site, Some(ELSEWHERE))));
    assert!(!sees(&story, &reach(Scope::All, Some(ELSEWHERE))));
    assert!(!sees(&story, &reach(Scope::Own, None)) && !sees(&story, &reach(Scope::Team, None)));
    // Ann's team works on it; once Ben has it, his does, and so does Dan.
    let mut colleague = reach(Scope::Team, None);
    colleague.team = Some("field".to_owned());
    assert!(!sees(&story, &colleague) && !sees(&story, &dan()));
    story.done("11-23 09:30", &ben(), act("claim"));
    assert!(sees(&story, &colleague) && !sees(&story, &dan()));
    story.done("11-23 09:40", &ann(), act_with("assign", json!({ "to": DAN })));
    assert!(sees(&story, &dan()));
}

#[test]
fn another_customer_knows_nothing_of_it() {
    let story = Story::desk("11-23 09:00", &ann());
    let mut other = cat();
    other.id = Some(Uuid::from_u128(78));
    other.customer_id = Some(Uuid::from_u128(0xC6));
    assert!(!sees(&story, &other));
    assert_eq!(story.offered("11-23 09:00", &other), [""; 0]);
}

#[test]
fn commenting_and_correcting_are_offered_apart() {
    let mut story = Story::desk("11-23 09:00", &ann());
    let ask = |story: &Story, who: &Actor| {
        let may = |command| story.decide(instant("11-23 09:10"), who, command).is_ok();
        (may(act_with("comment", json!({ "text": "x" }))), may(priority(Priority::High)))
    };
    assert_eq!(ask(&story, &ann()), (true, true));
    assert_eq!(ask(&story, &cat()), (true, false));
    assert_eq!(ask(&story, &zoe()), (false, false));
    story.done("11-23 09:10", &eve(), act("drop"));
    assert_eq!(ask(&story, &ann()), (true, false));
    assert_eq!(story.case().owner_id, Some(ANN));
}
