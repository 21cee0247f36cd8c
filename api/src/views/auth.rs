//! Tokens, and who one is.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::params::GrantDraft;

/// What a sign-in is given.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSIsImtpZCI6IjZmMWMyYTkwIn0.eyJzdWIiOiIwMTk5In0.c2ln",
    "token_type": "Bearer", "expires_in": 900, "refresh_token": "6f1c2a90…"
}))]
pub struct TokenView {
    /// What every other request carries: `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// How long the access token lives, in seconds.
    pub expires_in: u32,
    /// What the next access token is got with, once, within 30 days.
    pub refresh_token: String,
}

/// Who one is.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "user": { "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "username": "lilei", "display_name": "李雷", "team": "前台" },
    "roles": ["front_desk"], "permissions": ["case.open", "case.read"],
    "scopes": [{ "role": "front_desk", "scope": "site", "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12" }],
    "api_key_id": null
}))]
pub struct MeView {
    /// The user.
    pub user: MeUser,
    /// The codes of their roles.
    pub roles: Vec<String>,
    /// What these roles permit, somewhere at least; `*` is everything.
    pub permissions: Vec<String>,
    /// Each role, and how far it reaches.
    pub scopes: Vec<GrantDraft>,
    /// The API key that asks, whose limits the above keeps; `null`: somebody who has signed in.
    #[schema(required)]
    pub api_key_id: Option<Uuid>,
}

/// A user, seen by themselves.
#[derive(Serialize, ToSchema, Debug, Clone)]
pub struct MeUser {
    /// Their identity.
    pub id: Uuid,
    /// What they sign in with.
    pub username: String,
    /// What people call them.
    pub display_name: String,
    /// Their team.
    #[schema(required)]
    pub team: Option<String>,
}
