//! One connection to either database, and transactions on it.
//!
//! **Invariant.** The outermost transaction begins `IMMEDIATE` on SQLite: a read that later wants to
//! write could otherwise fail at once with "database is locked", whatever the time-out.

use crate::{Numbers, StoreError, search};
use diesel::connection::{
    AnsiTransactionManager, SimpleConnection, TransactionManager, TransactionManagerStatus,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::Error;
use diesel::sqlite::Sqlite;
use diesel::{PgConnection, QueryResult, RunQueryDsl, SqliteConnection};
use std::sync::Arc;

/// `on!(conn, c => query.load(c))`: `c` is the concrete connection, the body is compiled once for
/// each database.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::conn::Conn::Pg($c, _) => $body,
            $crate::conn::Conn::Sqlite($c, _) => $body,
        }
    };
}
pub(crate) use on;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// PostgreSQL: any number of nodes.
    Postgres,
    /// SQLite: embedded, one process.
    Sqlite,
}

/// A connection. Queries take `&mut Conn` first and dispatch with `on!`.
pub enum Conn {
    /// PostgreSQL, with what this transaction has used up.
    Pg(PgConnection, PgState),
    /// SQLite, with what this transaction has put off to its end.
    Sqlite(SqliteConnection, SqliteState),
}

/// What a PostgreSQL connection keeps beside the connection itself.
#[derive(Debug, Default)]
pub struct PgState {
    /// Events appended by the running transaction: the low bits of their positions.
    pub(crate) events: i64,
    /// Case numbers reserved ahead, shared by all connections of the store.
    pub(crate) numbers: Option<Arc<Numbers>>,
}

/// What a SQLite connection keeps beside the connection itself.
#[derive(Debug, Default)]
pub struct SqliteState {
    /// Search terms on their way to the index: FTS5 writes out what it has gathered at every
    /// savepoint, of which a group of commands has one each, so they are written before COMMIT.
    pub(crate) terms: Vec<(i64, String)>,
}

/// A step of a command's savepoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It begins.
    Begin,
    /// What was done since is undone; it lasts.
    Undo,
    /// It ends, and what was done since is kept.
    Keep,
}

