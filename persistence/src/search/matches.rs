//! "Is found by these terms", as a predicate over `cases`.

use crate::StoreError;
use crate::conn::Conn;
use crate::schema::cases;
use diesel::dsl::max;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::sqlite::Sqlite;

/// Holds for cases that have every term. Usable in any static or boxed query over `cases`.
#[derive(Debug, Clone)]
pub(crate) struct Matches {
    postgres: String,
    sqlite: String,
    probe: Probe,
}

/// SQLite: whether to ask of each row of the list if it matches, instead of collecting all that do,
/// and from which end of the index to look for it: a list of the newest looks from the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    None,
    Ascending,
    Descending,
}

impl Matches {
    /// `terms` come from [`super::of_query`], are not empty, and hold no quotes or spaces.
    pub(crate) fn all(terms: &[String]) -> Self {
        let quoted = |mark: char| -> Vec<String> {
            terms.iter().map(|term| format!("{mark}{term}{mark}")).collect()
        };
        let (postgres, sqlite) = (quoted('\'').join(" & "), quoted('"').join(" "));
        Self { postgres, sqlite, probe: Probe::None }
    }

    /// Chooses how SQLite is to look, which has no statistics of terms. Of `n` cases `m` match; a page
    /// of 50 costs `m` rows fetched and sorted, or `50 n / m` rows of the list asked whether they
    /// match, each for about three times as much: the same at `m = √(150 n)`. PostgreSQL's planner
    /// decides by its own statistics.
    pub(crate) fn planned(mut self, conn: &mut Conn, descending: bool) -> Result<Self, StoreError> {
        let Conn::Sqlite(c, _) = conn else { return Ok(self) };
        let newest: Option<i64> = cases::table.select(max(cases::seq)).get_result(c)?;
        let turn = newest.unwrap_or(0).saturating_mul(150).isqrt();
        let found = Found { sqlite: &self.sqlite, limit: turn + 1 }.get_result::<i64>(c)?;
        self.probe = match (found > turn, descending) {
            (false, _) => Probe::None,
            (true, false) => Probe::Ascending,
            (true, true) => Probe::Descending,
        };
        Ok(self)
    }
}

/// How many cases match, counted up to a limit.
struct Found<'a> {
    sqlite: &'a str,
    limit: i64,
}

impl Query for Found<'_> {
    type SqlType = BigInt;
}

impl QueryId for Found<'_> {
    type QueryId = Found<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for Found<'_> {}

impl QueryFragment<Sqlite> for Found<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT count(*) FROM (SELECT rowid FROM case_search WHERE case_search MATCH ",
        );
        out.push_bind_param::<Text, _>(self.sqlite)?;
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(")");
        Ok(())
    }
}

/// The text differs by plan, so a prepared statement goes by the text.
impl QueryId for Matches {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Matches {
    type SqlType = Bool;
}
impl ValidGrouping<()> for Matches {
    type IsAggregate = is_aggregate::No;
}
impl SelectableExpression<cases::table> for Matches {}
impl AppearsOnTable<cases::table> for Matches {}

impl QueryFragment<Pg> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("cases.id IN (SELECT case_id FROM case_search WHERE terms @@ ");
        out.push_bind_param::<Text, _>(&self.postgres)?;
        out.push_sql("::tsquery)");
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Matches {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let (before, after) = match self.probe {
            Probe::None => {
                ("cases.seq IN (SELECT rowid FROM case_search WHERE case_search MATCH ", ")")
            }
            Probe::Ascending => (
                "cases.seq = (SELECT rowid FROM case_search WHERE rowid >= cases.seq \
                 AND case_search MATCH ",
                " ORDER BY rowid LIMIT 1)",
            ),
            Probe::Descending => (
                "cases.seq = (SELECT rowid FROM case_search WHERE rowid <= cases.seq \
                 AND case_search MATCH ",
                " ORDER BY rowid DESC LIMIT 1)",
            ),
        };
        out.push_sql(before);
        out.push_bind_param::<Text, _>(&self.sqlite)?;
        out.push_sql(after);
        Ok(())
    }
}
