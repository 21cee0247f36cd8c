//! A duty that arises opens a case, as the system, through the same desk as everything else.
//!
//! **Invariant.** An occurrence is noted in the transaction that opens its case and moves the duty on,
//! and whoever does so holds the duty: each opens one case, also with two nodes, one of them killed.
//! After an outage each that was missed opens its own, due as if it had been opened in time.

use chrono::{DateTime, TimeDelta, Utc};
use kefu_domain::case::{Arising, Channel, Given, Open, Priority};
use kefu_domain::duty::{Duty, Occurrence, There, floor};
use kefu_domain::who::Actor;
use kefu_persistence::cases::Held;
use kefu_persistence::duties::{self, Occurred, Standing};
use kefu_persistence::events::NewEvent;
use kefu_persistence::search::Cut;
use kefu_persistence::timers::{self, Timer};
use serde_json::json;
use uuid::Uuid;

use super::desk::{Desk, Told};
use super::timers::Fired;
use crate::app::Failure;
use crate::app::duties::{Here, keep_in_step};
use crate::ids;

/// The kind of the timer that counts duties anew by a changed calendar.
pub(in crate::app) const RECOUNT: &str = "recount";

/// Occurrences that one transaction sees to: people's commands stand in the same queue.
const AT_ONCE: usize = 20;
/// Sites that one step of a recount looks at.
const STEP: usize = 20;
/// Later than this, it is looked how much has been missed.
const LATE: TimeDelta = TimeDelta::days(1);

