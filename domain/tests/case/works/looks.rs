//! What the conditions of a procedure look at: which fields together, and which values they name.

use std::collections::BTreeSet;

use kefu_domain::procedure::Definition;
use kefu_domain::procedure::definition::Within;

/// Every condition of a procedure, as written.
pub(super) fn conditions(definition: &Definition) -> Vec<String> {
    let when = |all: &[Within]| all.iter().filter_map(|it| it.when.clone()).collect::<Vec<_>>();
    let mut found: Vec<String> =
        definition.actions.iter().filter_map(|it| it.guard.clone()).collect();
    for clock in &definition.clocks {
        found.extend(when(&clock.within));
    }
    for follow_up in &definition.follow_ups {
        found.extend(follow_up.condition.clone());
        found.extend(when(&follow_up.within));
        found.extend(follow_up.on_result.iter().map(|it| it.when.clone()));
    }
    found
}

/// The fields a condition names: what stands after `fields.` (or `input.`).
pub(super) fn fields(condition: &str) -> BTreeSet<String> {
    ["fields.", "input."].iter().flat_map(|it| names_after(condition, it)).collect()
}

/// The fields of children a condition names.
pub(super) fn child_fields(condition: &str) -> BTreeSet<String> {
    let about_children = condition.contains("child");
    if about_children { fields(condition) } else { BTreeSet::new() }
}

fn names_after(text: &str, mark: &str) -> Vec<String> {
    let name = |rest: &str| {
        rest.chars().take_while(|it| it.is_ascii_alphanumeric() || *it == '_').collect::<String>()
    };
    text.split(mark).skip(1).map(name).filter(|it| !it.is_empty()).collect()
}

/// What stands in quotes right after a mark that ends in one.
pub(super) fn quoted_after(text: &str, mark: &str) -> Vec<String> {
    text.split(mark).skip(1).filter_map(|it| it.split('\'').next()).map(str::to_owned).collect()
}

/// The words in quotes.
pub(super) fn words(condition: &str) -> Vec<String> {
    condition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The numbers written out, without those in quotes.
pub(super) fn numbers(condition: &str) -> Vec<f64> {
    let outside: Vec<_> = condition.split('\'').step_by(2).collect();
    let mut found = Vec::new();
    for part in
        outside.join(" ").split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'))
    {
        found.extend(part.parse::<f64>().ok());
    }
    found
}
