//! Approvals (审批): serial, parallel and quorum steps, delegates, the deadline; and that nothing that
//! comes after a refusal reads as approved.

use std::sync::Arc;

use kefu_domain::case::{Command, Event, Fact, Outcome};
use kefu_domain::who::{Actor, Scope};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use crate::people::{ANN, BEN, DAN, EVE, SITE, TOM, ann, staff, system};
use crate::support::{Story, act, act_with, asked_for, fixture, instant};

/// Somebody with one right.
fn holder(id: Uuid, permission: &'static str) -> Actor {
    staff(id, Box::leak(Box::new(["case.read", permission])), Scope::Site, Some(SITE))
}

fn first() -> Actor {
    holder(BEN, "step.first")
}

fn fire() -> Actor {
    holder(DAN, "step.fire")
}

fn works() -> Actor {
    holder(EVE, "step.works")
}

fn refuse() -> Command {
    act_with("refuse", json!({ "reason": "不同意" }))
}

fn waiting() -> Story {
    let mut story = Story::opened("permit", "11-23 09:00", &ann(), asked_for(json!({})));
    story.done("11-23 09:10", &ann(), act("submit"));
    story
}

fn outcome(story: &Story) -> Option<Outcome> {
    story.case().approval.as_ref().and_then(|it| it.outcome)
}

#[test]
fn steps_follow_each_other_and_the_last_lets_it_go_on() {
    let mut story = waiting();
    assert_eq!(story.case().state, "deciding");
    assert_eq!(story.clock("grant_approval").due_at, instant("11-25 09:10"));
    // The second step's people wait for the first's.
    story.check(
        "11-23 09:20",
        &fire(),
        act("approve"),
        &["no: not_allowed, needs step.first by T-4"],
    );
    let note = Some("同意".to_owned());
    let approve =
        Command::Act { action: "approve".to_owned(), input: serde_json::Map::new(), note };
    story.done("11-23 09:30", &first(), approve);
    let vote = story.case().approval.as_ref().unwrap().votes[0].clone();
    assert_eq!(vote.note.as_deref(), Some("同意"), "a word with it stays with it");
    story.done("11-23 09:40", &works(), act("approve"));
    assert_eq!(story.case().approval.as_ref().unwrap().needs(), ["step.fire"]);
    story.done("11-23 09:50", &fire(), act("approve"));
    story.done("11-23 10:00", &holder(TOM, "step.vote"), act("approve"));
    assert_eq!(outcome(&story), None, "a quorum of two is not one");
    story.done("11-23 10:10", &holder(Uuid::from_u128(99), "step.vote"), act("approve"));
    assert_eq!(
        (story.case().state.as_str(), outcome(&story)),
        ("granted", Some(Outcome::Approved))
    );
    assert!(story.clock("grant_approval").stopped_at.is_some());
}

#[test]
fn one_refusal_ends_it_and_nothing_later_reads_as_approved() {
    let mut story = waiting();
    story.done("11-23 09:30", &first(), act("approve"));
    story.done("11-23 09:40", &fire(), refuse());
    assert_eq!(
        (story.case().state.as_str(), outcome(&story)),
        ("rejected", Some(Outcome::Refused))
    );
    for late in [works(), first(), holder(TOM, "step.vote")] {
        let said = story.decide(instant("11-23 10:00"), &late, act("approve"));
        assert!(said.is_err(), "it is over");
    }
    assert_eq!(outcome(&story), Some(Outcome::Refused));
}

#[test]
fn nobody_decides_twice_or_on_what_they_asked_for() {
    let mut story = waiting();
    let asker = holder(ANN, "step.first");
    story.check("11-23 09:20", &asker, act("approve"), &["no: own_request approve"]);
    assert!(!story.offered("11-23 09:20", &asker).contains(&"approve".to_owned()));
    story.done("11-23 09:30", &first(), act("approve"));
    let again = holder(BEN, "step.fire");
    story.check("11-23 09:40", &again, act("approve"), &["no: already_pending approve"]);
}