impl Desk<'_> {
    /// A duty's timer: every occurrence that has come by now, a part at a time.
    pub(super) fn arise(&mut self, timer: &Timer) -> Result<Fired, Failure> {
        let held = duties::find_unlocked_for_update(self.conn, timer.subject_id)?;
        let Some(mut standing) = held else { return Ok(Fired::Elsewhere) };
        let due = standing.next_at.filter(|at| *at <= self.now && standing.paused.is_none());
        let Some(due) = due else {
            // The row's own timer is gone or lies ahead; this one is left over.
            duties::update(self.conn, &standing)?;
            return Ok(Fired::Done);
        };
        let (book, id) = (self.book, standing.site_id);
        let duty = book.duty(&standing.duty).filter(|it| it.pattern() == standing.pattern);
        // A node with other packs, or one that has not heard of the site, leaves it to those that know.
        let (Some(duty), Some(site)) = (duty, book.site_of(Some(id))) else {
            return Ok(Fired::Elsewhere);
        };
        let there = book.there(duty, id, &site.calendar);
        if due < self.now - LATE {
            let from = floor(duty, &there, standing.done, standing.since, self.now);
            if due < from {
                self.leave_out(&mut standing, due, from)?;
            }
            standing.since = from;
        }
        let (after, since) = (standing.done, standing.since);
        standing.next_at = None;
        for (seen_to, occurrence) in duty.occurrences(&there, after, since).enumerate() {
            if occurrence.occurs_at > self.now || seen_to == AT_ONCE {
                standing.next_at = Some(occurrence.occurs_at);
                break;
            }
            self.occur(duty, &there, &mut standing, occurrence)?;
            standing.done = Some(occurrence.mark);
        }
        duties::update(self.conn, &standing)?;
        Ok(Fired::Done)
    }

    /// What was missed so long ago, or so often, that it is not made up for: the log says what.
    fn leave_out(
        &mut self,
        standing: &mut Standing,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<(), Failure> {
        let (duty, site) = (&standing.duty, standing.site_id);
        tracing::warn!(duty, site = %site, %from, %to, "too much of a duty was missed");
        let data = json!({ "duty": duty, "site_id": site, "from": from, "to": to });
        let kind = "duty.left_out".to_owned();
        Ok(duties::log(self.conn, standing, NewEvent { kind, data, actor: None, at: self.now })?)
    }

    /// One occurrence: noted, and its case opened if the rules let it. One that they do not is kept
    /// without a case, and the log says why.
    fn occur(
        &mut self,
        duty: &Duty,
        there: &There<'_>,
        standing: &mut Standing,
        occurrence: Occurrence,
    ) -> Result<(), Failure> {
        let due_at = there.days.add(occurrence.occurs_at, duty.definition.within);
        let due_at = due_at.unwrap_or(occurrence.occurs_at);
        let procedure = self.book.procedure(&duty.definition.open);
        let noted = Occurred {
            id: kefu_persistence::Uid(ids::new_id(self.now)),
            duty: standing.duty.clone(),
            site_id: kefu_persistence::Uid(standing.site_id),
            occurs_at: occurrence.occurs_at.into(),
            n: i32::try_from(occurrence.n).unwrap_or(i32::MAX),
            due_at: due_at.into(),
            clock: procedure.and_then(|it| it.given_clock().map(str::to_owned)),
            case_id: None,
            created_at: self.now.into(),
        };
        if !duties::note(self.conn, &noted)? {
            return Ok(());
        }
        let (book, now, site_id) = (self.book, self.now, standing.site_id);
        let opened = self
            .conn
            .transaction(|conn| Desk { conn, book, now }.open_for(duty, site_id, occurrence));
        let why = match opened {
            Ok(held) => return Ok(duties::opened(self.conn, noted.id, held.case.id)?),
            Err(failure) => refused(failure)?,
        };
        tracing::warn!(duty = standing.duty, site = %site_id, why, "a duty opened no case");
        let data = json!({
            "duty": standing.duty, "site_id": site_id, "occurs_at": occurrence.occurs_at,
            "n": occurrence.n, "due_at": due_at, "why": why,
        });
        let fact = NewEvent { kind: "duty.not_opened".to_owned(), data, actor: None, at: now };
        Ok(duties::log(self.conn, standing, fact)?)
    }

    fn open_for(
        &mut self,
        duty: &Duty,
        site_id: Uuid,
        occurrence: Occurrence,
    ) -> Result<Held, Failure> {
        let definition = &duty.definition;
        let procedure = self.book.procedure(&definition.open);
        let procedure = procedure.ok_or_else(|| {
            Failure::invalid(
                "/procedure",
                "unknown_procedure",
                "没有这个流程。",
                "No such procedure.",
            )
        })?;
        let site = self.book.site_of(Some(site_id)).ok_or(Failure::NotFound)?;
        let given = Given {
            span: definition.within,
            calendar: Some(self.book.calendar_of_duty(duty, &site.calendar)),
            clauses: definition.clauses.clone(),
            since: Some(occurrence.occurs_at),
        };
        let pool = definition.assign.as_deref().and_then(|it| it.strip_prefix("role:"));
        let open = Open {
            id: ids::new_id(self.now),
            number: self.number(&procedure, Some(site_id))?,
            subject: definition.title.zh.clone(),
            channel: Channel::System,
            priority: Priority::default(),
            site_id: Some(site_id),
            customer_id: None,
            asset_id: None,
            fields: definition.fields.clone(),
            origin: None,
            duty: Some(Arising {
                duty: definition.code.clone(),
                pool: pool.map(str::to_owned),
                given,
            }),
        };
        let told = Told { customer: None, cut: &Cut::default() };
        Ok(self.open_with(&procedure, &Actor::system(), open, &told, 0)?.0)
    }

    /// A step of counting duties anew by a changed calendar: the timer remembers how far it came.
    pub(super) fn recount(&mut self, timer: &Timer) -> Result<Fired, Failure> {
        let wanted = timer.data.get("version").and_then(serde_json::Value::as_i64).unwrap_or(0);
        if self.book.calendar(&timer.code).map_or(0, |it| it.version) < wanted {
            return Ok(Fired::Elsewhere);
        }
        let after: Option<Uuid> =
            timer.data.get("after").and_then(|it| it.as_str()).and_then(|it| it.parse().ok());
        let book = self.book;
        let rest = book.sites().filter(|(id, _)| after.is_none_or(|after| *id > after));
        let sites: Vec<_> = rest.take(STEP).collect();
        for (id, site) in &sites {
            keep_in_step(self.conn, book, &Here::at(*id, site), self.now)?;
        }
        match sites.last() {
            Some((last, _)) if sites.len() == STEP => {
                let mut next = timer.clone();
                next.data = json!({ "after": last, "version": wanted });
                timers::set(self.conn, &next)?;
            }
            _ => timers::clear(self.conn, RECOUNT, timer.subject_id, &timer.code)?,
        }
        Ok(Fired::Done)
    }
}

/// Why the rules did not let a case be opened, in words for the log; what is about the transaction and
/// not about the case stays a failure.
fn refused(failure: Failure) -> Result<String, Failure> {
    match failure {
        Failure::Refused(refused) => {
            Ok(format!("{}: {}", refused.code.entry().code, refused.detail.en))
        }
        Failure::Invalid(faults) => {
            let faults: Vec<_> =
                faults.iter().map(|it| format!("{} {}", it.pointer, it.detail.en)).collect();
            Ok(faults.join("; "))
        }
        Failure::NotFound => Ok("the site is not there".to_owned()),
        Failure::Broken(why) => {
            tracing::error!(why, "a duty's case");
            Ok("a rule of the procedure is broken".to_owned())
        }
        other => Err(other),
    }
}
