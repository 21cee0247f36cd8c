//! What clients say about cases.

use chrono::{DateTime, Utc};
use kefu_domain::case::{Channel, Edit, Priority};
use kefu_persistence::Page;
use kefu_persistence::cases::{Filter, Sort};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::{cursor, limit};
use crate::app::{CaseQuery, Failure, NewCase, not_a_cursor};
use crate::views::words::{CaseChannel, CaseKind, CasePriority};

/// A case to be opened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "procedure": "complaint", "subject": "三号楼电梯异响", "channel": "phone",
    "site_id": "0199c3f2-0000-7000-8000-000000000001",
    "customer_id": "0199c3f2-0000-7000-8000-000000000002",
    "fields": { "grade": "major", "what_happened": "昨晚电梯在六层停了十分钟" },
}))]
pub struct OpenCase {
    /// The procedure's code; its newest version is used.
    #[schema(min_length = 1, max_length = 64)]
    pub procedure: String,
    /// What it is about, in a line.
    #[schema(max_length = 200, pattern = r"\S")]
    pub subject: String,
    /// How it came in.
    #[schema(value_type = CaseChannel)]
    pub channel: Channel,
    /// How urgent it is; `normal` if it is not said.
    #[serde(default)]
    #[schema(value_type = CasePriority, default = "normal")]
    pub priority: Priority,
    /// Where.
    #[serde(default)]
    pub site_id: Option<Uuid>,
    /// Who is served.
    #[serde(default)]
    pub customer_id: Option<Uuid>,
    /// What it is about.
    #[serde(default)]
    pub asset_id: Option<Uuid>,
    /// What the procedure's form asks for (`GET /v1/procedures/{code}`).
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

impl From<OpenCase> for NewCase {
    fn from(open: OpenCase) -> Self {
        let OpenCase {
            procedure,
            subject,
            channel,
            priority,
            site_id,
            customer_id,
            asset_id,
            fields,
        } = open;
        Self { procedure, subject, channel, priority, site_id, customer_id, asset_id, fields }
    }
}

/// A correction (JSON merge patch): what is absent stays, `null` takes away.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "priority": "urgent", "fields": { "grade": "major" } }))]
pub struct CasePatch {
    /// What it is about, in a line.
    #[serde(default)]
    #[schema(max_length = 200, pattern = r"\S", nullable = false)]
    pub subject: Option<String>,
    /// How urgent it is; deadlines that depend on it are counted anew from their start.
    #[serde(default)]
    #[schema(value_type = Option<CasePriority>, nullable = false)]
    pub priority: Option<Priority>,
    /// How it came in.
    #[serde(default)]
    #[schema(value_type = Option<CaseChannel>, nullable = false)]
    pub channel: Option<Channel>,
    /// Who is served.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub customer_id: Option<Option<Uuid>>,
    /// What it is about.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub asset_id: Option<Option<Uuid>>,
    /// Changes of what opening said; what actions recorded stays.
    #[serde(default)]
    #[schema(value_type = Option<Object>, nullable = false)]
    pub fields: Option<Map<String, Value>>,
}

impl From<CasePatch> for Edit {
    fn from(patch: CasePatch) -> Self {
        let CasePatch { subject, priority, channel, customer_id, asset_id, fields } = patch;
        Self { subject, priority, channel, customer_id, asset_id, fields }
    }
}

/// `null` is a value; an absent member is none.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::<Uuid>::deserialize(deserializer).map(Some)
}

/// An action's input: what its `form` asks for, and `note`.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(value_type = Object, example = json!({
    "solution": "已更换曳引机轴承", "told_by": "phone", "note": "客户表示满意",
}))]
pub struct ActionInput(pub Map<String, Value>);

/// Something to be said about a case.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "text": "已电话告知客户维修人员两点上门" }))]
pub struct NewComment {
    /// What.
    #[schema(max_length = 4000, pattern = r"\S")]
    pub text: String,
}

/// What a list of cases is narrowed to, and how it is sorted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CaseFilter {
    /// Only of this procedure.
    pub procedure: Option<String>,
    /// Only of this kind.
    #[param(inline, value_type = Option<CaseKind>)]
    pub kind: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// Only at this site.
    pub site_id: Option<Uuid>,
    /// Only for this customer.
    pub customer_id: Option<Uuid>,
    /// Only about this asset.
    pub asset_id: Option<Uuid>,
    /// Only owned by this user (首问负责人).
    pub owner_id: Option<Uuid>,
    /// Only worked on by this user (经办人).
    pub assignee_id: Option<Uuid>,
    /// Only of this priority.
    #[param(inline, value_type = Option<CasePriority>)]
    pub priority: Option<String>,
    /// Only those that came in this way.
    #[param(inline, value_type = Option<CaseChannel>)]
    pub channel: Option<String>,
    /// Only open cases whose earliest deadline has passed (`true`) or has not (`false`).
    pub overdue: Option<bool>,
    /// Only those with a deadline before this instant.
    pub due_before: Option<DateTime<Utc>>,
    /// Only those opened at this instant or later.
    pub opened_from: Option<DateTime<Utc>>,
    /// Only those opened before this instant.
    pub opened_to: Option<DateTime<Utc>>,
    /// Words that number, subject or fields must hold, all of them; Chinese words are found.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only follow-ups of this case.
    pub parent_id: Option<Uuid>,
    /// In this order; `-opened_at` if it is not said. What has no deadline comes last by `due_at`.
    #[param(inline)]
    pub sort: Option<CaseSort>,
    /// At most so many; 50 if it is not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// Whether `total` is asked for.
    pub count: Option<bool>,
}

/// The orders of a list of cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(title = "CaseSort")]
pub enum CaseSort {
    /// Newest first.
    #[default]
    #[serde(rename = "-opened_at")]
    NewestFirst,
    /// Oldest first.
    #[serde(rename = "opened_at")]
    OldestFirst,
    /// The earliest deadline first.
    #[serde(rename = "due_at")]
    DueFirst,
    /// The latest deadline first.
    #[serde(rename = "-due_at")]
    DueLast,
}

impl TryFrom<CaseFilter> for CaseQuery {
    type Error = Failure;

    fn try_from(asked: CaseFilter) -> Result<Self, Failure> {
        let sort = match asked.sort.unwrap_or_default() {
            CaseSort::NewestFirst => Sort::OpenedDescending,
            CaseSort::OldestFirst => Sort::Opened,
            CaseSort::DueFirst => Sort::Due,
            CaseSort::DueLast => Sort::DueDescending,
        };
        let after = cursor(asked.cursor.as_deref())?;
        if after.as_ref().is_some_and(|it| !sort.made(it)) {
            return Err(not_a_cursor());
        }
        let page = Page { limit: limit(asked.limit), after, count: asked.count.unwrap_or(false) };
        let filter = Filter {
            procedure: asked.procedure,
            kind: asked.kind,
            state: asked.state,
            priority: asked.priority,
            channel: asked.channel,
            site_id: asked.site_id,
            customer_id: asked.customer_id,
            asset_id: asked.asset_id,
            owner_id: asked.owner_id,
            assignee_id: asked.assignee_id,
            parent_id: asked.parent_id,
            overdue: None,
            due_before: asked.due_before,
            opened_from: asked.opened_from,
            opened_to: asked.opened_to,
            q: asked.q,
        };
        Ok(Self { filter, overdue: asked.overdue, sort, page })
    }
}
