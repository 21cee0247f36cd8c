//! The few ways in which obligations are found, as SQL that both databases understand.

use diesel::prelude::*;
use diesel::query_builder::AstPass;
use diesel::serialize::ToSql;
use diesel::sql_types::Text;
use kefu_domain::compliance::Source;

use super::Scope;
use super::seen::{Binds, Seen};
use crate::types::{Time, Uid, sql};

/// A kind of [`Source`]: which tables, and what of them says what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    /// Promises.
    Clocks,
    /// Promises of cases that follow-ups have opened.
    Handed,
    /// Cases.
    Cases,
    /// Cases that follow-ups have opened.
    Opened,
    /// Occurrences of duties.
    Duties,
}

/// What tells one source of a shape from another, with what it is called: a column each.
pub(super) type Key = [String; 3];

/// How a clock stands: one that was late before it stood still is late.
const OF_CLOCK: &str = "CASE WHEN clocks.state = 'met' THEN 'met' \
     WHEN clocks.state IN ('breached', 'met_late') OR clocks.breached_at IS NOT NULL THEN 'late' \
     ELSE 'open' END";

/// How a case stands that has no deadline of its own.
const OF_CASE: &str = "CASE WHEN cases.closed_at IS NULL THEN 'open' ELSE 'met' END";

/// How an occurrence stands: as the clock on its case does that takes the duty's span, or as the case
/// does where it has none. What a case promises anew is no longer what the duty asked for. The instant
/// follows.
const OF_DUTY: &str = "CASE WHEN clocks.state = 'met' AND cases.state <> 'withdrawn' THEN 'met' \
     WHEN clocks.state IN ('breached', 'met_late') OR clocks.breached_at IS NOT NULL THEN 'late' \
     WHEN clocks.state IN ('running', 'paused') THEN 'open' \
     WHEN cases.closed_at <= duty_occurrences.due_at AND cases.state <> 'withdrawn' THEN 'met' \
     WHEN cases.closed_at IS NOT NULL OR duty_occurrences.due_at < ";

const DUTIES: &str = " FROM duty_occurrences LEFT JOIN cases ON cases.id = duty_occurrences.case_id \
     LEFT JOIN clocks ON clocks.case_id = duty_occurrences.case_id AND clocks.code = duty_occurrences.clock \
     AND clocks.run = 1";
const CLOCKS: &str = " FROM clocks JOIN cases ON cases.id = clocks.case_id";
const CASES: &str = " FROM cases";
const PARENTS: &str = " JOIN cases AS parents ON parents.id = cases.parent_id";
const FOLLOW_UP: &str = "cases.extra ->> 'follow_up'";

impl Shape {
    /// The shape of a source, and its key.
    pub(super) fn of(source: &Source) -> (Self, Key) {
        let key = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        match source {
            Source::Cases { procedure } => (Self::Cases, key(procedure, "", "")),
            Source::Clock { procedure, code } => (Self::Clocks, key(procedure, code, "")),
            Source::FollowUp { procedure, code, clock: Some(clock), .. } => {
                (Self::Handed, key(procedure, code, clock))
            }
            Source::FollowUp { procedure, code, clock: None, .. } => {
                (Self::Opened, key(procedure, code, ""))
            }
            Source::Duty { code, .. } => (Self::Duties, key(code, "", "")),
        }
    }

    /// What says which source it is of: the expressions of its key.
    pub(super) fn key(self) -> [&'static str; 3] {
        match self {
            Self::Clocks => ["cases.procedure", "clocks.code", "''"],
            Self::Handed => ["parents.procedure", FOLLOW_UP, "clocks.code"],
            Self::Cases => ["cases.procedure", "''", "''"],
            Self::Opened => ["parents.procedure", FOLLOW_UP, "''"],
            Self::Duties => ["duty_occurrences.duty", "''", "''"],
        }
    }

    fn has_clock(self) -> bool {
        matches!(self, Self::Clocks | Self::Handed)
    }

    /// When it arose.
    pub(super) fn at(self) -> &'static str {
        match self {
            Self::Clocks | Self::Handed => "clocks.started_at",
            Self::Cases | Self::Opened => "cases.opened_at",
            Self::Duties => "duty_occurrences.occurs_at",
        }
    }

    /// Clock, deadline and end of one.
    pub(super) fn columns(self) -> &'static str {
        match self {
            Self::Clocks | Self::Handed => "clocks.code, clocks.due_at, clocks.stopped_at",
            Self::Cases | Self::Opened => "'', cases.due_at, cases.closed_at",
            Self::Duties => {
                "coalesce(duty_occurrences.clock, ''), duty_occurrences.due_at, \
                 coalesce(clocks.stopped_at, cases.closed_at)"
            }
        }
    }

    /// What tells one from others: its case, or the occurrence that has opened none.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Duties => "coalesce(cases.id, duty_occurrences.id)",
            _ => "cases.id",
        }
    }

    /// Which of a case's promises of one code it is.
    pub(super) fn run(self) -> &'static str {
        if self.has_clock() { "clocks.run" } else { "0" }
    }

    /// Where it is.
    pub(super) fn site(self) -> &'static str {
        match self {
            Self::Duties => "duty_occurrences.site_id",
            _ => "cases.site_id",
        }
    }

    /// How it stands.
    pub(super) fn push_standing<'b, DB: Binds>(
        self,
        scope: &'b Bounds,
        out: &mut AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        Time: ToSql<sql::Ts, DB>,
    {
        match self {
            Self::Clocks | Self::Handed => out.push_sql(OF_CLOCK),
            Self::Cases | Self::Opened => out.push_sql(OF_CASE),
            Self::Duties => {
                out.push_sql(OF_DUTY);
                out.push_bind_param::<sql::Ts, _>(&scope.now)?;
                out.push_sql(" THEN 'late' ELSE 'open' END");
            }
        }
        Ok(())
    }

    /// The tables, and what is asked of every row.
    pub(super) fn push<'b, DB: Binds>(
        self,
        scope: &'b Bounds,
        out: &mut AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>
    where
        Uid: ToSql<sql::Id, DB>,
        Time: ToSql<sql::Ts, DB>,
        str: ToSql<Text, DB>,
    {
        out.push_sql(match self {
            Self::Clocks | Self::Handed => CLOCKS,
            Self::Cases | Self::Opened => CASES,
            Self::Duties => DUTIES,
        });
        if matches!(self, Self::Handed | Self::Opened) {
            out.push_sql(PARENTS);
        }
        out.push_sql(" WHERE ");
        out.push_sql(self.at());
        out.push_sql(" >= ");
        out.push_bind_param::<sql::Ts, _>(&scope.from)?;
        out.push_sql(" AND ");
        out.push_sql(self.at());
        out.push_sql(" < ");
        out.push_bind_param::<sql::Ts, _>(&scope.to)?;
        if self.has_clock() {
            out.push_sql(" AND clocks.state <> 'cancelled'");
        }
        out.push_sql(" AND ");
        scope.seen.push(out)
    }
}

/// What is asked of every row, ready to be bound.
#[derive(Debug)]
pub(super) struct Bounds {
    from: Time,
    to: Time,
    now: Time,
    seen: Seen,
}

impl Bounds {
    pub(super) fn new(shape: Shape, scope: &Scope, without: &[uuid::Uuid]) -> Self {
        let seen = Seen::new(shape.site(), &scope.reach, &scope.sites, without);
        let (from, to, now) = (Time::from(scope.from), Time::from(scope.to), Time::from(scope.now));
        Self { from, to, now, seen }
    }
}
