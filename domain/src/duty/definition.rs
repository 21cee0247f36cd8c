//! A duty as it is written in `duties.toml`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::span::Span;
use crate::text::Text;

/// A recurring obligation: when it arises, and the case it opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// What files and the API call it: `mall_weekly_report`.
    pub code: String,
    /// What people call it; the subject of the cases it opens.
    pub title: Text,
    /// When: an RFC 5545 recurrence rule without DTSTART, in the site's local time.
    pub rule: String,
    /// The local time of day, `HH:MM`.
    #[serde(default = "nine")]
    pub at: String,
    /// What happens on a day the calendar is closed.
    #[serde(default)]
    pub closed: Closed,
    /// The calendar whose working days count, and that counts `within`; the site's own if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// How many on each occurrence's day.
    #[serde(default = "one")]
    pub times: u32,
    /// At times nobody can foresee, within that day's working hours.
    #[serde(default)]
    pub unfixed: bool,
    /// The procedure of the cases it opens.
    pub open: String,
    /// The opened case's form.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Due within this of the occurrence.
    pub within: Span,
    /// Who does it: `role:…`, a pool whose members are told; nobody in particular if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<String>,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// What happens to an occurrence on a day the calendar is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// It arises all the same.
    #[default]
    Same,
    /// It does not arise.
    Skip,
    /// It arises on the working day before.
    Before,
    /// It arises on the next working day.
    After,
}

fn nine() -> String {
    "09:00".to_owned()
}

fn one() -> u32 {
    1
}
