//! Claiming, assigning, transferring, returning: who works on a case.

use serde_json::json;
use uuid::Uuid;

use crate::people::{
    ANN, BEN, CAT, DAN, EVE, TOM, ZOE, ann, ben, cat, dan, eve, name, system, zoe,
};
use crate::support::{Story, act, act_with, asked_for, child};

fn to(act: &str, id: Uuid) -> kefu_domain::case::Command {
    act_with(act, json!({ "to": id, "reason": "去现场" }))
}

/// Ann has opened a case, Ben works on it.
fn claimed() -> Story {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &ben(), act("claim"), &["assigned to ben by claim"]);
    story
}

#[test]
fn one_claims_a_case_nobody_works_on() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &zoe(), act("claim"), &["no: not_allowed, needs case.claim"]);
    story.check("11-23 09:00", &system(), act("claim"), &["no: not_allowed, needs case.claim"]);
    story.check("11-23 09:00", &ben(), act("claim"), &["assigned to ben by claim"]);
    assert_eq!(story.case().team.as_deref(), Some("field"));
    story.check("11-23 09:01", &eve(), act("claim"), &["no: already_assigned"]);
    story.check("11-23 09:01", &ben(), act("claim"), &["no: already_assigned"]);
}

#[test]
fn claiming_leaves_every_promise_as_it_was() {
    let mut story = Story::desk("11-23 08:30", &ann());
    let before = story.case().clocks.clone();
    story.done("11-23 09:00", &ben(), act("claim"));
    story.done("11-23 09:10", &ann(), to("assign", DAN));
    story.done("11-23 09:20", &dan(), to("transfer", BEN));
    story.done("11-23 09:30", &ben(), act("accept_transfer"));
    story.done("11-23 09:40", &ben(), act_with("return", json!({ "reason": "非本组" })));
    assert_eq!(story.case().clocks, before);
}

#[test]
fn a_case_is_assigned_over_the_head_of_whoever_works_on_it() {
    let mut story = claimed();
    story.check("11-23 09:10", &ben(), to("assign", DAN), &["no: not_allowed, needs case.assign"]);
    story.check("11-23 09:10", &ann(), to("assign", DAN), &["assigned to dan by assign: 去现场"]);
    let silent = act_with("assign", json!({ "to": TOM }));
    story.check("11-23 09:20", &ann(), silent, &["assigned to tom by assign"]);
    assert_eq!(story.case().team.as_deref(), Some("front"));
}

#[test]
fn a_case_goes_only_to_somebody_who_works_here() {
    let mut story = claimed();
    for act in ["assign", "transfer"] {
        for id in [ZOE, CAT, Uuid::from_u128(99)] {
            story.check("11-23 09:10", &ann(), to(act, id), &["no: invalid, /to unknown_user"]);
        }
    }
    story.check(
        "11-23 09:10",
        &ann(),
        act("transfer"),
        &["no: invalid, /reason required, /to required"],
    );
    story.check("11-23 09:10", &ann(), act("assign"), &["no: invalid, /to required"]);
}

#[test]
fn a_transfer_waits_for_the_word_of_the_one_it_is_offered_to() {
    let mut story = claimed();
    story.check("11-23 09:10", &ben(), to("transfer", DAN), &["offered to dan: 去现场"]);
    assert_eq!(story.case().assignee_id, Some(BEN), "until it is accepted");
    // Nobody accepts for Dan: not the owner, not the lead, not the system.
    for other in [ann(), ben(), eve(), system()] {
        for act in [act("accept_transfer"), act_with("decline_transfer", json!({ "reason": "x" }))]
        {
            story.check("11-23 09:20", &other, act, &["no: not_allowed, needs transferee"]);
        }
    }
    story.check("11-23 09:30", &dan(), act("accept_transfer"), &["assigned to dan by transfer"]);
    assert_eq!((story.case().assignee_id, &story.case().transfer), (Some(DAN), &None));
    story.check(
        "11-23 09:31",
        &dan(),
        act("accept_transfer"),
        &["no: nothing_pending accept_transfer"],
    );
}

#[test]
fn whoever_a_transfer_is_offered_to_may_see_the_case() {
    let mut story = claimed();
    story.check("11-23 09:10", &dan(), act("accept_transfer"), &["no: not_found"]);
    story.done("11-23 09:10", &ben(), to("transfer", DAN));
    assert_eq!(story.offered("11-23 09:10", &dan()), ["accept_transfer", "decline_transfer"]);
}

