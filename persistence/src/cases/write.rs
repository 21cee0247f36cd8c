//! Writing a case and all that goes with it.

use super::promises::{PutClock, PutTimer};
use super::statement::{Statement, execute};
use super::update::Update;
use super::{AGGREGATE, CLOCK_TIMER, Held, Row};
use crate::StoreError;
use crate::chain::Hash;
use crate::conn::{Conn, optional};
use crate::events::{Appended, NewEvent, Rows};
use crate::holds;
use crate::schema::{cases, timers};
use crate::search::{self, Cut};
use crate::types::{Time, Uid};
use diesel::prelude::*;
use kefu_domain::case::{Case, Clock, Event};

/// Writes a case that `events` have just opened. It is found by its number, its subject, the texts of
/// its fields, and by `also`: what else it should be found by, as its customer's name. `cut` holds
/// those texts that have been cut into terms already.
pub fn open(
    conn: &mut Conn,
    case: &Case,
    events: &[Event],
    also: &[&str],
    cut: &Cut,
) -> Result<Held, StoreError> {
    let facts = facts(case, events)?;
    let none = Appended { last_sequence: 0, last_hash: Hash::ORIGIN };
    let rows = Rows::chained(AGGREGATE, case.id, none, &facts);
    let row = Row::of(case, rows.end.last_hash)?;
    agrees(&row, &rows)?;
    let parts = Parts::between(None, case, &rows, Some(terms(case, also, cut)));
    match conn {
        Conn::Pg(c, state) => {
            let insert = diesel::insert_into(cases::table).values(&row).returning(cases::seq);
            let first = rows.take_positions(state)?;
            execute(c, Statement { write: insert, parts: &parts, first })?;
        }
        Conn::Sqlite(c, _) => {
            let insert = diesel::insert_into(cases::table).values(&row).returning(cases::seq);
            let seq = insert.get_result(c)?;
            parts.write_each(conn, seq)?;
        }
    }
    holds::write(conn, None, case)?;
    Ok(Held { case: case.clone(), last_hash: rows.end.last_hash })
}

/// Writes what `events` have made of the case held as `before`. With `also` its search terms are
/// made anew; `None` leaves them, which is right only where subject, fields and customer are the same.
///
/// [`StoreError::Stale`] when the row is not at that version.
pub fn save(
    conn: &mut Conn,
    before: &Held,
    after: &Case,
    events: &[Event],
    also: Option<&[&str]>,
) -> Result<Held, StoreError> {
    let facts = facts(after, events)?;
    let old = Row::of(&before.case, before.last_hash)?;
    let end = Appended { last_sequence: old.version, last_hash: before.last_hash };
    let rows = Rows::chained(AGGREGATE, after.id, end, &facts);
    let row = Row::of(after, rows.end.last_hash)?;
    agrees(&row, &rows)?;
    let terms = also.map(|also| terms(after, also, &Cut::default()));
    let parts = Parts::between(Some(&before.case), after, &rows, terms);
    let update = Update::between(&old, &row);
    match conn {
        Conn::Pg(c, state) => {
            let first = rows.take_positions(state)?;
            execute(c, Statement { write: update, parts: &parts, first })?;
        }
        Conn::Sqlite(c, _) => {
            let seq = optional(update.get_result(c))?.ok_or(StoreError::Stale)?;
            parts.write_each(conn, seq)?;
        }
    }
    holds::write(conn, Some(&before.case), after)?;
    Ok(Held { case: after.clone(), last_hash: rows.end.last_hash })
}

fn facts(case: &Case, events: &[Event]) -> Result<Vec<NewEvent>, StoreError> {
    let fact = |event: &Event| {
        let Ok((kind, data)) = event.fact.to_parts() else {
            return Err(StoreError::corrupt("events", case.id, "data"));
        };
        Ok(NewEvent { kind, data, actor: event.actor, at: event.at })
    };
    events.iter().map(fact).collect()
}

/// A case counts its events as the log does, or one of them has been lost on the way here.
fn agrees(row: &Row, rows: &Rows<'_>) -> Result<(), StoreError> {
    if row.version == rows.end.last_sequence {
        return Ok(());
    }
    Err(StoreError::corrupt("cases", row.id.0, "version"))
}

/// What a case is found by.
fn terms(case: &Case, also: &[&str], cut: &Cut) -> String {
    let mut texts = vec![case.number.as_str(), case.subject.as_str()];
    texts.extend(also);
    case.fields.values().for_each(|value| search::texts_of(value, &mut texts));
    cut.terms(texts).join(" ")
}

/// What is written beside the row itself.
pub(super) struct Parts<'a> {
    pub(super) id: Uid,
    pub(super) events: &'a Rows<'a>,
    /// Promises that are new or have changed.
    pub(super) clocks: Vec<&'a Clock>,
    /// The promises among them that have a next instant to act at …
    pub(super) set: Vec<(&'a str, Time)>,
    /// … and those that had one and have none any more.
    pub(super) cleared: Vec<&'a str>,
    /// Search terms, where they are to be made anew.
    pub(super) terms: Option<String>,
}

impl<'a> Parts<'a> {
    fn between(
        before: Option<&'a Case>,
        after: &'a Case,
        events: &'a Rows<'a>,
        terms: Option<String>,
    ) -> Self {
        let was = |clock: &Clock| before.and_then(|case| case.clock(&clock.code));
        let next = |clock: &Clock| clock.next_at.filter(|_| clock.is_open()).map(Time::from);
        let changed = |clock: &&Clock| was(clock) != Some(*clock);
        let current: Vec<&Clock> = after.clocks.iter().filter(changed).collect();
        let set = current.iter().filter(|clock| was(clock).and_then(next) != next(clock));
        let set = set.filter_map(|clock| Some((clock.code.as_str(), next(clock)?)));
        let cleared = current.iter().filter(|clock| next(clock).is_none());
        let cleared = cleared.filter(|clock| was(clock).and_then(next).is_some());
        // What was over before this command is written already, unless the command ended it.
        let ended = after.earlier.iter().skip(before.map_or(0, |case| case.earlier.len()));
        Self {
            id: Uid(after.id),
            events,
            set: set.collect(),
            cleared: cleared.map(|clock| clock.code.as_str()).collect(),
            clocks: ended.chain(current.iter().copied()).collect(),
            terms,
        }
    }

    /// SQLite: statement by statement, each of which stays prepared.
    fn write_each(self, conn: &mut Conn, seq: i64) -> Result<(), StoreError> {
        self.events.insert(conn)?;
        let Conn::Sqlite(c, state) = conn else { return Ok(()) };
        if let Some(terms) = self.terms {
            state.terms.push((seq, terms));
        }
        for clock in &self.clocks {
            PutClock::of(self.id, clock).execute(c)?;
        }
        for (code, due_at) in &self.set {
            PutTimer { case_id: self.id, code, due_at: *due_at }.execute(c)?;
        }
        for code in &self.cleared {
            diesel::delete(timers::table.find((self.id, CLOCK_TIMER, *code))).execute(c)?;
        }
        Ok(())
    }
}

/// The how-manieth time a promise is made, as a column has it.
pub(super) fn run(clock: &Clock) -> i32 {
    i32::try_from(clock.run).unwrap_or(i32::MAX)
}

/// The calendar's version as a column has it.
pub(super) fn version(clock: &Clock) -> i32 {
    i32::try_from(clock.calendar_version).unwrap_or(i32::MAX)
}
