//! The rules of a customer-service department, and nothing else.
//!
//! **Invariant.** Nothing here reads a clock, a file, a database, the network or a random source;
//! nothing logs and nothing is async. `now` and ids are arguments.
//! **Invariant.** A rule is written here once; persistence stores what was decided, the API says it.

pub mod calendar;
pub mod case;
pub mod compliance;
pub mod duty;
pub mod fault;
pub mod metric;
pub mod pack;
pub mod patch;
pub mod procedure;
pub mod span;
pub mod text;
pub mod webhook;
pub mod who;

/// An instant, always UTC, never finer than a microsecond (what both databases can hold).
pub type Timestamp = chrono::DateTime<chrono::Utc>;
