//! What happened to a case, and how its deadlines come about, as clients see it.

use chrono::{DateTime, Utc};
use kefu_domain::calendar::Segment;
use kefu_domain::case::Clock;
use kefu_persistence::events::StoredEvent;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::case::CaseSummary;
use super::{EventView, SegmentView};
use crate::app::Page;

/// A page of cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "items": [super::examples::case_summary()], "next_cursor": null }))]
pub struct CaseList {
    /// The cases.
    pub items: Vec<CaseSummary>,
    /// What to ask for next; nothing if this is the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
    /// How many there are on all pages, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// Something that was said about a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(super::examples::comment()))]
pub struct CommentView {
    /// Its identity.
    pub id: Uuid,
    /// What.
    pub text: String,
    /// Who said it; nobody if the system did.
    #[schema(required)]
    pub actor_id: Option<Uuid>,
    /// When.
    pub occurred_at: DateTime<Utc>,
}

/// A page of comments.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "items": [super::examples::comment()], "next_cursor": null }))]
pub struct CommentList {
    /// The comments, oldest first.
    pub items: Vec<CommentView>,
    /// What to ask for next; nothing if this is the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// A page of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({ "items": [super::examples::event()], "next_cursor": null }))]
pub struct EventList {
    /// The events, oldest first.
    pub items: Vec<EventView>,
    /// What to ask for next; nothing if this is the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// How a deadline comes about.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "clock": "resolution", "span": "1wd", "calendar": "office", "calendar_version": 1,
    "started_at": "2026-11-22T01:02:03Z", "due_at": "2026-11-23T10:00:00Z", "paused_seconds": 0,
    "segments": [
        { "from": "2026-11-22T01:02:03Z", "to": "2026-11-23T00:30:00Z", "kind": "closed", "name": null },
        { "from": "2026-11-23T00:30:00Z", "to": "2026-11-23T04:00:00Z", "kind": "counted", "name": null },
        { "from": "2026-11-23T04:00:00Z", "to": "2026-11-23T05:00:00Z", "kind": "closed", "name": null },
        { "from": "2026-11-23T05:00:00Z", "to": "2026-11-23T10:00:00Z", "kind": "counted", "name": null },
    ],
    "clauses": ["R-001-308"],
}))]
pub struct ExplanationView {
    /// Which clock.
    pub clock: String,
    /// How long: a span.
    pub span: String,
    /// The calendar that counts it …
    pub calendar: String,
    /// … and the version it was counted by.
    pub calendar_version: u32,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// Until when.
    pub due_at: DateTime<Utc>,
    /// Seconds it stood still, as the calendar counts.
    pub paused_seconds: i64,
    /// From the start to the deadline, without a gap.
    pub segments: Vec<SegmentView>,
    /// The clauses it carries out.
    pub clauses: Vec<String>,
}

impl From<Page<CaseSummary>> for CaseList {
    fn from(page: Page<CaseSummary>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor, total: page.total }
    }
}

impl From<Page<CommentView>> for CommentList {
    fn from(page: Page<CommentView>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

impl From<Page<EventView>> for EventList {
    fn from(page: Page<EventView>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

impl CommentView {
    /// The comment an event tells of.
    pub fn of(event: &StoredEvent) -> Self {
        let text = event.data.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
        let StoredEvent { id, actor_id, occurred_at, .. } = event;
        Self { id: *id, text, actor_id: *actor_id, occurred_at: *occurred_at }
    }
}

impl ExplanationView {
    /// The explanation of a clock's deadline.
    pub fn new(clock: &Clock, segments: Vec<Segment>) -> Self {
        Self {
            clock: clock.code.clone(),
            span: clock.span.to_string(),
            calendar: clock.calendar.clone(),
            calendar_version: clock.calendar_version,
            started_at: clock.started_at,
            due_at: clock.due_at,
            paused_seconds: clock.paused_seconds(),
            segments: segments.into_iter().map(SegmentView::from).collect(),
            clauses: clock.clauses.clone(),
        }
    }
}
