//! Duties.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::ByCode;

/// What a list of duties is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct DutyFilter {
    /// The order: by code.
    #[param(inline)]
    pub sort: Option<ByCode>,
    /// Only those of this site, and how they stand there.
    pub site_id: Option<Uuid>,
    /// Only those that open cases of these procedures.
    #[param(max_items = 50, explode = false)]
    pub procedure: Vec<String>,
    /// Only those that carry out one of these clauses.
    #[param(max_items = 50, explode = false)]
    pub clause: Vec<String>,
}

/// What a list of a duty's occurrences is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OccurrencesQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<NewestOccurrence>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Only those of this site.
    pub site_id: Option<Uuid>,
    /// Only those at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// The one order of occurrences.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[schema(title = "NewestOccurrence")]
pub enum NewestOccurrence {
    /// Newest first.
    #[serde(rename = "-occurs_at")]
    NewestFirst,
}

/// Where and why a duty is to rest.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "reason": "园区停业装修"
}))]
pub struct PauseDuty {
    /// The site.
    pub site_id: Uuid,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}

/// Where a duty is to arise again.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "reason": "恢复营业", "backfill": false
}))]
pub struct ResumeDuty {
    /// The site.
    pub site_id: Uuid,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    #[serde(default)]
    pub reason: Option<String>,
    /// Whether what was missed while it rested is made up for, each with its own deadline; otherwise it
    /// is skipped.
    #[schema(default = false)]
    #[serde(default)]
    pub backfill: bool,
}
