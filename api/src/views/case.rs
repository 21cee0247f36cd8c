//! A case as clients see it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use kefu_domain::case::{self, Case, Clock, ClockState, Offer, Relation};
use kefu_domain::procedure::definition::Action;
use kefu_domain::procedure::{ActionRule, Procedure};
use kefu_domain::text::Lang;
use kefu_persistence::cases::Summary;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::approval::{ApprovalView, HoldView};
use super::words::{CaseChannel, CaseKind, CasePriority, ClockStateName, LinkRelation};

/// A case, whole: with its clocks and the actions open to the caller.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(super::examples::case()))]
pub struct CaseView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// Which of its parent's follow-ups it is.
    #[schema(required)]
    pub follow_up: Option<String>,
    /// The duty (例行任务) it carries out.
    #[schema(required)]
    pub duty: Option<String>,
    /// The role for one of whose people it waits, while nobody works on it.
    #[schema(required)]
    pub pool: Option<String>,
    /// Since when it is suspended (挂起).
    #[schema(required)]
    pub suspended_at: Option<DateTime<Utc>>,
    /// Since when it is supervised (督办).
    #[schema(required)]
    pub supervised_at: Option<DateTime<Utc>>,
    /// How often it was urged (催办).
    pub urged: u32,
    /// A transfer that waits for the next assignee's word.
    #[schema(required)]
    pub transfer: Option<TransferView>,
    /// An extension that waits for approval.
    #[schema(required)]
    pub extension: Option<ExtensionView>,
    /// Other cases it is linked with.
    pub links: Vec<LinkView>,
    /// Who works on it beside the assignee (协办人).
    pub helpers: Vec<Uuid>,
    /// The newest round of approval it is in or went through.
    #[schema(required)]
    pub approval: Option<ApprovalView>,
    /// The things it has, of each of which there is one.
    pub holds: Vec<HoldView>,
    /// Its promises: each as it was made last.
    pub clocks: Vec<ClockView>,
    /// Promises that were over when the case made them again, as reopening does; oldest first.
    pub earlier_clocks: Vec<ClockView>,
    /// What the caller may do now. Nothing else succeeds.
    pub actions: Vec<ActionView>,
}

/// A case as a list shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!(super::examples::case_summary()))]
pub struct CaseSummary {
    /// Its identity.
    pub id: Uuid,
    /// What people call it.
    pub number: String,
    /// The procedure it follows.
    pub procedure: String,
    /// The version it was opened with, which it keeps.
    pub procedure_version: u32,
    /// What kind of case it is.
    #[schema(value_type = CaseKind)]
    pub kind: String,
    /// Where in the procedure it is.
    pub state: String,
    /// What people call that state.
    pub state_title: String,
    /// How urgent it is.
    #[schema(value_type = CasePriority)]
    pub priority: String,
    /// How it came in.
    #[schema(value_type = CaseChannel)]
    pub channel: String,
    /// What it is about, in a line.
    pub subject: String,
    /// What its forms have been told.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// Where.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// Who is served.
    #[schema(required)]
    pub customer_id: Option<Uuid>,
    /// What it is about.
    #[schema(required)]
    pub asset_id: Option<Uuid>,
    /// The case whose follow-up it is.
    #[schema(required)]
    pub parent_id: Option<Uuid>,
    /// The first person who received the customer (首问负责人).
    #[schema(required)]
    pub owner_id: Option<Uuid>,
    /// Who works on it now (经办人).
    #[schema(required)]
    pub assignee_id: Option<Uuid>,
    /// Who opened it; nobody if the system did.
    #[schema(required)]
    pub opened_by: Option<Uuid>,
    /// The team of whoever works on it.
    #[schema(required)]
    pub team: Option<String>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The earliest deadline that runs.
    #[schema(required)]
    pub due_at: Option<DateTime<Utc>>,
    /// When it was closed.
    #[schema(required)]
    pub closed_at: Option<DateTime<Utc>>,
    /// Its version: the `ETag`, and the number of its events.
    pub version: u32,
}

/// A transfer that waits for the next assignee's word.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TransferView {
    /// To whom.
    pub to: Uuid,
    /// Who offered it.
    #[schema(required)]
    pub by: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// An extension that waits for approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExtensionView {
    /// On which clock.
    pub clock: String,
    /// How much: a span.
    pub span: String,
    /// Who asked.
    #[schema(required)]
    pub by: Option<Uuid>,
    /// Why.
    pub reason: String,
}

/// A tie to another case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LinkView {
    /// The other case.
    pub case_id: Uuid,
    /// What it is to this one.
    #[schema(value_type = LinkRelation)]
    pub relation: Relation,
}

/// One promise (时限).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClockView {
    /// Which of the procedure's clocks.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// The how-manieth time the case makes this promise, from 1.
    pub run: u32,
    /// How it stands.
    #[schema(value_type = ClockStateName)]
    pub state: ClockState,
    /// How long: a span.
    pub span: String,
    /// The calendar that counts it.
    pub calendar: String,
    /// Since when.
    pub started_at: DateTime<Utc>,
    /// Until when. While it stands still: as it was when it stopped counting.
    pub due_at: DateTime<Utc>,
    /// Seconds it stood still, as its calendar counts.
    pub paused_seconds: i64,
    /// The deadline that passed, if it did.
    #[schema(required)]
    pub breached_at: Option<DateTime<Utc>>,
    /// When it was kept, or no longer counted.
    #[schema(required)]
    pub stopped_at: Option<DateTime<Utc>>,
    /// The clauses it carries out.
    pub clauses: Vec<String>,
}

