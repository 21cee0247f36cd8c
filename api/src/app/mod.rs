//! Use cases: what can be asked of kefu, in the order load, decide, store. Synchronous inside a
//! transaction; async only where they wait for a database thread.
//!
//! **Invariant.** Nothing here knows HTTP: no actix, no status code, no header.

mod caller;
mod failure;

use std::sync::Arc;

pub use caller::Caller;
pub use failure::{Failure, NotSignedIn, Refused};

use crate::clock::Clock;

/// Everything a use case needs.
#[derive(Debug)]
pub struct App {
    /// Where `now` comes from.
    pub clock: Clock,
}

/// The version a change expects to find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Whatever there is.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

impl Expected {
    /// Refuses a version that is not expected.
    pub fn check(&self, version: i64) -> Result<(), Failure> {
        match self {
            Self::OneOf(versions) if !versions.contains(&version) => Err(Failure::Stale),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}

impl App {
    /// Who a token speaks for.
    pub fn caller_of(&self, _token: &str) -> Result<Arc<Caller>, NotSignedIn> {
        Err(NotSignedIn::InvalidToken)
    }
}
