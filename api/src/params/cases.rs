//! What clients say about cases.

use chrono::{DateTime, Utc};
use kefu_domain::case::{Channel, Edit, Priority};
use kefu_persistence::cases::{Filter, Sort};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::lists::Who;
use crate::app::NewCase;
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
    /// Only of these procedures.
    #[param(max_items = 50, explode = false)]
    pub procedure: Vec<String>,
    /// Only of these kinds.
    #[param(inline, value_type = Vec<CaseKind>, max_items = 50, explode = false)]
    pub kind: Vec<String>,
    /// Only in these states.
    #[param(max_items = 50, explode = false)]
    pub state: Vec<String>,
    /// Only at these sites.
    #[param(max_items = 200, explode = false)]
    pub site_id: Vec<Uuid>,
    /// Only for these customers.
    #[param(max_items = 200, explode = false)]
    pub customer_id: Vec<Uuid>,
    /// Only about these assets.
    #[param(max_items = 200, explode = false)]
    pub asset_id: Vec<Uuid>,
    /// Only owned by these users (首问负责人); `me`: by whoever asks.
    #[param(inline, max_items = 200, explode = false)]
    pub owner_id: Vec<Who>,
    /// Only worked on by these users (经办人); `me`: by whoever asks.
    #[param(inline, max_items = 200, explode = false)]
    pub assignee_id: Vec<Who>,
    /// Only those these users work on beside the assignee (协办人); `me`: whoever asks.
    #[param(inline, max_items = 200, explode = false)]
    pub helper_id: Vec<Who>,
    /// Only those that wait for one of these users to take them over; `me`: for whoever asks.
    #[param(inline, max_items = 200, explode = false)]
    pub transfer_to: Vec<Who>,
    /// Only opened by these users; `me`: by whoever asks.
    #[param(inline, max_items = 200, explode = false)]
    pub opened_by: Vec<Who>,
    /// Only those that these teams work on.
    #[param(max_items = 50, explode = false)]
    pub team: Vec<String>,
    /// Only of these priorities.
    #[param(inline, value_type = Vec<CasePriority>, max_items = 50, explode = false)]
    pub priority: Vec<String>,
    /// Only those that came in one of these ways.
    #[param(inline, value_type = Vec<CaseChannel>, max_items = 50, explode = false)]
    pub channel: Vec<String>,
    /// Only those somebody works on (`true`), or nobody does (`false`).
    pub assigned: Option<bool>,
    /// Only those that are not closed (`true`), or are (`false`).
    pub open: Option<bool>,
    /// Only open cases whose earliest deadline has passed (`true`) or has not (`false`).
    pub overdue: Option<bool>,
    /// Only those with a deadline at this instant or later.
    pub due_from: Option<DateTime<Utc>>,
    /// Only those with a deadline before this instant.
    pub due_before: Option<DateTime<Utc>>,
    /// Only those opened at this instant or later.
    pub opened_from: Option<DateTime<Utc>>,
    /// Only those opened before this instant.
    pub opened_to: Option<DateTime<Utc>>,
    /// Only those closed at this instant or later.
    pub closed_from: Option<DateTime<Utc>>,
    /// Only those closed before this instant.
    pub closed_to: Option<DateTime<Utc>>,
    /// Words that number, subject or fields must hold, all of them; Chinese words are found.
    #[param(max_length = 200)]
    pub q: Option<String>,
    /// Only follow-ups of these cases.
    #[param(max_items = 200, explode = false)]
    pub parent_id: Vec<Uuid>,
    /// In this order; `-opened_at` if it is not said. What has no deadline comes last by `due_at`.
    #[param(inline)]
    pub sort: Option<CaseSort>,
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

impl From<CaseSort> for Sort {
    fn from(sort: CaseSort) -> Self {
        match sort {
            CaseSort::NewestFirst => Self::OpenedDescending,
            CaseSort::OldestFirst => Self::Opened,
            CaseSort::DueFirst => Self::Due,
            CaseSort::DueLast => Self::DueDescending,
        }
    }
}

impl CaseFilter {
    /// The same for storage, as `me` asks it at an instant.
    pub fn asked(self, me: Uuid, now: DateTime<Utc>) -> (Filter, Sort) {
        let sort = self.sort.unwrap_or_default().into();
        let who = |some: Vec<Who>| some.iter().map(|it| it.id(me)).collect();
        let filter = Filter {
            procedure: self.procedure,
            kind: self.kind,
            state: self.state,
            priority: self.priority,
            channel: self.channel,
            site_id: self.site_id,
            customer_id: self.customer_id,
            asset_id: self.asset_id,
            owner_id: who(self.owner_id),
            assignee_id: who(self.assignee_id),
            helper_id: who(self.helper_id),
            transfer_to: who(self.transfer_to),
            opened_by: who(self.opened_by),
            parent_id: self.parent_id,
            team: self.team,
            assigned: self.assigned,
            open: self.open,
            overdue: self.overdue.map(|overdue| (overdue, now)),
            due_from: self.due_from,
            due_before: self.due_before,
            opened_from: self.opened_from,
            opened_to: self.opened_to,
            closed_from: self.closed_from,
            closed_to: self.closed_to,
            q: self.q,
        };
        (filter, sort)
    }
}
