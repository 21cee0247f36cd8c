//! kefu from outside, over HTTP, in the shape of its URLs. Every test runs on both databases.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]
#![expect(clippy::similar_names, reason = "a path and a patch are what these tests are about")]

mod assets;
mod auth;
mod calendars;
mod cases;
mod cli;
mod contract;
mod crash;
mod customers;
mod document;
mod events;
mod health;
mod idempotency;
mod me;
mod notifications;
mod paging;
mod problems;
mod procedures;
mod records;
mod roles;
mod scopes;
mod search;
mod sites;
mod two_nodes;
mod users;
mod verify;
mod week;
