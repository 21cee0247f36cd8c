//! What a definition refers to outside itself: clauses, calendars, procedures.

use serde_json::{Map, Value};

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
    for (index, action) in definition.actions.iter().enumerate() {
        let window = action.window.as_ref().and_then(|it| it.calendar.as_deref());
        calendar(format!("/actions/{index}/window/calendar"), window);
    }
    for (index, approval) in definition.approvals.iter().enumerate() {
        calendar(format!("/approvals/{index}/calendar"), approval.calendar.as_deref());
    }
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
    for (index, it) in definition.approvals.iter().enumerate() {
        known(&format!("/approvals/{index}"), &it.clauses);
    }
    for (index, it) in definition.holds.iter().enumerate() {
        known(&format!("/holds/{index}"), &it.clauses);
    }
    fields(&definition.form, "", &mut known);
    for (index, it) in definition.actions.iter().enumerate() {
        fields(&it.form, &format!("/actions/{index}"), &mut known);
    }
    for (index, it) in definition.follow_ups.iter().enumerate() {
        known(&format!("/follow_ups/{index}"), &it.clauses);
        for (step, entry) in it.within.iter().enumerate() {
            known(&format!("/follow_ups/{index}/within/{step}"), &entry.clauses);
        }
    }
}

/// The clauses that fields name, columns of lines and items of checklists too.
fn fields(form: &Map<String, Value>, place: &str, known: &mut impl FnMut(&str, &[String])) {
    fn walk(schema: &Value, at: &str, known: &mut impl FnMut(&str, &[String])) {
        let ids = schema.get("clauses").and_then(Value::as_array).into_iter().flatten();
        let ids: Vec<_> = ids.filter_map(|it| it.as_str().map(str::to_owned)).collect();
        known(at, &ids);
        let inner = schema.get("items").and_then(|it| it.get("properties"));
        for (name, it) in [schema.get("properties"), inner]
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .flatten()
        {
            walk(it, &format!("{at}/{name}"), known);
        }
    }
    for (name, it) in form.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(it, &format!("{place}/form/{name}"), known);
    }
}
