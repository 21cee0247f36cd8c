//! An inbox as its user sees it.

use chrono::{DateTime, Utc};
use kefu_persistence::notifications::Notification;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::NotificationType;

/// Something somebody should know.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(super::examples::notification()))]
pub struct NotificationView {
    /// Its identity.
    pub id: Uuid,
    /// Of what.
    #[serde(rename = "type")]
    #[schema(value_type = NotificationType)]
    pub kind: String,
    /// About which case.
    #[schema(required)]
    pub case_id: Option<Uuid>,
    /// The case's number, subject and state, the clock and its deadline; of a webhook, its id and URL,
    /// and why it was disabled.
    #[schema(value_type = Object)]
    pub data: Value,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    #[schema(required)]
    pub read_at: Option<DateTime<Utc>>,
}

/// A page of an inbox.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "items": [super::examples::notification()], "unread": 1, "next_cursor": null
}))]
pub struct NotificationList {
    /// The entries, newest first.
    pub items: Vec<NotificationView>,
    /// How many have not been read, on all pages.
    pub unread: i64,
    /// What to ask for next; nothing if this is the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// How many there are on all pages, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// How many entries were marked as read.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "read": 3 }))]
pub struct ReadCount {
    /// So many had not been read before.
    pub read: usize,
}

impl From<Notification> for NotificationView {
    fn from(notification: Notification) -> Self {
        let Notification { id, user_id: _, case_id, kind, data, created_at, read_at } =
            notification;
        Self { id, kind, case_id, data, created_at, read_at }
    }
}
