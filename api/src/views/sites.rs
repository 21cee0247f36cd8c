//! Sites.

use chrono::{DateTime, Utc};
use kefu_persistence::records::sites::Site;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;

/// A site.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "code": "east", "name": "东区管理处",
    "packs": ["property"], "calendar": "office", "figures": {}, "version": 1,
    "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"
}))]
pub struct SiteView {
    /// Its identity.
    pub id: Uuid,
    /// Its short name.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The packs of regulations it works by.
    #[schema(value_type = Vec<String>)]
    pub packs: Value,
    /// The calendar it works by.
    pub calendar: String,
    /// Figures on which the documents differ, as this site has chosen.
    #[schema(value_type = Object)]
    pub figures: Value,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Site> for SiteView {
    fn from(row: Site) -> Self {
        Self {
            id: row.id.0,
            code: row.code,
            name: row.name,
            packs: row.packs.0,
            calendar: row.calendar,
            figures: row.figures.0,
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

list!(
    /// A page of sites.
    SiteList, SiteView
);
