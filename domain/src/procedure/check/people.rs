//! Who may: every action can be taken by somebody, everybody who is named exists.

use super::faults::Faults;
use super::{RELATIONS, Surroundings};
use crate::procedure::definition::{Assigns, Definition};

pub(super) fn check(definition: &Definition, around: &Surroundings<'_>, faults: &mut Faults) {
    if definition.opens.is_empty() {
        faults.add("/opens", "nobody_may", "没有人可以登记", "nobody may open one");
    }
    for (index, by) in definition.opens.iter().enumerate() {
        // `system` alone: only other procedures open it.
        if by != "system" && !around.permissions.contains(by) {
            unknown_permission(format!("/opens/{index}"), by, faults);
        }
    }
    for (index, action) in definition.actions.iter().enumerate() {
        if action.by.is_empty() {
            faults.add(
                format!("/actions/{index}/by"),
                "nobody_may",
                format!("没有人可以做 `{}`", action.code),
                format!("nobody may take `{}`", action.code),
            );
        }
        for (step, by) in action.by.iter().enumerate() {
            if !RELATIONS.contains(&by.as_str()) && !around.permissions.contains(by) {
                unknown_permission(format!("/actions/{index}/by/{step}"), by, faults);
            }
        }
    }
    for (index, approval) in definition.approvals.iter().enumerate() {
        for (step, it) in approval.steps.iter().enumerate() {
            for by in it.by.iter().chain(&it.all).filter(|it| !around.permissions.contains(*it)) {
                unknown_permission(format!("/approvals/{index}/steps/{step}"), by, faults);
            }
        }
    }
    for (index, action) in definition.actions.iter().enumerate() {
        if let Some(Assigns::Role(role)) = &action.assigns {
            let place = format!("/actions/{index}/assigns");
            target(place, &format!("role:{role}"), around, faults);
        }
    }
    for (index, clock) in definition.clocks.iter().enumerate() {
        for (rung, it) in clock.escalate.iter().enumerate() {
            for (step, target) in it.notify.iter().enumerate() {
                let place = format!("/clocks/{index}/escalate/{rung}/notify/{step}");
                self::target(place, target, around, faults);
            }
        }
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        if let Some(assign) = &follow_up.assign {
            target(format!("/follow_ups/{index}/assign"), assign, around, faults);
        }
    }
}

fn unknown_permission(place: String, by: &str, faults: &mut Faults) {
    faults.add(
        place,
        "unknown_permission",
        format!("`{by}` 既不是与服务单的关系,也不是已知的权限"),
        format!("`{by}` is neither a relation to a case nor a permission that exists"),
    );
}

fn target(place: String, target: &str, around: &Surroundings<'_>, faults: &mut Faults) {
    match target.strip_prefix("role:") {
        Some(role) if around.roles.contains(role) => {}
        Some(role) => faults.add(
            place,
            "unknown_role",
            format!("没有角色 `{role}`"),
            format!("there is no role `{role}`"),
        ),
        None if matches!(target, "assignee" | "owner") => {}
        None => faults.add(
            place,
            "unknown_person",
            format!("`{target}` 不是 assignee、owner 或 role:…"),
            format!("`{target}` is none of assignee, owner, role:…"),
        ),
    }
}
