//! Opening connections: which database a URL names, and what every connection is set to.

use crate::conn::{Backend, Conn, PgState, SqliteState};
use crate::{Numbers, StoreError};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, PgConnection, SqliteConnection};
use std::sync::Arc;

/// How hard SQLite makes a commit (`PRAGMA synchronous`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Synchronous {
    /// An acknowledged write survives a power cut.
    #[default]
    Full,
    /// A power cut may take back the last commits; the file stays whole. Faster on slow disks.
    Normal,
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Statements that write are refused by the database.
    Read,
    /// Reads and writes.
    Write,
}

/// Makes the connections of a pool.
#[derive(Debug, Clone)]
pub(crate) struct Manager {
    target: Target,
    purpose: Purpose,
    synchronous: Synchronous,
    numbers: Option<Arc<Numbers>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Postgres(String),
    Sqlite(String),
}

impl Manager {
    pub(crate) fn new(
        url: &str,
        purpose: Purpose,
        synchronous: Synchronous,
    ) -> Result<Self, StoreError> {
        let target = target(url)?;
        let numbers = match (&target, purpose) {
            (Target::Postgres(url), Purpose::Write) => Some(Arc::new(Numbers::new(url.clone()))),
            (Target::Postgres(_), Purpose::Read) | (Target::Sqlite(_), _) => None,
        };
        Ok(Self { target, purpose, synchronous, numbers })
    }

    pub(crate) fn backend(&self) -> Backend {
        match self.target {
            Target::Postgres(_) => Backend::Postgres,
            Target::Sqlite(_) => Backend::Sqlite,
        }
    }

    /// Numbers reserved ahead: only a writer to PostgreSQL has them.
    pub(crate) fn numbers(&self) -> Option<&Numbers> {
        self.numbers.as_deref()
    }

    fn open(&self) -> Result<Conn, StoreError> {
        match &self.target {
            Target::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                prepare_postgres(&mut conn, self.purpose)?;
                Ok(Conn::Pg(conn, PgState { events: 0, numbers: self.numbers.clone() }))
            }
            Target::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(path)?;
                conn.batch_execute(&self.pragmas())?;
                Ok(Conn::Sqlite(conn, SqliteState::default()))
            }
        }
    }

    /// `busy_timeout` comes first: switching to WAL needs a lock that another process may hold.
    fn pragmas(&self) -> String {
        let synchronous = match self.synchronous {
            Synchronous::Full => "FULL",
            Synchronous::Normal => "NORMAL",
        };
        let query_only = match self.purpose {
            Purpose::Read => "ON",
            Purpose::Write => "OFF",
        };
        format!(
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; \
             PRAGMA synchronous = {synchronous}; PRAGMA cache_size = -16000; \
             PRAGMA temp_store = MEMORY; PRAGMA query_only = {query_only};"
        )
    }
}

fn prepare_postgres(conn: &mut PgConnection, purpose: Purpose) -> Result<(), StoreError> {
    conn.batch_execute("SET client_min_messages = warning; SET TIME ZONE 'UTC'")?;
    // Errors without a SQLSTATE in diesel (a deadlock) are told by their text. Only a privileged
    // role may choose the language of messages; for others the server's own is kept.
    if let Err(error) = conn.batch_execute("SET lc_messages = 'C'") {
        tracing::debug!(%error, "messages stay in the server's language");
    }
    if purpose == Purpose::Read {
        conn.batch_execute("SET default_transaction_read_only = on")?;
    }
    Ok(())
}

fn target(url: &str) -> Result<Target, StoreError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(Target::Postgres(url.to_owned()));
    }
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    if path.is_empty() || path.starts_with(":memory:") || path.contains("mode=memory") {
        let reason = "SQLite needs a file: the store opens several connections to it";
        return Err(StoreError::Unavailable(reason.to_owned()));
    }
    if path.contains("://") {
        let reason = "a database URL begins with postgres:// or sqlite://, or is a file's path";
        return Err(StoreError::Unavailable(reason.to_owned()));
    }
    Ok(Target::Sqlite(path.to_owned()))
}

impl r2d2::ManageConnection for Manager {
    type Connection = Conn;
    type Error = StoreError;

    fn connect(&self) -> Result<Conn, StoreError> {
        self.open()
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), StoreError> {
        conn.ping()
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_one_of_two_databases() {
        for url in ["postgres://u@h/d", "postgresql:///d?host=/tmp"] {
            assert_eq!(target(url).unwrap(), Target::Postgres(url.to_owned()));
        }
        for (url, path) in [("sqlite:///var/k.db", "/var/k.db"), ("k.db", "k.db")] {
            assert_eq!(target(url).unwrap(), Target::Sqlite(path.to_owned()));
        }
        for url in ["", "sqlite://", ":memory:", "sqlite://:memory:", "mysql://h/d"] {
            assert!(matches!(target(url), Err(StoreError::Unavailable(_))), "{url}");
        }
    }
}
