//! kefu from outside, over HTTP, in the shape of its URLs. Every test runs on both databases.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]
#![expect(clippy::similar_names, reason = "a path and a patch are what these tests are about")]

mod api_keys;
mod assets;
mod attachments;
mod auth;
mod bulk;
mod calendars;
mod cases;
mod clauses;
mod cli;
mod compliance;
mod contract;
mod cors;
mod coverage;
mod crash;
mod customers;
mod days;
mod document;
mod duties;
mod events;
mod exports;
mod health;
mod idempotency;
mod imports;
mod lists;
mod me;
mod metrics;
mod notifications;
mod oidc;
mod outside;
mod paging;
mod passwords;
mod problems;
mod procedures;
mod records;
mod roles;
mod safe_writes;
mod scopes;
mod search;
mod secrets;
mod sessions;
mod signing_keys;
mod sites;
mod stream;
mod two_nodes;
mod users;
mod verify;
mod views;
mod webhooks;
mod week;
mod wire;
