//! What a command would do, or the rule that forbids it. Pure: same arguments, same answer.

use serde_json::{Map, Value};

use super::draft::{Draft, broken};
use super::event::{AssignedBy, Edited, Event, Fact, Opened};
use super::{Case, Child, Command, Context, Edit, Open, Refusal, evolve, offer, ordinary};
use super::{act, attach, hold};
use crate::fault::Fault;
use crate::patch::merge_members;
use crate::procedure::Procedure;
use crate::who::Actor;

/// Opens a case.
///
/// # Errors
/// They may not open one there, the form is not filled, or a deadline cannot be computed.
pub fn open(
    procedure: &Procedure,
    actor: &Actor,
    open: Open,
    context: &Context<'_>,
) -> Result<(Case, Vec<Event>), Refusal> {
    if !actor.is_system() && !offer::may_open(procedure, actor, open.site_id, open.customer_id) {
        let needs = procedure.definition.opens.clone();
        let clause = procedure.definition.clauses.first().cloned();
        return Err(Refusal::NotAllowed { action: "open".to_owned(), needs, clause });
    }
    let fields = procedure.form.fill(open.fields.clone()).map_err(under_fields)?;
    let (pool, by) = match (&open.duty, &open.origin) {
        (Some(duty), _) => (duty.pool.clone(), AssignedBy::Duty),
        (None, origin) => (origin.as_ref().and_then(|it| it.pool.clone()), AssignedBy::FollowUp),
    };
    let event = Event {
        at: context.now,
        actor: actor.id,
        fact: Fact::Opened(Box::new(opened(procedure, actor, open, fields))),
    };
    let Some(case) = evolve(None, &event) else { return Err(Refusal::NotFound) };
    let mut draft = Draft::new(procedure, context, case);
    draft.events.push(event);
    draft.actor = actor.id;
    if pool.is_some() {
        let (to, team) = (draft.case.assignee_id, draft.case.team.clone());
        draft.push(Fact::Assigned { to, team, by, reason: None, pool });
    }
    act::enter(&mut draft, procedure.initial())?;
    // What falls due with the start, such as a rung as long before the deadline as the clock runs.
    draft.settle()?;
    hold::match_state(&mut draft)?;
    Ok((draft.case, draft.events))
}

fn opened(procedure: &Procedure, actor: &Actor, open: Open, fields: Map<String, Value>) -> Opened {
    // Whoever of the house opens a case received the customer: the first-contact owner.
    let staff = actor.customer_id.is_none().then_some(actor.id).flatten();
    let assignee = open.origin.as_ref().and_then(|it| it.assignee.clone());
    let owner_id = open.origin.as_ref().and_then(|it| it.owner_id).or(staff);
    let team = assignee.as_ref().map_or_else(|| actor.team.clone(), |it| it.team.clone());
    Opened {
        id: open.id,
        number: open.number,
        procedure: procedure.code().to_owned(),
        procedure_version: procedure.version,
        kind: procedure.definition.kind,
        state: procedure.initial().to_owned(),
        priority: open.priority,
        channel: open.channel,
        subject: open.subject,
        fields,
        site_id: open.site_id,
        // A customer's own account opens for that customer.
        customer_id: open.customer_id.or(actor.customer_id),
        asset_id: open.asset_id,
        parent_id: open.origin.as_ref().map(|it| it.parent_id),
        follow_up: open.origin.as_ref().map(|it| it.follow_up.clone()),
        duty: open.duty.as_ref().map(|it| it.duty.clone()),
        owner_id,
        assignee_id: assignee.map(|it| it.id),
        team,
        given: open.origin.and_then(|it| it.given).or(open.duty.map(|it| it.given)),
    }
}

