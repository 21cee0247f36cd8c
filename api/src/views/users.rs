//! Users.

use chrono::{DateTime, Utc};
use kefu_persistence::records::users::User;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use crate::params::GrantDraft;

/// A user. The password goes in and never comes out.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "username": "lilei", "display_name": "李雷",
    "email": "lilei@example.com", "phone": null, "team": "前台", "customer_id": null, "active": true,
    "grants": [{ "role": "front_desk", "scope": "site", "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12" }],
    "version": 1, "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"
}))]
pub struct UserView {
    /// Its identity.
    pub id: Uuid,
    /// What they sign in with.
    pub username: String,
    /// What people call them.
    pub display_name: String,
    /// Their e-mail address.
    #[schema(required)]
    pub email: Option<String>,
    /// Their telephone number.
    #[schema(required)]
    pub phone: Option<String>,
    /// Their team.
    #[schema(required)]
    pub team: Option<String>,
    /// The customer they are.
    #[schema(required)]
    pub customer_id: Option<Uuid>,
    /// Whether they may sign in.
    pub active: bool,
    /// Their roles, and how far each reaches.
    pub grants: Vec<GrantDraft>,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl UserView {
    /// A user with their grants read.
    pub fn new(row: User, grants: Vec<GrantDraft>) -> Self {
        Self {
            id: row.id.0,
            username: row.username,
            display_name: row.display_name,
            email: row.email,
            phone: row.phone,
            team: row.team,
            customer_id: row.customer_id.map(|it| it.0),
            active: row.active,
            grants,
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

list!(
    /// A page of users.
    UserList, UserView
);
