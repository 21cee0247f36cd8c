//! Which state leads to which.

use std::collections::{BTreeMap, BTreeSet};

use crate::procedure::WITHDRAWN;
use crate::procedure::definition::Definition;

/// The states, and the steps actions make between them.
pub(super) struct Graph<'a> {
    definition: &'a Definition,
    steps: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Graph<'a> {
    pub(super) fn of(definition: &'a Definition) -> Self {
        let mut steps: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for action in &definition.actions {
            let Some(to) = action.to.as_deref() else { continue };
            for from in action.from.iter().filter(|it| *it != to) {
                steps.entry(from).or_default().insert(to);
            }
        }
        for it in &definition.approvals {
            let step = steps.entry(&it.state).or_default();
            step.extend([it.approved.as_str(), it.refused.as_str()]);
        }
        Self { definition, steps }
    }

    /// The states one action away.
    pub(super) fn next(&self, state: &str) -> impl Iterator<Item = &'a str> {
        self.steps.get(state).into_iter().flatten().copied()
    }

    /// The states a case can come to; empty if it can start nowhere.
    pub(super) fn reachable(&self) -> BTreeSet<&'a str> {
        let initial = self.definition.states.iter().filter(|it| it.initial);
        let mut from: Vec<_> = initial.map(|it| it.code.as_str()).collect();
        if from.is_empty() {
            return BTreeSet::new();
        }
        // Every case can be withdrawn, reopened and returned, unless the procedure says otherwise.
        let has = |act: &str| !self.definition.acts.except.iter().any(|it| it == act);
        if has("withdraw") {
            from.push(WITHDRAWN);
        }
        if has("reopen") {
            from.extend(self.definition.reopen_to.as_deref());
        }
        if has("return") {
            from.extend(self.definition.return_to.as_deref());
        }
        self.from(from)
    }

    /// Whether there is any final state.
    pub(super) fn has_final(&self) -> bool {
        self.definition.states.iter().any(|it| it.r#final)
    }

    /// Whether actions lead from a state to a final one.
    pub(super) fn ends_from(&self, state: &'a str) -> bool {
        let reached = self.from(vec![state]);
        reached.contains(WITHDRAWN)
            || self
                .definition
                .states
                .iter()
                .any(|it| it.r#final && reached.contains(it.code.as_str()))
    }

    /// Whether actions lead from a state to one of these.
    pub(super) fn leads(&self, state: &'a str, to: &[String]) -> bool {
        let reached = self.from(self.next(state).collect());
        to.iter().any(|it| reached.contains(it.as_str()))
    }

    fn from(&self, mut open: Vec<&'a str>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        while let Some(state) = open.pop() {
            if reached.insert(state) {
                open.extend(self.next(state));
            }
        }
        reached
    }
}
