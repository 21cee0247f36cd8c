//! "Has a grant with one of these roles", "… at one of these sites", as a predicate over `users`.

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;

use crate::schema::users;

/// Holds for users who have a grant whose member is one of the values.
#[derive(Debug, Clone)]
pub(crate) struct Granted {
    member: &'static str,
    values: Vec<String>,
}

impl Granted {
    pub(crate) fn new(member: &'static str, values: impl Iterator<Item = String>) -> Self {
        Self { member, values: values.collect() }
    }

    fn values<'b, DB>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: diesel::backend::Backend + diesel::sql_types::HasSqlType<Text>,
        str: diesel::serialize::ToSql<Text, DB>,
    {
        out.push_sql(self.member);
        out.push_sql("' IN (");
        for (index, value) in self.values.iter().enumerate() {
            if index > 0 {
                out.push_sql(", ");
            }
            out.push_bind_param::<Text, _>(value.as_str())?;
        }
        out.push_sql("))");
        Ok(())
    }
}

/// The text differs by the number of values, so a prepared statement goes by the text.
impl QueryId for Granted {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Granted {
    type SqlType = Bool;
}
impl ValidGrouping<()> for Granted {
    type IsAggregate = is_aggregate::No;
}
impl SelectableExpression<users::table> for Granted {}
impl AppearsOnTable<users::table> for Granted {}

impl QueryFragment<Pg> for Granted {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "EXISTS (SELECT 1 FROM jsonb_array_elements(users.grants) AS given WHERE given->>'",
        );
        self.values(&mut out)
    }
}

impl QueryFragment<Sqlite> for Granted {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "EXISTS (SELECT 1 FROM json_each(users.grants) AS given WHERE given.value->>'",
        );
        self.values(&mut out)
    }
}
