//! Compliance and clauses, as clients see them.

use chrono::{DateTime, Utc};
use kefu_domain::compliance::{Standing, Tally};
use kefu_domain::pack::{Clause, Enforcer, Promised, Status};
use kefu_domain::text::Lang;
use kefu_persistence::compliance::Obligation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;

/// How many obligations arose in a period, and how they stand.
#[derive(Serialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[schema(example = json!({ "arisen": 42, "met": 38, "late": 2, "open": 2, "rate": "95" }))]
pub struct ObligationCounts {
    /// How many arose: the sum of the next three.
    pub arisen: i64,
    /// How many were kept in time.
    pub met: i64,
    /// How many are late: kept late, or not kept yet though their time has passed.
    pub late: i64,
    /// How many still have time.
    pub open: i64,
    /// `met` of `met` and `late`, in per cent; `null` while both are 0.
    #[schema(required, pattern = r"^[0-9]+(\.[0-9]+)?$")]
    pub rate: Option<String>,
}

impl From<Tally> for ObligationCounts {
    fn from(tally: Tally) -> Self {
        let rate = tally.rate().map(|it| it.to_string());
        Self { arisen: tally.arisen(), met: tally.met, late: tally.late, open: tally.open, rate }
    }
}

/// What carries a clause out, with its own numbers.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "address": "procedure:complaint/clock:reply", "title": "72小时答复", "standing": false,
    "obligations": { "arisen": 42, "met": 38, "late": 2, "open": 2, "rate": "95" }
}))]
pub struct EnforcerCompliance {
    /// Its address.
    pub address: String,
    /// What people call it.
    pub title: String,
    /// Whether it stands all the time (a post, a permission, a figure, what the system does for every
    /// case) and has no obligations of its own.
    pub standing: bool,
    /// Its own numbers; `null` where it stands all the time.
    #[schema(required)]
    pub obligations: Option<ObligationCounts>,
}

impl EnforcerCompliance {
    /// What was counted for it.
    pub fn new(by: &Enforcer, title: &str, tally: Option<Tally>) -> Self {
        Self {
            address: by.to_string(),
            title: title.to_owned(),
            standing: tally.is_none(),
            obligations: tally.map(ObligationCounts::from),
        }
    }
}

/// A clause, and what became of it in the period.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "R-001-308", "text": "重大投诉自收到起1个工作日内整改完毕。", "area": "complaint",
    "pack": "property",
    "obligations": { "arisen": 42, "met": 38, "late": 2, "open": 2, "rate": "95" },
    "by": [{
        "address": "procedure:complaint/clock:resolution", "title": "整改解决", "standing": false,
        "obligations": { "arisen": 42, "met": 38, "late": 2, "open": 2, "rate": "95" }
    }]
}))]
pub struct ComplianceView {
    /// The clause.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What it is about.
    pub area: String,
    /// The pack it is of. Only sites that work by it are counted, and what belongs to no site.
    pub pack: String,
    /// What arose for the clause. What several enforcers share is counted once, so this may be less
    /// than the sum of `by`.
    pub obligations: ObligationCounts,
    /// What carries it out.
    pub by: Vec<EnforcerCompliance>,
}

impl ComplianceView {
    /// A clause with its numbers.
    pub fn new(
        clause: &Clause,
        pack: &str,
        tally: Tally,
        by: Vec<EnforcerCompliance>,
        lang: Lang,
    ) -> Self {
        Self {
            id: clause.id.clone(),
            text: text(clause, lang),
            area: clause.area.clone(),
            pack: pack.to_owned(),
            obligations: tally.into(),
            by,
        }
    }
}

list!(
    /// A page of clauses with their numbers.
    ComplianceList, ComplianceView
);

/// How an obligation stands.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ObligationStatus {
    /// It was kept in time.
    Met,
    /// It is late.
    Late,
    /// It still has time.
    Open,
}

impl From<Standing> for ObligationStatus {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Met => Self::Met,
            Standing::Late => Self::Late,
            Standing::Open => Self::Open,
        }
    }
}

/// One obligation: a promise on a case, a case, an occurrence of a duty.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "number": "TS-20261122-000184",
    "procedure": "complaint", "clock": "reply", "site_id": "0199c3f2-0000-7000-8000-000000000001",
    "by": "procedure:complaint/clock:reply", "started_at": "2026-11-22T01:02:03Z",
    "due_at": "2026-11-25T01:02:03Z", "stopped_at": "2026-11-23T06:00:00Z", "status": "met"
}))]
pub struct ObligationView {
    /// The case it is on; an occurrence of a duty may have none.
    #[schema(required)]
    pub case_id: Option<Uuid>,
    /// What people call the case.
    #[schema(required)]
    pub number: Option<String>,
    /// The procedure the case follows.
    #[schema(required)]
    pub procedure: Option<String>,
    /// The clock that runs on it; `null`: the case itself is meant.
    #[schema(required)]
    pub clock: Option<String>,
    /// Where.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// Where it was found: a clock, a follow-up, a procedure, a duty.
    pub by: String,
    /// When it arose.
    pub started_at: DateTime<Utc>,
    /// Until when it is to be kept.
    #[schema(required)]
    pub due_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[schema(required)]
    pub stopped_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub status: ObligationStatus,
}

