//! Which part of a list is asked for.

use kefu_persistence::Cursor;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::app::{Failure, Stretch, not_a_cursor};

/// What a client gets if it does not say how much it wants.
pub(crate) const USUAL: u32 = 50;

/// Which part of a timeline is asked for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageFilter {
    /// At most so many; 50 if it is not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
}

impl PageFilter {
    /// The stretch of one case's timeline.
    pub fn stretch(&self, id: Uuid) -> Result<Stretch, Failure> {
        let after = match cursor(self.cursor.as_deref())? {
            Some(cursor) => cursor.sequence(id).ok_or_else(not_a_cursor)?,
            None => 0,
        };
        Ok(Stretch { limit: limit(self.limit), after })
    }
}

/// How many are asked for.
pub(crate) fn limit(limit: Option<u32>) -> usize {
    usize::try_from(limit.unwrap_or(USUAL)).unwrap_or(1)
}

/// The cursor a client carries.
pub fn cursor(text: Option<&str>) -> Result<Option<Cursor>, Failure> {
    text.map(|it| Cursor::decode(it).ok_or_else(not_a_cursor)).transpose()
}
