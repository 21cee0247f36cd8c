//! What holds whatever anybody does.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kefu_domain::case::{Case, Clock, ClockState, Command, Event, Fact, evolve, explain};
use kefu_domain::procedure::{Procedure, WITHDRAWN};
use proptest::prelude::{ProptestConfig, Strategy as _, any, proptest};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::oracle::due;
use crate::people::system;
use crate::support::Story;
use crate::walk::{Taken, Walk, closes_the_door, codes, everybody, input, walk, walks};
use crate::words::tell;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn whatever_anybody_does_the_laws_of_a_case_hold(steps in walks(25)) {
        let (story, _) = walk(&steps, |story, taken| {
            no_step_leaves_the_declared_graph(story, taken);
            clocks_are_as_state_and_suspension_say(story, taken);
            deadlines_are_what_their_history_says(story, taken);
        });
        folding_the_log_gives_the_case(&story);
        each_signal_is_given_once_in_a_run_of_its_clock(&story);
    }
}

proptest! {
    #![proptest_config(config(1_000))]

    #[test]
    fn a_late_timer_changes_nothing_about_what_is_recorded(
        steps in walks(12),
        ticks in proptest::collection::vec(any::<u16>(), 0..6),
    ) {
        let steps = steps.at_the_desk();
        let (prompt, tardy) = (prompt(&steps), tardy(&steps, &ticks));
        let same = facts(&prompt) == facts(&tardy);
        assert!(same, "{:#?}\n{:#?}", told(&prompt), told(&tardy));
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn what_is_offered_is_what_is_not_refused(steps in walks(20)) {
        let (story, now) = walk(&steps, |_, _| {});
        for who in everybody() {
            let offered = story.offers_at(now, &who);
            for code in codes(&story) {
                let when = crate::support::act_with(&code, input(&story, &code, 1));
                let answer = story.decide(now, &who, when);
                let refused = answer.as_ref().is_err_and(closes_the_door);
                let is_offered = offered.contains(&code);
                assert_eq!(is_offered, !refused, "{code} by {:?}: {answer:?}", who.id);
                if is_offered && answer.is_err() {
                    // A clock asked about may be over by now; nothing else is wrong with the input.
                    assert_eq!(code, "request_extension", "{answer:?}");
                }
            }
        }
    }
}

#[test]
fn the_walks_go_everywhere() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..600 {
        let steps = walks(25).new_tree(&mut runner).unwrap().current();
        let (story, _) = walk(&steps, |_, _| {});
        seen.extend(story.events.iter().map(|it| it.fact.to_parts().unwrap().0));
    }
    let seen: Vec<_> = seen.iter().filter_map(|it| it.strip_prefix("case.")).collect();
    let all = "act_refused action_taken assigned clock_breached clock_cancelled clock_escalated \
               clock_paused clock_resumed clock_retargeted clock_started clock_stopped clock_warned \
               closed commented edited extension_approved extension_refused extension_requested \
               follow_up_closed follow_up_opened helper_added helper_removed linked opened owned \
               reopened resumed returned supervised suspended transfer_declined transfer_offered urged withdrawn";
    assert_eq!(seen.join(" "), all);
}

fn no_step_leaves_the_declared_graph(story: &Story, taken: &Taken) {
    let mut case = taken.before.clone();
    for event in &taken.events {
        declared(&story.procedure, &case, event);
        let before = case.clone();
        case = evolve(Some(case), event).unwrap();
        kept(&story.procedure, &before, &case, event);
    }
    assert_eq!(&case, story.case());
}

fn folding_the_log_gives_the_case(story: &Story) {
    let stored = story.events.iter().map(|event| {
        let (kind, data) = event.fact.to_parts().unwrap();
        let text = data.to_string();
        let fact = Fact::from_parts(&kind, serde_json::from_str(&text).unwrap()).unwrap();
        Event { fact, ..event.clone() }
    });
    let folded = stored.fold(None, |case, event| evolve(case, &event));
    assert_eq!(folded.as_ref(), Some(story.case()));
    assert_eq!(usize::try_from(story.case().version).unwrap(), story.events.len());
}

fn each_signal_is_given_once_in_a_run_of_its_clock(story: &Story) {
    let mut given = BTreeSet::new();
    for event in &story.events {
        let signal = match &event.fact {
            Fact::ClockStarted { clock, .. } => {
                given.retain(|(of, _, _): &(String, u8, u32)| of != clock);
                continue;
            }
            Fact::ClockWarned { clock, point, .. } => (clock.clone(), 0, *point),
            Fact::ClockEscalated { clock, rung, .. } => (clock.clone(), 1, *rung),
            _ => continue,
        };
        assert!(given.insert(signal), "{:?} a second time", event.fact);
    }
}

fn deadlines_are_what_their_history_says(story: &Story, taken: &Taken) {
    for clock in &story.case().clocks {
        let open = taken.before.clock(&clock.code).is_some_and(Clock::is_open);
        if clock.state == ClockState::Cancelled || !(open || clock.is_open()) {
            continue;
        }
        let (due_at, paused) = due(&story.events, &clock.code, &closed(story));
        assert_eq!(clock.due_at, due_at, "{} at {}", clock.code, taken.now);
        assert_eq!(Some(clock.paused_us), paused.num_microseconds());
        let segments = explain(clock, &story.world.calendars[&clock.calendar]);
        let ends = segments.first().zip(segments.last()).map(|(first, last)| (first.from, last.to));
        assert_eq!(ends, Some((clock.started_at, due_at)));
        assert!(segments.windows(2).all(|it| it[0].to == it[1].from), "a gap in {segments:?}");
    }
}

