//! Duties (例行任务): what has to be done again and again, by RFC 5545 rules.

mod definition;

pub use definition::{Closed, Definition};
