//! What can go wrong with storage, the same on both databases.
//!
//! **Invariant.** Nothing branches on a constraint's name: SQLite does not report it. Code that must
//! know *which* value is taken asks for it first, inside the write transaction.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// Storage did not do what was asked. A rule that said no is not one of these: rules live in the
/// domain.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row is no longer at the version it was read at: somebody else was faster.
    #[error("the row has changed since it was read")]
    Stale,
    /// A unique value is already taken.
    #[error("a unique value is already taken")]
    Duplicate,
    /// The row refers to one that does not exist.
    #[error("the row refers to one that does not exist")]
    Reference,
    /// The queue is full, or a lock was not free in time. Nothing was done; try again shortly.
    #[error("storage is busy")]
    Busy,
    /// PostgreSQL gave up one of several transactions that were in each other's way. Nothing was
    /// done; the whole command may be run again at once.
    #[error("two transactions were in each other's way")]
    Conflict,
    /// The database cannot be reached, or could not write. What was asked for may be tried again;
    /// only after a lost connection during COMMIT is it open whether it was done.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value is not one the program can have written.
    #[error("corrupt value in {table}.{column} of {id}")]
    Corrupt {
        /// The table it was read from.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The column that does not parse.
        column: &'static str,
    },
    /// The command panicked. It was rolled back.
    #[error("the command panicked")]
    Panicked,
    /// The schema could not be brought up to date, or is newer than this program.
    #[error("migration: {0}")]
    Migration(String),
    /// The statement itself is wrong: a defect of this program.
    #[error("the statement failed")]
    Query(#[source] Error),
}

impl StoreError {
    /// A value of `table` that cannot be understood, for a row's `TryFrom`.
    #[expect(clippy::needless_pass_by_value, reason = "ids, numbers and words alike")]
    pub fn corrupt(table: &'static str, id: impl ToString, column: &'static str) -> Self {
        Self::Corrupt { table, id: id.to_string(), column }
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(kind, info) => classify(kind, info),
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            Error::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            other => Self::Query(other),
        }
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Sorts what both databases report. Where diesel has no kind of its own the text decides; the
/// connection asks PostgreSQL for untranslated messages, and the Chinese ones are known as well.
fn classify(
    kind: DatabaseErrorKind,
    info: Box<dyn DatabaseErrorInformation + Send + Sync>,
) -> StoreError {
    match kind {
        DatabaseErrorKind::UniqueViolation => return StoreError::Duplicate,
        DatabaseErrorKind::ForeignKeyViolation => return StoreError::Reference,
        DatabaseErrorKind::SerializationFailure => return StoreError::Conflict,
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            return StoreError::Unavailable(info.message().to_owned());
        }
        _ => {}
    }
    let has = |needles: &[&str]| needles.iter().any(|needle| info.message().contains(needle));
    if has(&["deadlock detected", "死锁"]) {
        StoreError::Conflict
    } else if has(&["database is locked", "table is locked", "statement timeout", "lock timeout"]) {
        StoreError::Busy
    } else if has(UNAVAILABLE) {
        StoreError::Unavailable(info.message().to_owned())
    } else {
        StoreError::Query(Error::DatabaseError(kind, info))
    }
}

/// Texts of a database that is there but cannot work, or is just going away.
const UNAVAILABLE: &[&str] = &[
    "disk I/O error",
    "database or disk is full",
    "No space left on device",
    "unable to open database file",
    "attempt to write a readonly database",
    "terminating connection",
    "server closed the connection",
    "no connection to the server",
    "could not receive data",
    "could not send data",
    "the database system is",
];
