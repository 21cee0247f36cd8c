//! Taking an action: may they, can it be done now, does its condition hold, is the input sensible.
//!
//! That is the order in which refusals are given; what an offer lists passes the first three.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::draft::{Draft, broken, together};
use super::event::{Fact, OpenedFollowUp};
use super::{Case, Given, Refusal, approval, limit, ordinary};
use crate::procedure::{ActionRule, Condition, FollowUpRule, Form};
use crate::who::Actor;

/// Takes an action of the procedure or an ordinary act.
pub(super) fn take(
    draft: &mut Draft<'_>,
    actor: &Actor,
    code: &str,
    input: Map<String, Value>,
    note: Option<String>,
) -> Result<(), Refusal> {
    let procedure = draft.procedure;
    let Some(rule) = procedure.action(code) else {
        return ordinary::take(draft, actor, code, input, note);
    };
    permits(draft, actor, rule)?;
    let (input, note) = with_note(&rule.form, input, note);
    let input = rule.form.fill(input).map_err(Refusal::Invalid)?;
    if let Some(guard) = rule.guard.as_ref().filter(|it| it.uses("input")) {
        let holds = draft.holds_for(guard, actor, &Value::Object(input.clone()));
        let holds = holds.map_err(|it| broken(&format!("action {code} guard"), it))?;
        unless(holds, rule, guard)?;
    }
    let named = input.get("assignee_id").and_then(Value::as_str).and_then(|it| it.parse().ok());
    if rule.definition.assigns == Some(crate::procedure::definition::Assigns::Named) {
        known_person(draft, named)?;
    }
    own(draft, actor);
    let from = draft.case.state.clone();
    let to = rule.definition.to.clone();
    draft.push(Fact::ActionTaken {
        action: code.to_owned(),
        to: to.clone().unwrap_or_else(|| from.clone()),
        from,
        input,
        note,
        clauses: rule.definition.clauses.clone(),
        counted: rule.definition.at_most.is_some(),
    });
    if let Some(assigns) = &rule.definition.assigns {
        draft.assigns(assigns, actor, named);
    }
    match to {
        Some(to) => enter(draft, &to),
        None => Ok(()),
    }
}

/// A note that the form itself asks for is told to the form; any other stands beside it.
pub(super) fn with_note(
    form: &Form,
    mut input: Map<String, Value>,
    note: Option<String>,
) -> (Map<String, Value>, Option<String>) {
    match note {
        Some(text) if form.property("note").is_some() => {
            input.insert("note".to_owned(), Value::String(text));
            (input, None)
        }
        note => (input, note),
    }
}

/// Whether an action can be taken by somebody now, whatever the input.
pub(super) fn permits(draft: &Draft<'_>, actor: &Actor, rule: &ActionRule) -> Result<(), Refusal> {
    let definition = &rule.definition;
    let action = || definition.code.clone();
    let clause = || definition.clauses.first().cloned();
    if !allowed(&draft.case, actor, &definition.by) {
        let needs = definition.by.clone();
        return Err(Refusal::NotAllowed { action: action(), needs, clause: clause() });
    }
    if !definition.from.contains(&draft.case.state) {
        let (state, from) = (draft.case.state.clone(), definition.from.clone());
        return Err(Refusal::WrongState { action: action(), state, from });
    }
    if draft.case.suspended.is_some() && !actor.is_system() {
        return Err(Refusal::Suspended { action: action() });
    }
    if !actor.is_system() {
        limit::permits(draft, definition)?;
    }
    // What looks at the input is asked when there is one.
    let Some(guard) = rule.guard.as_ref().filter(|it| !it.uses("input")) else { return Ok(()) };
    let place = format!("action {} guard", definition.code);
    let holds = draft.holds(guard, actor, None).map_err(|detail| broken(&place, detail))?;
    unless(holds, rule, guard)
}

/// A guard that does not hold says no.
fn unless(holds: bool, rule: &ActionRule, guard: &Condition) -> Result<(), Refusal> {
    let definition = &rule.definition;
    let action = || definition.code.clone();
    let clause = || definition.clauses.first().cloned();
    if holds {
        return Ok(());
    }
    // A condition on the person is a matter of permission, one on the case a matter of its state.
    if guard.uses("actor") {
        let needs = vec![guard.source().to_owned()];
        return Err(Refusal::NotAllowed { action: action(), needs, clause: clause() });
    }
    let condition = guard.source().to_owned();
    Err(Refusal::Guarded { action: action(), condition, clause: clause() })
}

