//! Saved views of lists.

use chrono::{DateTime, Utc};
use kefu_persistence::records::views::View;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use crate::params::{ListName, SharedWith};

/// A saved view: a named filter of a list.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "resource": "cases", "name": "我的超时投诉",
    "owner_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "filters": { "procedure": ["complaint"], "assignee_id": ["me"], "overdue": true },
    "sort": "due_at", "columns": ["number", "subject", "state_title", "due_at"], "shared": "private",
    "role": null, "site_id": null, "total": 3, "version": 1,
    "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"
}))]
pub struct SavedView {
    /// Its identity: `view=` of its list.
    pub id: Uuid,
    /// The list it is a view of.
    pub resource: ListName,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub owner_id: Uuid,
    /// What the list is narrowed to.
    #[schema(value_type = Object)]
    pub filters: Value,
    /// In which order.
    #[schema(required)]
    pub sort: Option<String>,
    /// The columns it shows.
    #[schema(value_type = Vec<String>)]
    pub columns: Value,
    /// With whom it is shared.
    pub shared: SharedWith,
    /// The role it is shared with.
    #[schema(required)]
    pub role: Option<String>,
    /// The site it is shared with.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// How many the caller would find by it now, if asked for and theirs to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl SavedView {
    /// A row whose words are read.
    pub fn new(row: View) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: row.id.0,
            resource: serde_json::from_value(Value::String(row.resource))?,
            name: row.name,
            owner_id: row.owner_id.0,
            filters: row.filters.0,
            sort: row.sort,
            columns: row.shown.0,
            shared: serde_json::from_value(Value::String(row.shared))?,
            role: row.role,
            site_id: row.site_id.map(|it| it.0),
            total: None,
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

list!(
    /// A page of saved views.
    SavedViewList, SavedView
);
