//! Roles: what posts may do.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The same words in Chinese and English.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct WordsDraft {
    /// Chinese.
    #[schema(min_length = 1, max_length = 200)]
    pub zh: String,
    /// English.
    #[schema(min_length = 1, max_length = 200)]
    pub en: String,
}

/// A role, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "code": "guest", "title": { "zh": "访客", "en": "Guest" }, "permissions": ["site.read"]
}))]
pub struct NewRole {
    /// What grants call it; it never changes.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,63}$")]
    pub code: String,
    /// What people call it.
    pub title: WordsDraft,
    /// What it may do, wherever its grant reaches.
    #[schema(max_items = 500)]
    pub permissions: Vec<String>,
    /// The clauses the post comes from.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub clauses: Vec<String>,
}

/// A role, as put or changed; its code is in the address.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": { "zh": "访客", "en": "Guest" }, "permissions": ["site.read", "customer.read"]
}))]
pub struct RoleDraft {
    /// What people call it.
    pub title: WordsDraft,
    /// What it may do.
    #[schema(max_items = 500)]
    pub permissions: Vec<String>,
    /// The clauses the post comes from.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub clauses: Vec<String>,
}

impl From<NewRole> for RoleDraft {
    fn from(new: NewRole) -> Self {
        let NewRole { code: _, title, permissions, clauses } = new;
        Self { title, permissions, clauses }
    }
}

/// Changes to a role (RFC 7396): what is not named stays; lists are replaced whole.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "permissions": ["site.read", "customer.read"] }))]
pub struct RoleChanges {
    /// What people call it.
    #[schema(nullable = false)]
    title: Option<WordsChanges>,
    /// What it may do.
    #[schema(max_items = 500, nullable = false)]
    permissions: Option<Vec<String>>,
    /// The clauses the post comes from.
    #[schema(max_items = 100)]
    clauses: Option<Vec<String>>,
}

/// Changes to words.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
struct WordsChanges {
    /// Chinese.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    zh: Option<String>,
    /// English.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    en: Option<String>,
}

/// What a list of roles is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct RoleFilter {
    /// Words that code or title must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only those that may do this.
    #[param(max_length = 100)]
    pub permission: Option<String>,
    /// The order: by code.
    #[param(inline)]
    pub sort: Option<super::ByCode>,
}
