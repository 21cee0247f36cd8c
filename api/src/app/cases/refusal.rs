//! The kernel's refusals in words a person can act on. One match: a new rule does not compile
//! until it has its words.

use kefu_domain::case::{Held, Refusal};
use kefu_domain::procedure::definition::Per;
use kefu_domain::text::Text;

use crate::app::{Failure, Refused};
use crate::problem::Code;

/// What a refusal is to whoever asked. `allowed` is what is open to them instead.
pub(super) fn refused(refusal: Refusal, allowed: Option<Vec<String>>) -> Failure {
    let (code, detail) = match &refusal {
        Refusal::NotFound => return Failure::NotFound,
        Refusal::Invalid(faults) => return Failure::Invalid(faults.clone()),
        Refusal::BrokenRule { place, detail } => return broken(&format!("{place}: {detail}")),
        Refusal::UnknownAction { action } => (
            Code::UnknownAction,
            Text::new(
                format!("该流程没有操作 {action}。"),
                format!("The procedure has no action {action}."),
            ),
        ),
        Refusal::NotAllowed { action, needs, .. } => (Code::Forbidden, not_allowed(action, needs)),
        Refusal::WrongState { action, state, from } => {
            (Code::ActionNotOpen, wrong_state(action, state, from))
        }
        Refusal::Suspended { action } => (
            Code::ActionNotOpen,
            Text::new(
                format!("服务单已挂起，恢复（resume）后才能执行 {action}。"),
                format!("The case is suspended: resume it before {action}."),
            ),
        ),
        Refusal::Guarded { action, condition, .. } => (
            Code::RuleRefused,
            Text::new(
                format!("执行 {action} 的条件未满足：{condition}"),
                format!("The condition of {action} does not hold: {condition}"),
            ),
        ),
        Refusal::OutsideWindow { action, window, .. } => (
            Code::RuleRefused,
            Text::new(
                format!("{action} 只能在规定时间内执行：{window}。"),
                format!("{action} can be taken only in its window: {window}."),
            ),
        ),
        Refusal::TooOften { action, times, per, .. } => {
            (Code::RuleRefused, too_often(action, *times, *per))
        }
        Refusal::OwnRequest { .. } => (
            Code::RuleRefused,
            Text::new("不能审批自己提出的申请。", "Nobody rules on their own request."),
        ),
        Refusal::NothingPending { action } => (
            Code::ActionNotOpen,
            Text::new(
                format!("没有可供 {action} 处理的事项。"),
                format!("There is nothing for {action} to act on."),
            ),
        ),
        Refusal::AlreadyPending { action } => (
            Code::ActionNotOpen,
            Text::new(
                format!("{action} 已在进行或已经生效。"),
                format!("{action} is under way or in force already."),
            ),
        ),
        Refusal::AlreadyAssigned => {
            (Code::ActionNotOpen, Text::new("已有经办人。", "Somebody works on it already."))
        }
        Refusal::NoDeadline { clock, calendar } => (
            Code::NoDeadline,
            Text::new(
                format!("时限 {clock} 算不出截止时间：日历 {calendar} 不存在或不再开放。"),
                format!(
                    "Clock {clock} has no deadline: calendar {calendar} is missing or never opens."
                ),
            ),
        ),
    };
    let (needs_permission, clause) = match refusal {
        Refusal::NotAllowed { needs, clause, .. } => (Some(needs.join(" | ")), clause),
        Refusal::Guarded { clause, .. }
        | Refusal::OutsideWindow { clause, .. }
        | Refusal::TooOften { clause, .. } => (None, clause),
        _ => (None, None),
    };
    Failure::Refused(Box::new(Refused {
        code,
        detail,
        allowed_actions: allowed,
        needs_permission,
        clause,
    }))
}

/// The machinery is at fault, not the caller.
pub(super) fn broken(what: &str) -> Failure {
    Failure::Broken(what.to_owned())
}

fn too_often(action: &str, times: u32, per: Per) -> Text {
    let (zh, en) = match per {
        Per::Day => ("每天", "a day"),
        Per::Week => ("每周", "a week"),
        Per::Month => ("每月", "a month"),
        Per::Case => ("每单", "a case"),
    };
    Text::new(
        format!("{action} {zh}至多执行 {times} 次。"),
        format!("{action} can be taken {times} times {en} at most."),
    )
}

/// A thing that another case has, and the clause that says there is one of it.
pub(super) fn already_held(thing: &Held, number: Option<&str>, clause: Option<String>) -> Failure {
    let (kind, value) = (&thing.hold, &thing.value);
    let detail = match number {
        Some(number) => Text::new(
            format!("{kind} {value} 已被服务单 {number} 占用。"),
            format!("{kind} {value} is with case {number}."),
        ),
        // Whoever may not see the other case is not told which it is.
        None => Text::new(
            format!("{kind} {value} 已被占用。"),
            format!("{kind} {value} is with another case."),
        ),
    };
    Failure::Refused(Box::new(Refused {
        code: Code::AlreadyHeld,
        detail,
        allowed_actions: None,
        needs_permission: None,
        clause,
    }))
}

fn not_allowed(action: &str, needs: &[String]) -> Text {
    let needs = needs.join(" | ");
    Text::new(
        format!("执行 {action} 需要以下任一身份或权限：{needs}。"),
        format!("{action} takes one of: {needs}."),
    )
}

fn wrong_state(action: &str, state: &str, from: &[String]) -> Text {
    if from.is_empty() {
        return Text::new(
            format!("服务单处于 {state} 状态，不能执行 {action}。"),
            format!("The case is in state {state}: {action} cannot be done there."),
        );
    }
    let from = from.join(", ");
    Text::new(
        format!("服务单处于 {state} 状态；{action} 只能在 {from} 状态执行。"),
        format!("The case is in state {state}; {action} can be done in {from}."),
    )
}
