//! Procedures, as published.

use serde_json::Value;
use utoipa::ToSchema;

use crate::views::words::CaseKind;

/// The JSON model of a procedure file. The domain checks it whole and names every fault at its
/// place: what it may hold is said there once, not here again.
#[derive(ToSchema, Debug, Clone)]
#[schema(value_type = Object, example = json!({
    "code": "wish", "title": { "zh": "心愿", "en": "Wish" }, "kind": "request",
    "number": "XY-{date}-{seq}", "opens": ["case.open"],
    "states": [{ "code": "made", "initial": true }, { "code": "granted", "final": true }],
    "actions": [{ "code": "grant", "from": ["made"], "to": "granted", "by": ["owner"] }],
}))]
#[expect(dead_code, reason = "the schema is what it is for: the definition is read by the domain")]
pub struct ProcedureDraft(Value);

/// What the list of procedures is narrowed to, and how it is sorted.
#[derive(serde::Deserialize, utoipa::IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ProcedureFilter {
    /// Words that code or title must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only those that open cases of these kinds.
    #[param(inline, value_type = Vec<CaseKind>, max_items = 50, explode = false)]
    pub kind: Vec<String>,
    /// The order: by code.
    #[param(inline)]
    pub sort: Option<super::ByCode>,
}
