//! What clients say to move running cases to another version of their procedure.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Which cases are to move, and how.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "dry_run": true, "to_version": 2, "from_versions": [1], "states": { "investigating": "checking" },
}))]
pub struct NewMigration {
    /// Whether to say only what would happen.
    pub dry_run: bool,
    /// The version they move to; the newest if it is not given.
    #[schema(minimum = 1)]
    pub to_version: Option<u32>,
    /// Only those that follow one of these versions; every other version's if none is given.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub from_versions: Vec<i32>,
    /// Only these cases; every open one that may move if none is given.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub cases: Vec<Uuid>,
    /// States that are called otherwise in the new version: the old one's code, and the new one's.
    #[serde(default)]
    pub states: BTreeMap<String, String>,
    /// Go on after this case: `next_after` of the answer before.
    pub after: Option<Uuid>,
    /// At most so many cases, 1 to 200; 100 if it is not given.
    #[schema(minimum = 1, maximum = 200, default = 100)]
    pub limit: Option<i64>,
}
