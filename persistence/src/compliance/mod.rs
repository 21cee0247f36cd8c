//! What reports count: obligations by where they are found, cases by procedure and period. The counting
//! itself is the database's, a statement for each kind of source; what the numbers mean is the domain's.
//!
//! **Invariant.** A number and the list behind it have the same `FROM` and `WHERE` ([`shape::Shape`]), so
//! that they cannot disagree.

mod counted;
mod list;
mod seen;
mod shape;
mod sums;

pub use counted::{Counted, counted};
pub use list::{Obligation, Wanted, list, made};
pub use sums::{Count, sums};

use chrono::{DateTime, Utc};
use kefu_domain::who::Reach;
use uuid::Uuid;

/// Which obligations are looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// Those that arose at this instant or later …
    pub from: DateTime<Utc>,
    /// … and before this one.
    pub to: DateTime<Utc>,
    /// Those on cases that somebody may see.
    pub reach: Reach,
    /// Only those of these sites; of all, if none is named.
    pub sites: Vec<Uuid>,
    /// Against what a deadline is held that no clock has held yet.
    pub now: DateTime<Utc>,
}
