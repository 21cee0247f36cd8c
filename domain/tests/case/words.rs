//! Facts and refusals in a line each, so that a test reads as what happened.

use std::fmt::Write as _;

use chrono::{Datelike as _, Timelike as _};
use kefu_domain::Timestamp;
use kefu_domain::case::{Fact, Notice, Recipient, Refusal};
use serde_json::{Map, Value};

use crate::people::name;

/// An instant in Shanghai, to the microsecond; year and seconds where they are not the usual.
pub(crate) fn when(at: Timestamp) -> String {
    let local = at.with_timezone(&chrono_tz::Asia::Shanghai);
    let date = if local.year() == 2026 { "%m-%d" } else { "%Y-%m-%d" };
    let even = local.second() == 0 && local.nanosecond() == 0;
    let time = if even { "%H:%M" } else { "%H:%M:%S%.f" };
    local.format(&format!("{date} {time}")).to_string()
}

fn json(members: &Map<String, Value>) -> String {
    if members.is_empty() { String::new() } else { format!(" {}", Value::Object(members.clone())) }
}

fn because(reason: Option<&String>) -> String {
    reason.map(|it| format!(": {it}")).unwrap_or_default()
}

/// What happened.
pub(crate) fn tell(fact: &Fact) -> String {
    match fact {
        Fact::Opened(it) => format!("opened in {}{}", it.state, json(&it.fields)),
        Fact::ActionTaken { action, from, to, input, note, .. } => {
            format!("{action}: {from} → {to}{}{}", json(input), because(note.as_ref()))
        }
        Fact::Closed { state } => format!("closed in {state}"),
        Fact::Commented { text } => format!("said: {text}"),
        Fact::AttachmentAdded(it) => format!("attached {}", it.name),
        Fact::AttachmentRemoved { name, .. } => format!("detached {name}"),
        Fact::Edited(it) => format!("edited {}", serde_json::to_value(it).unwrap()),
        Fact::Assigned { to, by, reason, .. } => {
            let by = serde_json::to_value(by).unwrap();
            let by = by.as_str().unwrap();
            format!("assigned to {} by {by}{}", name(*to), because(reason.as_ref()))
        }
        Fact::Owned { owner_id } => format!("owned by {}", name(Some(*owner_id))),
        Fact::TransferOffered(it) => format!("offered to {}: {}", name(Some(it.to)), it.reason),
        Fact::TransferDeclined { reason } => format!("transfer declined: {reason}"),
        Fact::Returned { from, to, reason } => format!("returned: {from} → {to}: {reason}"),
        Fact::Urged { reason } => format!("urged{}", because(reason.as_ref())),
        Fact::Supervised { reason } => format!("supervised{}", because(reason.as_ref())),
        Fact::ExtensionRequested(it) => format!("{} wants {}: {}", it.clock, it.span, it.reason),
        Fact::ExtensionApproved { clock, span } => format!("{clock} gets {span}"),
        Fact::ExtensionRefused { clock, reason } => format!("{clock} gets nothing: {reason}"),
        Fact::Suspended { reason } => format!("suspended: {reason}"),
        Fact::Resumed => "resumed".to_owned(),
        Fact::Linked(it) => format!("linked as {}", it.relation.as_str()),
        Fact::Withdrawn { from, reason } => format!("withdrawn from {from}: {reason}"),
        Fact::Reopened { from, to, reason } => format!("reopened: {from} → {to}: {reason}"),
        Fact::FollowUpOpened(_) | Fact::FollowUpClosed { .. } => tell_follow_up(fact),
        Fact::ActRefused { act, refusal } => format!("the system's {act} was refused: {refusal}"),
        _ => tell_clock(fact),
    }
}

fn tell_follow_up(fact: &Fact) -> String {
    match fact {
        Fact::FollowUpOpened(it) => {
            let mut told = format!("{} opens {}{}", it.follow_up, it.procedure, json(&it.fields));
            if let Some(id) = it.assignee_id {
                write!(told, " for {}", name(Some(id))).unwrap();
            }
            if let Some(role) = &it.pool {
                write!(told, " for any {role}").unwrap();
            }
            if let Some(given) = &it.given {
                write!(told, " within {}", given.span).unwrap();
            }
            if let Some(calendar) = it.given.as_ref().and_then(|it| it.calendar.as_ref()) {
                write!(told, " by {calendar}").unwrap();
            }
            told
        }
        Fact::FollowUpClosed { follow_up, state, act, .. } => {
            let act = act.as_ref().map(|it| format!(", so {it}")).unwrap_or_default();
            format!("{follow_up} ended in {state}{act}")
        }
        _ => unreachable!("only follow-ups come here"),
    }
}

