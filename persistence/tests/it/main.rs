//! What persistence promises, on SQLite always and on PostgreSQL when `TEST_DATABASE_URL` is set.

mod database;
mod fixtures;

mod feed;
mod keys;
mod migrations;
mod records;
mod threads;
mod timers;
