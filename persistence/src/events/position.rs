//! Where an event stands in the feed, and how far the feed may be read.

use crate::StoreError;
use crate::conn::Conn;
use diesel::expression::is_aggregate;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

/// What transaction ids are counted from. A dump restored into a younger cluster meets smaller
/// transaction ids than its events were written with; the base makes up for that.
pub(super) const BASE: &str =
    "coalesce((SELECT (value #>> '{}')::bigint FROM settings WHERE key = 'feed_base'), 0)";

/// The first position of the running transaction.
pub(super) const TRANSACTION: &str = "(pg_current_xact_id()::text::bigint << 16)";

/// The first position that is not settled: a transaction still running may yet write it.
#[derive(Debug, Clone, Copy, QueryId)]
pub(super) struct Horizon;

impl Expression for Horizon {
    type SqlType = BigInt;
}
impl ValidGrouping<()> for Horizon {
    type IsAggregate = is_aggregate::Never;
}
impl<T> SelectableExpression<T> for Horizon {}
impl<T> AppearsOnTable<T> for Horizon {}

impl QueryFragment<Pg> for Horizon {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("(");
        out.push_sql(BASE);
        out.push_sql(" + (pg_snapshot_xmin(pg_current_snapshot())::text::bigint << 16))");
        Ok(())
    }
}

/// Everything visible is settled: there is one writer.
impl QueryFragment<Sqlite> for Horizon {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("(SELECT coalesce(max(position), 0) + 1 FROM events)");
        Ok(())
    }
}

/// Raises the base where stored positions are ahead of this cluster's transaction ids. In a database
/// that was not restored elsewhere every visible event is older than the snapshot's end, so this
/// does nothing there, whoever is writing meanwhile.
pub(crate) fn guard_positions(conn: &mut Conn) -> Result<(), StoreError> {
    match conn {
        Conn::Sqlite(..) => Ok(()),
        Conn::Pg(..) => conn.batch(&format!(
            "INSERT INTO settings (key, value) \
             SELECT 'feed_base', to_jsonb(top + 1 - now) FROM ( \
               SELECT max(position) AS top, \
                 (pg_snapshot_xmax(pg_current_snapshot())::text::bigint << 16) AS now \
               FROM events) AS state \
             WHERE top >= {BASE} + now \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value"
        )),
    }
}
