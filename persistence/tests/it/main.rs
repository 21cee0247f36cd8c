//! What persistence promises, on SQLite always and on PostgreSQL when `KEFU_TEST_DATABASE` is set.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod database;
mod fixtures;
mod stories;

mod cases;
mod deliveries;
mod duties;
mod feed;
mod keys;
mod migrations;
mod records;
mod threads;
mod timers;
mod verifying;
