//! What is after an event. Total: history cannot be refused.

use std::collections::BTreeMap;

use super::clock::DUE;
use super::event::{Edited, Event, Fact, Opened};
use super::{Case, Clock, ClockState, Pause, Suspension, approval};
use crate::Timestamp;
use crate::procedure::WITHDRAWN;

/// The case after an event. Only [`Fact::Opened`] makes one; any other event on nothing is nothing.
pub fn evolve(case: Option<Case>, event: &Event) -> Option<Case> {
    match (case, &event.fact) {
        (None, Fact::Opened(opened)) => Some(open(opened, event)),
        (None, _) => None,
        (Some(mut case), _) => {
            apply(&mut case, event);
            Some(case)
        }
    }
}

fn open(opened: &Opened, event: &Event) -> Case {
    Case {
        id: opened.id,
        number: opened.number.clone(),
        procedure: opened.procedure.clone(),
        procedure_version: opened.procedure_version,
        kind: opened.kind,
        state: opened.state.clone(),
        priority: opened.priority,
        channel: opened.channel,
        subject: opened.subject.clone(),
        fields: opened.fields.clone(),
        site_id: opened.site_id,
        customer_id: opened.customer_id,
        asset_id: opened.asset_id,
        parent_id: opened.parent_id,
        follow_up: opened.follow_up.clone(),
        duty: opened.duty.clone(),
        owner_id: opened.owner_id,
        assignee_id: opened.assignee_id,
        pool: None,
        opened_by: event.actor,
        team: opened.team.clone(),
        opened_at: event.at,
        closed_at: None,
        given: opened.given.clone(),
        clocks: Vec::new(),
        earlier: Vec::new(),
        transfer: None,
        extension: None,
        suspended: None,
        supervised_at: None,
        urged: 0,
        links: Vec::new(),
        helpers: Vec::new(),
        approval: None,
        holds: Vec::new(),
        taken: BTreeMap::new(),
        version: 1,
    }
}

/// Changes a case that exists.
pub(super) fn apply(case: &mut Case, event: &Event) {
    case.version += 1;
    match &event.fact {
        Fact::Opened(_) | Fact::Commented { .. } | Fact::ActRefused { .. } => {}
        Fact::FollowUpOpened(_) | Fact::FollowUpClosed { .. } => {}
        Fact::AttachmentAdded(_) | Fact::AttachmentRemoved { .. } => {}
        Fact::ActionTaken { action, from, to, input, counted, .. } => {
            if *counted {
                case.taken.entry(action.clone()).or_default().push(event.at);
            }
            case.state.clone_from(to);
            case.fields.extend(input.clone());
            // An action may lead out of a final state; where it leads into one, `Closed` follows.
            if from != to {
                case.closed_at = None;
            }
        }
        Fact::Closed { .. } => {
            case.closed_at = Some(event.at);
            case.transfer = None;
            case.extension = None;
            case.suspended = None;
            if let Some(round) = case.approval.as_mut().filter(|it| it.is_open()) {
                round.outcome = Some(super::Outcome::Lapsed);
            }
        }
        Fact::Edited(edited) => edit(case, edited),
        Fact::Assigned { to, team, pool, .. } => {
            case.assignee_id = *to;
            if pool.is_some() {
                case.pool.clone_from(pool);
            }
            case.team.clone_from(team);
            case.transfer = None;
        }
        Fact::HelperAdded { user_id, .. } => {
            if !case.helpers.contains(user_id) {
                case.helpers.push(*user_id);
            }
        }
        Fact::HelperRemoved { user_id, .. } => case.helpers.retain(|it| it != user_id),
        Fact::ApprovalAsked { .. }
        | Fact::ApprovalGiven { .. }
        | Fact::ApprovalDelegated { .. }
        | Fact::ApprovalDecided { .. } => approval::apply(case, &event.fact, event.actor, event.at),
        Fact::Held(held) => case.holds.push(held.clone()),
        Fact::Released(held) => case.holds.retain(|it| it != held),
        Fact::Owned { owner_id } => case.owner_id = Some(*owner_id),
        Fact::TransferOffered(transfer) => case.transfer = Some(transfer.clone()),
        Fact::TransferDeclined { .. } => case.transfer = None,
        Fact::Returned { to, .. } => case.state.clone_from(to),
        Fact::Urged { .. } => case.urged += 1,
        Fact::Supervised { .. } => case.supervised_at = Some(event.at),
        Fact::ExtensionRequested(extension) => case.extension = Some(extension.clone()),
        Fact::ExtensionApproved { .. } | Fact::ExtensionRefused { .. } => case.extension = None,
        Fact::Suspended { reason } => {
            case.suspended = Some(Suspension { since: event.at, reason: reason.clone() });
        }
        Fact::Resumed => case.suspended = None,
        Fact::Linked(link) => case.links.push(link.clone()),
        Fact::Withdrawn { .. } => WITHDRAWN.clone_into(&mut case.state),
        Fact::Reopened { to, .. } => {
            case.state.clone_from(to);
            case.closed_at = None;
            // Its promises are made anew, and so is the ladder that may call for supervision.
            case.supervised_at = None;
        }
        Fact::Migrated { to_version, to, .. } => {
            case.procedure_version = *to_version;
            case.state.clone_from(to);
        }
        Fact::ClockStarted { .. } => start(case, event),
        Fact::ClockPaused { clock }
        | Fact::ClockResumed { clock, .. }
        | Fact::ClockRetargeted { clock, .. }
        | Fact::ClockWarned { clock, .. }
        | Fact::ClockBreached { clock, .. }
        | Fact::ClockEscalated { clock, .. }
        | Fact::ClockStopped { clock, .. }
        | Fact::ClockCancelled { clock } => {
            // An approved extension is part of what determines the deadline.
            if let Some(clock) = case.clocks.iter_mut().find(|it| it.code == *clock) {
                tick(clock, event);
            }
            // More time for a promise that is over is a question nobody asks any longer.
            let over =
                matches!(event.fact, Fact::ClockStopped { .. } | Fact::ClockCancelled { .. });
            if over && case.extension.as_ref().is_some_and(|it| it.clock == *clock) {
                case.extension = None;
            }
        }
    }
    if let Fact::ExtensionApproved { clock, span } = &event.fact
        && let Some(clock) = case.clocks.iter_mut().find(|it| it.code == *clock)
    {
        clock.extensions.push(*span);
    }
}

