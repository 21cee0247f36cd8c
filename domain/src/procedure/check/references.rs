//! What a definition refers to outside itself: clauses, calendars, procedures.

use super::faults::Faults;
use super::{ALWAYS, Surroundings};
use crate::procedure::definition::Definition;

pub(super) fn check(definition: &Definition, around: &Surroundings<'_>, faults: &mut Faults) {
    clauses(definition, around, faults);
    let mut calendar = |place: String, code: Option<&str>| {
        if let Some(code) = code.filter(|it| *it != ALWAYS && !around.calendars.contains(*it)) {
            faults.add(
                place,
                "unknown_calendar",
                format!("没有日历 `{code}`"),
                format!("there is no calendar `{code}`"),
            );
        }
    };
    for (index, clock) in definition.clocks.iter().enumerate() {
        calendar(format!("/clocks/{index}/calendar"), clock.calendar.as_deref());
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        calendar(format!("/follow_ups/{index}/calendar"), follow_up.calendar.as_deref());
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        let open = &follow_up.open;
        if *open != definition.code && !around.procedures.contains(open) {
            faults.add(
                format!("/follow_ups/{index}/open"),
                "unknown_procedure",
                format!("没有流程 `{open}`"),
                format!("there is no procedure `{open}`"),
            );
        }
    }
}

fn clauses(definition: &Definition, around: &Surroundings<'_>, faults: &mut Faults) {
    let mut known = |place: &str, ids: &[String]| {
        for (index, id) in ids.iter().enumerate().filter(|(_, id)| !around.clauses.contains(*id)) {
            faults.add(
                format!("{place}/clauses/{index}"),
                "unknown_clause",
                format!("没有条款 `{id}`"),
                format!("there is no clause `{id}`"),
            );
        }
    };
    known("", &definition.clauses);
    for (name, it) in &definition.figures {
        known(&format!("/figures/{name}"), &it.clauses);
    }
    for (index, it) in definition.states.iter().enumerate() {
        known(&format!("/states/{index}"), &it.clauses);
    }
    for (index, it) in definition.actions.iter().enumerate() {
        known(&format!("/actions/{index}"), &it.clauses);
    }
    for (index, it) in definition.clocks.iter().enumerate() {
        known(&format!("/clocks/{index}"), &it.clauses);
        for (step, entry) in it.within.iter().enumerate() {
            known(&format!("/clocks/{index}/within/{step}"), &entry.clauses);
        }
    }
    for (index, it) in definition.follow_ups.iter().enumerate() {
        known(&format!("/follow_ups/{index}"), &it.clauses);
        for (step, entry) in it.within.iter().enumerate() {
            known(&format!("/follow_ups/{index}/within/{step}"), &entry.clauses);
        }
    }
}
