//! Tables as files: CSV and Excel workbooks, written and read. Nothing here knows what a table is of.

mod csv;
mod encoding;
mod read;
mod xlsx;

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;

pub use csv::CsvChunk;
pub use read::{Rows, Table, Unreadable, read};
pub use xlsx::{Packed, Unwritable, Workbook};

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number, as it is written.
    Number(String),
    /// Yes or no.
    Flag(bool),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl Cell {
    /// A text, or nothing.
    pub fn of(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }
}

/// How instants are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// As the clocks of this zone show them; without one RFC 3339 in UTC.
    pub zone: Option<Tz>,
}

impl Style {
    fn instant(self, at: DateTime<Utc>) -> String {
        match self.zone {
            Some(zone) => at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string(),
            None => at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        }
    }
}

/// Whether a spreadsheet would take a text for a formula.
fn looks_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
