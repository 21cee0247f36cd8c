//! What a list of cases is narrowed to and sorted by.

use crate::page::Cursor;
use crate::types::Time;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a list of cases is narrowed to; everything given must hold. Of several values one must.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only of these procedures.
    pub procedure: Vec<String>,
    /// Only of these kinds.
    pub kind: Vec<String>,
    /// Only in these states.
    pub state: Vec<String>,
    /// Only of these priorities.
    pub priority: Vec<String>,
    /// Only those that came in one of these ways.
    pub channel: Vec<String>,
    /// Only of these sites.
    pub site_id: Vec<Uuid>,
    /// Only of these customers.
    pub customer_id: Vec<Uuid>,
    /// Only about these assets.
    pub asset_id: Vec<Uuid>,
    /// Only of these owners.
    pub owner_id: Vec<Uuid>,
    /// Only of these assignees.
    pub assignee_id: Vec<Uuid>,
    /// Only those on which these work beside the assignee.
    pub helper_id: Vec<Uuid>,
    /// Only those offered to these.
    pub transfer_to: Vec<Uuid>,
    /// Only those opened by these.
    pub opened_by: Vec<Uuid>,
    /// Only those that these cases have opened.
    pub parent_id: Vec<Uuid>,
    /// Only those that these teams work on.
    pub team: Vec<String>,
    /// Only those with (`true`) or without (`false`) an assignee.
    pub assigned: Option<bool>,
    /// Only those that are not closed (`true`), or are (`false`).
    pub open: Option<bool>,
    /// Only open cases past their deadline (`true`) or all others (`false`), at this instant.
    pub overdue: Option<(bool, DateTime<Utc>)>,
    /// Only those due at this instant or later; cases without a deadline are not.
    pub due_from: Option<DateTime<Utc>>,
    /// Only those due before; cases without a deadline are not.
    pub due_before: Option<DateTime<Utc>>,
    /// Only those opened at this instant or later.
    pub opened_from: Option<DateTime<Utc>>,
    /// Only those opened before this instant.
    pub opened_to: Option<DateTime<Utc>>,
    /// Only those closed at this instant or later.
    pub closed_from: Option<DateTime<Utc>>,
    /// Only those closed before this instant.
    pub closed_to: Option<DateTime<Utc>>,
    /// Only those found by these words.
    pub q: Option<String>,
}

/// The order of a list of cases; ties are broken by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Newest first.
    #[default]
    OpenedDescending,
    /// Oldest first.
    Opened,
    /// What is due first first; cases without a deadline last.
    Due,
    /// What is due last first; cases without a deadline before that.
    DueDescending,
}

impl Sort {
    /// Every order, by the word that asks for it.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("-opened_at", Self::OpenedDescending),
        ("opened_at", Self::Opened),
        ("due_at", Self::Due),
        ("-due_at", Self::DueDescending),
    ];

    /// The order of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(known, _)| *known == word).map(|(_, sort)| sort)
    }

    /// Whether the cursor was made by a list in this order.
    pub fn made(self, cursor: &Cursor) -> bool {
        cursor.order == self.order() && cursor.at().is_some()
    }

    pub(super) fn is_descending(self) -> bool {
        matches!(self, Self::OpenedDescending | Self::DueDescending)
    }

    pub(super) fn is_due(self) -> bool {
        matches!(self, Self::Due | Self::DueDescending)
    }

    pub(super) fn cursor(self, at: Time, id: Uuid) -> Cursor {
        let (order, at) = (self.order(), at.0.timestamp_micros());
        Cursor { order, at, id, text: String::new() }
    }

    fn order(self) -> u8 {
        match self {
            Self::OpenedDescending => 1,
            Self::Opened => 2,
            Self::Due => 3,
            Self::DueDescending => 4,
        }
    }
}
