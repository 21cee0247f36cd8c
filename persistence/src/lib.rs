//! Where cases, events and timers are kept: `SQLite` or `PostgreSQL`, through diesel.
//!
//! **Invariant.** SQL exists only in this crate, and this crate decides no rule: it stores and finds.
//!
//! **Invariant.** The clock is not read here: every instant is an argument.
//!
//! **Invariant.** Queries are written once for both databases; where they differ there is a visible
//! `match` on [`Conn`].

mod chain;
mod conn;
mod error;
mod manager;
mod merge;
pub mod migrate;
mod page;
mod schema;
mod store;
mod task;
mod threads;
mod types;

pub mod blobs;
pub mod cases;
pub mod compliance;
pub mod deliveries;
pub mod duties;
pub mod events;
pub mod holds;
pub mod idempotency;
pub mod identities;
pub mod notifications;
pub mod numbers;
pub mod published;
pub mod records;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod signing_keys;
pub mod timers;
pub mod tokens;
pub mod verify;

pub use conn::{Backend, Conn};
pub use error::StoreError;
pub use manager::Synchronous;
pub use page::{Cursor, Listed, Page};
pub use store::{Metrics, Options, Store};
pub use task::SPANS;
pub use types::{Json, Time, Uid};

use numbers::Numbers;
