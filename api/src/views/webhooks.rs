//! Webhooks, and what was sent to them.

use chrono::{DateTime, Utc};
use kefu_persistence::deliveries::{Attempt, DELIVERED, Delivery, FAILED};
use kefu_persistence::events::StoredEvent;
use kefu_persistence::records::webhooks::Webhook;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EventView, KeyLimits, list};

/// Why the server disabled a webhook: its receiver answered 410, or took nothing for three days, or
/// its owner has gone or may not read the feed any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDisabledReason)]
pub enum DisabledReason {
    /// It answered 410.
    Gone,
    /// It took nothing for three days.
    Failing,
    /// Its owner has gone, or may not read the feed any more.
    Owner,
}

impl DisabledReason {
    /// How it is stored.
    pub fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::Owner => "owner",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "gone" => Self::Gone,
            "owner" => Self::Owner,
            _ => Self::Failing,
        }
    }
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits to be sent, or to be sent again.
    Pending,
    /// The receiver has taken it.
    Delivered,
    /// It was not taken and is not tried any more.
    Failed,
}

/// Why an attempt got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttemptError {
    /// No answer within 15 seconds.
    Timeout,
    /// No connection, or it broke off.
    Unreachable,
    /// The name leads to an address that the operator does not allow.
    AddressNotAllowed,
    /// The webhook's owner may not see the event any more; nothing was sent.
    NotVisible,
}

impl AttemptError {
    fn of(word: &str) -> Self {
        match word {
            "timeout" => Self::Timeout,
            "address_not_allowed" => Self::AddressNotAllowed,
            "not_visible" => Self::NotVisible,
            _ => Self::Unreachable,
        }
    }
}

/// A webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(example()))]
pub struct WebhookView {
    /// Its identity.
    pub id: Uuid,
    /// Where it is sent.
    pub url: String,
    /// What it is for.
    #[schema(required)]
    pub description: Option<String>,
    /// The types of events it is told of, or patterns (`case.*`); none: all.
    pub types: Vec<String>,
    /// Whether an event waits until the one before it was taken.
    pub ordered: bool,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Only what happened there.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// Whoever said where it goes: it is sent what they may see.
    pub owner_id: Uuid,
    /// How far the API key went that they said it with: nothing beyond is sent. `null`: it was no key.
    #[schema(required)]
    pub limits: Option<KeyLimits>,
    /// Why the server disabled it.
    #[schema(required)]
    pub disabled_reason: Option<DisabledReason>,
    /// When the server disabled it.
    #[schema(required)]
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it got another secret.
    #[schema(required)]
    pub secret_rotated_at: Option<DateTime<Utc>>,
    /// How many changes it has had; the `ETag`.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A webhook that was just created, with its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(with_secret()))]
pub struct NewWebhook {
    /// The webhook.
    #[serde(flatten)]
    pub webhook: WebhookView,
    /// What messages are signed with (`whsec_…`). Shown now and never again.
    pub secret: String,
}

/// Another secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=",
    "previous_valid_until": "2026-11-23T01:02:03Z",
}))]
pub struct NewSecret {
    /// What messages are signed with from now on. Shown now and never again.
    pub secret: String,
    /// Until then they are signed with the secret before as well.
    pub previous_valid_until: DateTime<Utc>,
}

/// Something told, or to be told, to a webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(delivery()))]
pub struct DeliveryView {
    /// Its identity: the header `webhook-id` of every attempt.
    pub id: Uuid,
    /// To which webhook.
    pub webhook_id: Uuid,
    /// The event's type; `ping` is no event.
    pub r#type: String,
    /// The event; `null` for a ping.
    #[schema(required)]
    pub event_id: Option<Uuid>,
    /// What it happened to: `case`.
    pub aggregate: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// How it stands.
    pub status: DeliveryStatus,
    /// How often it has been sent.
    pub attempts: i32,
    /// When it is sent next, if it is. Of an ordered webhook, not before what comes before it.
    #[schema(required)]
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The status last answered.
    #[schema(required)]
    pub last_status: Option<i32>,
    /// Why the last attempt got no answer.
    #[schema(required)]
    pub last_error: Option<AttemptError>,
    /// When it was planned.
    pub created_at: DateTime<Utc>,
    /// When it was taken, or given up.
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
}

/// A delivery with what was sent and every attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(detail()))]
pub struct DeliveryDetail {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What is sent; `null` where the event is not the caller's to see.
    #[schema(required)]
    pub payload: Option<Payload>,
    /// Every attempt, the first one first.
    pub log: Vec<AttemptView>,
}

/// One attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(attempt()))]
pub struct AttemptView {
    /// 1, 2, 3 …
    pub number: i32,
    /// When.
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub duration_ms: i32,
    /// The status answered.
    #[schema(required)]
    pub status: Option<i32>,
    /// Why there was no answer.
    #[schema(required)]
    pub error: Option<AttemptError>,
    /// How the answer's body began: its first 1,024 bytes.
    #[schema(required)]
    pub body: Option<String>,
}

