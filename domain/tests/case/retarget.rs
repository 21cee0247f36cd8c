//! Deadlines that move: priority, fields, calendars. What was paused stays paused.

use kefu_domain::case::{ClockState, Command, Open, Priority};
use serde_json::json;

use crate::people::{ann, ben, cat, eve, system};
use crate::support::{Story, act, asked, asked_for, instant, patch, priority};

const NOTHING: &[&str] = &[];

fn retarget() -> Command {
    Command::Retarget { calendar: "office".to_owned() }
}

#[test]
fn another_priority_counts_from_the_start_and_keeps_what_was_paused() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:00", &ben(), act("start"));
    story.done("11-23 10:00", &ann(), act("ask"));
    story.done("11-23 10:30", &cat(), act("told"));
    story.check(
        "11-23 10:45",
        &ann(),
        priority(Priority::Urgent),
        &[
            r#"edited {"priority":"urgent"}"#,
            // Four working hours from nine, and the half hour.
            "resolve now due 11-23 14:30 (rule)",
        ],
    );
    story.check(
        "11-23 11:00",
        &ann(),
        priority(Priority::Normal),
        &[r#"edited {"priority":"normal"}"#, "resolve now due 11-27 09:00 (rule)"],
    );
    assert_eq!(story.clock("resolve").paused_seconds(), 1_800);
    assert_eq!(story.clock("resolve").started_at, instant("11-23 09:00"));
}

#[test]
fn a_change_that_changes_no_span_moves_no_deadline() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-23 10:00",
        &ann(),
        priority(Priority::High),
        &[r#"edited {"priority":"high"}"#],
    );
    story.check("11-23 10:00", &ann(), priority(Priority::High), NOTHING);
}

#[test]
fn a_field_a_span_depends_on_moves_the_deadline() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-23 10:00",
        &ann(),
        patch(json!({ "grade": "major" })),
        &[
            r#"edited {"fields":{"grade":"major","what":"三号楼电梯异响"}}"#,
            "resolve now due 11-24 18:00 (rule)",
            // This one is promised to major matters only.
            "report starts, due 11-23 11:00",
            "report rung 0 at 11-23 10:00 tells role:lead",
        ],
    );
    story.check(
        "11-23 10:30",
        &ann(),
        patch(json!({ "grade": "ordinary" })),
        &[
            r#"edited {"fields":{"grade":"ordinary","what":"三号楼电梯异响"}}"#,
            "resolve now due 11-26 18:00 (rule)",
            "report cancelled",
        ],
    );
    story.check(
        "11-23 10:40",
        &ann(),
        patch(json!({ "grade": "major" })),
        &[
            r#"edited {"fields":{"grade":"major","what":"三号楼电梯异响"}}"#,
            "resolve now due 11-24 18:00 (rule)",
            "report starts, due 11-23 11:40",
            "report rung 0 at 11-23 10:40 tells role:lead",
        ],
    );
}

#[test]
fn a_promise_that_applies_at_last_starts_only_where_it_would_have_started() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:30", &ben(), act("start"));
    story.check(
        "11-23 10:00",
        &ann(),
        patch(json!({ "grade": "major" })),
        &[
            r#"edited {"fields":{"grade":"major","what":"三号楼电梯异响"}}"#,
            "resolve now due 11-24 18:00 (rule)",
        ],
    );
}

#[test]
fn a_deadline_that_moves_into_the_past_is_passed_at_once() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.check(
        "11-24 09:00",
        &ann(),
        priority(Priority::Urgent),
        &[
            r#"edited {"priority":"urgent"}"#,
            "resolve now due 11-23 14:00 (rule)",
            "resolve warns 0 at 11-23 11:00",
            "resolve rung 0 at 11-23 13:00 tells assignee",
            "resolve breached at 11-23 14:00",
            "resolve rung 1 at 11-23 18:00 tells role:lead",
        ],
    );
}

