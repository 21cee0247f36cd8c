//! What a list of cases is narrowed to and sorted by.

use crate::page::Cursor;
use crate::types::Time;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What a list of cases is narrowed to; everything given must hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only of this procedure.
    pub procedure: Option<String>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only of this priority.
    pub priority: Option<String>,
    /// Only those that came in this way.
    pub channel: Option<String>,
    /// Only of this site.
    pub site_id: Option<Uuid>,
    /// Only of this customer.
    pub customer_id: Option<Uuid>,
    /// Only about this asset.
    pub asset_id: Option<Uuid>,
    /// Only of this owner.
    pub owner_id: Option<Uuid>,
    /// Only of this assignee.
    pub assignee_id: Option<Uuid>,
    /// Only those that this case has opened.
    pub parent_id: Option<Uuid>,
    /// Only open cases past their deadline (`true`) or all others (`false`), at this instant.
    pub overdue: Option<(bool, DateTime<Utc>)>,
    /// Only those due before; cases without a deadline are not.
    pub due_before: Option<DateTime<Utc>>,
    /// Only those opened at this instant or later.
    pub opened_from: Option<DateTime<Utc>>,
    /// Only those opened before this instant.
    pub opened_to: Option<DateTime<Utc>>,
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
        Cursor { order: self.order(), at: at.0.timestamp_micros(), id }
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
