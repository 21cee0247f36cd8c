//! Users: who works here.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How far a grant reaches.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum GrantScope {
    /// Cases one opened, owns or works on.
    Own,
    /// Cases of one's team.
    Team,
    /// Everything of one site.
    Site,
    /// Everything.
    All,
}

/// A role given to a user.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct GrantDraft {
    /// The role's code.
    #[schema(min_length = 1, max_length = 64)]
    pub role: String,
    /// How far it reaches.
    pub scope: GrantScope,
    /// The site: required where the scope is `site`; narrows the other scopes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
}

/// A user, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "username": "lilei", "password": "a long enough passphrase 7", "display_name": "李雷",
    "email": "lilei@example.com", "team": "前台",
    "grants": [{ "role": "front_desk", "scope": "site", "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11" }]
}))]
pub struct NewUser {
    /// What they sign in with; no two share one, in whatever case.
    #[schema(
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,100}$"
    )]
    pub username: String,
    /// Their password: no common one, and more than the user name. It goes in and never comes out.
    #[schema(min_length = 10, max_length = 200, write_only)]
    pub password: String,
    /// What people call them.
    #[schema(min_length = 1, max_length = 200)]
    pub display_name: String,
    /// Their e-mail address.
    #[schema(max_length = 254, format = Email)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their telephone number.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their team, for grants that reach so far.
    #[schema(min_length = 1, max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The customer they are, where customers have accounts of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// Whether they may sign in; `true` if not given.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub active: bool,
    /// Their roles, and how far each reaches.
    #[schema(max_items = 100)]
    pub grants: Vec<GrantDraft>,
}

/// A user, as a change leaves them.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct UserDraft {
    /// What they sign in with.
    #[schema(
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,100}$"
    )]
    pub username: String,
    /// A new password: no common one, and more than the user name.
    #[schema(min_length = 10, max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The new password's hash, once it is made.
    #[serde(skip)]
    pub password_hash: Option<String>,
    /// What people call them.
    #[schema(min_length = 1, max_length = 200)]
    pub display_name: String,
    /// Their e-mail address.
    #[schema(max_length = 254, format = Email)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their telephone number.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their team.
    #[schema(min_length = 1, max_length = 100)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The customer they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// Whether they may sign in.
    pub active: bool,
    /// Their roles.
    #[schema(max_items = 100)]
    pub grants: Vec<GrantDraft>,
}

impl From<NewUser> for UserDraft {
    fn from(new: NewUser) -> Self {
        let NewUser {
            username,
            password,
            display_name,
            email,
            phone,
            team,
            customer_id,
            active,
            grants,
        } = new;
        Self {
            username,
            password: Some(password),
            password_hash: None,
            display_name,
            email,
            phone,
            team,
            customer_id,
            active,
            grants,
        }
    }
}

/// Changes to a user (RFC 7396): what is not named stays, `null` takes away, `grants` is replaced
/// whole. A new password or `active: false` ends every sign-in.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "team": "工程", "active": false }))]
pub struct UserChanges {
    /// What they sign in with.
    #[schema(
        pattern = r"^[^\s\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,100}$",
        nullable = false
    )]
    username: Option<String>,
    /// A new password: no common one, and more than the user name.
    #[schema(min_length = 10, max_length = 200, write_only, nullable = false)]
    password: Option<String>,
    /// What people call them.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    display_name: Option<String>,
    /// Their e-mail address.
    #[schema(max_length = 254, format = Email)]
    email: Option<String>,
    /// Their telephone number.
    #[schema(min_length = 1, max_length = 50)]
    phone: Option<String>,
    /// Their team.
    #[schema(min_length = 1, max_length = 100)]
    team: Option<String>,
    /// The customer they are.
    customer_id: Option<Uuid>,
    /// Whether they may sign in.
    #[schema(nullable = false)]
    active: Option<bool>,
    /// Their roles.
    #[schema(max_items = 100, nullable = false)]
    grants: Option<Vec<GrantDraft>>,
}

/// What a list of users is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// Words that user name, display name, e-mail address or telephone number must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only the one who signs in with this name, in whatever case it is written.
    #[param(max_length = 100)]
    pub username: Option<String>,
    /// Only those called exactly this.
    #[param(max_length = 200)]
    pub display_name: Option<String>,
    /// Only of these teams.
    #[param(max_items = 50, explode = false)]
    pub team: Vec<String>,
    /// Only those who may sign in, or may not.
    pub active: Option<bool>,
    /// Only those who have one of these roles.
    #[param(max_items = 50, explode = false)]
    pub role: Vec<String>,
    /// Only those who have a grant for one of these sites.
    #[param(max_items = 200, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only those who are one of these customers.
    #[param(max_items = 200, explode = false)]
    pub customer_id: Vec<Uuid>,
    /// In this order; `-created_at` if it is not said. Names are compared by code point.
    #[param(inline)]
    pub sort: Option<UserSort>,
}

/// The orders of a list of users.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UserSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "created_at")]
    OldestFirst,
    /// By what they sign in with, in lower case.
    #[serde(rename = "username")]
    Username,
    /// The same, the last first.
    #[serde(rename = "-username")]
    UsernameDescending,
    /// By what people call them.
    #[serde(rename = "display_name")]
    Name,
    /// The same, the last first.
    #[serde(rename = "-display_name")]
    NameDescending,
}

fn yes() -> bool {
    true
}
