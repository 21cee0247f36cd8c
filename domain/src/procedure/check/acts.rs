//! What the system does by itself: rungs of a ladder and results of follow-ups name acts that exist,
//! that the system may take, and that need nothing it cannot say.

use serde_json::Map;

use super::faults::Faults;
use crate::case::ORDINARY_ACTS;
use crate::procedure::ActionRule;
use crate::procedure::definition::Definition;

pub(super) fn check(definition: &Definition, actions: &[Option<ActionRule>], faults: &mut Faults) {
    for (index, act) in definition.acts.except.iter().enumerate() {
        if !ORDINARY_ACTS.contains(&act.as_str()) {
            let all = ORDINARY_ACTS.join(" ");
            faults.add(
                format!("/acts/except/{index}"),
                "unknown_act",
                format!("没有 `{act}` 这个动作;有:{all}"),
                format!("there is no act `{act}`; there are: {all}"),
            );
        }
    }
    let empty = Map::new();
    let mut named = Vec::new();
    for (index, clock) in definition.clocks.iter().enumerate() {
        for (rung, it) in clock.escalate.iter().enumerate() {
            if let Some(act) = &it.act {
                let place = format!("/clocks/{index}/escalate/{rung}");
                self::act(&place, act, &empty, definition, actions, faults);
                named.push(act.as_str());
            }
        }
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        for (result, it) in follow_up.on_result.iter().enumerate() {
            let place = format!("/follow_ups/{index}/on_result/{result}");
            act(&place, &it.act, &it.with, definition, actions, faults);
            named.push(it.act.as_str());
        }
    }
    for (index, action) in definition.actions.iter().enumerate() {
        let system_only = !action.by.is_empty() && action.by.iter().all(|it| it == "system");
        if system_only && !named.contains(&action.code.as_str()) {
            faults.add(
                format!("/actions/{index}/by"),
                "nobody_may",
                format!("`{}` 只许系统做,却没有时钟或后续单会做它", action.code),
                format!(
                    "only the system may take `{}`, and no clock or follow-up does",
                    action.code
                ),
            );
        }
    }
}

fn act(
    place: &str,
    act: &str,
    with: &Map<String, serde_json::Value>,
    definition: &Definition,
    actions: &[Option<ActionRule>],
    faults: &mut Faults,
) {
    let at = format!("{place}/act");
    let Some(index) = definition.actions.iter().position(|it| it.code == act) else {
        ordinary(&at, act, definition, faults);
        return;
    };
    let system =
        definition.actions.get(index).is_some_and(|it| it.by.iter().any(|it| it == "system"));
    if !system {
        faults.add(
            at,
            "system_may_not",
            format!("`{act}` 的 by 里没有 system,系统不能做"),
            format!("the system may not take `{act}`: its `by` does not name `system`"),
        );
    }
    let form = actions.get(index).and_then(Option::as_ref).map(|it| &it.form);
    if let Some(Err(wrong)) = form.map(|it| it.fill(with.clone())) {
        faults.below(&format!("{place}/with"), wrong);
    }
}

fn ordinary(at: &str, act: &str, definition: &Definition, faults: &mut Faults) {
    if !ORDINARY_ACTS.contains(&act) {
        faults.add(
            at,
            "unknown_act",
            format!("没有动作 `{act}`"),
            format!("there is no action `{act}`"),
        );
    } else if definition.acts.except.iter().any(|it| it == act) {
        faults.add(
            at,
            "unknown_act",
            format!("这个流程不用 `{act}`(见 acts.except)"),
            format!("this procedure does without `{act}`, see acts.except"),
        );
    }
}
