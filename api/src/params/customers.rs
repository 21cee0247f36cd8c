//! Customers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Whether a customer is a person.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CustomerKind {
    /// 个人
    Person,
    /// 单位
    Organisation,
}

/// A customer, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "王小明", "kind": "person", "phone": "13800138000", "address": "三号楼 1202",
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"
}))]
pub struct CustomerDraft {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Whether they are a person.
    pub kind: CustomerKind,
    /// Their telephone number.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Their e-mail address.
    #[schema(max_length = 254, format = Email)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Where they are.
    #[schema(min_length = 1, max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The site that serves them; without one they are the whole organisation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
    /// Their level, in the organisation's own words.
    #[schema(min_length = 1, max_length = 50)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// What else is worth knowing.
    #[schema(max_length = 4000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// Changes to a customer (RFC 7396): what is not named stays, `null` takes away.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "phone": "13900139000", "notes": null }))]
pub struct CustomerChanges {
    /// What they are called.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Whether they are a person.
    #[schema(nullable = false)]
    kind: Option<CustomerKind>,
    /// Their telephone number.
    #[schema(min_length = 1, max_length = 50)]
    phone: Option<String>,
    /// Their e-mail address.
    #[schema(max_length = 254, format = Email)]
    email: Option<String>,
    /// Where they are.
    #[schema(min_length = 1, max_length = 500)]
    address: Option<String>,
    /// The site that serves them.
    site_id: Option<Uuid>,
    /// Their level.
    #[schema(min_length = 1, max_length = 50)]
    level: Option<String>,
    /// What else is worth knowing.
    #[schema(max_length = 4000)]
    notes: Option<String>,
}

/// What a list of customers is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// Words that name, telephone number, e-mail or postal address must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only those with exactly this name.
    #[param(max_length = 200)]
    pub name: Option<String>,
    /// Only people, or only organisations.
    #[param(inline, max_items = 10, explode = false)]
    pub kind: Vec<CustomerKind>,
    /// Only those with exactly this telephone number.
    #[param(max_length = 50)]
    pub phone: Option<String>,
    /// Only those with exactly this e-mail address.
    #[param(max_length = 254)]
    pub email: Option<String>,
    /// Only those of these levels.
    #[param(max_items = 50, explode = false)]
    pub level: Vec<String>,
    /// Only those of these sites.
    #[param(max_items = 200, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only those created at this instant or later.
    pub created_from: Option<DateTime<Utc>>,
    /// Only those created before this instant.
    pub created_to: Option<DateTime<Utc>>,
    /// In this order; `-created_at` if it is not said. Names are compared by code point.
    #[param(inline)]
    pub sort: Option<CustomerSort>,
}

/// The orders of a list of customers.
#[derive(Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CustomerSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-created_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "created_at")]
    OldestFirst,
    /// By name.
    #[serde(rename = "name")]
    Name,
    /// By name, the last first.
    #[serde(rename = "-name")]
    NameDescending,
}
