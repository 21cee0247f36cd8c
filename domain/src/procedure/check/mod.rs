//! Checking a definition: everything that is wrong with it, at its place, before it can be run.

mod acts;
mod clocks;
mod compile;
mod conditions;
mod faults;
mod gates;
mod graph;
mod names;
mod people;
mod references;
mod states;
mod together;

use std::collections::BTreeSet;

pub(super) use compile::{compile, trusted};
pub(crate) use conditions::field_types;
pub(crate) use names::is_code;
pub use together::check_together;

/// What a definition may refer to.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// The ids of the clauses that exist.
    pub clauses: &'a BTreeSet<String>,
    /// The codes of the procedures that exist, those being loaded together included.
    pub procedures: &'a BTreeSet<String>,
    /// The permissions that exist: some role holds them, or a pack declares them.
    pub permissions: &'a BTreeSet<String>,
    /// The codes of the roles that exist.
    pub roles: &'a BTreeSet<String>,
    /// The codes of the calendars that exist; `always` exists in any case.
    pub calendars: &'a BTreeSet<String>,
}

/// What somebody can be to a case; `by` names these beside permissions.
pub const RELATIONS: &[&str] = &["owner", "assignee", "helper", "opener", "customer", "system"];

/// The calendar every organisation has.
const ALWAYS: &str = "always";
