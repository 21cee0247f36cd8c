//! A promise's row and its timer on SQLite, each one statement that stays prepared.

use super::CLOCK_TIMER;
use super::write::{run, version};
use crate::types::{Time, Uid, sql};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Nullable, Text};
use diesel::sqlite::Sqlite;
use kefu_domain::case::Clock;

/// Writes a promise's row, new or changed.
pub(super) struct PutClock<'a> {
    case_id: Uid,
    code: &'a str,
    run: i32,
    state: &'a str,
    calendar: &'a str,
    version: i32,
    started_at: Time,
    due_at: Time,
    breached_at: Option<Time>,
    stopped_at: Option<Time>,
}

impl<'a> PutClock<'a> {
    pub(super) fn of(case_id: Uid, clock: &'a Clock) -> Self {
        Self {
            case_id,
            code: &clock.code,
            run: run(clock),
            state: clock.state.as_str(),
            calendar: &clock.calendar,
            version: version(clock),
            started_at: Time::from(clock.started_at),
            due_at: Time::from(clock.due_at),
            breached_at: clock.breached_at.map(Time::from),
            stopped_at: clock.stopped_at.map(Time::from),
        }
    }
}

impl QueryId for PutClock<'_> {
    type QueryId = PutClock<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for PutClock<'_> {}

impl QueryFragment<Sqlite> for PutClock<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO clocks (case_id, code, run, state, calendar, calendar_version, \
             started_at, due_at, breached_at, stopped_at) VALUES (",
        );
        out.push_bind_param::<sql::Id, _>(&self.case_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.code)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.run)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.state)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.calendar)?;
        out.push_sql(", ");
        out.push_bind_param::<Integer, _>(&self.version)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Ts, _>(&self.started_at)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Ts, _>(&self.due_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<sql::Ts>, _>(&self.breached_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<sql::Ts>, _>(&self.stopped_at)?;
        out.push_sql(
            ") ON CONFLICT (case_id, code, run) DO UPDATE SET state = excluded.state, \
             calendar = excluded.calendar, calendar_version = excluded.calendar_version, \
             started_at = excluded.started_at, due_at = excluded.due_at, \
             breached_at = excluded.breached_at, stopped_at = excluded.stopped_at",
        );
        Ok(())
    }
}

/// Sets a promise's timer, or moves it.
pub(super) struct PutTimer<'a> {
    pub(super) case_id: Uid,
    pub(super) code: &'a str,
    pub(super) due_at: Time,
}

impl QueryId for PutTimer<'_> {
    type QueryId = PutTimer<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for PutTimer<'_> {}

impl QueryFragment<Sqlite> for PutTimer<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT INTO timers (subject_id, kind, data, code, due_at) VALUES (");
        out.push_bind_param::<sql::Id, _>(&self.case_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(CLOCK_TIMER)?;
        out.push_sql(", '{}', ");
        out.push_bind_param::<Text, _>(self.code)?;
        out.push_sql(", ");
        out.push_bind_param::<sql::Ts, _>(&self.due_at)?;
        out.push_sql(
            ") ON CONFLICT (subject_id, kind, code) DO UPDATE SET due_at = excluded.due_at",
        );
        Ok(())
    }
}
