//! Signing in.

use serde::Deserialize;
use utoipa::ToSchema;

/// Who signs in.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "username": "admin", "password": "correct horse battery staple" }))]
pub struct TokenRequest {
    /// The user name, in whatever case.
    #[schema(min_length = 1, max_length = 200)]
    pub username: String,
    /// The password.
    #[schema(min_length = 1, max_length = 200)]
    pub password: String,
    /// How long the access token shall live, in seconds; 900 if not given.
    #[schema(minimum = 1, maximum = 900)]
    pub expires_in: Option<u32>,
}

/// A refresh token to be exchanged.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "refresh_token": "6f1c…" }))]
pub struct RefreshRequest {
    /// The refresh token of the last answer. It can be used once.
    #[schema(min_length = 1, max_length = 500)]
    pub refresh_token: String,
}

/// A sign-in to be ended.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "refresh_token": "6f1c…" }))]
pub struct SignOut {
    /// A refresh token of the sign-in to end; the one that asks, if not given.
    #[schema(min_length = 1, max_length = 500)]
    pub refresh_token: Option<String>,
}
