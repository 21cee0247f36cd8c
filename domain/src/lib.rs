//! The rules of a customer-service department, as pure functions: no IO, no async, no clock, no
//! randomness, no logging. Time enters as an argument, ids enter as arguments.

pub mod calendar;
pub mod span;
pub mod text;

/// An instant, in UTC. The product keeps microseconds; anything finer is dropped.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
