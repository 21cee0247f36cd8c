//! Assets: what customers own or use.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// An asset, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "kind": "unit", "code": "3-1202", "name": "三号楼 1202", "fields": { "area": "89.5" },
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"
}))]
pub struct AssetDraft {
    /// What it is: `unit`, `shop`, `vehicle`, `device`, `meter`, `key`, `locker`, `parking_space`, `card` …
    #[schema(pattern = "^[a-z][a-z0-9_]{0,49}$")]
    pub kind: String,
    /// Its name among its kind; no two of a kind share one.
    #[schema(min_length = 1, max_length = 100)]
    pub code: String,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// Where it is; without a site it is the whole organisation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
    /// What its kind asks for.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// Changes to an asset (RFC 7396): what is not named stays, `null` takes away, `fields` is merged.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "name": "三号楼 1202 室", "fields": { "area": "90.1" } }))]
pub struct AssetChanges {
    /// What it is.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,49}$", nullable = false)]
    kind: Option<String>,
    /// Its name among its kind.
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    code: Option<String>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Whose it is.
    customer_id: Option<Uuid>,
    /// Where it is.
    site_id: Option<Uuid>,
    /// What its kind asks for.
    #[schema(value_type = Option<Object>)]
    fields: Option<Map<String, Value>>,
}

/// What a list of assets is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct AssetFilter {
    /// Words that name or code must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only of these kinds.
    #[param(max_items = 50, explode = false)]
    pub kind: Vec<String>,
    /// Only with exactly this code.
    #[param(max_length = 100)]
    pub code: Option<String>,
    /// Only with exactly this name.
    #[param(max_length = 200)]
    pub name: Option<String>,
    /// Only these customers'.
    #[param(max_items = 200, explode = false)]
    pub customer_id: Vec<Uuid>,
    /// Only of these sites.
    #[param(max_items = 200, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only those created at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Only those created before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// In this order; `-created_at` if it is not said. Names and codes are compared by code point.
    #[param(inline)]
    pub sort: Option<CodedSort>,
}

/// The orders of a list of things with a name and a code.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CodedSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "created_at")]
    OldestFirst,
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, the last first.
    #[serde(rename = "-name")]
    NameDescending,
    /// By code.
    #[serde(rename = "code")]
    Code,
    /// By code, the last first.
    #[serde(rename = "-code")]
    CodeDescending,
}
