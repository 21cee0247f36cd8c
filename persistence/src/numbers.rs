//! Running numbers, one sequence for each key ("complaint:20261122").
//!
//! On SQLite a number is taken in the caller's transaction and given back with it. On PostgreSQL that
//! would let every opening of a case wait for the one before it, so numbers are reserved in blocks of
//! 32 by a short transaction of their own and handed out in order by the process. A number is lost
//! when its command is rolled back, and the rest of a block when the process is killed; no number is
//! ever given twice. With several nodes the blocks interleave.

use crate::StoreError;
use crate::conn::Conn;
use crate::schema::numbers;
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Text};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const BLOCK: i64 = 32;

/// The next number of `key`, beginning at 1.
pub fn next(conn: &mut Conn, key: &str) -> Result<i64, StoreError> {
    match conn {
        Conn::Sqlite(c, _) => Take { key, count: 1 }.get_result(c).map_err(StoreError::from),
        Conn::Pg(c, state) => match &state.numbers {
            Some(numbers) => Arc::clone(numbers).next(key),
            None => reserve(c, key, 1),
        },
    }
}

/// Takes `count` numbers of `key`; answers the last of them.
fn reserve(conn: &mut PgConnection, key: &str, count: i64) -> Result<i64, StoreError> {
    Take { key, count }.get_result(conn).map_err(StoreError::from)
}

/// One statement that stays prepared, as diesel's upsert does not.
struct Take<'a> {
    key: &'a str,
    count: i64,
}

impl Query for Take<'_> {
    type SqlType = BigInt;
}

impl QueryId for Take<'_> {
    type QueryId = Take<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<C> RunQueryDsl<C> for Take<'_> {}

impl<D: Backend> QueryFragment<D> for Take<'_>
where
    str: ToSql<Text, D>,
    i64: ToSql<BigInt, D>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, D>) -> QueryResult<()> {
        out.push_sql("INSERT INTO numbers (key, last) VALUES (");
        out.push_bind_param::<Text, _>(self.key)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.count)?;
        out.push_sql(
            ") ON CONFLICT (key) DO UPDATE SET last = numbers.last + excluded.last RETURNING last",
        );
        Ok(())
    }
}

/// Numbers reserved ahead by this process.
pub struct Numbers {
    url: String,
    inner: Mutex<Reserve>,
}

#[derive(Default)]
struct Reserve {
    conn: Option<PgConnection>,
    /// For each key the next number and the last one of the block.
    blocks: HashMap<String, (i64, i64)>,
}

/// Keys of past days are dropped when so many have come together.
const KEYS: usize = 4096;

impl std::fmt::Debug for Numbers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Numbers").finish_non_exhaustive()
    }
}

impl Numbers {
    pub(crate) fn new(url: String) -> Self {
        Self { url, inner: Mutex::default() }
    }

    fn next(&self, key: &str) -> Result<i64, StoreError> {
        let mut reserve = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((next, last)) = reserve.blocks.get_mut(key)
            && next <= last
        {
            *next += 1;
            return Ok(*next - 1);
        }
        let last = reserve.block(&self.url, key)?;
        if reserve.blocks.len() >= KEYS {
            reserve.blocks.clear();
        }
        reserve.blocks.insert(key.to_owned(), (last - BLOCK + 2, last));
        Ok(last - BLOCK + 1)
    }

    /// Returns what is left of each block that nobody has reserved after; a graceful stop leaves no
    /// gap. Best effort: a gap does no harm.
    pub(crate) fn give_back(&self) {
        let mut reserve = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let blocks = std::mem::take(&mut reserve.blocks);
        let Some(conn) = &mut reserve.conn else { return };
        for (key, (next, last)) in blocks.into_iter().filter(|(_, (next, last))| next <= last) {
            let unchanged = numbers::table.find(&key).filter(numbers::last.eq(last));
            let back = diesel::update(unchanged).set(numbers::last.eq(next - 1)).execute(conn);
            if let Err(error) = back {
                tracing::debug!(%error, key, "numbers not given back");
            }
        }
    }
}

impl Reserve {
    /// Reserves the next block; a connection that was lost meanwhile is opened again, once.
    fn block(&mut self, url: &str, key: &str) -> Result<i64, StoreError> {
        if let Some(conn) = &mut self.conn {
            match reserve(conn, key, BLOCK) {
                Err(StoreError::Unavailable(_)) => self.conn = None,
                other => return other,
            }
        }
        let conn = self.conn.insert(PgConnection::establish(url)?);
        reserve(conn, key, BLOCK)
    }
}
