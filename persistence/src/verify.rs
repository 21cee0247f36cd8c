//! Proof that the log and the rows say the same: what `kefu verify` runs.
//!
//! How events make a case is the domain's; here it is only compared. Everything is read in pages, in
//! one snapshot, so that the server may go on working meanwhile.

use crate::cases::{self, Row as CaseRow};
use crate::chain::{Hash, Link, id_of_code};
use crate::conn::{Conn, on};
use crate::events::{Row, StoredEvent};
use crate::published::{self, calendars, procedures};
use crate::records::{self, Record};
use crate::records::{
    api_keys, assets, attachments, customers, roles, sites, users, views, webhooks,
};
use crate::schema::{cases as case_table, clocks, events, timers};
use crate::types::{Time, Uid};
use crate::{StoreError, duties, holds, merge};
use diesel::prelude::*;
use kefu_domain::case::Case;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

const PAGE: i64 = 1000;

/// How much was compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Things with a log of their own.
    pub aggregates: u64,
    /// Events whose hashes were computed again.
    pub events: u64,
    /// Cases whose events were folded and compared with their rows.
    pub cases: u64,
    /// Other rows compared with the fold of their events.
    pub records: u64,
}

/// The first thing found not to be as the log says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{aggregate} {aggregate_id}, event {sequence}: {what}")]
pub struct Difference {
    /// What it is: `case`.
    pub aggregate: String,
    /// Which one.
    pub aggregate_id: Uuid,
    /// The event at which it shows; 0: no event, the row itself.
    pub sequence: i32,
    /// What is wrong.
    pub what: String,
}

/// Why verifying ended early.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The data are not what they should be.
    #[error(transparent)]
    Different(#[from] Difference),
    /// The data could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a case of its events, oldest first; `None` when they do not make one.
pub type Fold<'a> = &'a dyn Fn(&[StoredEvent]) -> Option<Case>;

/// Compares everything: hash chains, plain records, published documents, and cases as `fold` makes
/// them. Stops at the first difference.
pub fn all(conn: &mut Conn, fold: Fold<'_>) -> Result<Report, Failure> {
    conn.snapshot(|conn| {
        let (mut report, logs) = chains(conn, fold)?;
        no_case_without_events(conn, &report)?;
        report.records += rows(conn, &logs, sites::every)?;
        report.records += rows(conn, &logs, customers::every)?;
        report.records += rows(conn, &logs, assets::every)?;
        report.records += rows(conn, &logs, attachments::every)?;
        report.records += rows(conn, &logs, users::every)?;
        report.records += rows(conn, &logs, roles::every)?;
        report.records += rows(conn, &logs, api_keys::every)?;
        report.records += rows(conn, &logs, webhooks::every)?;
        report.records += rows(conn, &logs, views::every)?;
        report.records += duties_stand(conn)?;
        let documents = calendars::every(conn)?;
        report.records += documents_of(conn, &logs, calendars::AGGREGATE, &documents)?;
        let documents = procedures::every(conn)?;
        report.records += documents_of(conn, &logs, procedures::AGGREGATE, &documents)?;
        Ok(report)
    })
}

/// How many logs, and how many events in them, there are of each kind of aggregate.
type Logs = BTreeMap<String, (u64, u64)>;

fn different(event: &Row, what: impl Into<String>) -> Failure {
    Failure::Different(Difference {
        aggregate: event.aggregate.clone(),
        aggregate_id: event.aggregate_id.0,
        sequence: event.sequence,
        what: what.into(),
    })
}

/// Walks the log by aggregate and computes every hash again; a case is folded as its log ends.
fn chains(conn: &mut Conn, fold: Fold<'_>) -> Result<(Report, Logs), Failure> {
    let mut walk = Walk {
        log: Vec::new(),
        prev: Hash::ORIGIN,
        fold,
        report: Report::default(),
        logs: Logs::new(),
    };
    let mut after = (Uid(Uuid::nil()), 0);
    loop {
        let page = page(conn, after)?;
        let full = i64::try_from(page.len()) == Ok(PAGE);
        for row in page {
            after = (row.aggregate_id, row.sequence);
            if walk.log.last().is_some_and(|last| last.aggregate_id != row.aggregate_id.0) {
                walk.end(conn)?;
            }
            walk.take(row)?;
        }
        if !full {
            walk.end(conn)?;
            return Ok((walk.report, walk.logs));
        }
    }
}

fn page(conn: &mut Conn, (id, sequence): (Uid, i32)) -> Result<Vec<Row>, StoreError> {
    let query = events::table
        .filter(events::aggregate_id.ge(id))
        .filter(events::aggregate_id.gt(id).or(events::sequence.gt(sequence)))
        .order((events::aggregate_id, events::sequence))
        .limit(PAGE);
    on!(conn, c => query.select(Row::as_select()).load(c)).map_err(StoreError::from)
}

/// One aggregate's log on its way past.
struct Walk<'a> {
    log: Vec<StoredEvent>,
    prev: Hash,
    fold: Fold<'a>,
    report: Report,
    logs: Logs,
}

