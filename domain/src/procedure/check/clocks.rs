//! Clocks: each starts, each can stop, each knows how long, each rung of a ladder makes sense.

use super::faults::Faults;
use super::graph::Graph;
use crate::procedure::definition::{Clock, Definition, Rung, SpanOrFigure, Within};

pub(super) fn check(definition: &Definition, faults: &mut Faults) {
    let graph = Graph::of(definition);
    for (index, clock) in definition.clocks.iter().enumerate() {
        let place = format!("/clocks/{index}");
        runs(&place, clock, &graph, faults);
        if clock.within.is_empty() {
            faults.add(
                format!("{place}/within"),
                "no_span",
                "没有写时限",
                "there is no word on how long",
            );
        }
        within(&place, &clock.within, definition, faults);
        for (rung, it) in clock.escalate.iter().enumerate() {
            self::rung(&format!("{place}/escalate/{rung}"), it, faults);
        }
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        within(&format!("/follow_ups/{index}"), &follow_up.within, definition, faults);
    }
}

fn runs(place: &str, clock: &Clock, graph: &Graph<'_>, faults: &mut Faults) {
    if clock.starts.is_empty() {
        faults.add(
            format!("{place}/starts"),
            "clock_never_starts",
            "没有写从哪个状态开始计时",
            "there is no state in which it starts",
        );
    }
    if clock.stops.is_empty() {
        faults.add(
            format!("{place}/stops"),
            "clock_never_stops",
            "没有写到哪个状态停止计时",
            "there is no state in which it stops",
        );
        return;
    }
    for state in &clock.starts {
        if clock.stops.contains(state) {
            faults.add(
                format!("{place}/stops"),
                "clock_contradicts_itself",
                format!("在状态 `{state}` 既开始又停止"),
                format!("it both starts and stops in the state `{state}`"),
            );
        } else if !graph.leads(state, &clock.stops) {
            faults.add(
                format!("{place}/stops"),
                "clock_never_stops",
                format!("从状态 `{state}` 开始计时后,没有动作能到达停止的状态"),
                format!("once it has started in `{state}`, no action leads to where it stops"),
            );
        }
    }
    for (index, state) in clock.pauses.iter().enumerate() {
        if clock.stops.contains(state) {
            faults.add(
                format!("{place}/pauses/{index}"),
                "clock_contradicts_itself",
                format!("在状态 `{state}` 既暂停又停止"),
                format!("it both pauses and stops in the state `{state}`"),
            );
        }
    }
}

/// Entries of a `within`: each one kind of span, none after one that always applies.
fn within(place: &str, entries: &[Within], definition: &Definition, faults: &mut Faults) {
    let mut decided = false;
    for (index, entry) in entries.iter().enumerate() {
        let at = format!("{place}/within/{index}");
        if decided {
            faults.add(
                &at,
                "never_applies",
                "前面已有无条件的一项,轮不到这一项",
                "an entry before it always applies, this one never does",
            );
        }
        decided = decided || (entry.when.is_none() && entry.span.is_some());
        if entry.given && entry.until.is_some() {
            faults.add(
                &at,
                "span_and_given",
                "`span`、`given` 与 `until` 只能写一个",
                "one of `span`, `given` and `until`, not several",
            );
        }
        match (&entry.span, entry.given || entry.until.is_some()) {
            (Some(_), true) => faults.add(
                &at,
                "span_and_given",
                "`span`、`given` 与 `until` 只能写一个",
                "one of `span`, `given` and `until`, not several",
            ),
            (None, false) => faults.add(
                &at,
                "no_span",
                "`span`、`given` 与 `until` 须写一个",
                "it needs `span`, `given` or `until`",
            ),
            (Some(SpanOrFigure::Figure(name)), false) if !definition.figures.contains_key(name) => {
                faults.add(
                    format!("{at}/span"),
                    "unknown_figure",
                    format!("`figures` 里没有 `{name}`"),
                    format!("there is no `{name}` under `figures`"),
                );
            }
            (Some(_), false) | (None, true) => {}
        }
    }
}

fn rung(place: &str, rung: &Rung, faults: &mut Faults) {
    match (rung.after, rung.before) {
        (Some(_), Some(_)) => faults.add(
            place,
            "after_and_before",
            "`after` 与 `before` 只能写一个",
            "either `after` or `before`, not both",
        ),
        (None, None) => faults.add(
            place,
            "no_point_in_time",
            "`after` 与 `before` 须写一个",
            "it needs `after` or `before`",
        ),
        (Some(_), None) | (None, Some(_)) => {}
    }
    if rung.notify.is_empty() && rung.act.is_none() {
        faults.add(
            place,
            "does_nothing",
            "既不通知谁也不做什么",
            "it tells nobody and does nothing",
        );
    }
}