impl From<Obligation> for ObligationView {
    fn from(it: Obligation) -> Self {
        Self {
            case_id: it.case_id,
            number: it.number,
            procedure: it.procedure,
            clock: it.clock,
            site_id: it.site_id,
            by: it.source.to_string(),
            started_at: it.started_at,
            due_at: it.due_at,
            stopped_at: it.stopped_at,
            status: it.standing.into(),
        }
    }
}

list!(
    /// A page of obligations, newest first.
    ObligationList, ObligationView
);

/// How it stands with a clause: carried out, waiting for a ledger that is not built, nothing a program
/// can test, or missing.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClauseStatus {
    /// Something carries it out, and it waits for nothing.
    Executed,
    /// A ledger is to do its arithmetic; the work itself is recorded and timed.
    Awaits,
    /// No test can check it whole, and nothing carries it out.
    NotTestable,
    /// Nothing carries it out.
    Missing,
}

impl From<Status> for ClauseStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Executed => Self::Executed,
            Status::Awaits => Self::Awaits,
            Status::NotTestable => Self::NotTestable,
            Status::Missing => Self::Missing,
        }
    }
}

/// How long a promise is, under which condition.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({ "when": "case.fields.emergency", "span": "15m", "figure": "repair.dispatch_emergency", "clauses": [] }))]
pub struct PromisedSpan {
    /// The condition, in CEL; `null`: otherwise, or always.
    #[schema(required)]
    pub when: Option<String>,
    /// How long; `null`: whoever opens the case says it.
    #[schema(required)]
    pub span: Option<String>,
    /// The figure that holds it, which a site may choose.
    #[schema(required)]
    pub figure: Option<String>,
    /// The clauses that ask for this span.
    pub clauses: Vec<String>,
}

/// What carries a clause out.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "address": "procedure:repair/clock:dispatch", "title": "派工",
    "spans": [
        { "when": "case.fields.emergency", "span": "15m", "figure": "repair.dispatch_emergency", "clauses": [] },
        { "when": null, "span": "2wh", "figure": "repair.dispatch", "clauses": [] }
    ]
}))]
pub struct EnforcerView {
    /// Its address.
    pub address: String,
    /// What people call it.
    pub title: String,
    /// How long it gives, where it times something: the first that applies.
    pub spans: Vec<PromisedSpan>,
}

impl EnforcerView {
    /// What carries a clause out, and within what.
    pub fn new(by: &Enforcer, title: &str, promised: Vec<Promised>) -> Self {
        let spans = promised.into_iter().map(|it| PromisedSpan {
            when: it.when,
            span: it.span.map(|it| it.to_string()),
            figure: it.figure,
            clauses: it.clauses,
        });
        Self { address: by.to_string(), title: title.to_owned(), spans: spans.collect() }
    }
}

/// A sentence of a regulation, in the project's own words, and what carries it out.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "R-004-091", "text": "接报修后及时派工。", "area": "repair-dispatch", "source": "物业岗位职责",
    "figures": [], "pack": "property", "status": "executed", "awaits": null,
    "enforced_by": [{
        "address": "procedure:repair/clock:dispatch", "title": "派工",
        "spans": [{ "when": null, "span": "2wh", "figure": "repair.dispatch", "clauses": [] }]
    }]
}))]
pub struct ClauseView {
    /// What everything else cites.
    pub id: String,
    /// What it says, in the caller's language.
    pub text: String,
    /// What it is about.
    pub area: String,
    /// The regulation it comes from, short.
    pub source: String,
    /// Its figures: spans as spans (`1wd`), else short tokens (`>=50%`).
    pub figures: Vec<String>,
    /// The pack it is of.
    pub pack: String,
    /// How it stands with it.
    pub status: ClauseStatus,
    /// The ledger that is to do its arithmetic.
    #[schema(required)]
    pub awaits: Option<String>,
    /// What carries it out.
    pub enforced_by: Vec<EnforcerView>,
}

impl ClauseView {
    /// A clause, and what carries it out.
    pub fn new(
        clause: &Clause,
        pack: &str,
        status: Status,
        enforced_by: Vec<EnforcerView>,
        lang: Lang,
    ) -> Self {
        Self {
            id: clause.id.clone(),
            text: text(clause, lang),
            area: clause.area.clone(),
            source: clause.source.clone(),
            figures: clause.figures.clone(),
            pack: pack.to_owned(),
            status: status.into(),
            awaits: clause.awaits.clone(),
            enforced_by,
        }
    }
}

list!(
    /// A page of clauses, by id.
    ClauseList, ClauseView
);

fn text(clause: &Clause, lang: Lang) -> String {
    match lang {
        Lang::Zh => clause.zh.clone(),
        Lang::En => clause.en.clone(),
    }
}
