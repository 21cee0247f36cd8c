//! When something is tried: now, when a window opens, at the instants a condition names, when a
//! clock has a signal to give.

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_domain::case::{Command, Refusal, decide};
use kefu_domain::procedure::ActionRule;
use kefu_domain::who::Actor;
use serde_json::{Map, Value};

use super::looks;
use super::search::{Place, Search};
use crate::support::instant;

/// A Monday morning.
pub(super) fn start() -> Timestamp {
    instant("11-16 09:30")
}

/// The instants at which an action is tried from a place.
pub(super) fn when(
    search: &Search<'_>,
    place: &Place,
    rule: &ActionRule,
    actor: &Actor,
    ways: &[Map<String, Value>],
) -> Vec<Timestamp> {
    let mut found = vec![place.now];
    if rule.definition.window.is_some() {
        let Some(at) = in_the_window(search, place, rule, actor, ways) else { return found };
        found = vec![at];
    }
    let guard = rule.definition.guard.as_deref().unwrap_or_default();
    if !guard.contains("now") {
        return found;
    }
    let spans: Vec<_> = looks::quoted_after(guard, "duration('")
        .iter()
        .filter_map(|it| {
            it.strip_suffix('h').map(|it| (it, 60)).or(it.strip_suffix('m').map(|it| (it, 1)))
        })
        .filter_map(|(count, minutes)| {
            Some(TimeDelta::minutes(count.parse::<i64>().ok()? * minutes))
        })
        .chain([TimeDelta::zero()])
        .collect();
    let told = place.case.fields.values().filter_map(|it| {
        let text = it.as_str()?;
        let text =
            if text.len() == 10 { format!("{text}T00:00:00+08:00") } else { text.to_owned() };
        Some(chrono::DateTime::parse_from_rfc3339(&text).ok()?.to_utc())
    });
    for from in told.chain([place.case.opened_at]) {
        for span in &spans {
            found.extend([from - *span, from + *span].map(|it| it + TimeDelta::minutes(1)));
        }
    }
    found.retain(|it| *it >= place.now);
    found.sort_unstable();
    found.dedup();
    found
}

/// The first half hour at which the window does not refuse.
fn in_the_window(
    search: &Search<'_>,
    place: &Place,
    rule: &ActionRule,
    actor: &Actor,
    ways: &[Map<String, Value>],
) -> Option<Timestamp> {
    let input = ways.first().cloned().unwrap_or_default();
    (0..48 * 62).map(|it| place.now + TimeDelta::minutes(30 * it)).find(|at| {
        let action = rule.definition.code.clone();
        let command = Command::Act { action, input: input.clone(), note: None };
        let answer = search.world.ask(*at, &place.children, |context| {
            decide(search.procedure, &place.case, actor, command, context)
        });
        !matches!(answer, Err(Refusal::OutsideWindow { .. }))
    })
}

/// When a clock has something to do beside telling people.
pub(super) fn signals(search: &Search<'_>, place: &Place) -> Option<Timestamp> {
    let definition = &search.procedure.definition;
    let acts = definition.clocks.iter().any(|it| it.escalate.iter().any(|it| it.act.is_some()));
    let ends = definition.approvals.iter().any(|it| it.timeout.is_some());
    if !acts && !ends {
        return None;
    }
    place.case.clocks.iter().filter(|it| it.is_open()).filter_map(|it| it.next_at).min()
}
