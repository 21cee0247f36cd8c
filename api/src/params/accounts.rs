//! Passwords, sign-ins and API keys.

use chrono::{DateTime, Utc};
use kefu_domain::who::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::GrantScope;

/// A new password for oneself.
#[derive(Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "old_password": "a long enough passphrase 7", "new_password": "another passphrase, longer yet"
}))]
pub struct NewPassword {
    /// The password until now.
    #[schema(min_length = 1, max_length = 200, write_only)]
    pub old_password: String,
    /// The password from now on: no common one, and more than the user name.
    #[schema(min_length = 10, max_length = 200, write_only)]
    pub new_password: String,
}

/// An API key, as made.
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "夜间导出", "permissions": ["case.read", "event.read"], "scope": "all",
    "expires_at": "2027-11-22T00:00:00Z"
}))]
pub struct NewApiKey {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it may do at most: permissions that its maker has.
    #[schema(min_items = 1, max_items = 200)]
    pub permissions: Vec<String>,
    /// How far it reaches at most; as far as its user, if not given.
    #[serde(default = "everywhere")]
    #[schema(default = "all")]
    pub scope: GrantScope,
    /// The site: required where the scope is `site`; narrows the other scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
    /// Until when it is good: at most five years ahead, one year if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The user it acts for, if that is not the caller: somebody the caller keeps (`user.write`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<Uuid>,
}

fn everywhere() -> GrantScope {
    GrantScope::All
}

impl GrantScope {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Site => "site",
            Self::All => "all",
        }
    }
}

impl From<Scope> for GrantScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Own => Self::Own,
            Scope::Team => Self::Team,
            Scope::Site => Self::Site,
            Scope::All => Self::All,
        }
    }
}

impl From<GrantScope> for Scope {
    fn from(scope: GrantScope) -> Self {
        match scope {
            GrantScope::Own => Self::Own,
            GrantScope::Team => Self::Team,
            GrantScope::Site => Self::Site,
            GrantScope::All => Self::All,
        }
    }
}

/// Which API keys are listed.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct ApiKeysQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<super::Newest>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Those of this user, somebody the caller keeps; the caller's own if not given.
    pub user_id: Option<Uuid>,
}

/// Which sign-ins are listed.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct SessionsQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<super::Newest>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Those of this user, somebody the caller keeps; the caller's own if not given.
    pub user_id: Option<Uuid>,
}

/// Somebody who comes back from the OpenID Connect provider.
#[derive(Deserialize, ToSchema, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "SplxlOBeZQQYbYS6WxSbIA", "state": "af0ifjsldkj" }))]
pub struct OidcReturn {
    /// The code that the provider has added to the address.
    #[schema(min_length = 1, max_length = 4096)]
    pub code: String,
    /// The state that `POST /v1/auth/oidc/start` has answered.
    #[schema(min_length = 1, max_length = 500)]
    pub state: String,
}

/// What the provider adds to the address it sends people back to. It may add more.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[into_params(parameter_in = Query)]
pub struct OidcReturnQuery {
    /// The code.
    #[param(max_length = 4096)]
    pub code: Option<String>,
    /// The state they were sent away with.
    #[param(max_length = 500)]
    pub state: Option<String>,
    /// Why the provider refuses.
    #[param(max_length = 500)]
    pub error: Option<String>,
}