fn edit(case: &mut Case, edited: &Edited) {
    if let Some(subject) = &edited.subject {
        case.subject.clone_from(subject);
    }
    case.priority = edited.priority.unwrap_or(case.priority);
    case.channel = edited.channel.unwrap_or(case.channel);
    case.customer_id = edited.customer_id.unwrap_or(case.customer_id);
    case.asset_id = edited.asset_id.unwrap_or(case.asset_id);
    if let Some(fields) = &edited.fields {
        case.fields.clone_from(fields);
    }
}

/// A clock starts, or starts anew: what became of it before is kept, because it counts.
fn start(case: &mut Case, event: &Event) {
    let Fact::ClockStarted {
        clock: code,
        span,
        calendar,
        calendar_version,
        due_at,
        started_at,
        next_at,
        clauses,
        paused,
    } = &event.fact
    else {
        return;
    };
    let before = case.clocks.iter_mut().find(|it| it.code == *code);
    let clock = Clock {
        code: code.clone(),
        run: before.as_ref().map_or(1, |it| it.run.saturating_add(1)),
        state: if *paused { ClockState::Paused } else { ClockState::Running },
        span: *span,
        calendar: calendar.clone(),
        calendar_version: *calendar_version,
        started_at: started_at.unwrap_or(event.at),
        due_at: *due_at,
        pauses: Vec::new(),
        paused_at: paused.then_some(event.at),
        paused_us: 0,
        extensions: Vec::new(),
        fired: Vec::new(),
        breached_at: None,
        stopped_at: None,
        next_at: *next_at,
        clauses: clauses.clone(),
    };
    match before {
        Some(before) => case.earlier.push(std::mem::replace(before, clock)),
        None => case.clocks.push(clock),
    }
}

fn tick(clock: &mut Clock, event: &Event) {
    let at = event.at;
    match &event.fact {
        Fact::ClockPaused { .. } => {
            clock.state = ClockState::Paused;
            clock.paused_at = Some(at);
            clock.next_at = None;
        }
        Fact::ClockResumed { paused_us, due_at, next_at, .. } => {
            unpause(clock, at);
            clock.paused_us = *paused_us;
            aim(clock, *due_at, *next_at, at);
        }
        Fact::ClockRetargeted {
            span,
            calendar,
            calendar_version,
            paused_us,
            due_at,
            next_at,
            clauses,
            ..
        } => {
            if let Some(clauses) = clauses {
                clock.clauses.clone_from(clauses);
            }
            clock.span = *span;
            clock.calendar.clone_from(calendar);
            clock.calendar_version = *calendar_version;
            clock.paused_us = *paused_us;
            aim(clock, *due_at, *next_at, at);
        }
        Fact::ClockWarned { point, next_at, .. } => {
            clock.fired.push(format!("warn:{point}"));
            clock.next_at = *next_at;
        }
        Fact::ClockBreached { due_at, next_at, .. } => {
            clock.fired.push(DUE.to_owned());
            clock.breached_at = Some(*due_at);
            clock.state = ClockState::Breached;
            clock.next_at = *next_at;
        }
        Fact::ClockEscalated { rung, next_at, .. } => {
            clock.fired.push(format!("rung:{rung}"));
            clock.next_at = *next_at;
        }
        Fact::ClockStopped { met, .. } => {
            unpause(clock, at);
            clock.state = if *met { ClockState::Met } else { ClockState::MetLate };
            clock.stopped_at = Some(at);
            clock.next_at = None;
        }
        Fact::ClockCancelled { .. } => {
            unpause(clock, at);
            clock.state = ClockState::Cancelled;
            clock.stopped_at = Some(at);
            clock.next_at = None;
        }
        _ => {}
    }
}

fn unpause(clock: &mut Clock, at: Timestamp) {
    if let Some(from) = clock.paused_at.take() {
        clock.pauses.push(Pause { from, to: at });
    }
}

/// A new deadline. One that lies ahead again is a promise that can be kept again: the breach stays
/// in the log, and the deadline's own signal is armed once more.
fn aim(clock: &mut Clock, due_at: Timestamp, next_at: Option<Timestamp>, at: Timestamp) {
    clock.due_at = due_at;
    clock.next_at = next_at;
    if due_at > at {
        clock.breached_at = None;
        clock.fired.retain(|it| it != DUE);
    }
    if clock.paused_at.is_none() {
        clock.state =
            if clock.breached_at.is_some() { ClockState::Breached } else { ClockState::Running };
    }
}