#[test]
fn a_broken_promise_that_is_due_later_again_can_be_kept_again() {
    let mut story = Story::opened(
        "desk",
        "11-23 09:00",
        &ann(),
        Open { priority: Priority::Urgent, ..asked() },
    );
    story.done("11-23 18:00", &system(), Command::Tick);
    assert_eq!(story.clock("resolve").state, ClockState::Breached);
    story.check(
        "11-23 18:30",
        &ann(),
        priority(Priority::Normal),
        &[r#"edited {"priority":"normal"}"#, "resolve now due 11-26 18:00 (rule)"],
    );
    let clock = story.clock("resolve");
    assert_eq!((clock.state, clock.breached_at), (ClockState::Running, None));
    // The rungs have been taken; the deadline itself is armed once more.
    story.check(
        "11-30 18:00",
        &system(),
        Command::Tick,
        &[
            "reply warns 0 at 11-25 18:36",
            "reply rung 0 at 11-26 05:00 tells owner",
            "reply warns 1 at 11-26 07:00",
            "reply breached at 11-26 09:00",
            "reply rung 1 at 11-26 09:00 tells owner assignee role:lead",
            "reply rung 2 at 11-26 10:00 does supervise",
            "supervised",
            "resolve breached at 11-26 18:00",
            "resolve rung 2 at 11-27 18:00 tells role:lead does supervise",
            "the system's supervise was refused: already_pending",
        ],
    );
}

#[test]
fn a_changed_calendar_moves_its_deadlines_and_no_others() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.world.put_office(&json!({ "holidays": [{ "date": "2026-11-24", "name": "停电" }] }));
    story.check("11-23 10:00", &system(), retarget(), &["resolve now due 11-27 18:00 (calendar)"]);
    assert_eq!(story.clock("resolve").calendar_version, 2);
    story.check("11-23 10:00", &system(), retarget(), NOTHING);
    let always = Command::Retarget { calendar: "always".to_owned() };
    story.check("11-23 10:00", &system(), always, NOTHING);
}

#[test]
fn a_change_of_calendar_that_moves_nothing_says_nothing() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.world.put_office(&json!({ "holidays": [{ "date": "2027-06-01", "name": "停电" }] }));
    story.check("11-23 10:00", &system(), retarget(), NOTHING);
}

#[test]
fn a_pause_is_counted_by_the_calendar_as_it_is_now() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 09:00", &ben(), act("start"));
    story.done("11-24 17:00", &ann(), act("ask"));
    story.done("11-25 09:30", &cat(), act("told"));
    assert_eq!(story.clock("resolve").paused_seconds(), 2 * 3600);
    // The 25th turns out to be closed: the pause was of one hour, and a working day more is needed.
    story.world.put_office(&json!({ "holidays": [{ "date": "2026-11-25", "name": "停电" }] }));
    story.done("11-25 10:00", &system(), retarget());
    assert_eq!(story.clock("resolve").paused_seconds(), 3600);
    assert_eq!(story.clock("resolve").due_at, instant("11-30 09:30"));
}

#[test]
fn a_deadline_is_not_passed_by_a_calendar_that_is_no_longer_in_force() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.world.put_office(&json!({ "holidays": [{ "date": "2026-11-26", "name": "停电" }] }));
    // The re-targeting of all cases has not come to this one yet.
    let events = story.decide(instant("11-26 18:00"), &system(), Command::Tick).unwrap();
    story.happened(events);
    assert_eq!(story.clock("resolve").state, ClockState::Running);
    assert_eq!(story.clock("resolve").due_at, instant("11-27 18:00"));
}

#[test]
fn a_closed_case_never_moves() {
    let mut story = Story::desk("11-23 09:00", &ann());
    story.done("11-23 10:00", &eve(), act("drop"));
    story.world.put_office(&json!({ "holidays": [{ "date": "2026-11-24", "name": "停电" }] }));
    let before = story.case().clone();
    story.check("11-23 11:00", &system(), retarget(), NOTHING);
    assert_eq!(story.case(), &before);
}

#[test]
fn a_calendar_that_never_opens_is_refused_where_a_deadline_needs_it() {
    let mut story = Story::opened("desk", "11-23 09:00", &ann(), asked_for(json!({ "what": "x" })));
    let closed = json!({ "week": {}, "national": null, "makeup": [] });
    story.world.put_office(&closed);
    story.check("11-23 10:00", &system(), retarget(), &["no: no_deadline for resolve by office"]);
}