#[test]
fn a_declined_transfer_leaves_the_case_where_it_was() {
    let mut story = claimed();
    story.done("11-23 09:10", &ben(), to("transfer", DAN));
    story.check("11-23 09:20", &dan(), act("decline_transfer"), &["no: invalid, /reason required"]);
    let no = act_with("decline_transfer", json!({ "reason": "在别处" }));
    story.check("11-23 09:20", &dan(), no, &["transfer declined: 在别处"]);
    assert_eq!((story.case().assignee_id, &story.case().transfer), (Some(BEN), &None));
    story.check("11-23 09:30", &ben(), to("transfer", TOM), &["offered to tom: 去现场"]);
}

#[test]
fn one_transfer_at_a_time_and_none_of_a_case_nobody_works_on() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &ann(), to("transfer", DAN), &["no: nothing_pending transfer"]);
    story.done("11-23 09:00", &ben(), act("claim"));
    story.check("11-23 09:10", &ann(), to("transfer", BEN), &["no: already_assigned"]);
    story.done("11-23 09:10", &ann(), to("transfer", DAN));
    story.check("11-23 09:20", &ben(), to("transfer", TOM), &["no: already_pending transfer"]);
    // Assigning it settles the matter: the offer is gone.
    story.done("11-23 09:30", &ann(), to("assign", TOM));
    assert_eq!(story.case().transfer, None);
    story.check("11-23 09:40", &dan(), act("accept_transfer"), &["no: not_found"]);
}

#[test]
fn a_returned_case_goes_back_to_the_owner() {
    let mut story = claimed();
    let back = || act_with("return", json!({ "reason": "非本组" }));
    story.check("11-23 09:10", &ben(), act("return"), &["no: invalid, /reason required"]);
    story.check("11-23 09:10", &zoe(), back(), &["no: not_allowed, needs assignee or case.return"]);
    story.check(
        "11-23 09:10",
        &ben(),
        back(),
        &["returned: new → new: 非本组", "assigned to ann by return"],
    );
    assert_eq!(story.case().team.as_deref(), Some("front"));
    // From the owner it goes into the pool of her team.
    story.check(
        "11-23 09:20",
        &ann(),
        back(),
        &["returned: new → new: 非本组", "assigned to nobody by return"],
    );
    assert_eq!(story.case().team.as_deref(), Some("front"));
    story.check("11-23 09:30", &ann(), back(), &["no: nothing_pending return"]);
}

#[test]
fn a_returned_case_goes_back_to_the_state_the_procedure_says() {
    let mut story = Story::opened("ladder", "11-23 09:00", &ann(), asked_for(json!({})));
    story.done("11-23 09:10", &ann(), to("assign", BEN));
    story.done("11-23 09:20", &ben(), act("down"));
    story.check(
        "11-23 09:30",
        &ben(),
        act_with("return", json!({ "reason": "x" })),
        &["returned: deep → open: x", "assigned to ann by return"],
    );
    assert!(story.clock("depth").is_running(), "returning keeps no promise");
}

#[test]
fn a_procedure_can_do_without_an_act() {
    let mut story = Story::opened("ladder", "11-23 09:00", &ann(), asked_for(json!({})));
    story.check("11-23 09:10", &ann(), act("claim"), &["no: unknown_action claim"]);
    story.check("11-23 09:10", &ann(), act("withdraw"), &["no: unknown_action withdraw"]);
    let offered = story.offered("11-23 09:10", &ann());
    assert!(!offered.iter().any(|it| it == "claim" || it == "withdraw"), "{offered:?}");
}

#[test]
fn a_closed_case_is_not_handed_over() {
    let mut story = claimed();
    story.done("11-23 09:10", &ben(), to("transfer", DAN));
    story.done("11-23 10:00", &eve(), act("drop"));
    story.world.children = vec![child("call", "done", json!({}))];
    assert_eq!(story.case().transfer, None, "closing settles what was pending");
    for (who, act) in [
        (dan(), act("accept_transfer")),
        (ann(), to("assign", EVE)),
        (ben(), to("transfer", DAN)),
        (ben(), act_with("return", json!({ "reason": "x" }))),
    ] {
        let then = if who == dan() { "no: not_found" } else { "no: wrong_state dropped" };
        story.check("11-23 10:10", &who, act, &[then]);
    }
    story.check("11-23 10:10", &eve(), act("claim"), &["no: wrong_state dropped"]);
    assert_eq!((name(story.case().owner_id), name(story.case().assignee_id)), ("ann", "ben"));
    assert_eq!(story.offered("11-23 10:10", &cat()), ["comment", "reopen"]);
    assert_eq!(story.case().opened_by, Some(ANN));
}