impl Walk<'_> {
    fn take(&mut self, row: Row) -> Result<(), Failure> {
        let expected = self.log.last().map_or(1, |last| last.sequence + 1);
        if row.sequence != expected {
            return Err(different(&row, format!("event {expected} is missing")));
        }
        if self.log.last().is_some_and(|last| last.aggregate != row.aggregate) {
            return Err(different(&row, "the log changes what it is about"));
        }
        if row.prev_hash != self.prev.0 {
            return Err(different(&row, "it does not follow the event before it"));
        }
        let link = Link {
            prev: self.prev,
            aggregate: &row.aggregate,
            aggregate_id: row.aggregate_id.0,
            sequence: row.sequence,
            kind: &row.kind,
            actor: row.actor_id.map(|id| id.0),
            at: row.occurred_at.0,
            data: &row.data,
        };
        let hash = link.hash();
        if row.hash != hash.0 {
            return Err(different(&row, "its hash is not that of its content"));
        }
        self.prev = hash;
        self.report.events += 1;
        self.log.push(StoredEvent::try_from(row)?);
        Ok(())
    }

    /// The log of an aggregate is over.
    fn end(&mut self, conn: &mut Conn) -> Result<(), Failure> {
        let log = std::mem::take(&mut self.log);
        let hash = std::mem::replace(&mut self.prev, Hash::ORIGIN);
        let Some(last) = log.last() else { return Ok(()) };
        self.report.aggregates += 1;
        let (logs, events) = self.logs.entry(last.aggregate.clone()).or_default();
        *logs += 1;
        *events += u64::try_from(log.len()).unwrap_or(u64::MAX);
        if last.aggregate == cases::AGGREGATE {
            self.report.cases += 1;
            if let Some(what) = case_differs(conn, last.aggregate_id, (self.fold)(&log), hash)? {
                return Err(Failure::Different(Difference {
                    aggregate: last.aggregate.clone(),
                    aggregate_id: last.aggregate_id,
                    sequence: last.sequence,
                    what,
                }));
            }
        }
        Ok(())
    }
}