#[test]
fn somebody_else_decides_in_ones_place_once() {
    let mut story = waiting();
    let lend = |to: Uuid| act_with("delegate_approval", json!({ "person_id": to }));
    story.check("11-23 09:20", &first(), lend(ANN), &["no: invalid, /person_id cannot_decide"]);
    story.done("11-23 09:20", &first(), lend(TOM));
    // Tom belongs elsewhere; what was put into his hands he may see and decide.
    let tom = staff(TOM, &["desk.work"], Scope::Own, None);
    assert!(story.offered("11-23 09:25", &tom).contains(&"approve".to_owned()));
    story.done("11-23 09:30", &tom, act("approve"));
    let vote = story.case().approval.as_ref().unwrap().votes[0].clone();
    assert_eq!((vote.by, vote.on_behalf_of), (TOM, Some(BEN)));
    assert_eq!(story.case().approval.as_ref().unwrap().step, 1);
    let said = story.decide(instant("11-23 09:40"), &first(), act("approve"));
    assert!(said.is_err(), "the seat is taken");
}

#[test]
fn a_deadline_that_passes_refuses_where_the_regulation_says_so() {
    let mut story = waiting();
    story.done("11-25 09:10", &system(), Command::Tick);
    assert_eq!(
        (story.case().state.as_str(), outcome(&story)),
        ("rejected", Some(Outcome::TimedOut))
    );
    assert!(story.clock("grant_approval").breached_at.is_some());
}

#[test]
fn what_is_withdrawn_meanwhile_has_lapsed() {
    let mut story = waiting();
    story.done("11-23 09:20", &ann(), act_with("withdraw", json!({ "reason": "不办了" })));
    assert_eq!(outcome(&story), Some(Outcome::Lapsed));
    assert!(story.decide(instant("11-23 09:30"), &first(), act("approve")).is_err());
}

proptest! {
    /// Whatever people do in whatever order: it is granted only if every step was done and nobody
    /// had refused before; and once it is over it stays so.
    #[test]
    fn it_is_granted_only_when_every_step_was_done(moves in prop::collection::vec((0_usize..7, prop::bool::weighted(0.85)), 0..20)) {
        let people = [
            first(), fire(), works(), holder(TOM, "step.vote"),
            holder(Uuid::from_u128(98), "step.vote"), holder(Uuid::from_u128(99), "step.vote"),
            holder(Uuid::from_u128(97), "step.first"),
        ];
        let mut story = waiting();
        let mut over: Option<Outcome> = None;
        for (who, yes) in moves {
            let command = if yes { act("approve") } else { refuse() };
            if let Ok(events) = story.decide(instant("11-23 10:00"), &people[who], command) {
                story.happened(events);
            }
            if let Some(before) = over {
                prop_assert_eq!(outcome(&story), Some(before));
            }
            over = outcome(&story);
        }
        let facts = |wanted: fn(&Event) -> bool| story.events.iter().filter(|it| wanted(it)).count();
        let given = facts(|it| matches!(it.fact, Fact::ApprovalGiven { .. }));
        match over {
            Some(Outcome::Approved) => prop_assert_eq!((given, story.case().state.as_str()), (5, "granted")),
            Some(_) => prop_assert_eq!(story.case().state.as_str(), "rejected"),
            None => prop_assert!(given < 5 && story.case().state == "deciding"),
        }
    }
}

#[test]
fn those_who_have_to_decide_are_told_step_by_step() {
    let mut story = Story::of(Arc::clone(&fixture("permit")));
    story.open("11-23 09:00", &ann(), asked_for(json!({}))).unwrap();
    story.done("11-23 09:10", &ann(), act("submit"));
    let heard: Vec<_> = story.notices.iter().map(crate::words::heard).collect();
    assert_eq!(heard, ["permission step.first approval_asked"]);
    story.done("11-23 09:20", &first(), act("approve"));
    let heard: Vec<_> = story.notices.iter().map(crate::words::heard).collect();
    assert_eq!(
        heard,
        ["permission step.fire approval_asked", "permission step.works approval_asked"]
    );
}
