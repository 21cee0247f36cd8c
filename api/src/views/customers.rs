//! Customers.

use chrono::{DateTime, Utc};
use kefu_persistence::records::customers::Customer;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use crate::params::CustomerKind;

/// A customer.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "name": "王小明", "kind": "person",
    "phone": "13800138000", "email": null, "address": "三号楼 1202",
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12", "level": null, "notes": null, "version": 1,
    "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z"
}))]
pub struct CustomerView {
    /// Its identity.
    pub id: Uuid,
    /// What they are called.
    pub name: String,
    /// Whether they are a person.
    pub kind: CustomerKind,
    /// Their telephone number.
    #[schema(required)]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[schema(required)]
    pub email: Option<String>,
    /// Where they are.
    #[schema(required)]
    pub address: Option<String>,
    /// The site that serves them.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// Their level.
    #[schema(required)]
    pub level: Option<String>,
    /// What else is worth knowing.
    #[schema(required)]
    pub notes: Option<String>,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Customer> for CustomerView {
    fn from(row: Customer) -> Self {
        let kind = match row.kind.as_str() {
            "organisation" => CustomerKind::Organisation,
            _ => CustomerKind::Person,
        };
        Self {
            id: row.id.0,
            name: row.name,
            kind,
            phone: row.phone,
            email: row.email,
            address: row.address,
            site_id: row.site_id.map(|it| it.0),
            level: row.level,
            notes: row.notes,
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}

list!(
    /// A page of customers.
    CustomerList, CustomerView
);