/// What a command does to a case: the events, oldest first. No event: nothing changes.
///
/// Signals of clocks that have fallen due are given first, so that a timer that is late changes
/// nothing about what is recorded.
///
/// # Errors
/// The first rule that says no.
pub fn decide(
    procedure: &Procedure,
    case: &Case,
    actor: &Actor,
    command: Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut draft = Draft::new(procedure, context, case.clone());
    draft.settle()?;
    draft.actor = actor.id;
    match command {
        Command::Act { action, input, note } => {
            visible(&draft.case, actor)?;
            act::take(&mut draft, actor, &action, input, note)?;
        }
        Command::Comment { text } => {
            visible(&draft.case, actor)?;
            let mut input = Map::new();
            input.insert("text".to_owned(), Value::String(text));
            ordinary::take(&mut draft, actor, "comment", input, None)?;
        }
        Command::Attach { files, permitted } => {
            visible(&draft.case, actor)?;
            attach::attach(&mut draft, actor, files, permitted)?;
        }
        Command::Detach { attachment_id, name, uploaded_by } => {
            visible(&draft.case, actor)?;
            attach::detach(&mut draft, actor, attachment_id, name, uploaded_by)?;
        }
        Command::Edit(edit) => {
            visible(&draft.case, actor)?;
            correct(&mut draft, actor, *edit)?;
        }
        Command::Tick => {}
        Command::FollowUpClosed { child } => follow_up_closed(&mut draft, &child)?,
        Command::Retarget { calendar } => draft.match_calendar(&calendar)?,
    }
    draft.match_rules()?;
    // A deadline that moved into the past is passed now, not at the next timer.
    draft.settle()?;
    hold::match_state(&mut draft)?;
    Ok(draft.events)
}

fn visible(case: &Case, actor: &Actor) -> Result<(), Refusal> {
    if offer::may_see(case, actor) { Ok(()) } else { Err(Refusal::NotFound) }
}

fn correct(draft: &mut Draft<'_>, actor: &Actor, edit: Edit) -> Result<(), Refusal> {
    offer::edit_permitted(draft.procedure, &draft.case, actor)?;
    let fields = edit.fields.as_ref().map(|it| correct_fields(draft, it)).transpose()?;
    let case = &draft.case;
    let edited = Edited {
        subject: edit.subject.filter(|it| *it != case.subject),
        priority: edit.priority.filter(|it| *it != case.priority),
        channel: edit.channel.filter(|it| *it != case.channel),
        customer_id: edit.customer_id.filter(|it| *it != case.customer_id),
        asset_id: edit.asset_id.filter(|it| *it != case.asset_id),
        fields: fields.filter(|it| *it != case.fields),
    };
    if edited != Edited::default() {
        draft.push(Fact::Edited(Box::new(edited)));
    }
    Ok(())
}

/// Only what opening may say can be corrected; what actions recorded is history.
fn correct_fields(
    draft: &Draft<'_>,
    patch: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let form = &draft.procedure.form;
    let mut told: Map<String, Value> = draft
        .case
        .fields
        .iter()
        .filter(|(name, _)| form.property(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let rest = draft.case.fields.iter().filter(|(name, _)| form.property(name).is_none());
    let rest: Map<String, Value> =
        rest.map(|(name, value)| (name.clone(), value.clone())).collect();
    merge_members(&mut told, patch);
    let mut fields = form.fill(told).map_err(under_fields)?;
    fields.extend(rest);
    Ok(fields)
}

/// The form's faults, at their place in the request.
fn under_fields(mut faults: Vec<Fault>) -> Refusal {
    for fault in &mut faults {
        fault.pointer.insert_str(0, "/fields");
    }
    Refusal::Invalid(faults)
}

fn follow_up_closed(draft: &mut Draft<'_>, child: &Child) -> Result<(), Refusal> {
    draft.actor = None;
    let code = child.follow_up.clone().unwrap_or_default();
    let procedure = draft.procedure;
    let mut result = None;
    if let Some(rule) = procedure.follow_up(&code) {
        let seen = child.to_value();
        for (condition, on_result) in rule.on_result.iter().zip(&rule.definition.on_result) {
            let place = format!("follow-up {code} on_result");
            let holds = draft.holds(condition, &Actor::system(), Some(&seen));
            if holds.map_err(|detail| broken(&place, detail))? {
                result = Some(on_result);
                break;
            }
        }
    }
    draft.push(Fact::FollowUpClosed {
        follow_up: code,
        case_id: child.id,
        state: child.state.clone(),
        act: result.map(|it| it.act.clone()),
    });
    match result {
        Some(result) => draft.act_as_system(&result.act, result.with.clone()),
        None => Ok(()),
    }
}