/// An action open to the caller now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActionView {
    /// The last segment of its address: `POST /v1/cases/{id}/actions/{code}`.
    pub code: String,
    /// What people call it, in the caller's language.
    pub title: String,
    /// JSON Schema 2020-12 of its input; every action also takes `note`.
    #[schema(value_type = Object)]
    pub form: Arc<Value>,
    /// The clauses it carries out.
    pub clauses: Vec<String>,
}

impl CaseView {
    /// What somebody sees of a case in their language.
    pub fn new(case: &Case, procedure: &Procedure, offers: &[Offer<'_>], lang: Lang) -> Self {
        let clocks = |of: &[Clock]| {
            of.iter().map(|it| ClockView::new(it, procedure, lang)).collect::<Vec<_>>()
        };
        Self {
            summary: CaseSummary::of_case(case, procedure, lang),
            follow_up: case.follow_up.clone(),
            duty: case.duty.clone(),
            pool: case.pool.clone().filter(|_| case.assignee_id.is_none()),
            suspended_at: case.suspended.as_ref().map(|it| it.since),
            supervised_at: case.supervised_at,
            urged: case.urged,
            transfer: case.transfer.as_ref().map(TransferView::new),
            extension: case.extension.as_ref().map(ExtensionView::new),
            links: case.links.iter().map(LinkView::new).collect(),
            helpers: case.helpers.clone(),
            approval: case.approval.as_ref().map(|it| ApprovalView::new(it, procedure, lang)),
            holds: case.holds.iter().map(HoldView::new).collect(),
            clocks: clocks(&case.clocks),
            earlier_clocks: clocks(&case.earlier),
            actions: offers.iter().map(|it| ActionView::new(it, lang)).collect(),
        }
    }
}

impl CaseSummary {
    pub fn of_case(case: &Case, procedure: &Procedure, lang: Lang) -> Self {
        Self {
            id: case.id,
            number: case.number.clone(),
            procedure: case.procedure.clone(),
            procedure_version: case.procedure_version,
            kind: case.kind.as_str().to_owned(),
            state: case.state.clone(),
            state_title: procedure.state_title(&case.state).get(lang).to_owned(),
            priority: case.priority.as_str().to_owned(),
            channel: case.channel.as_str().to_owned(),
            subject: case.subject.clone(),
            fields: Value::Object(case.fields.clone()),
            site_id: case.site_id,
            customer_id: case.customer_id,
            asset_id: case.asset_id,
            parent_id: case.parent_id,
            owner_id: case.owner_id,
            assignee_id: case.assignee_id,
            opened_by: case.opened_by,
            team: case.team.clone(),
            opened_at: case.opened_at,
            due_at: case.due_at(),
            closed_at: case.closed_at,
            version: case.version,
        }
    }

    /// A row of a list. `procedure` is the version it was opened with.
    pub fn of_row(row: &Summary, procedure: &Procedure, lang: Lang) -> Self {
        Self {
            id: row.id(),
            number: row.number.clone(),
            procedure: row.procedure.clone(),
            procedure_version: procedure.version,
            kind: row.kind.clone(),
            state: row.state.clone(),
            state_title: procedure.state_title(&row.state).get(lang).to_owned(),
            priority: row.priority.clone(),
            channel: row.channel.clone(),
            subject: row.subject.clone(),
            fields: row.fields().clone(),
            site_id: row.site_id(),
            customer_id: row.customer_id(),
            asset_id: row.asset_id(),
            parent_id: row.parent_id(),
            owner_id: row.owner_id(),
            assignee_id: row.assignee_id(),
            opened_by: row.opened_by(),
            team: row.team.clone(),
            opened_at: row.opened_at(),
            due_at: row.due_at(),
            closed_at: row.closed_at(),
            version: u32::try_from(row.version).unwrap_or_default(),
        }
    }
}

impl TransferView {
    fn new(transfer: &case::Transfer) -> Self {
        Self { to: transfer.to, by: transfer.by, reason: transfer.reason.clone() }
    }
}

impl ExtensionView {
    fn new(extension: &case::Extension) -> Self {
        let case::Extension { clock, span, by, reason } = extension;
        Self { clock: clock.clone(), span: span.to_string(), by: *by, reason: reason.clone() }
    }
}

impl LinkView {
    fn new(link: &case::Link) -> Self {
        Self { case_id: link.case_id, relation: link.relation }
    }
}

impl ClockView {
    fn new(clock: &Clock, procedure: &Procedure, lang: Lang) -> Self {
        let rule = procedure.clock(&clock.code);
        let title = rule.and_then(|it| it.definition.title.as_ref());
        Self {
            code: clock.code.clone(),
            title: title.map_or_else(|| clock.code.clone(), |it| it.get(lang).to_owned()),
            run: clock.run,
            state: clock.state,
            span: clock.span.to_string(),
            calendar: clock.calendar.clone(),
            started_at: clock.started_at,
            due_at: clock.due_at,
            paused_seconds: clock.paused_seconds(),
            breached_at: clock.breached_at,
            stopped_at: clock.stopped_at,
            clauses: clock.clauses.clone(),
        }
    }
}

impl ActionView {
    /// An action as its procedure has it.
    pub fn of_rule(rule: &ActionRule, lang: Lang) -> Self {
        let Action { code, title, clauses, .. } = &rule.definition;
        let title = title.as_ref().map_or(code.as_str(), |it| it.get(lang));
        Self {
            code: code.clone(),
            title: title.to_owned(),
            form: rule.form.schema(lang).clone(),
            clauses: clauses.clone(),
        }
    }

    fn new(offer: &Offer<'_>, lang: Lang) -> Self {
        Self {
            code: offer.code.to_owned(),
            title: offer.title.get(lang).to_owned(),
            form: Arc::clone(offer.form.schema(lang)),
            clauses: offer.clauses.to_vec(),
        }
    }
}
