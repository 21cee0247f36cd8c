//! Compliance of a clause: the obligations that arose for it in a period, and how each ended.
//!
//! **Invariant.** An obligation is counted once for a clause, however many parts of a procedure carry
//! the clause out.

mod source;
mod tally;

pub use source::{Source, distinct};
pub use tally::{Standing, Tally};
