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
}

/// What tells one source of a shape from another, with what it is called: a column each.
pub(super) type Key = [String; 3];

/// How a clock stands: one that was late before it stood still is late.
const OF_CLOCK: &str = "CASE WHEN clocks.state = 'met' THEN 'met' \
     WHEN clocks.state IN ('breached', 'met_late') OR clocks.breached_at IS NOT NULL THEN 'late' \
     ELSE 'open' END";

/// How a case stands that has no deadline of its own.
const OF_CASE: &str = "CASE WHEN cases.closed_at IS NULL THEN 'open' ELSE 'met' END";

const CLOCKS: &str = " FROM clocks JOIN cases ON cases.id = clocks.case_id";
const CASES: &str = " FROM cases";
const PARENTS: &str = " JOIN cases AS parents ON parents.id = cases.parent_id";
const FOLLOW_UP: &str = "cases.extra ->> 'follow_up'";

impl Shape {
    /// The shape of a source, and its key.
    pub(super) fn of(source: &Source) -> Option<(Self, Key)> {
        let key = |a: &str, b: &str, c: &str| [a.to_owned(), b.to_owned(), c.to_owned()];
        Some(match source {
            Source::Cases { procedure } => (Self::Cases, key(procedure, "", "")),
            Source::Clock { procedure, code } => (Self::Clocks, key(procedure, code, "")),
            Source::FollowUp { procedure, code, clock: Some(clock), .. } => {
                (Self::Handed, key(procedure, code, clock))
            }
            Source::FollowUp { procedure, code, clock: None, .. } => {
                (Self::Opened, key(procedure, code, ""))
            }
            Source::Duty { .. } => return None,
        })
    }

    /// What says which source it is of: the expressions of its key.
    pub(super) fn key(self) -> [&'static str; 3] {
        match self {
            Self::Clocks => ["cases.procedure", "clocks.code", "''"],
            Self::Handed => ["parents.procedure", FOLLOW_UP, "clocks.code"],
            Self::Cases => ["cases.procedure", "''", "''"],
            Self::Opened => ["parents.procedure", FOLLOW_UP, "''"],
        }
    }

    fn has_clock(self) -> bool {
        matches!(self, Self::Clocks | Self::Handed)
    }

    /// When it arose.
    pub(super) fn at(self) -> &'static str {
        if self.has_clock() { "clocks.started_at" } else { "cases.opened_at" }
    }

    /// Clock, deadline and end of one.
    pub(super) fn columns(self) -> &'static str {
        if self.has_clock() {
            "clocks.code, clocks.due_at, clocks.stopped_at"
        } else {
            "'', cases.due_at, cases.closed_at"
        }
    }

    /// How it stands.
    pub(super) fn standing(self) -> &'static str {
        if self.has_clock() { OF_CLOCK } else { OF_CASE }
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
        out.push_sql(if self.has_clock() { CLOCKS } else { CASES });
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
    seen: Seen,
}

impl Bounds {
    pub(super) fn new(scope: &Scope, without: &[uuid::Uuid]) -> Self {
        let seen = Seen::new("cases.site_id", &scope.reach, &scope.sites, without);
        Self { from: Time::from(scope.from), to: Time::from(scope.to), seen }
    }
}