fn tell_clock(fact: &Fact) -> String {
    match fact {
        Fact::ClockStarted { clock, due_at, paused, .. } => {
            let still = if *paused { ", standing still" } else { "" };
            format!("{clock} starts, due {}{still}", when(*due_at))
        }
        Fact::ClockPaused { clock } => format!("{clock} stands still"),
        Fact::ClockResumed { clock, due_at, .. } => {
            format!("{clock} goes on, due {}", when(*due_at))
        }
        Fact::ClockRetargeted { clock, why, due_at, .. } => {
            let why = serde_json::to_value(why).unwrap();
            format!("{clock} now due {} ({})", when(*due_at), why.as_str().unwrap())
        }
        Fact::ClockWarned { clock, point, at, .. } => {
            format!("{clock} warns {point} at {}", when(*at))
        }
        Fact::ClockBreached { clock, due_at, .. } => {
            format!("{clock} breached at {}", when(*due_at))
        }
        Fact::ClockEscalated { clock, rung, at, notify, act, .. } => {
            let mut told = format!("{clock} rung {rung} at {}", when(*at));
            if !notify.is_empty() {
                write!(told, " tells {}", notify.join(" ")).unwrap();
            }
            if let Some(act) = act {
                write!(told, " does {act}").unwrap();
            }
            told
        }
        Fact::ClockStopped { clock, met, .. } => {
            format!("{clock} {}", if *met { "met" } else { "met late" })
        }
        Fact::ClockCancelled { clock } => format!("{clock} cancelled"),
        other => format!("{other:?}"),
    }
}

/// Who is told of what: `ann assigned`, `role lead clock_escalated report`.
pub(crate) fn heard(notice: &Notice) -> String {
    let to = match &notice.to {
        Recipient::User(id) => name(Some(*id)).to_owned(),
        Recipient::Role(role) => format!("role {role}"),
        Recipient::Permission(permission) => format!("permission {permission}"),
    };
    let clock = notice.clock.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    let signal = notice.signal.as_ref().map(|it| format!(" {it}")).unwrap_or_default();
    format!("{to} {}{clock}{signal}", notice.kind.as_str())
}

/// Which rule said no, and what it said.
pub(crate) fn refused(refusal: &Refusal) -> String {
    let code = refusal.code();
    match refusal {
        Refusal::NotFound | Refusal::AlreadyAssigned => format!("no: {code}"),
        Refusal::UnknownAction { action }
        | Refusal::Suspended { action }
        | Refusal::OwnRequest { action }
        | Refusal::NothingPending { action }
        | Refusal::AlreadyPending { action } => format!("no: {code} {action}"),
        Refusal::NotAllowed { needs, clause, .. } => {
            let clause = clause.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
            format!("no: {code}, needs {}{clause}", needs.join(" or "))
        }
        Refusal::WrongState { state, from, .. } if from.is_empty() => format!("no: {code} {state}"),
        Refusal::WrongState { state, from, .. } => {
            format!("no: {code} {state}, from {}", from.join(" or "))
        }
        Refusal::Guarded { condition, clause, .. } => {
            let clause = clause.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
            format!("no: {code}, {condition}{clause}")
        }
        Refusal::OutsideWindow { window, .. } => format!("no: {code}, {window}"),
        Refusal::TooOften { times, .. } => format!("no: {code}, {times}"),
        Refusal::Invalid(faults) => {
            let mut all: Vec<_> =
                faults.iter().map(|it| format!("{} {}", it.pointer, it.code)).collect();
            all.sort();
            format!("no: {code}, {}", all.join(", "))
        }
        Refusal::NoDeadline { clock, calendar } => format!("no: {code} for {clock} by {calendar}"),
        Refusal::BrokenRule { place, .. } => format!("no: {code} in {place}"),
    }
}
