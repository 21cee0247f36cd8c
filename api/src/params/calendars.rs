//! Calendars, deadlines and the feed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::WordsDraft;

/// A working interval: from one local time to another, `["08:30", "12:00"]`. One that ends before it
/// starts crosses midnight.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[schema(example = json!(["08:30", "12:00"]))]
pub struct IntervalDraft(pub Vec<String>);

/// A calendar, as put.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!(example()))]
pub struct CalendarDraft {
    /// Its code; if given, the one in the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub code: Option<String>,
    /// What people call it.
    pub title: WordsDraft,
    /// An IANA time zone, as `Asia/Shanghai`.
    #[schema(max_length = 64)]
    pub time_zone: String,
    /// The national table of holidays and make-up days it follows: `CN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8)]
    pub national: Option<String>,
    /// The working intervals of each day of the week.
    pub week: WeekDraft,
    /// The working intervals of the national table's make-up days; Monday's when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 48)]
    pub makeup: Vec<IntervalDraft>,
    /// Days closed beside the national table's.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub holidays: Vec<HolidayDraft>,
    /// Days with their own intervals, whatever else they are.
    #[serde(default)]
    #[schema(max_items = 2000)]
    pub overrides: Vec<OverrideDraft>,
    /// Ignored: a calendar as read can be put again.
    #[serde(default, skip_serializing)]
    pub version: Option<i64>,
}

/// An example of a calendar.
pub(crate) fn example() -> serde_json::Value {
    let day = serde_json::json!([["08:30", "12:00"], ["13:00", "18:00"]]);
    serde_json::json!({
        "title": { "zh": "办公时间", "en": "Office hours" },
        "time_zone": "Asia/Shanghai", "national": "CN",
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": [], "sun": [] },
        "makeup": [["08:30", "18:00"]],
        "holidays": [{ "date": "2026-10-08", "name": "公司年假" }],
        "overrides": [{ "date": "2026-10-10", "intervals": [["09:00", "12:00"]], "name": "值班" }],
    })
}

/// Working intervals per weekday. A day with none is not a working day.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Default)]
#[serde(deny_unknown_fields, default)]
pub struct WeekDraft {
    /// Monday.
    #[schema(max_items = 48)]
    pub mon: Vec<IntervalDraft>,
    /// Tuesday.
    #[schema(max_items = 48)]
    pub tue: Vec<IntervalDraft>,
    /// Wednesday.
    #[schema(max_items = 48)]
    pub wed: Vec<IntervalDraft>,
    /// Thursday.
    #[schema(max_items = 48)]
    pub thu: Vec<IntervalDraft>,
    /// Friday.
    #[schema(max_items = 48)]
    pub fri: Vec<IntervalDraft>,
    /// Saturday.
    #[schema(max_items = 48)]
    pub sat: Vec<IntervalDraft>,
    /// Sunday.
    #[schema(max_items = 48)]
    pub sun: Vec<IntervalDraft>,
}

/// A day that is closed.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct HolidayDraft {
    /// `YYYY-MM-DD`.
    #[schema(max_length = 10)]
    pub date: String,
    /// What the day is called.
    #[schema(max_length = 200)]
    pub name: String,
}

/// A day with its own intervals; without any it is closed.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
pub struct OverrideDraft {
    /// `YYYY-MM-DD`.
    #[schema(max_length = 10)]
    pub date: String,
    /// When it is open.
    #[schema(max_items = 48)]
    pub intervals: Vec<IntervalDraft>,
    /// What the day is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub name: Option<String>,
}

/// A span to be counted from an instant.
#[derive(Deserialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "start": "2026-11-20T07:00:00Z", "span": "1wd" }))]
pub struct DeadlineRequest {
    /// When the span starts.
    pub start: DateTime<Utc>,
    /// How long: `30m`, `72h`, `7d`, `2w`, `1M`, `4wh`, `90wm`, `3wd`.
    #[schema(min_length = 2, max_length = 12, pattern = "^(0wd|[1-9][0-9]*(m|h|d|w|M|wm|wh|wd))$")]
    pub span: String,
}

/// How to put a calendar.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct PutCalendarQuery {
    /// Only show what it would be; nothing is stored.
    pub dry_run: Option<bool>,
}

/// What the list of calendars is narrowed to, and how it is sorted.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CalendarFilter {
    /// Words that code or title must hold, all of them.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// The order: by code.
    #[param(inline)]
    pub sort: Option<super::ByCode>,
}
