//! Sign-ins, API keys, and the keys that tokens can be checked with.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use kefu_domain::who::Power;
use kefu_persistence::sessions::Session;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use crate::params::GrantScope;

/// A sign-in that has not ended.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "user_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "method": "password", "address": "203.0.113.7", "user_agent": "Mozilla/5.0", "current": true,
    "created_at": "2026-11-22T01:02:03Z", "last_used_at": "2026-11-22T03:02:03Z",
    "expires_at": "2026-12-22T01:02:03Z"
}))]
pub struct SessionView {
    /// Its identity: the `sid` of its access tokens.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// How they signed in: `password`, `oidc`.
    pub method: String,
    /// The address it was last renewed from.
    pub address: String,
    /// The program, as it calls itself.
    #[schema(required)]
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: DateTime<Utc>,
    /// Until when it can be renewed.
    pub expires_at: DateTime<Utc>,
}

impl SessionView {
    /// A session as whoever asks by `current` sees it.
    pub fn new(row: Session, current: Option<Uuid>) -> Self {
        Self {
            id: row.id.0,
            user_id: row.user_id.0,
            method: row.method,
            address: row.address,
            user_agent: row.user_agent,
            current: Some(row.id.0) == current,
            created_at: row.created_at.0,
            last_used_at: row.last_used_at.0,
            expires_at: row.expires_at.0,
        }
    }
}

list!(
    /// A page of sign-ins.
    SessionList, SessionView
);

/// An API key, without its secret.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "user_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "name": "夜间导出", "hint": "kefu_6f1c", "permissions": ["case.read", "event.read"],
    "scope": "all", "site_id": null, "expires_at": "2027-11-22T00:00:00Z", "last_used_at": null,
    "version": 1, "created_at": "2026-11-22T01:02:03Z"
}))]
pub struct ApiKeyView {
    /// Its identity.
    pub id: Uuid,
    /// The user it acts for.
    pub user_id: Uuid,
    /// What people call it.
    #[schema(required)]
    pub name: Option<String>,
    /// How its secret begins.
    pub hint: String,
    /// What it may do at most.
    pub permissions: Vec<String>,
    /// How far it reaches at most.
    pub scope: GrantScope,
    /// The one site it reaches, if it is kept to one.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

list!(
    /// A page of API keys.
    ApiKeyList, ApiKeyView
);

/// An API key that was just made.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "user_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "name": "夜间导出", "hint": "kefu_6f1c", "permissions": ["case.read", "event.read"],
    "scope": "all", "site_id": null, "expires_at": "2027-11-22T00:00:00Z", "last_used_at": null,
    "version": 1, "created_at": "2026-11-22T01:02:03Z", "secret": "kefu_6f1c2a90…"
}))]
pub struct NewApiKeyView {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKeyView,
    /// What programs send: `Authorization: Bearer kefu_…`. Shown this once; `null` where the same
    /// `Idempotency-Key` asks again.
    #[schema(required)]
    pub secret: Option<String>,
}

/// The public keys that access tokens can be checked with (RFC 7517).
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({ "keys": [{
    "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "6f1c2a90d1e5b3c7",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
}] }))]
pub struct JwksView {
    /// Each key that is accepted now.
    pub keys: Vec<JwkView>,
}

/// A public key.
#[derive(Serialize, ToSchema, Debug, Clone)]
pub struct JwkView {
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    pub r#use: &'static str,
    /// What tokens call it.
    pub kid: String,
    /// The key, in base64url.
    pub x: String,
}

/// Where somebody is sent to sign in.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "authorization_url": "https://id.example.com/authorize?response_type=code&client_id=kefu",
    "state": "af0ifjsldkj"
}))]
pub struct OidcStartView {
    /// The provider's page.
    pub authorization_url: String,
    /// What they come back with: the page keeps it, and compares.
    pub state: String,
}

/// How far an API key goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({ "permissions": ["case.read", "event.read"], "scope": "all", "site_id": null }))]
pub struct KeyLimits {
    /// What it may do at most.
    pub permissions: BTreeSet<String>,
    /// How far it reaches at most.
    pub scope: GrantScope,
    /// The one site it reaches, if it is kept to one.
    #[schema(required)]
    pub site_id: Option<Uuid>,
}

impl From<&Power> for KeyLimits {
    fn from(limits: &Power) -> Self {
        let Power { permissions, scope, site_id } = limits;
        Self {
            permissions: BTreeSet::clone(permissions),
            scope: (*scope).into(),
            site_id: *site_id,
        }
    }
}

impl From<KeyLimits> for Power {
    fn from(limits: KeyLimits) -> Self {
        let KeyLimits { permissions, scope, site_id } = limits;
        Self { permissions: Arc::new(permissions), scope: scope.into(), site_id }
    }
}
