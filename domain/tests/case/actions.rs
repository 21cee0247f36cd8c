//! Actions of a procedure: by relation or permission, in a state, under a condition, with an input.

use serde_json::json;

use crate::people::{ANN, BEN, DAN, ann, ben, cat, dan, eve, name, system, tom, zoe};
use crate::support::{Story, act, act_with, asked_for, child};

const WORKING: &[&str] =
    &["start: new → working", "assigned to ben by action", "first_word starts, due 11-23 10:30"];

/// Ann has opened a case, Ben works on it.
fn working() -> Story {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.world.site_calendar = Some("office".to_owned());
    story.check("11-23 09:00", &ben(), act("start"), WORKING);
    story
}

#[test]
fn a_permission_lets_somebody_act_where_it_reaches() {
    let story = working();
    assert_eq!((story.case().state.as_str(), name(story.case().assignee_id)), ("working", "ben"));
    let mut other = Story::desk("11-23 08:30", &ann());
    // Tom's desk is elsewhere: the case is not his to know of.
    other.check("11-23 09:00", &tom(), act("start"), &["no: not_found"]);
    other.check(
        "11-23 09:00",
        &zoe(),
        act("start"),
        &["no: not_allowed, needs assignee or desk.work by T-2"],
    );
}

#[test]
fn a_relation_lets_somebody_act_without_any_permission() {
    let mut story = working();
    // Ben is the assignee, Ann the owner, Eve neither.
    story.check("11-23 10:00", &eve(), act("ask"), &["no: not_allowed, needs assignee or owner"]);
    story.check(
        "11-23 10:00",
        &ben(),
        act("ask"),
        &["ask: working → waiting", "first_word met", "resolve stands still"],
    );
    // The customer is one by what the account is, not by a grant.
    story.check(
        "11-23 11:00",
        &cat(),
        act("told"),
        &[
            "told: waiting → working",
            "first_word starts, due 11-23 13:30",
            "resolve goes on, due 11-27 09:30",
        ],
    );
    story.check(
        "11-23 11:30",
        &ann(),
        act("ask"),
        &["ask: working → waiting", "first_word met", "resolve stands still"],
    );
}

#[test]
fn an_action_is_taken_only_from_its_states() {
    let mut story = working();
    story.check("11-23 10:00", &ben(), act("start"), &["no: wrong_state working, from new"]);
    story.check("11-23 10:00", &ann(), act("close"), &["no: wrong_state working, from answered"]);
    story.check(
        "11-23 10:00",
        &eve(),
        act("dispute"),
        &["no: wrong_state working, from answered or closed"],
    );
}

#[test]
fn an_action_nobody_wrote_is_unknown() {
    let mut story = working();
    for word in ["explode", "", "Start", "start ", "督办"] {
        let then = format!("no: unknown_action {word}");
        story.check("11-23 10:00", &eve(), act(word), &[&then]);
    }
}

#[test]
fn a_condition_on_the_person_refuses_as_a_permission_does() {
    let major = asked_for(json!({ "what": "x", "grade": "major" }));
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), major);
    story.check("11-23 09:10", &ben(), act("start_major"), &[
        "no: not_allowed, needs case.fields.grade == 'ordinary' || actor.has('desk.lead') by T-3",
    ]);
    story.check(
        "11-23 09:10",
        &eve(),
        act("start_major"),
        &["start_major: new → working", "report met", "first_word starts, due 11-23 10:40"],
    );
}

#[test]
fn a_condition_on_the_case_refuses_as_its_state_does() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    story.world.children = vec![child("call", "due", json!({}))];
    story.check(
        "11-23 11:00",
        &ann(),
        act("close"),
        &["no: guarded, !children.exists(c, !c.closed) by T-5"],
    );
    story.world.children = vec![child("call", "done", json!({}))];
    story.check(
        "11-23 11:00",
        &ann(),
        act("close"),
        &["close: answered → closed", "closed in closed"],
    );
}

#[test]
fn rights_come_before_state_and_state_before_input() {
    let mut story = working();
    let nonsense = || act_with("answer", json!({ "colour": "red" }));
    story.check(
        "11-23 10:00",
        &ben(),
        nonsense(),
        &["no: not_allowed, needs owner or desk.lead by T-4"],
    );
    story.done("11-23 10:00", &ann(), act("ask"));
    story.check("11-23 10:00", &ann(), nonsense(), &["no: wrong_state waiting, from working"]);
    story.done("11-23 10:00", &ann(), act("told"));
    story.check(
        "11-23 10:00",
        &ann(),
        nonsense(),
        &["no: invalid, /colour unknown_member, /solution required"],
    );
}

