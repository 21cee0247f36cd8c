//! Calendars and deadlines.

use chrono::{DateTime, Utc};
use kefu_domain::calendar::{Calendar, Explanation, Segment, SegmentKind};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use crate::app::Failure;
use crate::params::{HolidayDraft, IntervalDraft, OverrideDraft, WeekDraft, WordsDraft};

/// A calendar.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!(example()))]
pub struct CalendarView {
    /// Its name in requests.
    pub code: String,
    /// What people call it.
    #[schema(value_type = WordsDraft)]
    pub title: Value,
    /// An IANA time zone.
    pub time_zone: String,
    /// The national table of holidays and make-up days it follows.
    #[schema(required)]
    pub national: Option<String>,
    /// The working intervals of each day of the week.
    #[schema(value_type = WeekDraft)]
    pub week: Value,
    /// The working intervals of make-up days; Monday's when there are none.
    #[schema(value_type = Vec<IntervalDraft>)]
    pub makeup: Value,
    /// Days closed beside the national table's.
    #[schema(value_type = Vec<HolidayDraft>)]
    pub holidays: Value,
    /// Days with their own intervals.
    #[schema(value_type = Vec<OverrideDraft>)]
    pub overrides: Value,
    /// Which version this is, from 1; 0 is built in. The `ETag`.
    pub version: i64,
    /// In the answer of a dry run: the deadlines it would move, of the first thousand cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub moves: Option<Vec<MoveView>>,
}

/// A deadline that a changed calendar would move.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "number": "TS-20261122-000184",
    "clock": "resolution", "due_at": "2026-11-23T10:00:00Z", "new_due_at": "2026-11-24T10:00:00Z",
}))]
pub struct MoveView {
    /// The case.
    pub case_id: Uuid,
    /// What people call it.
    pub number: String,
    /// Which of its clocks.
    pub clock: String,
    /// The deadline as it is.
    pub due_at: DateTime<Utc>,
    /// The deadline as it would be.
    pub new_due_at: DateTime<Utc>,
}

fn example() -> Value {
    let mut example = crate::params::calendar_example();
    if let Value::Object(members) = &mut example {
        members.insert("code".into(), "office".into());
        members.insert("version".into(), 3.into());
    }
    example
}

impl CalendarView {
    /// A calendar at a version.
    pub fn new(calendar: &Calendar, version: i64) -> Result<Self, Failure> {
        let it = calendar.definition();
        Ok(Self {
            code: it.code.clone(),
            title: json(&it.title)?,
            time_zone: it.time_zone.clone(),
            national: it.national.clone(),
            week: json(&it.week)?,
            makeup: json(&it.makeup)?,
            holidays: json(&it.holidays)?,
            overrides: json(&it.overrides)?,
            version,
            moves: None,
        })
    }
}

fn json(part: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(part).map_err(|error| Failure::Broken(format!("a calendar: {error}")))
}

list!(
    /// A page of calendars.
    CalendarList, CalendarView
);

/// A deadline, and the segments that lead up to it.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "due_at": "2026-11-23T10:00:00Z",
    "segments": [
        { "from": "2026-11-20T07:00:00Z", "to": "2026-11-23T00:30:00Z", "kind": "closed", "name": null },
        { "from": "2026-11-23T00:30:00Z", "to": "2026-11-23T10:00:00Z", "kind": "counted", "name": null }
    ]
}))]
pub struct DeadlineView {
    /// When the span is used up.
    pub due_at: DateTime<Utc>,
    /// From the start to `due_at`, without a gap.
    pub segments: Vec<SegmentView>,
}

/// A stretch of time of one kind.
#[derive(Serialize, ToSchema, Debug, Clone)]
pub struct SegmentView {
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The instant after its last.
    pub to: DateTime<Utc>,
    /// What it is.
    pub kind: SegmentWord,
    /// The holiday or override that made it so.
    #[schema(required)]
    pub name: Option<String>,
}

/// What a stretch of time is to a clock.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum SegmentWord {
    /// It counts.
    Counted,
    /// Outside the weekly working hours.
    Closed,
    /// A day closed by a holiday.
    Holiday,
    /// A day with intervals of its own.
    Override,
    /// The clock stood still.
    Paused,
}

impl From<Explanation> for DeadlineView {
    fn from(it: Explanation) -> Self {
        let segments = it.segments.into_iter().map(SegmentView::from).collect();
        Self { due_at: it.due_at, segments }
    }
}

impl From<Segment> for SegmentView {
    fn from(it: Segment) -> Self {
        let kind = match it.kind {
            SegmentKind::Counted => SegmentWord::Counted,
            SegmentKind::Closed => SegmentWord::Closed,
            SegmentKind::Holiday => SegmentWord::Holiday,
            SegmentKind::Override => SegmentWord::Override,
            SegmentKind::Paused => SegmentWord::Paused,
        };
        Self { from: it.from, to: it.to, kind, name: it.name }
    }
}