/// What of a case's row, promises or timers is not as its events make it.
fn case_differs(
    conn: &mut Conn,
    id: Uuid,
    folded: Option<Case>,
    hash: Hash,
) -> Result<Option<String>, StoreError> {
    let Some(case) = folded else { return Ok(Some("its events make no case".to_owned())) };
    let query = case_table::table.filter(case_table::id.eq(Uid(id)));
    let row: Option<CaseRow> =
        crate::conn::optional(on!(conn, c => query.select(CaseRow::as_select()).get_result(c)))?;
    let Some(row) = row else { return Ok(Some("it has no row".to_owned())) };
    let columns = CaseRow::of(&case, hash)?.differences(&row);
    if !columns.is_empty() {
        return Ok(Some(format!("its row differs in {}", columns.join(", "))));
    }
    if promises(conn, id)? != expected_promises(&case) {
        return Ok(Some("its promises differ".to_owned()));
    }
    if holds::of_case(conn, id)? != holds::expected(&case) {
        return Ok(Some("the things it holds differ".to_owned()));
    }
    let (timers, expected) = (timers_of(conn, id)?, expected_timers(&case));
    // A timer that could not be fired was put off; one that comes too early cannot be right.
    let kept = |(there, wanted): (&(String, Time), &(String, Time))| {
        there.0 == wanted.0 && there.1 >= wanted.1
    };
    if timers.len() != expected.len() || !timers.iter().zip(&expected).all(kept) {
        return Ok(Some("its timers differ".to_owned()));
    }
    Ok(None)
}

type Promise = (String, i32, String, String, i32, Time, Time, Option<Time>, Option<Time>);

fn promises(conn: &mut Conn, id: Uuid) -> Result<Vec<Promise>, StoreError> {
    let query = clocks::table.filter(clocks::case_id.eq(Uid(id))).order(clocks::code).select((
        clocks::code,
        clocks::run,
        clocks::state,
        clocks::calendar,
        clocks::calendar_version,
        clocks::started_at,
        clocks::due_at,
        clocks::breached_at,
        clocks::stopped_at,
    ));
    let mut promises: Vec<Promise> = on!(conn, c => query.load(c))?;
    promises.sort();
    Ok(promises)
}

fn expected_promises(case: &Case) -> Vec<Promise> {
    let promise = |clock: &kefu_domain::case::Clock| {
        (
            clock.code.clone(),
            i32::try_from(clock.run).unwrap_or(i32::MAX),
            clock.state.as_str().to_owned(),
            clock.calendar.clone(),
            i32::try_from(clock.calendar_version).unwrap_or(i32::MAX),
            Time::from(clock.started_at),
            Time::from(clock.due_at),
            clock.breached_at.map(Time::from),
            clock.stopped_at.map(Time::from),
        )
    };
    let mut promises: Vec<Promise> = case.promises().map(promise).collect();
    promises.sort();
    promises
}

fn timers_of(conn: &mut Conn, id: Uuid) -> Result<Vec<(String, Time)>, StoreError> {
    let query = timers::table
        .filter(timers::subject_id.eq(Uid(id)))
        .filter(timers::kind.eq(cases::CLOCK_TIMER))
        .select((timers::code, timers::due_at));
    let mut timers: Vec<(String, Time)> = on!(conn, c => query.load(c))?;
    timers.sort();
    Ok(timers)
}

fn expected_timers(case: &Case) -> Vec<(String, Time)> {
    let open = case.clocks.iter().filter(|clock| clock.is_open());
    let timer = |clock: &kefu_domain::case::Clock| {
        clock.next_at.map(|at| (clock.code.clone(), Time::from(at)))
    };
    let mut timers: Vec<_> = open.filter_map(timer).collect();
    timers.sort();
    timers
}

/// As many rows as logs: each log has found its row, so a row too many has no log.
fn no_case_without_events(conn: &mut Conn, report: &Report) -> Result<(), Failure> {
    let count: i64 =
        on!(conn, c => case_table::table.count().get_result(c)).map_err(StoreError::from)?;
    if u64::try_from(count).ok() == Some(report.cases) {
        return Ok(());
    }
    let logged = events::table.filter(events::sequence.eq(1)).select(events::aggregate_id);
    let query = case_table::table
        .filter(case_table::id.ne_all(logged))
        .order(case_table::id)
        .limit(1)
        .select(case_table::id);
    let id: Option<Uid> = crate::conn::optional(on!(conn, c => query.get_result(c)))?;
    Err(Failure::Different(Difference {
        aggregate: cases::AGGREGATE.to_owned(),
        aggregate_id: id.unwrap_or_default().0,
        sequence: 0,
        what: "its row has no events".to_owned(),
    }))
}