/// A statement without values, prepared once.
struct Text(&'static str);

impl QueryId for Text {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<Sqlite> for Text {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(self.0);
        Ok(())
    }
}

impl RunQueryDsl<SqliteConnection> for Text {}

/// How much was put off when a savepoint began.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark(usize);

impl Conn {
    /// Which database this is.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Pg(..) => Backend::Postgres,
            Self::Sqlite(..) => Backend::Sqlite,
        }
    }

    /// Runs `work` in a transaction: `BEGIN` on PostgreSQL, `BEGIN IMMEDIATE` on SQLite, a savepoint
    /// inside another transaction. An `Err` rolls back what `work` did and nothing else.
    pub fn transaction<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().map_err(StoreError::from)?;
        let mark = self.mark();
        match work(self) {
            Ok(value) => {
                self.commit().map_err(StoreError::from)?;
                Ok(value)
            }
            Err(error) => {
                self.rollback().map_err(StoreError::from)?;
                self.forget_since(mark);
                Err(error)
            }
        }
    }

    /// Runs `work`, which only reads, so that all its statements see the same state.
    pub fn snapshot<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = match self {
            Self::Pg(c, _) => AnsiTransactionManager::begin_transaction_sql(
                c,
                "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            ),
            Self::Sqlite(c, _) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")
            }
        };
        begun.map_err(StoreError::from)?;
        let outcome = work(self);
        self.rollback().map_err(StoreError::from)?;
        outcome
    }

    /// Runs SQL text as it is: migrations, and tests that spoil a row on purpose.
    pub fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        on!(self, c => c.batch_execute(sql)).map_err(StoreError::from)
    }

    pub(crate) fn begin(&mut self) -> QueryResult<()> {
        match self {
            Self::Pg(c, state) => {
                if depth(c) == 0 {
                    state.events = 0;
                }
                AnsiTransactionManager::begin_transaction(c)
            }
            Self::Sqlite(c, state) => {
                if depth(c) > 0 {
                    return AnsiTransactionManager::begin_transaction(c);
                }
                state.terms.clear();
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")
            }
        }
    }

    /// On PostgreSQL a COMMIT after a failed statement rolls back and says nothing; work that went on
    /// after such an error must not look as if it had been kept.
    pub(crate) fn commit(&mut self) -> QueryResult<()> {
        if let Self::Pg(c, _) = self
            && depth(c) == 1
            && is_aborted(c)
        {
            AnsiTransactionManager::rollback_transaction(c)?;
            return Err(Error::RollbackTransaction);
        }
        if let Self::Sqlite(c, _) = self
            && depth(c) == 1
        {
            self.write_put_off()?;
        }
        on!(self, c => AnsiTransactionManager::commit_transaction(c))
    }

    /// A step of a command's savepoint on SQLite, with a statement that stays prepared.
    pub(crate) fn command(&mut self, step: Step) -> Result<(), StoreError> {
        let Self::Sqlite(c, _) = self else { return Ok(()) };
        match step {
            Step::Begin => Text("SAVEPOINT command").execute(c)?,
            Step::Undo => Text("ROLLBACK TO command").execute(c)?,
            Step::Keep => Text("RELEASE command").execute(c)?,
        };
        Ok(())
    }

    /// Writes what was put off to the end of the transaction; rolls it back when that fails.
    pub(crate) fn write_put_off(&mut self) -> QueryResult<()> {
        let Self::Sqlite(c, state) = self else { return Ok(()) };
        for (seq, terms) in state.terms.drain(..) {
            if let Err(error) = search::put(c, seq, &terms) {
                AnsiTransactionManager::rollback_transaction(c)?;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Where things put off from here on begin …
    pub(crate) fn mark(&self) -> Mark {
        match self {
            Self::Pg(..) => Mark(0),
            Self::Sqlite(_, state) => Mark(state.terms.len()),
        }
    }

    /// … and how to forget them, when what they belong to is undone.
    pub(crate) fn forget_since(&mut self, mark: Mark) {
        if let Self::Sqlite(_, state) = self {
            state.terms.truncate(mark.0);
        }
    }

    pub(crate) fn rollback(&mut self) -> QueryResult<()> {
        on!(self, c => AnsiTransactionManager::rollback_transaction(c))
    }

    /// Whether the connection is unfit for the next command: closed, or inside a transaction.
    pub(crate) fn is_broken(&mut self) -> bool {
        match self {
            Self::Pg(c, _) => depth(c) != 0 || diesel::r2d2::R2D2Connection::is_broken(c),
            Self::Sqlite(c, _) => depth(c) != 0 || diesel::r2d2::R2D2Connection::is_broken(c),
        }
    }

    /// A round trip to the server.
    pub(crate) fn ping(&mut self) -> Result<(), StoreError> {
        on!(self, c => diesel::r2d2::R2D2Connection::ping(c)).map_err(StoreError::from)
    }
}

/// Whether a statement of this transaction has failed. diesel knows, but shows it to nobody except in
/// its debug output; a test fails should that ever change.
fn is_aborted(conn: &mut PgConnection) -> bool {
    let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
    format!("{status:?}").contains("requires_rollback_maybe_up_to_top_level: true")
}

/// How many transactions are open inside each other; a broken manager counts as one.
pub(crate) fn depth<C>(conn: &mut C) -> u32
where
    C: diesel::Connection<TransactionManager = AnsiTransactionManager>,
{
    match AnsiTransactionManager::transaction_manager_status_mut(conn) {
        TransactionManagerStatus::Valid(status) => {
            status.transaction_depth().map_or(0, std::num::NonZeroU32::get)
        }
        TransactionManagerStatus::InError => 1,
    }
}

/// `Ok(true)` for one row, `Ok(false)` for none: what a versioned update reports.
pub(crate) fn one(rows: QueryResult<usize>) -> Result<bool, StoreError> {
    match rows {
        Ok(count) => Ok(count == 1),
        Err(error) => Err(StoreError::from(error)),
    }
}

/// The row, or `None` when there is none.
pub(crate) fn optional<T>(row: QueryResult<T>) -> Result<Option<T>, StoreError> {
    match row {
        Ok(row) => Ok(Some(row)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(StoreError::from(error)),
    }
}
