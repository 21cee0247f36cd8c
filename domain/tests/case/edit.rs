//! Correcting the record: only what opening said, by a merge patch, while the case is open.

use kefu_domain::case::{Channel, Edit};
use serde_json::json;
use uuid::Uuid;

use crate::people::{CUSTOMER, ann, ben, cat, eve, tom, zoe};
use crate::support::{Story, act, act_with, asked_for, edit, patch};

fn subject(text: &str) -> kefu_domain::case::Command {
    edit(Edit { subject: Some(text.to_owned()), ..Edit::default() })
}

#[test]
fn owner_assignee_and_those_permitted_correct_the_record() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-23 09:30",
        &ben(),
        subject("电梯"),
        &["no: not_allowed, needs owner or assignee or case.edit"],
    );
    story.check(
        "11-23 09:30",
        &cat(),
        subject("电梯"),
        &["no: not_allowed, needs owner or assignee or case.edit"],
    );
    story.check(
        "11-23 09:30",
        &zoe(),
        subject("x"),
        &["no: not_allowed, needs owner or assignee or case.edit"],
    );
    story.check("11-23 09:30", &tom(), subject("x"), &["no: not_found"]);
    for (who, text) in [(ann(), "一"), (eve(), "二")] {
        let then = format!(r#"edited {{"subject":"{text}"}}"#);
        story.check("11-23 09:30", &who, subject(text), &[&then]);
    }
    story.done("11-23 09:40", &ben(), act("claim"));
    story.check("11-23 09:50", &ben(), subject("三"), &[r#"edited {"subject":"三"}"#]);
}

#[test]
fn only_what_differs_is_recorded() {
    let mut story = Story::desk("11-23 09:00", &ann());
    let all = Edit {
        subject: Some("电梯异响".to_owned()),
        priority: Some(kefu_domain::case::Priority::Normal),
        channel: Some(Channel::Counter),
        customer_id: Some(Some(CUSTOMER)),
        asset_id: Some(None),
        fields: Some(crate::support::fields(json!({ "grade": "ordinary" }))),
    };
    story.check("11-23 09:30", &ann(), edit(all), &[r#"edited {"channel":"counter"}"#]);
    story.check("11-23 09:30", &ann(), edit(Edit::default()), &[]);
}

#[test]
fn null_takes_a_customer_away_and_absence_leaves_it() {
    let mut story = Story::desk("11-23 09:00", &ann());
    let asset = Uuid::from_u128(8);
    let given = Edit { asset_id: Some(Some(asset)), customer_id: Some(None), ..Edit::default() };
    story.check(
        "11-23 09:30",
        &ann(),
        edit(given),
        &[&format!(r#"edited {{"asset_id":"{asset}","customer_id":null}}"#)],
    );
    assert_eq!((story.case().customer_id, story.case().asset_id), (None, Some(asset)));
}

#[test]
fn fields_are_patched_member_by_member() {
    let what = json!({ "what": "x", "place": { "floor": 3, "room": "302" } });
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), asked_for(what));
    story.done("11-23 09:30", &ann(), patch(json!({ "place": { "floor": null, "room": "303" } })));
    assert_eq!(story.case().fields["place"], json!({ "room": "303" }));
    story.done("11-23 09:30", &ann(), patch(json!({ "place": null, "grade": "major" })));
    assert_eq!(story.case().fields.get("place"), None);
    // Taking away what has a default leaves the default.
    story.done("11-23 09:30", &ann(), patch(json!({ "grade": null })));
    assert_eq!(story.case().fields["grade"], json!("ordinary"));
}

#[test]
fn a_correction_has_to_leave_the_form_filled() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-23 09:30",
        &ann(),
        patch(json!({ "what": null })),
        &["no: invalid, /fields/what required"],
    );
    story.check(
        "11-23 09:30",
        &ann(),
        patch(json!({ "grade": "huge", "colour": 1 })),
        &["no: invalid, /fields/colour unknown_member, /fields/grade enum"],
    );
    story.check(
        "11-23 09:30",
        &ann(),
        patch(json!({ "place": { "floor": "三" } })),
        &["no: invalid, /fields/place/floor type"],
    );
}

#[test]
fn what_an_action_recorded_is_history() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:10", &ann(), act_with("measure", json!({ "size": 3 })));
    story.check(
        "11-23 09:30",
        &ann(),
        patch(json!({ "size": 4 })),
        &["no: invalid, /fields/size unknown_member"],
    );
    story.check("11-23 09:30", &ann(), patch(json!({ "size": null })), &[]);
    story.done("11-23 09:30", &ann(), patch(json!({ "grade": "major" })));
    assert_eq!(story.case().fields["size"], json!(3), "and stays");
}

#[test]
fn a_closed_case_is_not_corrected() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:10", &eve(), act("drop"));
    story.check("11-23 09:30", &eve(), subject("x"), &["no: wrong_state dropped"]);
}
