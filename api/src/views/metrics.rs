//! Metrics, as clients see them.

use chrono::{DateTime, Utc};
use kefu_domain::case::Case;
use kefu_domain::metric::{Aggregate, Definition, Figure, Over, Period, Stretch, Target, Weight};
use kefu_domain::text::Lang;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;
use super::words::{MetricAggregate, MetricOver, MetricPeriod};

/// A metric: what is counted over which cases, and what it is to be.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "code": "complaints_in_time", "title": "投诉按时办结率", "pack": "property",
    "procedures": ["complaint"], "over": "closed", "period": "month", "among": null,
    "counts": "size(case.late) == 0", "value": null, "aggregate": null, "target": ">= 95%",
    "clauses": ["R-000-053"]
}))]
pub struct MetricView {
    /// What the API calls it.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// The pack it is of. Only cases of sites that work by it are counted, and those of no site.
    pub pack: String,
    /// It is about the cases of these procedures …
    pub procedures: Vec<String>,
    /// … closed or opened in a period.
    #[schema(value_type = MetricOver)]
    pub over: Over,
    /// How long a period is.
    #[schema(value_type = MetricPeriod)]
    pub period: Period,
    /// Which cases it is about, in CEL; `null`: all.
    #[schema(required)]
    pub among: Option<String>,
    /// Which of them count, in CEL: the figure is a rate in per cent.
    #[schema(required)]
    pub counts: Option<String>,
    /// What is summed up, in CEL. Neither this nor `counts`: the figure is the number of cases.
    #[schema(required)]
    pub value: Option<String>,
    /// How it is summed up.
    #[schema(required, value_type = Option<MetricAggregate>)]
    pub aggregate: Option<Aggregate>,
    /// What the figure is to be: `>= 95%`.
    #[schema(required)]
    pub target: Option<String>,
    /// The clauses it carries out.
    pub clauses: Vec<String>,
}

impl MetricView {
    /// A metric of a pack.
    pub fn new(it: &Definition, pack: &str, lang: Lang) -> Self {
        Self {
            code: it.code.clone(),
            title: it.title.get(lang).to_owned(),
            pack: pack.to_owned(),
            procedures: it.procedures.clone(),
            over: it.over,
            period: it.period,
            among: it.among.clone(),
            counts: it.counts.clone(),
            value: it.value.clone(),
            aggregate: it.aggregate,
            target: it.target.map(|it| it.to_string()),
            clauses: it.clauses.clone(),
        }
    }
}

list!(
    /// A page of metrics, by code.
    MetricList, MetricView
);

/// What a metric comes to in a period. Numbers are decimal text: they are counted exactly.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "period": "2026-11", "from": "2026-10-31T16:00:00Z", "to": "2026-11-30T16:00:00Z",
    "numerator": "38", "denominator": "40", "value": "95", "target": ">= 95%", "met": true
}))]
pub struct MetricValue {
    /// What people call the period: `2026-11-22`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`.
    pub period: String,
    /// Its first instant.
    pub from: DateTime<Utc>,
    /// The first instant after it.
    pub to: DateTime<Utc>,
    /// What is above the line: how many cases count, or what their values come to.
    pub numerator: String,
    /// What is below it: among how many, or how many values; `null` for a number of cases or a sum.
    #[schema(required)]
    pub denominator: Option<String>,
    /// The figure, a rate in per cent, with four places at most; `null` when `denominator` is 0.
    #[schema(required)]
    pub value: Option<String>,
    /// What the figure is to be.
    #[schema(required)]
    pub target: Option<String>,
    /// Whether it is, by the exact figure; `null` without a target or a figure.
    #[schema(required)]
    pub met: Option<bool>,
}

impl MetricValue {
    /// The figure of a period.
    pub fn new(stretch: Stretch, figure: Figure, target: Option<&Target>) -> Self {
        Self {
            period: stretch.label,
            from: stretch.from,
            to: stretch.to,
            numerator: figure.numerator.to_string(),
            denominator: figure.denominator.map(|it| it.to_string()),
            value: figure.value.map(|it| it.to_string()),
            target: target.map(ToString::to_string),
            met: figure.met,
        }
    }
}

list!(
    /// A page of values, oldest first.
    MetricValueList, MetricValue
);

/// A case that a metric is about.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "number": "TS-20261122-000184",
    "procedure": "complaint", "state": "closed", "site_id": "0199c3f2-0000-7000-8000-000000000001",
    "at": "2026-11-22T01:02:03Z", "counted": true, "value": "1"
}))]
pub struct MetricCase {
    /// The case.
    pub case_id: Uuid,
    /// What people call it.
    pub number: String,
    /// The procedure it follows.
    pub procedure: String,
    /// Where in the procedure it is.
    pub state: String,
    /// Where.
    #[schema(required)]
    pub site_id: Option<Uuid>,
    /// When it was opened or closed, whichever the metric goes by.
    pub at: DateTime<Utc>,
    /// Whether it counts.
    pub counted: bool,
    /// What it counts for; `null` where it does not count.
    #[schema(required)]
    pub value: Option<String>,
}

impl MetricCase {
    /// A case, when it belongs to a period, and what it counts for there.
    pub fn new(case: &Case, at: DateTime<Utc>, weight: Weight) -> Self {
        let value = match weight {
            Weight::Counts(value) => Some(value.normalize().to_string()),
            Weight::Among | Weight::None => None,
        };
        Self {
            case_id: case.id,
            number: case.number.clone(),
            procedure: case.procedure.clone(),
            state: case.state.clone(),
            site_id: case.site_id,
            at,
            counted: value.is_some(),
            value,
        }
    }
}

list!(
    /// A page of the cases behind a value, in the order in which they belong to the period.
    MetricCaseList, MetricCase
);
