//! What clients say about procedures.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A procedure: the JSON model of a procedure file. Its reference is `domain/packs/README.md`, its
/// JSON Schema `domain/packs/procedure.schema.json`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(value_type = Object, example = json!({
    "code": "wish", "title": { "zh": "心愿", "en": "Wish" }, "kind": "request",
    "number": "XY-{date}-{seq}", "opens": ["case.open"],
    "states": [{ "code": "made", "initial": true }, { "code": "granted", "final": true }],
    "actions": [{ "code": "grant", "from": ["made"], "to": "granted", "by": ["owner"] }],
}))]
pub struct ProcedureDraft(pub Value);
