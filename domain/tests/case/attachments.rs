//! Files of a case: who adds and removes them, and that no promise notices.

use kefu_domain::case::{Attached, Command, may_detach};
use uuid::Uuid;

use crate::people::{ann, ben, cat, dan, eve, tom, zoe};
use crate::support::{Story, act};

fn file(id: u128) -> Attached {
    Attached {
        attachment_id: Uuid::from_u128(id),
        name: "电梯.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 1024,
        sha256: "00".repeat(32),
    }
}

fn add(id: u128, permitted: bool) -> Command {
    Command::Attach { files: vec![file(id)], permitted }
}

fn remove(id: u128, uploaded_by: Uuid) -> Command {
    let attachment_id = Uuid::from_u128(id);
    Command::Detach { attachment_id, name: "电梯.jpg".to_owned(), uploaded_by }
}

#[test]
fn whoever_may_say_something_may_show_something() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &cat(), add(1, false), &["attached 电梯.jpg"]);
    story.check("11-23 09:00", &ann(), add(2, false), &["attached 电梯.jpg"]);
    let needs = "no: not_allowed, needs assignee or owner or opener or customer or case.comment";
    story.check("11-23 09:00", &zoe(), add(3, false), &[needs]);
    story.check("11-23 09:00", &tom(), add(3, false), &["no: not_found"]);
    story.check("11-23 09:00", &dan(), add(3, false), &["no: not_found"]);
    // What comes with an action was judged with it.
    story.check("11-23 09:00", &zoe(), add(3, true), &["attached 电梯.jpg"]);
    story.check("11-23 09:00", &tom(), add(4, true), &["no: not_found"]);
}

#[test]
fn a_file_is_removed_by_its_sender_or_by_those_who_keep_the_record() {
    let mut story = Story::desk("11-23 08:30", &ann());
    let sent_by_cat = cat().id.unwrap();
    for id in 1..=3 {
        story.done("11-23 09:00", &cat(), add(id, false));
    }
    let needs = "no: not_allowed, needs owner or assignee or case.edit";
    story.check("11-23 09:10", &ben(), remove(1, sent_by_cat), &[needs]);
    story.check("11-23 09:10", &cat(), remove(1, sent_by_cat), &["detached 电梯.jpg"]);
    story.check("11-23 09:10", &ann(), remove(2, sent_by_cat), &["detached 电梯.jpg"]);
    assert!(may_detach(story.case(), &ann(), sent_by_cat), "the owner keeps the record");
    assert!(!may_detach(story.case(), &ben(), sent_by_cat));
}

#[test]
fn a_closed_case_still_takes_files() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.done("11-23 09:00", &eve(), act("drop"));
    story.check("11-24 09:00", &ann(), add(1, false), &["attached 电梯.jpg"]);
}
