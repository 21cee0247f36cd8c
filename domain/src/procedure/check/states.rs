//! States: one to start in, every one reachable, a way out of every one that is not final.

use super::faults::Faults;
use super::graph::Graph;
use crate::procedure::WITHDRAWN;
use crate::procedure::definition::Definition;

pub(super) fn check(definition: &Definition, faults: &mut Faults) {
    initial(definition, faults);
    known(definition, faults);
    final_state(definition, faults);
    let graph = Graph::of(definition);
    let reachable = graph.reachable();
    for (index, state) in definition.states.iter().enumerate() {
        let code = state.code.as_str();
        let place = format!("/states/{index}");
        if !reachable.is_empty() && !reachable.contains(code) {
            faults.add(
                &place,
                "unreachable_state",
                format!("没有动作能到达状态 `{code}`"),
                format!("no action leads to the state `{code}`"),
            );
        }
        if state.r#final {
            continue;
        }
        if graph.next(code).next().is_none() {
            faults.add(
                &place,
                "no_way_out",
                format!("状态 `{code}` 不是终态,却没有动作能离开"),
                format!("the state `{code}` is not final and no action leads out of it"),
            );
        } else if graph.has_final() && !graph.ends_from(code) {
            faults.add(
                &place,
                "no_way_out",
                format!("从状态 `{code}` 到不了任何终态"),
                format!("no final state can be reached from the state `{code}`"),
            );
        }
    }
}

fn initial(definition: &Definition, faults: &mut Faults) {
    let mut found = None;
    for (index, state) in definition.states.iter().enumerate().filter(|(_, it)| it.initial) {
        if let Some(first) = found.replace(&state.code) {
            faults.add(
                format!("/states/{index}/initial"),
                "second_initial_state",
                format!("起始状态只能有一个,已有 `{first}`"),
                format!("there is one initial state, and `{first}` is it already"),
            );
        }
        if state.r#final {
            faults.add(
                format!("/states/{index}/final"),
                "initial_is_final",
                "起始状态不能是终态",
                "a case cannot start where it ends",
            );
        }
    }
    if found.is_none() {
        faults.add("/states", "no_initial_state", "没有起始状态", "there is no initial state");
    }
    if !definition.states.is_empty() && !definition.states.iter().any(|it| it.r#final) {
        faults.add("/states", "no_final_state", "没有终态", "there is no final state");
    }
}

/// Every state that is named exists.
fn known(definition: &Definition, faults: &mut Faults) {
    let mut known = |place: String, state: &str| {
        if state != WITHDRAWN && !definition.states.iter().any(|it| it.code == state) {
            let all: Vec<_> = definition.states.iter().map(|it| it.code.as_str()).collect();
            let all = all.join(" ");
            faults.add(
                place,
                "unknown_state",
                format!("没有状态 `{state}`;有:{all}"),
                format!("there is no state `{state}`; there are: {all}"),
            );
        }
    };
    for (index, action) in definition.actions.iter().enumerate() {
        for (step, state) in action.from.iter().enumerate() {
            known(format!("/actions/{index}/from/{step}"), state);
        }
        if let Some(state) = &action.to {
            known(format!("/actions/{index}/to"), state);
        }
    }
    for (index, clock) in definition.clocks.iter().enumerate() {
        let lists = [("starts", &clock.starts), ("stops", &clock.stops), ("pauses", &clock.pauses)];
        for (name, states) in lists {
            for (step, state) in states.iter().enumerate() {
                known(format!("/clocks/{index}/{name}/{step}"), state);
            }
        }
    }
    for (index, follow_up) in definition.follow_ups.iter().enumerate() {
        known(format!("/follow_ups/{index}/when"), &follow_up.when);
    }
    for (place, state) in
        [("/reopen_to", &definition.reopen_to), ("/return_to", &definition.return_to)]
    {
        if let Some(state) = state {
            known(place.to_owned(), state);
        }
    }
}

/// Nothing goes back to a state in which it is closed.
fn final_state(definition: &Definition, faults: &mut Faults) {
    for (place, state) in
        [("/reopen_to", &definition.reopen_to), ("/return_to", &definition.return_to)]
    {
        let Some(state) = state else { continue };
        let closed = definition.states.iter().any(|it| it.r#final && it.code == *state);
        if closed || state == WITHDRAWN {
            faults.add(
                place,
                "final_state",
                format!("`{state}` 是终态,不能退回到那里"),
                format!("`{state}` is final: nothing goes back there"),
            );
        }
    }
    for (index, action) in definition.actions.iter().enumerate() {
        if action.from.is_empty() {
            faults.add(
                format!("/actions/{index}/from"),
                "empty_list",
                "没有写在哪些状态下可以做",
                "it can be taken in no state",
            );
        }
    }
}
