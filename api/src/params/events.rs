//! The feed.

use serde::Deserialize;
use utoipa::IntoParams;

/// Where the feed goes on.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The last position known: `next_position` of the last page; 0 is before the first event.
    #[param(minimum = 0, default = 0)]
    pub after: Option<i64>,
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only of these types, between commas: `case.opened,case.closed`; `case.*` is all of a kind.
    #[param(max_items = 50, explode = false)]
    #[serde(default)]
    pub types: Vec<String>,
}

/// Where the stream begins.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// The last position known; 0 is before the first event. `Last-Event-ID` goes before it.
    #[param(minimum = 0, default = 0)]
    pub after: Option<i64>,
    /// Only of these types, between commas: `case.opened,case.closed`; `case.*` is all of a kind.
    #[param(max_items = 50, explode = false)]
    #[serde(default)]
    pub types: Vec<String>,
}
