//! Roles.

use kefu_persistence::records::roles::Role;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::list;
use crate::params::WordsDraft;

/// A role.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "code": "guest", "title": { "zh": "访客", "en": "Guest" }, "permissions": ["site.read"],
    "clauses": [], "version": 1
}))]
pub struct RoleView {
    /// What grants call it.
    pub code: String,
    /// What people call it.
    #[schema(value_type = WordsDraft)]
    pub title: Value,
    /// What it may do, wherever its grant reaches.
    #[schema(value_type = Vec<String>)]
    pub permissions: Value,
    /// The clauses the post comes from.
    #[schema(value_type = Vec<String>)]
    pub clauses: Value,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
}

impl From<Role> for RoleView {
    fn from(row: Role) -> Self {
        Self {
            code: row.code,
            title: row.title.0,
            permissions: row.permissions.0,
            clauses: row.clauses.0,
            version: row.version.into(),
        }
    }
}

list!(
    /// A page of roles.
    RoleList, RoleView
);
