//! Moving a running case to another version of its procedure: what would move, and what stands in
//! the way.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::draft::Draft;
use super::event::{Event, Fact};
use super::{Case, Clock, Context, Refusal, hold};
use crate::procedure::Procedure;
use crate::text::Text;
use crate::who::Actor;

/// Why a case stays with its version.
#[derive(Debug, Clone, PartialEq)]
pub struct Obstacle {
    /// A stable word for programs.
    pub code: &'static str,
    /// What stands in the way.
    pub detail: Text,
}

/// Moves a case to another version of its procedure. States that are called otherwise there are
/// named in `states`. Promises that both versions make go on from when they began, by the new
/// version's span; those that it does not make are over; those that it makes here begin.
///
/// # Errors
/// Everything that stands in the way.
pub fn migrate(
    to: &Procedure,
    case: &Case,
    actor: &Actor,
    states: &BTreeMap<String, String>,
    context: &Context<'_>,
) -> Result<Vec<Event>, Vec<Obstacle>> {
    let state = states.get(&case.state).unwrap_or(&case.state);
    let found = obstacles(to, case, state);
    if !found.is_empty() {
        return Err(found);
    }
    let mut draft = Draft::new(to, context, case.clone());
    draft.actor = actor.id;
    let moved = moved(&mut draft, state);
    match moved {
        Ok(()) => Ok(draft.events),
        Err(refusal) => Err(vec![Obstacle {
            code: refusal.code(),
            detail: Text::new(
                format!("新版本的规则不允许：{}", refusal.code()),
                format!("a rule of the new version says no: {}", refusal.code()),
            ),
        }]),
    }
}

fn moved(draft: &mut Draft<'_>, state: &str) -> Result<(), Refusal> {
    let from_version = draft.case.procedure_version;
    let (from, to) = (draft.case.state.clone(), state.to_owned());
    let to_version = draft.procedure.version;
    draft.push(Fact::Migrated { from_version, to_version, from, to });
    let procedure = draft.procedure;
    let open = draft.case.clocks.iter().filter(|it| it.is_open());
    let over: Vec<String> =
        open.filter(|it| procedure.clock(&it.code).is_none()).map(|it| it.code.clone()).collect();
    for clock in over {
        draft.push(Fact::ClockCancelled { clock });
    }
    for rule in &procedure.clocks {
        let known = draft.case.clock(&rule.definition.code);
        if known.is_none() && rule.definition.starts.iter().any(|it| it == state) {
            draft.start(rule)?;
        } else if known.is_some_and(Clock::is_open) {
            draft.match_rule(rule)?;
        }
    }
    draft.match_pauses()?;
    draft.settle()?;
    hold::match_state(draft)
}

fn obstacles(to: &Procedure, case: &Case, state: &str) -> Vec<Obstacle> {
    let mut found = Vec::new();
    let mut add = |code, zh: String, en: String| {
        found.push(Obstacle { code, detail: Text::new(zh, en) });
    };
    if case.closed_at.is_some() {
        add("closed", "服务单已办结".to_owned(), "the case is closed".to_owned());
        return found;
    }
    if case.procedure_version == to.version {
        add("same_version", "已是该版本".to_owned(), "it has that version already".to_owned());
        return found;
    }
    if !to.definition.states.iter().any(|it| it.code == state) {
        add(
            "unknown_state",
            format!("新版本没有状态 `{state}`，请在 states 中指明对应的状态"),
            format!("the new version has no state `{state}`: say in `states` which one it is"),
        );
    } else if to.is_final(state) {
        add(
            "final_state",
            format!("新版本的 `{state}` 是终态"),
            format!("`{state}` is final in the new version"),
        );
    }
    let told: Map<String, Value> = (case.fields.iter())
        .filter(|(name, _)| to.form.property(name).is_some())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for fault in to.form.fill(told).err().into_iter().flatten() {
        add(
            "field",
            format!("字段 {}：{}", fault.pointer, fault.detail.zh),
            format!("field {}: {}", fault.pointer, fault.detail.en),
        );
    }
    if let Some(round) = case.approval.as_ref().filter(|it| it.is_open()) {
        let same = |it: &crate::procedure::definition::Approval| {
            it.code == round.approval && it.state == state
        };
        if !to.definition.approvals.iter().any(same) {
            let code = &round.approval;
            add(
                "approval_pending",
                format!("审批 `{code}` 尚未结束，而新版本在该状态没有这个审批"),
                format!("the approval `{code}` waits, and the new version has none there"),
            );
        }
    }
    if let Some(extension) = &case.extension
        && to.clock(&extension.clock).is_none()
    {
        let clock = &extension.clock;
        add(
            "extension_pending",
            format!("时限 `{clock}` 有待批的延期，而新版本没有这个时限"),
            format!("more time is asked for on `{clock}`, which the new version does not have"),
        );
    }
    found
}
