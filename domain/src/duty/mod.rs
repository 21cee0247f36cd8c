//! Duties (例行任务): what has to be done again and again, by RFC 5545 rules.

mod backlog;
mod day;
mod definition;
mod occurrence;
mod rule;
mod status;

pub use backlog::{MOST_DAYS, MOST_MISSED, floor};
pub use definition::{Closed, Definition};
pub use occurrence::{Duty, Mark, Occurrence, There};
pub use status::{Status, status};
