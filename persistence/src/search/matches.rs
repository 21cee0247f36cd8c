//! "Is found by these terms", as a predicate over `cases`.

use crate::schema::cases;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;

/// Holds for cases that have every term. Usable in any static or boxed query over `cases`.
#[derive(Debug, Clone, QueryId)]
pub(crate) struct Matches {
    postgres: String,
    sqlite: String,
}

impl Matches {
    /// `terms` come from [`super::of_query`], are not empty, and hold no quotes or spaces.
    pub(crate) fn all(terms: &[String]) -> Self {
        let quoted = |mark: char| -> Vec<String> {
            terms.iter().map(|term| format!("{mark}{term}{mark}")).collect()
        };
        Self { postgres: quoted('\'').join(" & "), sqlite: quoted('"').join(" ") }
    }
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
        out.push_sql("cases.seq IN (SELECT rowid FROM case_search WHERE case_search MATCH ");
        out.push_bind_param::<Text, _>(&self.sqlite)?;
        out.push_sql(")");
        Ok(())
    }
}