/// A step is one that the procedure declares, from where the case is.
fn declared(procedure: &Procedure, case: &Case, event: &Event) {
    match &event.fact {
        Fact::ActionTaken { action, from, to, .. } => {
            let action = &procedure.action(action).unwrap().definition;
            assert_eq!(from, &case.state);
            assert!(action.from.contains(from));
            assert!(case.suspended.is_none() || event.actor.is_none(), "it stands still");
            assert_eq!(to, action.to.as_ref().unwrap_or(from));
        }
        Fact::Returned { from, to, .. } => {
            assert_eq!(from, &case.state);
            assert_eq!(to, procedure.definition.return_to.as_ref().unwrap_or(from));
            assert!(!procedure.is_final(from));
        }
        Fact::Withdrawn { from, .. } => assert!(from == &case.state && !procedure.is_final(from)),
        Fact::Reopened { from, to, .. } => {
            assert!(from == &case.state && procedure.is_final(from));
            assert_eq!(to, procedure.reopen_to());
        }
        _ => {}
    }
}

/// One event changes the state, the owner and the version as it says, and nothing else does.
fn kept(procedure: &Procedure, before: &Case, after: &Case, event: &Event) {
    assert_eq!(after.version, before.version + 1);
    if before.owner_id.is_some() {
        assert_eq!(after.owner_id, before.owner_id);
    }
    assert_eq!(
        (after.opened_by, after.opened_at, &after.number),
        (before.opened_by, before.opened_at, &before.number)
    );
    if after.state != before.state {
        let final_before = procedure.is_final(&before.state);
        match &event.fact {
            Fact::ActionTaken { .. } | Fact::Reopened { .. } => {}
            Fact::Returned { .. } | Fact::Withdrawn { .. } => assert!(!final_before),
            other => panic!("{other:?} changed the state"),
        }
    }
    let states = &procedure.definition.states;
    assert!(after.state == WITHDRAWN || states.iter().any(|it| it.code == after.state));
}

fn clocks_are_as_state_and_suspension_say(story: &Story, taken: &Taken) {
    let (case, procedure) = (story.case(), &story.procedure);
    let closed = procedure.is_final(&case.state);
    assert_eq!(case.closed_at.is_some(), closed);
    if closed {
        assert!(case.transfer.is_none() && case.extension.is_none() && case.suspended.is_none());
    }
    for clock in case.clocks.iter().filter(|it| it.is_open()) {
        let rule = &procedure.clock(&clock.code).unwrap().definition;
        assert!(!closed && !rule.stops.contains(&case.state), "{} runs on", clock.code);
        let still = case.suspended.is_some() || rule.pauses.contains(&case.state);
        assert_eq!(clock.state == ClockState::Paused, still);
        assert_eq!(clock.paused_at.is_some(), still);
        assert_eq!(clock.next_at.is_none(), still || all_given(rule, clock));
        assert!(clock.next_at.is_none_or(|at| at > taken.now), "a signal is overdue");
        let passed = clock.due_at <= taken.now;
        assert!(still || passed == (clock.state == ClockState::Breached));
        assert_eq!(clock.breached_at.is_some(), clock.fired.iter().any(|it| it == "due"));
    }
    if let Some(extension) = &case.extension {
        assert!(case.clock(&extension.clock).is_some_and(Clock::is_open));
    }
}

fn all_given(rule: &kefu_domain::procedure::definition::Clock, clock: &Clock) -> bool {
    clock.fired.len() == 1 + rule.warn.len() + rule.escalate.len()
}

/// The days the story's office is closed beside the holidays.
fn closed(story: &Story) -> Vec<NaiveDate> {
    let holidays = &story.world.calendars["office"].definition().holidays;
    holidays.iter().map(|it| it.date.parse().unwrap()).collect()
}

fn told(story: &Story) -> Vec<String> {
    story.events.iter().map(|it| tell(&it.fact)).collect()
}

fn facts(story: &Story) -> Vec<&Fact> {
    story.events.iter().map(|it| &it.fact).collect()
}

/// Every timer goes off at its instant.
fn prompt(steps: &Walk) -> Story {
    let (mut story, mut now) = steps.begin();
    for step in &steps.steps {
        now += step.wait();
        let next = |story: &Story| {
            let next = story.case().clocks.iter().filter_map(|it| it.next_at).min();
            next.filter(|at| *at <= now)
        };
        while let Some(at) = next(&story) {
            let events = story.decide(at, &system(), Command::Tick).unwrap();
            story.happened(events);
        }
        let when = step.command(&mut story, now);
        if let Ok(events) = story.decide(now, &step.who(), when) {
            story.happened(events);
        }
    }
    story
}

/// Timers go off at any time or not at all; the commands are the same.
fn tardy(steps: &Walk, ticks: &[u16]) -> Story {
    let (mut story, mut now) = steps.begin();
    let mut ticks = ticks.iter().cycle();
    for step in &steps.steps {
        let wait = step.wait();
        if let Some(tick) = ticks.next() {
            let at = now + wait * i32::from(*tick) / i32::from(u16::MAX);
            let events = story.decide(at, &system(), Command::Tick).unwrap();
            story.happened(events);
        }
        now += wait;
        if step.changes_the_calendar() {
            // What had fallen due by the old hours is not known by the new ones.
            let events = story.decide(now, &system(), Command::Tick).unwrap();
            story.happened(events);
        }
        let when = step.command(&mut story, now);
        // A refused command leaves the signals to the timer.
        let events = story.decide(now, &step.who(), when);
        let events =
            events.or_else(|_refused| story.decide(now, &system(), Command::Tick)).unwrap();
        story.happened(events);
    }
    story
}
