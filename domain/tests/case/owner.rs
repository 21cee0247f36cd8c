//! The first-contact owner (首问负责人): set once, and then for good.

use serde_json::json;

use crate::people::{ANN, BEN, DAN, EVE, TOM, ann, ben, cat, dan, eve, name, tom};
use crate::support::{Story, act, act_with};

#[test]
fn the_owner_stays_through_every_hand_that_takes_the_case() {
    let mut story = Story::desk("11-23 08:30", &ann());
    let to = |act, id| act_with(act, json!({ "to": id, "reason": "x" }));
    let back = || act_with("return", json!({ "reason": "x" }));
    let steps = [
        (ben(), act("claim"), "ben"),
        (ann(), to("assign", DAN), "dan"),
        (dan(), to("transfer", BEN), "dan"),
        (ben(), act("accept_transfer"), "ben"),
        (ben(), back(), "ann"),
        (ann(), to("transfer", TOM), "ann"),
        (tom(), act("accept_transfer"), "tom"),
        (tom(), back(), "ann"),
        (ann(), back(), "nobody"),
        (eve(), act("claim"), "eve"),
        (eve(), act("start"), "eve"),
        (eve(), act_with("give", json!({ "assignee_id": BEN })), "ben"),
        (eve(), act("give_back"), "ann"),
        (eve(), to("assign", EVE), "eve"),
        (eve(), act("drop"), "eve"),
        (eve(), act_with("reopen", json!({ "reason": "x" })), "eve"),
        (ann(), act_with("withdraw", json!({ "reason": "x" })), "eve"),
    ];
    for (minute, (who, when, assignee)) in steps.into_iter().enumerate() {
        story.done(&format!("11-23 09:{minute:02}"), &who, when);
        assert_eq!(name(story.case().assignee_id), assignee, "after step {minute}");
        assert_eq!(story.case().owner_id, Some(ANN), "after step {minute}");
    }
}

#[test]
fn whoever_of_the_house_first_does_something_about_it_becomes_the_owner() {
    let firsts = [
        (ben(), act("claim"), "owned by ben"),
        (ann(), act_with("assign", json!({ "to": BEN })), "owned by ann"),
        (ben(), act("start"), "owned by ben"),
        (ann(), act_with("measure", json!({ "size": 1 })), "owned by ann"),
    ];
    for (who, when, then) in firsts {
        let mut story = Story::desk("11-23 08:30", &cat());
        assert_eq!(story.case().owner_id, None);
        story.done("11-23 09:00", &who, when);
        let told = crate::words::tell(&story.events[3].fact);
        assert_eq!(told, then, "before anything else");
        assert_eq!(story.case().owner_id, who.id);
    }
}

#[test]
fn neither_the_customer_nor_a_word_in_passing_makes_an_owner() {
    let mut story = Story::desk("11-23 08:30", &cat());
    story.done("11-23 09:00", &cat(), act("urge"));
    story.done("11-23 09:00", &cat(), act_with("measure", json!({ "size": 1 })));
    story.done("11-23 09:00", &eve(), act("supervise"));
    story.done("11-23 09:00", &ann(), act_with("comment", json!({ "text": "看过" })));
    assert_eq!(story.case().owner_id, None);
}