/// What a webhook is sent, after the Standard Webhooks specification.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = WebhookPayload, example = json!({
    "type": "case.closed", "timestamp": "2026-11-22T01:02:03Z",
    "data": super::examples::event(),
}))]
pub struct Payload {
    /// What happened: the event's type, or `ping`.
    pub r#type: String,
    /// When it happened, not when it was sent.
    pub timestamp: DateTime<Utc>,
    /// The event as the feed shows it (`EventView`); of a ping, the webhook's id.
    #[schema(value_type = Object)]
    pub data: Value,
}

/// How many deliveries are sent again.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "redelivered": 12 }))]
pub struct RedeliveredCount {
    /// So many.
    pub redelivered: usize,
}

list!(
    /// A page of webhooks.
    WebhookList, WebhookView
);
list!(
    /// A page of deliveries.
    DeliveryList, DeliveryView
);

impl TryFrom<Webhook> for WebhookView {
    type Error = serde_json::Error;

    fn try_from(row: Webhook) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: row.id.0,
            url: row.url,
            description: row.description,
            types: serde_json::from_value(row.types.0)?,
            ordered: row.ordered,
            enabled: row.enabled,
            site_id: row.site_id.map(|it| it.0),
            owner_id: row.owner_id.0,
            limits: row.limits.map(|it| serde_json::from_value(it.0)).transpose()?,
            disabled_reason: row.disabled_reason.as_deref().map(DisabledReason::of),
            disabled_at: row.disabled_at.map(|it| it.0),
            secret_rotated_at: row.secret_rotated_at.map(|it| it.0),
            version: row.version.into(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

impl From<Delivery> for DeliveryView {
    fn from(row: Delivery) -> Self {
        let status = match row.state.as_str() {
            DELIVERED => DeliveryStatus::Delivered,
            FAILED => DeliveryStatus::Failed,
            _ => DeliveryStatus::Pending,
        };
        Self {
            id: row.id.0,
            webhook_id: row.webhook_id.0,
            r#type: row.kind,
            event_id: row.event_id.map(|it| it.0),
            aggregate: row.aggregate,
            aggregate_id: row.aggregate_id.0,
            status,
            attempts: row.attempts,
            next_attempt_at: (status == DeliveryStatus::Pending).then_some(row.next_at.0),
            last_status: row.last_status,
            last_error: row.last_error.as_deref().map(AttemptError::of),
            created_at: row.created_at.0,
            finished_at: row.finished_at.map(|it| it.0),
        }
    }
}

impl From<Attempt> for AttemptView {
    fn from(row: Attempt) -> Self {
        let Attempt { delivery_id: _, number, started_at, duration_ms, status, error, body } = row;
        let error = error.as_deref().map(AttemptError::of);
        Self { number, started_at: started_at.0, duration_ms, status, error, body }
    }
}

impl DeliveryDetail {
    /// All of one delivery.
    pub fn new(delivery: Delivery, payload: Option<Payload>, log: Vec<AttemptView>) -> Self {
        Self { delivery: delivery.into(), payload, log }
    }
}

impl Payload {
    /// What is told of an event.
    pub fn of(event: StoredEvent) -> Self {
        let (r#type, timestamp) = (event.kind.clone(), event.occurred_at);
        Self { r#type, timestamp, data: json!(EventView::from(event)) }
    }

    /// What a ping says.
    pub fn ping(delivery: &Delivery) -> Self {
        let data = json!({ "webhook_id": delivery.webhook_id.0 });
        Self { r#type: delivery.kind.clone(), timestamp: delivery.created_at.0, data }
    }
}

fn example() -> Value {
    json!({
        "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "url": "https://crm.example.com/hooks/kefu",
        "description": "客户关系系统", "types": ["case.*", "customer.deleted"], "ordered": false,
        "enabled": true, "site_id": null, "owner_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e13",
        "limits": { "permissions": ["case.read", "event.read"], "scope": "all", "site_id": null },
        "disabled_reason": null, "disabled_at": null, "secret_rotated_at": null, "version": 1,
        "created_at": "2026-11-22T01:02:03Z", "updated_at": "2026-11-22T01:02:03Z",
    })
}

fn with_secret() -> Value {
    and(example(), json!({ "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=" }))
}

/// The members of both.
fn and(mut one: Value, other: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (one.as_object_mut(), other) {
        members.extend(more);
    }
    one
}

fn delivery() -> Value {
    json!({
        "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e21",
        "webhook_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "type": "case.clock_breached",
        "event_id": "0199c3f2-0000-7000-8000-00000000000a", "aggregate": "case",
        "aggregate_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "status": "delivered",
        "attempts": 1, "next_attempt_at": null, "last_status": 204, "last_error": null,
        "created_at": "2026-11-23T10:00:00Z", "finished_at": "2026-11-23T10:00:01Z",
    })
}

fn attempt() -> Value {
    json!({
        "number": 1, "started_at": "2026-11-23T10:00:00Z", "duration_ms": 87, "status": 204,
        "error": null, "body": "",
    })
}

fn detail() -> Value {
    let payload = json!({
        "type": "case.clock_breached", "timestamp": "2026-11-23T10:00:00Z",
        "data": super::examples::event(),
    });
    and(delivery(), json!({ "payload": payload, "log": [attempt()] }))
}
