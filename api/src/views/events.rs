//! The change feed.

use chrono::{DateTime, Utc};
use kefu_persistence::events::StoredEvent;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::EventType;

/// One fact in the log.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "position": 4711, "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "type": "case.opened",
    "aggregate": "case", "aggregate_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12", "sequence": 1,
    "actor_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e13", "occurred_at": "2026-11-22T01:02:03Z",
    "data": {}
}))]
pub struct EventView {
    /// Its place in the feed; it grows, with gaps.
    pub position: i64,
    /// Its identity.
    pub id: Uuid,
    /// What happened: `case.opened`.
    #[schema(value_type = EventType)]
    pub r#type: String,
    /// What it happened to: `case`.
    pub aggregate: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// 1, 2, 3 … within the aggregate.
    pub sequence: i32,
    /// Who did it; `null`: the server itself.
    #[schema(required)]
    pub actor_id: Option<Uuid>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// What else there is to say.
    #[schema(value_type = Object)]
    pub data: Value,
}

impl From<StoredEvent> for EventView {
    fn from(event: StoredEvent) -> Self {
        Self {
            position: event.position,
            id: event.id,
            r#type: event.kind,
            aggregate: event.aggregate,
            aggregate_id: event.aggregate_id,
            sequence: event.sequence,
            actor_id: event.actor_id,
            occurred_at: event.occurred_at,
            data: event.data,
        }
    }
}

/// A page of the feed, oldest first.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({ "items": [], "next_position": 4711 }))]
pub struct EventFeed {
    /// The events.
    pub items: Vec<EventView>,
    /// What to ask for next: `after`. Nothing before it will ever be added.
    pub next_position: i64,
}
