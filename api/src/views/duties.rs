//! Duties as clients see them.

use chrono::{DateTime, NaiveDate, Utc};
use kefu_domain::case::Case;
use kefu_domain::duty::{Closed, Definition, Status};
use kefu_domain::text::Lang;
use kefu_persistence::duties::{Occurred, Standing};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;

/// A duty (例行任务): what has to be done again and again.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "code": "property_weekly_service_report", "title": "每周客服小结", "pack": "property",
    "rule": "FREQ=WEEKLY;BYDAY=FR", "at": "16:00", "closed": "before", "calendar": null, "times": 1,
    "unfixed": false, "open": "rectification", "fields": { "problem": "每周客服小结" }, "within": "2wd",
    "assign": "role:office_manager", "clauses": ["R-000-370"],
    "sites": [{
        "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "next_at": "2026-11-27T08:00:00Z",
        "next_on": "2026-11-27", "paused_at": null, "paused_by": null, "paused_reason": null
    }]
}))]
pub struct DutyView {
    /// What files and the API call it.
    pub code: String,
    /// What people call it, in the caller's language.
    pub title: String,
    /// The pack it is of: sites that run the pack have the duty.
    pub pack: String,
    /// When it arises: an RFC 5545 recurrence rule, counted from 2001-01-01 in the site's local time.
    pub rule: String,
    /// The local time of day.
    pub at: String,
    /// What happens on a day the calendar is closed.
    pub closed: DutyOnClosedDay,
    /// The calendar whose working days count; the site's own if `null`.
    #[schema(required)]
    pub calendar: Option<String>,
    /// How many on each day it arises.
    pub times: u32,
    /// Whether it is at times nobody can foresee, within that day's working hours.
    pub unfixed: bool,
    /// The procedure of the cases it opens …
    pub open: String,
    /// … and what their form is told.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// Due within this of when it arose.
    pub within: String,
    /// Whose it is: `role:…`, a pool whose members are told.
    #[schema(required)]
    pub assign: Option<String>,
    /// The clauses it carries out.
    pub clauses: Vec<String>,
    /// How it stands at the sites the caller may read it of.
    pub sites: Vec<DutyAtSite>,
}

/// What happens on a day the calendar is closed.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DutyOnClosedDay {
    /// It arises all the same.
    Same,
    /// It does not arise.
    Skip,
    /// It arises on the working day before.
    Before,
    /// It arises on the next working day.
    After,
}

/// How a duty stands at a site.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "next_at": null, "next_on": null,
    "paused_at": "2026-11-22T01:02:03Z", "paused_by": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12",
    "paused_reason": "园区停业装修"
}))]
pub struct DutyAtSite {
    /// The site.
    pub site_id: Uuid,
    /// When it arises next; `null` while it is paused, and where nobody is to foresee it.
    #[schema(required)]
    pub next_at: Option<DateTime<Utc>>,
    /// The local date on which it does.
    #[schema(required)]
    pub next_on: Option<NaiveDate>,
    /// Since when it rests there.
    #[schema(required)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Who let it rest.
    #[schema(required)]
    pub paused_by: Option<Uuid>,
    /// Why.
    #[schema(required)]
    pub paused_reason: Option<String>,
}

/// A time at which a duty arose.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e31", "site_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
    "occurs_at": "2026-11-20T08:00:00Z", "n": 1, "due_at": "2026-11-24T10:00:00Z",
    "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e12", "case_number": "ZG-20261120-000001",
    "case_state": "closed", "status": "met"
}))]
pub struct DutyOccurrence {
    /// Its identity.
    pub id: Uuid,
    /// Where.
    pub site_id: Uuid,
    /// When it arose.
    pub occurs_at: DateTime<Utc>,
    /// Which it was on its day, from 1.
    pub n: i32,
    /// Until when it was to be done.
    pub due_at: DateTime<Utc>,
    /// The case it opened; `null` where none could be opened, or where it is not the caller's to see.
    #[schema(required)]
    pub case_id: Option<Uuid>,
    /// The case's number.
    #[schema(required)]
    pub case_number: Option<String>,
    /// The case's state.
    #[schema(required)]
    pub case_state: Option<String>,
    /// How it stands.
    pub status: DutyStatus,
}

/// How an occurrence of a duty stands.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum DutyStatus {
    /// It is to be done, and in time.
    Open,
    /// It was done in time.
    Met,
    /// It was done, but late.
    Late,
    /// Its time has passed, and it was not done.
    Missed,
}

list!(
    /// A page of duties.
    DutyList, DutyView
);

list!(
    /// A page of a duty's occurrences.
    DutyOccurrenceList, DutyOccurrence
);

impl DutyView {
    /// A duty of a pack.
    pub fn new(duty: &Definition, pack: &str, sites: Vec<DutyAtSite>, lang: Lang) -> Self {
        Self {
            code: duty.code.clone(),
            title: duty.title.get(lang).to_owned(),
            pack: pack.to_owned(),
            rule: duty.rule.clone(),
            at: duty.at.clone(),
            closed: duty.closed.into(),
            calendar: duty.calendar.clone(),
            times: duty.times,
            unfixed: duty.unfixed,
            open: duty.open.clone(),
            fields: Value::Object(duty.fields.clone()),
            within: duty.within.to_string(),
            assign: duty.assign.clone(),
            clauses: duty.clauses.clone(),
            sites,
        }
    }
}

impl DutyAtSite {
    /// As it stands; what is next is told apart.
    pub fn new(
        standing: &Standing,
        next_at: Option<DateTime<Utc>>,
        next_on: Option<NaiveDate>,
    ) -> Self {
        let paused = standing.paused.as_ref();
        Self {
            site_id: standing.site_id,
            next_at,
            next_on,
            paused_at: paused.map(|it| it.at),
            paused_by: paused.and_then(|it| it.by),
            paused_reason: paused.map(|it| it.why.clone()),
        }
    }
}

impl DutyOccurrence {
    /// An occurrence, and its case where the caller may see it.
    pub fn new(it: &Occurred, case: Option<&Case>, status: Status) -> Self {
        Self {
            id: it.id.0,
            site_id: it.site_id.0,
            occurs_at: it.occurs_at.0,
            n: it.n,
            due_at: it.due_at.0,
            case_id: case.map(|it| it.id),
            case_number: case.map(|it| it.number.clone()),
            case_state: case.map(|it| it.state.clone()),
            status: status.into(),
        }
    }
}

impl From<Closed> for DutyOnClosedDay {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Same => Self::Same,
            Closed::Skip => Self::Skip,
            Closed::Before => Self::Before,
            Closed::After => Self::After,
        }
    }
}

impl From<Status> for DutyStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Met => Self::Met,
            Status::Late => Self::Late,
            Status::Missed => Self::Missed,
        }
    }
}
