//! What carries a clause out: the address of a thing that acts, and who cites what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::procedure::Definition;

/// What the kernel does for every case: a clause may name these as `kernel:…`.
pub const KERNEL: &[&str] = &[
    "log",
    "permissions",
    "scopes",
    "ownership",
    "transfer",
    "supervise",
    "urge",
    "extension",
    "suspend",
    "attachments",
    "customers",
    "assets",
    "search",
    "export",
    "notifications",
    "calendars",
    "accounts",
];

/// What carries a clause out, by its address: `procedure:complaint/clock:reply`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Enforcer {
    /// A procedure as a whole.
    Procedure(String),
    /// A part of a procedure.
    Part {
        /// The procedure.
        procedure: String,
        /// What kind of part.
        part: Part,
        /// Which.
        code: String,
    },
    /// A duty.
    Duty(String),
    /// A metric.
    Metric(String),
    /// A post.
    Role(String),
    /// A permission.
    Permission(String),
    /// A working calendar: hours that are kept.
    Calendar(String),
    /// What the kernel does for every case.
    Kernel(String),
}

/// A kind of part of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A state.
    State,
    /// An action.
    Action,
    /// A clock.
    Clock,
    /// A follow-up.
    FollowUp,
    /// A figure.
    Figure,
    /// A field of a form.
    Field,
    /// An approval.
    Approval,
    /// A hold.
    Hold,
}

const PARTS: [(&str, Part); 8] = [
    ("state", Part::State),
    ("action", Part::Action),
    ("clock", Part::Clock),
    ("follow_up", Part::FollowUp),
    ("figure", Part::Figure),
    ("field", Part::Field),
    ("approval", Part::Approval),
    ("hold", Part::Hold),
];

impl Part {
    /// The word in an address.
    pub fn as_str(self) -> &'static str {
        PARTS.iter().find(|(_, part)| *part == self).map_or("", |(word, _)| word)
    }
}

impl Enforcer {
    /// A part of a procedure.
    pub fn part(procedure: &str, part: Part, code: &str) -> Self {
        Self::Part { procedure: procedure.to_owned(), part, code: code.to_owned() }
    }

    /// The procedure it is, or is a part of.
    pub fn procedure(&self) -> Option<&str> {
        match self {
            Self::Procedure(code) | Self::Part { procedure: code, .. } => Some(code),
            _ => None,
        }
    }
}

impl fmt::Display for Enforcer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Procedure(code) => write!(f, "procedure:{code}"),
            Self::Part { procedure, part, code } => {
                write!(f, "procedure:{procedure}/{}:{code}", part.as_str())
            }
            Self::Duty(code) => write!(f, "duty:{code}"),
            Self::Metric(code) => write!(f, "metric:{code}"),
            Self::Role(code) => write!(f, "role:{code}"),
            Self::Permission(code) => write!(f, "permission:{code}"),
            Self::Calendar(code) => write!(f, "calendar:{code}"),
            Self::Kernel(code) => write!(f, "kernel:{code}"),
        }
    }
}

impl FromStr for Enforcer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no address: `procedure:complaint/clock:reply`");
        let (kind, rest) = text.split_once(':').ok_or_else(wrong)?;
        let code = || rest.to_owned();
        Ok(match kind {
            "procedure" => match rest.split_once('/') {
                None => Self::Procedure(code()),
                Some((procedure, part)) => {
                    let (kind, code) = part.split_once(':').ok_or_else(wrong)?;
                    let found = PARTS.iter().find(|(word, _)| *word == kind).ok_or_else(wrong)?;
                    Self::part(procedure, found.1, code)
                }
            },
            "duty" => Self::Duty(code()),
            "metric" => Self::Metric(code()),
            "role" => Self::Role(code()),
            "permission" => Self::Permission(code()),
            "calendar" => Self::Calendar(code()),
            "kernel" => Self::Kernel(code()),
            _ => return Err(wrong()),
        })
    }
}

impl TryFrom<String> for Enforcer {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Enforcer> for String {
    fn from(enforcer: Enforcer) -> Self {
        enforcer.to_string()
    }
}

/// Whether a procedure has such a part.
pub(super) fn has(definition: &Definition, part: Part, code: &str) -> bool {
    match part {
        Part::State => definition.states.iter().any(|it| it.code == code),
        Part::Action => definition.actions.iter().any(|it| it.code == code),
        Part::Clock => {
            definition.clocks.iter().any(|it| it.code == code)
                || definition.approvals.iter().any(|it| it.clock().as_deref() == Some(code))
        }
        Part::FollowUp => definition.follow_ups.iter().any(|it| it.code() == code),
        Part::Figure => definition.figures.contains_key(code),
        Part::Field => forms(definition).any(|form| properties(form).contains_key(code)),
        Part::Approval => definition.approvals.iter().any(|it| it.code == code),
        Part::Hold => definition.holds.iter().any(|it| it.code == code),
    }
}

/// The clauses a procedure cites, each with what of it carries the clause out.
pub(super) fn cited(definition: &Definition) -> Vec<(String, Enforcer)> {
    let mut found: Vec<(String, Enforcer)> = Vec::new();
    let mut add = |clauses: &[String], by: Enforcer| {
        found.extend(clauses.iter().map(|id| (id.clone(), by.clone())));
    };
    let own = &definition.code;
    let part = |part, code: &str| Enforcer::part(own, part, code);
    add(&definition.clauses, Enforcer::Procedure(own.clone()));
    for it in &definition.states {
        add(&it.clauses, part(Part::State, &it.code));
    }
    for it in &definition.actions {
        add(&it.clauses, part(Part::Action, &it.code));
    }
    for it in &definition.clocks {
        add(&it.clauses, part(Part::Clock, &it.code));
        for entry in &it.within {
            add(&entry.clauses, part(Part::Clock, &it.code));
        }
    }
    for it in &definition.follow_ups {
        add(&it.clauses, part(Part::FollowUp, it.code()));
        for entry in &it.within {
            add(&entry.clauses, part(Part::FollowUp, it.code()));
        }
    }
    for (code, it) in &definition.figures {
        add(&it.clauses, part(Part::Figure, code));
    }
    for it in &definition.approvals {
        add(&it.clauses, part(Part::Approval, &it.code));
    }
    for it in &definition.holds {
        add(&it.clauses, part(Part::Hold, &it.code));
    }
    for form in forms(definition) {
        for (name, schema) in &properties(form) {
            let mut clauses = Vec::new();
            gather(schema, &mut clauses);
            add(&clauses, part(Part::Field, name));
        }
    }
    found
}

fn forms(definition: &Definition) -> impl Iterator<Item = &Map<String, Value>> {
    std::iter::once(&definition.form).chain(definition.actions.iter().map(|it| &it.form))
}

fn properties(form: &Map<String, Value>) -> Map<String, Value> {
    properties_of(form).cloned().unwrap_or_default()
}

pub(super) fn properties_of(form: &Map<String, Value>) -> Option<&Map<String, Value>> {
    form.get("properties").and_then(Value::as_object)
}

/// The clauses of a property and of what it holds: columns of lines, items of a checklist.
fn gather(schema: &Value, clauses: &mut Vec<String>) {
    let own = schema.get("clauses").and_then(Value::as_array).into_iter().flatten();
    clauses.extend(own.filter_map(|it| it.as_str().map(str::to_owned)));
    let inner = schema.get("items").and_then(|it| it.get("properties"));
    for holder in [schema.get("properties"), inner].into_iter().flatten() {
        holder.as_object().into_iter().flatten().for_each(|(_, it)| gather(it, clauses));
    }
}