/// Compares every row of one kind of record with the fold of its log.
fn rows<R: Record>(
    conn: &mut Conn,
    logs: &Logs,
    every: impl Fn(&mut Conn, Option<&R>, i64) -> Result<Vec<R>, StoreError>,
) -> Result<u64, Failure> {
    let (mut count, mut last): (u64, Option<R>) = (0, None);
    loop {
        let page = every(conn, last.as_ref(), PAGE)?;
        for record in &page {
            compare(conn, record)?;
            count += 1;
        }
        match page.into_iter().last() {
            Some(record) => last = Some(record),
            None => break,
        }
    }
    let logged = logs.get(R::AGGREGATE).map_or(0, |(logs, _)| *logs);
    if logged == count { Ok(count) } else { Err(lost(R::AGGREGATE, logged, count)) }
}

/// Rows are gone that the log tells of.
fn lost(aggregate: &str, logged: u64, there: u64) -> Failure {
    Failure::Different(Difference {
        aggregate: aggregate.to_owned(),
        aggregate_id: Uuid::nil(),
        sequence: 0,
        what: format!("the log tells of {logged}, but there are {there}"),
    })
}

fn compare<R: Record>(conn: &mut Conn, record: &R) -> Result<(), Failure> {
    let id = record.aggregate_id();
    let log = crate::events::timeline(conn, id, 0, i64::MAX)?;
    let sequence = log.last().map_or(0, |event| event.sequence);
    let folded =
        log.into_iter().fold(None, |state, event| records::fold(state, &event.kind, event.data));
    let what = match folded {
        None => "its events make no record",
        Some(_) if sequence != record.version() => "its version is not its last event's",
        Some((_, deleted)) if deleted != record.is_deleted() => {
            "it is deleted in one of the two only"
        }
        Some((value, _)) if !merge::same(&value, &record.public()?) => "its row differs",
        Some(_) => return Ok(()),
    };
    Err(Failure::Different(Difference {
        aggregate: R::AGGREGATE.to_owned(),
        aggregate_id: id,
        sequence,
        what: what.to_owned(),
    }))
}

/// Compares how duties stand with what the log says of their pauses, and with their timers.
fn duties_stand(conn: &mut Conn) -> Result<u64, Failure> {
    let (mut count, mut after) = (0, Uuid::nil());
    loop {
        let page = duties::every(conn, after, PAGE)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.id;
        for standing in &page {
            if let Some(what) = duties::differs(conn, standing)? {
                return Err(Failure::Different(Difference {
                    aggregate: duties::AGGREGATE.to_owned(),
                    aggregate_id: standing.id,
                    sequence: standing.version,
                    what: what.to_owned(),
                }));
            }
            count += 1;
        }
    }
}

/// Compares published documents with what the log says was published.
fn documents_of(
    conn: &mut Conn,
    logs: &Logs,
    aggregate: &str,
    documents: &[published::Published],
) -> Result<u64, Failure> {
    let mut count = 0;
    for document in documents {
        let id = id_of_code(aggregate, &document.code);
        let event = crate::events::timeline(conn, id, document.version - 1, 1)?;
        let logged = event.first().and_then(|event| event.data.get("document"));
        if !logged.is_some_and(|logged: &Value| merge::same(logged, &document.document)) {
            return Err(Failure::Different(Difference {
                aggregate: aggregate.to_owned(),
                aggregate_id: id,
                sequence: document.version,
                what: "its document differs".to_owned(),
            }));
        }
        count += 1;
    }
    let logged = logs.get(aggregate).map_or(0, |(_, events)| *events);
    if logged == count { Ok(count) } else { Err(lost(aggregate, logged, count)) }
}
