//! What the inbox is asked for.

use serde::Deserialize;
use utoipa::IntoParams;

/// What the inbox is narrowed to.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct InboxQuery {
    /// Only what has not been read.
    pub unread: Option<bool>,
    /// At most so many; 50 if it is not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Whether `total` is asked for.
    pub count: Option<bool>,
}
