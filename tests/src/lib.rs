//! The test harness: the real binary, on a database of its own, spoken to over HTTP.
//!
//! **Invariant.** Nothing here knows the inside of kefu: it starts `kefu serve`, sends requests and
//! reads answers. The exceptions are [`Database::execute`] and
//! [`Database::count`], there to show that `kefu verify` finds damage and the log holds.
//!
//! **Invariant.** Every reply is checked against the published contract before a test sees it.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a harness stops at the first surprise"
)]
#![expect(clippy::needless_pass_by_value, reason = "bodies are written in place: `json!({ … })`")]

mod binary;
mod client;
mod contract;
mod database;
mod fixtures;
mod provider;
mod reaper;
mod receiver;
mod reply;
mod server;
mod stream;
mod time;
mod wait;

pub use binary::{Outcome, kefu};
pub use client::{Client, Request, unique};
pub use contract::{Operation, document, operations};
pub use database::Database;
pub use fixtures::{Office, Scope};
pub use provider::{Lie, Provider};
pub use receiver::{Received, Receiver};
pub use reply::Reply;
pub use server::{Options, Server};
pub use stream::{EventStream, Message};
pub use time::{at, plus};
pub use wait::wait_until;
