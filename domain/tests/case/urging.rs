//! Commenting, urging, supervising, linking: acts that leave every promise alone.

use kefu_domain::case::Command;
use serde_json::json;
use uuid::Uuid;

use crate::people::{CASE, ann, ben, cat, dan, eve, system, tom, zoe};
use crate::support::{Story, act, act_with, asked_for};

fn say(text: &str) -> Command {
    Command::Comment { text: text.to_owned() }
}

#[test]
fn those_whose_case_it_is_and_those_permitted_comment_on_it() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &cat(), say("请尽快"), &["said: 请尽快"]);
    story.check("11-23 09:00", &ann(), say("好"), &["said: 好"]);
    let needs = "no: not_allowed, needs assignee or owner or opener or customer or case.comment";
    story.check("11-23 09:00", &zoe(), say("x"), &[needs]);
    story.check("11-23 09:00", &tom(), say("x"), &["no: not_found"]);
    story.check("11-23 09:00", &dan(), say("x"), &["no: not_found"]);
    for blank in ["", "  ", "\n\t"] {
        story.check("11-23 09:00", &ann(), say(blank), &["no: invalid, /text pattern"]);
    }
    let long = "长".repeat(4_001);
    story.check("11-23 09:00", &ann(), say(&long), &["no: invalid, /text too_long"]);
    story.done("11-23 09:00", &ann(), say(&"长".repeat(4_000)));
}

#[test]
fn a_closed_case_still_takes_comments_and_links_and_nothing_else() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.done("11-23 09:00", &eve(), act("drop"));
    story.check("11-24 09:00", &ann(), say("补充"), &["said: 补充"]);
    let link = act_with("link", json!({ "case_id": Uuid::from_u128(9) }));
    story.check("11-24 09:00", &ann(), link, &["linked as related"]);
    assert_eq!(story.offered("11-24 09:00", &eve()), ["comment", "link", "reopen"]);
    for act in ["urge", "supervise", "suspend", "withdraw", "approve_extension", "resume"] {
        let input = json!({ "reason": "x" });
        story.check("11-24 09:00", &eve(), act_with(act, input), &["no: wrong_state dropped"]);
    }
}

#[test]
fn each_urging_counts() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check("11-23 09:00", &cat(), act("urge"), &["urged"]);
    story.check(
        "11-23 09:00",
        &ann(),
        act_with("urge", json!({ "reason": "客户又来电" })),
        &["urged: 客户又来电"],
    );
    assert_eq!(story.case().urged, 2);
    story.done("11-23 09:00", &ben(), act("claim"));
    let needs = "no: not_allowed, needs owner or opener or customer or case.urge";
    story.check("11-23 09:00", &ben(), act("urge"), &[needs]);
}

#[test]
fn a_case_is_supervised_once() {
    let mut story = Story::desk("11-23 08:30", &ann());
    story.check(
        "11-23 09:00",
        &ann(),
        act("supervise"),
        &["no: not_allowed, needs case.supervise"],
    );
    story.check(
        "11-23 09:00",
        &eve(),
        act_with("supervise", json!({ "reason": "涉媒" })),
        &["supervised: 涉媒"],
    );
    assert_eq!(story.case().supervised_at, Some(crate::support::instant("11-23 09:00")));
    story.check("11-23 09:01", &eve(), act("supervise"), &["no: already_pending supervise"]);
    story.check("11-23 09:01", &system(), act("supervise"), &["no: already_pending supervise"]);
}

#[test]
fn urging_and_supervising_leave_every_promise_as_it_was() {
    let mut story = Story::desk("11-23 08:30", &ann());
    let before = story.case().clocks.clone();
    story.done("11-23 09:00", &ann(), act("urge"));
    story.done("11-23 09:00", &eve(), act("supervise"));
    story.done("11-23 09:00", &ann(), say("x"));
    story.done("11-23 09:00", &ann(), act_with("link", json!({ "case_id": Uuid::from_u128(9) })));
    assert_eq!(story.case().clocks, before);
}

#[test]
fn a_case_is_linked_with_another_once_for_each_relation() {
    let mut story = Story::opened("desk", "11-23 08:30", &ann(), asked_for(json!({ "what": "x" })));
    let link = |relation: &str| {
        act_with("link", json!({ "case_id": Uuid::from_u128(9), "relation": relation }))
    };
    story.check("11-23 09:00", &ann(), link("duplicate"), &["linked as duplicate"]);
    story.check("11-23 09:00", &ann(), link("cause"), &["linked as cause"]);
    story.check("11-23 09:00", &ann(), link("cause"), &[]);
    assert_eq!(story.case().links.len(), 2);
    story.check("11-23 09:00", &ann(), link("cousin"), &["no: invalid, /relation enum"]);
    let itself = act_with("link", json!({ "case_id": CASE }));
    story.check("11-23 09:00", &ann(), itself, &["no: invalid, /case_id itself"]);
    story.check(
        "11-23 09:00",
        &zoe(),
        link("cause"),
        &["no: not_allowed, needs assignee or owner or case.link"],
    );
}
