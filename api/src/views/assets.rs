//! Assets.

use chrono::{DateTime, Utc};
use kefu_persistence::records::assets::Asset;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;

/// An asset: what a customer owns or uses.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "kind": "unit", "code": "3-1202",
    "name": "三号楼 1202", "customer_id": null, "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "fields": { "area": "89.5" }, "version": 1,
    "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"
}))]
pub struct AssetView {
    /// Its identity.
    pub id: Uuid,
    /// What it is.
    pub kind: String,
    /// Its name among its kind.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    #[schema(required)]
    pub customer_id: Option<Uuid>,
    /// Where it is.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// What its kind asks for.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Asset> for AssetView {
    fn from(row: Asset) -> Self {
        Self {
            id: row.id.0,
            kind: row.kind,
            code: row.code,
            name: row.name,
            customer_id: row.customer_id.map(|it| it.0),
            site_id: row.site_id.map(|it| it.0),
            fields: row.fields.0,
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

list!(
    /// A page of assets.
    AssetList, AssetView
);
