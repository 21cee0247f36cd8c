//! Procedures: checked when they are loaded, run by [`crate::case`].

mod check;
mod condition;
pub mod definition;
mod fields;
mod form;
mod gates;
mod source;

use std::sync::Arc;

use crate::fault::Fault;
use crate::text::Text;

pub(crate) use check::field_types;
pub(crate) use check::is_code;
pub use check::{RELATIONS, Surroundings, check_together};
pub use condition::{Condition, Scope, Type, Types, Wants};
pub use definition::Definition;
pub use fields::{Fields, expand};
pub use form::Form;
pub use source::{Lines, SCHEMA, Words, from_json, from_json_with, from_toml, from_toml_with};
pub(crate) use source::{read_toml, shaped, validator};

/// The final state every procedure has: the customer took the matter back.
pub const WITHDRAWN: &str = "withdrawn";

/// A definition that has passed its checks, with its conditions and forms compiled.
#[derive(Debug)]
pub struct Procedure {
    /// What was published.
    pub definition: Arc<Definition>,
    /// The published version, from 1.
    pub version: u32,
    /// What opening must say.
    pub form: Form,
    /// In the order written.
    pub actions: Vec<ActionRule>,
    /// In the order written.
    pub clocks: Vec<ClockRule>,
    /// In the order written.
    pub follow_ups: Vec<FollowUpRule>,
    /// In the order written.
    pub holds: Vec<HoldRule>,
    /// What its conditions look at beside the case itself.
    pub needs: Needs,
}

/// What conditions look at beside the case: whoever calls `decide` has to load it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Needs {
    /// Some condition reads `customer`.
    pub customer: bool,
    /// Some condition reads `site`.
    pub site: bool,
    /// Some condition reads `children`.
    pub children: bool,
}

/// An action, ready to be taken.
#[derive(Debug)]
pub struct ActionRule {
    /// As written.
    pub definition: definition::Action,
    /// Its guard.
    pub guard: Option<Condition>,
    /// Its input.
    pub form: Form,
}

/// A clock, ready to run.
#[derive(Debug)]
pub struct ClockRule {
    /// As written.
    pub definition: definition::Clock,
    /// How long, in the order written.
    pub within: Vec<WithinRule>,
}

/// How long, under which condition.
#[derive(Debug)]
pub struct WithinRule {
    /// Always, if there is none.
    pub when: Option<Condition>,
    /// Where the span is found; `None` = given by whoever opened the case, or `until` says.
    pub span: Option<definition::SpanOrFigure>,
    /// The deadline itself.
    pub until: Option<Condition>,
    /// The clauses that ask for it.
    pub clauses: Vec<String>,
}

/// A hold, ready to be taken.
#[derive(Debug)]
pub struct HoldRule {
    /// As written.
    pub definition: definition::Hold,
    /// Which one it is.
    pub of: Condition,
}

/// A follow-up, ready to be opened.
#[derive(Debug)]
pub struct FollowUpRule {
    /// As written.
    pub definition: definition::FollowUp,
    /// Whether it is opened at all.
    pub condition: Option<Condition>,
    /// The span it hands over.
    pub within: Vec<WithinRule>,
    /// The opened case's fields.
    pub fields: Vec<(String, Condition)>,
    /// One for each `on_result` of the definition.
    pub on_result: Vec<Condition>,
}

impl Procedure {
    /// Checks a definition and makes it ready to run.
    ///
    /// # Errors
    /// Every fault of the definition, with its place.
    pub fn new(
        definition: Definition,
        version: u32,
        surroundings: &Surroundings<'_>,
    ) -> Result<Self, Vec<Fault>> {
        check::compile(definition, version, surroundings)
    }

    /// Makes a definition that passed its checks when it was published ready to run. Nothing is
    /// checked again, and its forms are compiled when they are first used.
    ///
    /// # Errors
    /// A condition that does not read: it was not published by this program.
    pub fn trusted(definition: Definition, version: u32) -> Result<Self, Vec<Fault>> {
        check::trusted(definition, version)
    }

    /// What files and the API call it.
    pub fn code(&self) -> &str {
        &self.definition.code
    }

    /// The state a case starts in.
    pub fn initial(&self) -> &str {
        self.definition.states.iter().find(|it| it.initial).map_or(WITHDRAWN, |it| &it.code)
    }

    /// The state a reopened case goes back to.
    pub fn reopen_to(&self) -> &str {
        self.definition.reopen_to.as_deref().unwrap_or_else(|| self.initial())
    }

    /// Whether a case in this state is closed.
    pub fn is_final(&self, state: &str) -> bool {
        state == WITHDRAWN || self.definition.states.iter().any(|it| it.r#final && it.code == state)
    }

    /// What people call a state.
    pub fn state_title(&self, state: &str) -> Text {
        if state == WITHDRAWN {
            return Text::new("已撤回", "Withdrawn");
        }
        let found = self.definition.states.iter().find(|it| it.code == state);
        found.and_then(|it| it.title.clone()).unwrap_or_else(|| Text::new(state, state))
    }

    /// The action of that code.
    pub fn action(&self, code: &str) -> Option<&ActionRule> {
        self.actions.iter().find(|it| it.definition.code == code)
    }

    /// The clock of that code.
    pub fn clock(&self, code: &str) -> Option<&ClockRule> {
        self.clocks.iter().find(|it| it.definition.code == code)
    }

    /// The clock that takes the span a case is given by whoever opens it.
    pub fn given_clock(&self) -> Option<&str> {
        self.definition.given_clock()
    }

    /// The follow-up of that code.
    pub fn follow_up(&self, code: &str) -> Option<&FollowUpRule> {
        self.follow_ups.iter().find(|it| it.definition.code() == code)
    }

    /// Whether the procedure has this ordinary act.
    pub fn has_act(&self, act: &str) -> bool {
        !self.definition.acts.except.iter().any(|it| it == act)
    }
}
