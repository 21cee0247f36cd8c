//! Webhooks.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::views::{DeliveryStatus, KeyLimits};

/// A webhook, as created.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://crm.example.com/hooks/kefu", "types": ["case.*", "customer.deleted"],
    "description": "客户关系系统"
}))]
pub struct WebhookDraft {
    /// Where it is sent: an `https` URL of the open internet.
    #[schema(min_length = 1, max_length = 2000, format = "uri")]
    pub url: String,
    /// What it is for.
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The types of events it is told of, or patterns (`case.*`); none: all.
    #[schema(max_items = 100)]
    #[serde(default)]
    pub types: Vec<String>,
    /// Whether an event waits until the one before it was taken.
    #[schema(default = false)]
    #[serde(default)]
    pub ordered: bool,
    /// Whether anything is sent. What happens meanwhile is sent when it is enabled again.
    #[schema(default = true)]
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Only what happened there. Without it, everything that the owner may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
    /// How far the API key goes that says this. No part of what is said.
    #[serde(skip)]
    pub limits: Option<KeyLimits>,
}

fn yes() -> bool {
    true
}

/// Changes to a webhook (RFC 7396): what is not named stays, `null` takes away.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the schema is what it is for: the patch is applied as JSON")]
#[schema(example = json!({ "enabled": true, "types": ["case.closed"] }))]
pub struct WebhookChanges {
    /// Where it is sent. Whoever changes it owns the webhook from then on.
    #[schema(min_length = 1, max_length = 2000, format = "uri", nullable = false)]
    url: Option<String>,
    /// What it is for.
    #[schema(max_length = 500)]
    description: Option<String>,
    /// The types of events it is told of, or patterns (`case.*`); none: all.
    #[schema(max_items = 100)]
    types: Option<Vec<String>>,
    /// Whether an event waits until the one before it was taken.
    ordered: Option<bool>,
    /// Whether anything is sent.
    enabled: Option<bool>,
    /// Only what happened there.
    site_id: Option<Uuid>,
}

/// What a list of webhooks is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct WebhooksQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<super::Newest>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Only those that are enabled, or are not.
    pub enabled: Option<bool>,
    /// Only those of this site.
    pub site_id: Option<Uuid>,
}

/// What a list of deliveries is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct DeliveriesQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<super::Newest>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Only those that stand so.
    #[param(inline)]
    pub status: Option<DeliveryStatus>,
    /// Only those of this type of event.
    #[param(max_length = 100)]
    pub r#type: Option<String>,
    /// Only those planned at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those planned before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// How a webhook's secret is replaced.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "overlap": "24h" }))]
pub struct RotateSecret {
    /// How long messages are signed with the secret before as well: minutes, hours or days, at most
    /// 30 days; `24h` if it is not said, `0m` for not at all.
    #[schema(pattern = r"^(0|[1-9][0-9]{0,4})[mhd]$", default = "24h")]
    #[serde(default = "a_day")]
    pub overlap: String,
}

fn a_day() -> String {
    "24h".to_owned()
}

/// The longest time two secrets hold.
const LONGEST: TimeDelta = TimeDelta::days(30);

impl RotateSecret {
    /// The span; `None`: it is too long.
    pub fn overlap(&self) -> Option<TimeDelta> {
        let (count, unit) = self.overlap.split_at_checked(self.overlap.len().checked_sub(1)?)?;
        let count: i64 = count.parse().ok()?;
        let span = match unit {
            "m" => TimeDelta::minutes(count),
            "h" => TimeDelta::hours(count),
            _ => TimeDelta::days(count),
        };
        Some(span).filter(|it| *it <= LONGEST)
    }
}

/// Which deliveries are sent again.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z", "status": "failed"
}))]
#[schema(as = RedeliverRange)]
pub struct Again {
    /// Those planned at this instant or later …
    pub from: DateTime<Utc>,
    /// … and before this one.
    pub to: DateTime<Utc>,
    /// Only those that stand so; all if it is not said.
    #[serde(default)]
    pub status: Option<DeliveryStatus>,
}
