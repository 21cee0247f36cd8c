//! One thing that is wrong with something somebody wrote: a form's input, a procedure, a calendar.

use serde::Serialize;

use crate::text::Text;

/// What is wrong, and where. All faults are collected before anybody is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where: an RFC 6901 JSON pointer into what was given.
    pub pointer: String,
    /// The line in the file, where there is a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// A stable word for programs: `unknown_state`, `overlap`, `required`.
    pub code: &'static str,
    /// What to do about it, for people.
    pub detail: Text,
}

impl Fault {
    /// A fault at a place; its line is found later, where there is one.
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Text) -> Self {
        Self { pointer: pointer.into(), line: None, code, detail }
    }
}
