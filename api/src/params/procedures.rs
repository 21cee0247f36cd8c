//! Procedures, as published.

use serde_json::Value;
use utoipa::ToSchema;

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
