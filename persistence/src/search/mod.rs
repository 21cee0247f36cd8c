//! Full-text search over cases, Chinese first.
//!
//! Text is cut into terms here, by one function for both databases, and both keep the terms as they
//! are: contentless FTS5 on SQLite, `array_to_tsvector` with GIN on PostgreSQL. So both give the same
//! answer.

mod matches;
mod terms;

pub(crate) use matches::Matches;
pub(crate) use terms::texts_of;
pub use terms::{Cut, of_query, of_texts};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::Sqlite;

/// Sets the terms, joined by spaces, that the case in row `seq` is found by. SQLite only: on PostgreSQL
/// this is a part of the statement that writes the case.
pub(crate) fn put(conn: &mut SqliteConnection, seq: i64, terms: &str) -> QueryResult<()> {
    Put { seq, terms }.execute(conn).map(drop)
}

struct Put<'a> {
    seq: i64,
    terms: &'a str,
}

impl QueryId for Put<'_> {
    type QueryId = Put<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl QueryFragment<Sqlite> for Put<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("INSERT OR REPLACE INTO case_search (rowid, terms) VALUES (");
        out.push_bind_param::<BigInt, _>(&self.seq)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.terms)?;
        out.push_sql(")");
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Put<'_> {}

/// Loads the dictionary, which the first search or opened case would otherwise wait for.
pub fn warm_up() {
    of_texts(["投诉"]);
}
