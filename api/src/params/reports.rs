//! Compliance, clauses and metrics: what is asked of reports.

use chrono::{DateTime, Utc};
use kefu_domain::compliance::Standing;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::views::{ClauseStatus, ObligationStatus};

/// What a report on compliance is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ComplianceFilter {
    /// Obligations that arose at this instant or later; since the beginning of the month that `to` ends
    /// in, where the site is, if it is not said.
    pub from: Option<DateTime<Utc>>,
    /// Obligations that arose before this instant; up to the end of the running month, if it is not said.
    pub to: Option<DateTime<Utc>>,
    /// Only at these sites, and only what holds there.
    #[param(max_items = 100, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only these clauses.
    #[param(max_items = 200, explode = false)]
    pub clause: Vec<String>,
    /// Only clauses of these areas: `complaint`.
    #[param(max_items = 50, explode = false)]
    pub area: Vec<String>,
    /// Only clauses of these packs: `property`.
    #[param(max_items = 50, explode = false)]
    pub pack: Vec<String>,
}

/// What a list of obligations is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ObligationFilter {
    /// Those that arose at this instant or later; since the beginning of the month that `to` ends in,
    /// where the site is, if it is not said.
    pub from: Option<DateTime<Utc>>,
    /// Those that arose before this instant; up to the end of the running month, if it is not said.
    pub to: Option<DateTime<Utc>>,
    /// Only at these sites.
    #[param(max_items = 100, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only those that stand so.
    #[param(inline)]
    pub status: Option<ObligationStatus>,
    /// Only those of this enforcer of the clause: `procedure:complaint/clock:reply`.
    #[param(max_length = 200)]
    pub by: Option<String>,
}

impl From<ObligationStatus> for Standing {
    fn from(status: ObligationStatus) -> Self {
        match status {
            ObligationStatus::Met => Self::Met,
            ObligationStatus::Late => Self::Late,
            ObligationStatus::Open => Self::Open,
        }
    }
}

/// What a list of clauses is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ClauseFilter {
    /// Words that id, text or source must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only of these areas: `complaint`.
    #[param(max_items = 50, explode = false)]
    pub area: Vec<String>,
    /// Only of these packs: `property`.
    #[param(max_items = 50, explode = false)]
    pub pack: Vec<String>,
    /// Only those with which it stands so.
    #[param(inline, max_items = 4, explode = false)]
    pub status: Vec<ClauseStatus>,
}

/// What a list of metrics is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MetricFilter {
    /// Words that code or title must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only of these packs: `property`.
    #[param(max_items = 50, explode = false)]
    pub pack: Vec<String>,
    /// Only those about cases of one of these procedures.
    #[param(max_items = 50, explode = false)]
    pub procedure: Vec<String>,
    /// Only those that carry one of these clauses out.
    #[param(max_items = 200, explode = false)]
    pub clause: Vec<String>,
}

/// Which values of a metric are asked for.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MetricValuesFilter {
    /// Periods that end after this instant; only that which `to` ends in, if it is not said.
    pub from: Option<DateTime<Utc>>,
    /// Periods that begin before this instant; up to the running one, if it is not said.
    pub to: Option<DateTime<Utc>>,
    /// Only cases of these sites. Periods are those where the site is, if it is one.
    #[param(max_items = 100, explode = false)]
    pub site_id: Vec<Uuid>,
}

/// Which of the cases behind a value are asked for.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct MetricCasesFilter {
    /// The period, as its value calls it: `2026-11`; the running one if it is not said.
    #[param(max_length = 20)]
    pub period: Option<String>,
    /// Those that count (`true`: the numerator of a rate), those that do not (`false`), or both.
    pub counted: Option<bool>,
    /// Only cases of these sites.
    #[param(max_items = 100, explode = false)]
    pub site_id: Vec<Uuid>,
}