#[test]
fn what_a_form_is_told_joins_the_fields_with_its_defaults() {
    let mut story = working();
    story.check(
        "11-23 10:00",
        &ann(),
        act_with("answer", json!({ "solution": "已更换" })),
        &[
            r#"answer: working → answered {"again":false,"solution":"已更换"}"#,
            "reply met",
            "resolve met",
            "first_word met",
            r#"call opens call {"about":"D-20261123-000001"} for ann within 7d by office"#,
        ],
    );
    let told = &story.case().fields;
    assert_eq!(
        (&told["solution"], &told["again"], &told["grade"]),
        (&json!("已更换"), &json!(false), &json!("ordinary"),)
    );
}

#[test]
fn a_later_word_replaces_the_field_of_the_same_name() {
    let mut story = working();
    for size in [3, 5] {
        let then = format!(r#"measure: working → working {{"size":{size}}}"#);
        story.check("11-23 10:00", &ben(), act_with("measure", json!({ "size": size })), &[&then]);
    }
    assert_eq!(story.case().fields["size"], json!(5));
    story.check(
        "11-23 10:00",
        &ben(),
        act_with("measure", json!({ "size": 1.5 })),
        &["no: invalid, /size type"],
    );
}

#[test]
fn an_action_says_whose_the_case_is_afterwards() {
    let mut story = working();
    let to = |id| act_with("give", json!({ "assignee_id": id }));
    story.check(
        "11-23 10:00",
        &eve(),
        to(DAN),
        &[
            &format!(r#"give: working → working {{"assignee_id":"{DAN}"}}"#),
            "assigned to dan by action",
        ],
    );
    assert_eq!(story.case().team.as_deref(), Some("field"));
    story.check(
        "11-23 10:01",
        &eve(),
        act("give_back"),
        &["give_back: working → working", "assigned to ann by action"],
    );
    assert_eq!(story.case().team.as_deref(), Some("front"));
    story.check(
        "11-23 10:02",
        &ann(),
        act("put_down"),
        &["put_down: working → working", "assigned to nobody by action"],
    );
    assert_eq!(story.case().team.as_deref(), Some("front"), "the pool of the team it was with");
}

#[test]
fn a_case_is_given_only_to_somebody_who_works_here() {
    let mut story = working();
    for who in [crate::people::ZOE, crate::people::CAT, uuid::Uuid::from_u128(99)] {
        let when = act_with("give", json!({ "assignee_id": who }));
        story.check("11-23 10:00", &eve(), when, &["no: invalid, /assignee_id unknown_user"]);
    }
    let when = act_with("give", json!({ "assignee_id": "ben" }));
    story.check("11-23 10:00", &eve(), when, &["no: invalid, /assignee_id format"]);
}

#[test]
fn who_stays_at_work_is_not_assigned_again() {
    let mut story = working();
    let when = act_with("give", json!({ "assignee_id": BEN }));
    let then = format!(r#"give: working → working {{"assignee_id":"{BEN}"}}"#);
    story.check("11-23 10:00", &eve(), when, &[&then]);
}

#[test]
fn a_person_cannot_take_what_is_the_systems() {
    let mut story = Story::opened("ladder", "11-23 09:00", &ann(), asked_for(json!({})));
    story.check(
        "11-23 09:10",
        &system(),
        act("down"),
        &["down: open → deep", "depth starts, due 11-23 10:10"],
    );
    let mut desk = working();
    desk.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    desk.check(
        "11-23 10:00",
        &ann(),
        act("dispute"),
        &["no: not_allowed, needs system or desk.lead"],
    );
    // Nor does the system take what is not its own.
    desk.check(
        "11-23 10:00",
        &system(),
        act("close"),
        &["no: not_allowed, needs owner or desk.lead by T-5"],
    );
}

#[test]
fn a_case_left_from_a_final_state_is_open_again() {
    let mut story = working();
    story.done("11-23 10:00", &ann(), act_with("answer", json!({ "solution": "s" })));
    story.done("11-23 11:00", &ann(), act("close"));
    assert!(story.case().closed_at.is_some());
    story.check(
        "11-24 09:00",
        &eve(),
        act("dispute"),
        &[
            "dispute: closed → working",
            "resolve starts, due 11-27 18:00",
            "first_word starts, due 11-24 10:30",
        ],
    );
    assert_eq!(story.case().closed_at, None);
}

#[test]
fn an_action_with_a_note_says_it_in_the_timeline() {
    let mut story = Story::desk("11-23 08:30", &ann());
    let when = kefu_domain::case::Command::Act {
        action: "measure".to_owned(),
        input: crate::support::fields(json!({ "size": 2 })),
        note: Some("约两米".to_owned()),
    };
    story.check("11-23 09:00", &ann(), when, &[r#"measure: new → new {"size":2}: 约两米"#]);
    assert!(dan().holds("desk.work") && story.case().owner_id == Some(ANN));
}
