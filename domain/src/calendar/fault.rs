//! What is wrong with a calendar as written, at its place.

use serde::Serialize;

use crate::text::Text;

/// One fault of a calendar definition or of an imported file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Fault {
    /// JSON pointer to the place, as `/week/mon/1`.
    pub pointer: String,
    /// The kind of fault, stable: one of [`Fault::CODES`].
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub detail: Text,
}

impl Fault {
    /// Every kind of fault there is: the calendar's own, then those of an imported iCalendar file.
    pub const CODES: [&str; 15] = [
        "bad_code",
        "reserved_code",
        "empty_title",
        "too_long",
        "unknown_zone",
        "unknown_national",
        "bad_time",
        "overlap",
        "bad_date",
        "duplicate_date",
        "empty_name",
        "not_icalendar",
        "missing_date",
        "recurring_event",
        "bad_range",
    ];

    pub(super) fn new(
        pointer: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        Self { pointer: pointer.into(), code, detail: Text::new(zh, en) }
    }
}