/// Whether any of the relations or permissions is theirs.
pub(super) fn allowed(case: &Case, actor: &Actor, by: &[String]) -> bool {
    by.iter().any(|it| match it.as_str() {
        "owner" => actor.id.is_some() && actor.id == case.owner_id,
        "assignee" => actor.id.is_some() && actor.id == case.assignee_id,
        "helper" => actor.id.is_some_and(|id| case.helpers.contains(&id)),
        "opener" => actor.id.is_some() && actor.id == case.opened_by,
        "customer" => actor.customer_id.is_some() && actor.customer_id == case.customer_id,
        "system" => actor.is_system(),
        permission => actor.may(permission, &case.place()),
    })
}

/// The first person of the house who does something about a case that nobody owns receives the
/// customer: from then on the case is theirs to answer (首问负责).
pub(super) fn own(draft: &mut Draft<'_>, actor: &Actor) {
    if let (None, Some(owner_id), None) = (draft.case.owner_id, actor.id, actor.customer_id) {
        draft.push(Fact::Owned { owner_id });
    }
}

/// What entering a state brings: clocks, closing, follow-ups.
pub(super) fn enter(draft: &mut Draft<'_>, state: &str) -> Result<(), Refusal> {
    draft.enter_clocks(state)?;
    approval::enter(draft, state);
    if draft.procedure.is_final(state) {
        draft.cancel_clocks(|rule| !rule.definition.starts.iter().any(|it| it == state));
        if draft.case.closed_at.is_none() {
            draft.push(Fact::Closed { state: state.to_owned() });
        }
        // Closing ends a suspension.
        draft.match_pauses()?;
    }
    let procedure = draft.procedure;
    for rule in procedure.follow_ups.iter().filter(|it| it.definition.when == state) {
        follow_up(draft, rule)?;
    }
    Ok(())
}

fn follow_up(draft: &mut Draft<'_>, rule: &FollowUpRule) -> Result<(), Refusal> {
    let definition = &rule.definition;
    let place = format!("follow-up {}", definition.code());
    let broken = |detail: String| broken(&place, detail);
    if let Some(condition) = &rule.condition
        && !draft.holds(condition, &Actor::system(), None).map_err(broken)?
    {
        return Ok(());
    }
    let given = draft.case.given.clone();
    let selected = draft.select(&rule.within, given.as_ref(), definition.code(), draft.now())?;
    let given = selected.map(|selected| Given {
        span: selected.span,
        calendar: selected.calendar.or_else(|| definition.calendar.clone()),
        clauses: together(&definition.clauses, &selected.clauses),
        since: None,
    });
    let assignee_id = match definition.assign.as_deref() {
        Some("owner") => draft.case.owner_id,
        Some("assignee") => draft.case.assignee_id,
        Some(_) | None => None,
    };
    let pool = definition.assign.as_deref().and_then(|it| it.strip_prefix("role:"));
    let lines = definition.each.as_ref().map(|it| draft.case.fields.get(it).cloned());
    let items = match lines {
        None => vec![None],
        Some(lines) => {
            let lines = lines.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
            lines.into_iter().map(Some).collect()
        }
    };
    for item in items {
        let fields = fields_for(draft, rule, item.as_ref())?;
        draft.push(Fact::FollowUpOpened(Box::new(OpenedFollowUp {
            follow_up: definition.code().to_owned(),
            procedure: definition.open.clone(),
            carry: definition.carry.clone(),
            fields,
            assignee_id,
            pool: pool.map(str::to_owned),
            given: given.clone(),
        })));
    }
    Ok(())
}

/// The opened case's fields, for one line of the field it is opened for each line of.
fn fields_for(
    draft: &Draft<'_>,
    rule: &FollowUpRule,
    item: Option<&Value>,
) -> Result<Map<String, Value>, Refusal> {
    let place = format!("follow-up {}", rule.definition.code());
    let mut fields = Map::new();
    for (name, expression) in &rule.fields {
        let value = draft.value_with(expression, &Actor::system(), item);
        match value.map_err(|detail| broken(&place, detail))? {
            Value::Null => {}
            value => drop(fields.insert(name.clone(), value)),
        }
    }
    Ok(fields)
}

/// Refuses an input that names nobody who can be given a case.
pub(super) fn known_person(draft: &Draft<'_>, id: Option<Uuid>) -> Result<(), Refusal> {
    if id.is_some_and(|id| (draft.context.people)(id).is_some()) {
        return Ok(());
    }
    Err(Refusal::Invalid(vec![ordinary::unknown_person("/assignee_id")]))
}
