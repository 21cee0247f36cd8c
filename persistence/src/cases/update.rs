//! The update of a case's row, as a statement that stays prepared: diesel prepares its own updates
//! and upserts anew each time.

use super::row::Row;
use crate::types::{Json, Time, Uid, sql};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use diesel::sqlite::Sqlite;

/// The columns that a change of a case has changed: the others are not written, and SQLite leaves
/// their indexes alone.
#[derive(Debug)]
pub(super) struct Update<'a> {
    id: Uid,
    expected: i32,
    version: i32,
    last_hash: &'a [u8],
    procedure_version: Option<i32>,
    state: Option<&'a str>,
    priority: Option<&'a str>,
    channel: Option<&'a str>,
    subject: Option<&'a str>,
    fields: Option<&'a Json>,
    customer_id: Option<Option<Uid>>,
    asset_id: Option<Option<Uid>>,
    owner_id: Option<Option<Uid>>,
    assignee_id: Option<Option<Uid>>,
    transfer_to: Option<Option<Uid>>,
    team: Option<Option<&'a str>>,
    due_at: Option<Time>,
    closed_at: Option<Option<Time>>,
    extra: Option<&'a Json>,
}

impl<'a> Update<'a> {
    /// What makes the row `after` of the row `before`, if it still is that.
    pub(super) fn between(before: &'a Row, after: &'a Row) -> Self {
        fn differs<T: PartialEq>(before: &T, after: T) -> Option<T> {
            (*before != after).then_some(after)
        }
        Self {
            id: before.id,
            expected: before.version,
            version: after.version,
            last_hash: &after.last_hash,
            procedure_version: differs(&before.procedure_version, after.procedure_version),
            state: differs(&before.state.as_str(), &after.state),
            priority: differs(&before.priority.as_str(), &after.priority),
            channel: differs(&before.channel.as_str(), &after.channel),
            subject: differs(&before.subject.as_str(), &after.subject),
            fields: differs(&&before.fields, &after.fields),
            customer_id: differs(&before.customer_id, after.customer_id),
            asset_id: differs(&before.asset_id, after.asset_id),
            owner_id: differs(&before.owner_id, after.owner_id),
            assignee_id: differs(&before.assignee_id, after.assignee_id),
            transfer_to: differs(&before.transfer_to, after.transfer_to),
            team: differs(&before.team.as_deref(), after.team.as_deref()),
            due_at: differs(&before.due_at, after.due_at),
            closed_at: differs(&before.closed_at, after.closed_at),
            extra: differs(&&before.extra, &after.extra),
        }
    }
}

/// It answers the row's own number.
impl Query for Update<'_> {
    type SqlType = BigInt;
}

/// The text depends on the columns, so the prepared statement goes by the text.
impl QueryId for Update<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for Update<'_> {}

macro_rules! fragment {
    ($database:ty, $($column:ident: $kind:ty,)+) => {
        impl QueryFragment<$database> for Update<'_> {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, $database>) -> QueryResult<()> {
                out.push_sql("UPDATE cases SET version = ");
                out.push_bind_param::<Integer, _>(&self.version)?;
                out.push_sql(", last_hash = ");
                out.push_bind_param::<Binary, _>(self.last_hash)?;
                $(if let Some(value) = &self.$column {
                    out.push_sql(concat!(", ", stringify!($column), " = "));
                    out.push_bind_param::<$kind, _>(value)?;
                })+
                out.push_sql(" WHERE id = ");
                out.push_bind_param::<sql::Id, _>(&self.id)?;
                out.push_sql(" AND version = ");
                out.push_bind_param::<Integer, _>(&self.expected)?;
                out.push_sql(" RETURNING seq");
                Ok(())
            }
        }
    };
    ($($database:ty),+) => {
        $(fragment! {
            $database,
            procedure_version: Integer, state: Text, priority: Text, channel: Text, subject: Text, fields: sql::Json,
            customer_id: Nullable<sql::Id>, asset_id: Nullable<sql::Id>,
            owner_id: Nullable<sql::Id>, assignee_id: Nullable<sql::Id>,
            transfer_to: Nullable<sql::Id>, team: Nullable<Text>, due_at: sql::Ts,
            closed_at: Nullable<sql::Ts>, extra: sql::Json,
        })+
    };
}

fragment!(Pg, Sqlite);
