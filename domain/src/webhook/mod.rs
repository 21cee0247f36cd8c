//! Telling other systems what happened: which events they asked for, when to try again, where a
//! server may send anything at all.

mod address;
mod outcome;
mod types;

pub use address::is_public;
pub use outcome::{ATTEMPTS, Answer, Next, next};
pub use types::{is_pattern, matches};
