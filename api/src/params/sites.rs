//! Sites (管理处).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::assets::CodedSort;

/// A site, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "east", "name": "东区管理处", "packs": ["property"], "calendar": "office",
    "figures": { "rectification.notice": "24h" }
}))]
pub struct SiteDraft {
    /// Its short name; no two sites share one.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// The packs of regulations it works by.
    #[schema(min_items = 1, max_items = 50)]
    pub packs: Vec<String>,
    /// The calendar it works by, where a procedure names none.
    #[schema(min_length = 1, max_length = 64)]
    pub calendar: String,
    /// Figures on which the documents differ, as this site has chosen: `procedure.figure` and a span.
    #[serde(default)]
    pub figures: BTreeMap<String, String>,
}

/// Changes to a site (RFC 7396): what is not named stays, `null` takes a figure away.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "name": "东区（二期）", "figures": { "rectification.notice": "1h" } }))]
pub struct SiteChanges {
    /// Its short name.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", nullable = false)]
    code: Option<String>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// The packs of regulations it works by.
    #[schema(min_items = 1, max_items = 50, nullable = false)]
    packs: Option<Vec<String>>,
    /// The calendar it works by.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    calendar: Option<String>,
    /// Figures this site has chosen.
    figures: Option<BTreeMap<String, Option<String>>>,
}

/// What a list of sites is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct SiteFilter {
    /// Words that name or code must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only the one with exactly this code.
    #[param(max_length = 64)]
    pub code: Option<String>,
    /// Only those with exactly this name.
    #[param(max_length = 200)]
    pub name: Option<String>,
    /// Only those that work by this calendar.
    #[param(max_length = 64)]
    pub calendar: Option<String>,
    /// In this order; `-created_at` if it is not said. Names and codes are compared by code point.
    #[param(inline)]
    pub sort: Option<CodedSort>,
}
