//! What handlers are given of a request, read and checked.
//!
//! **Invariant.** A handler that takes a [`Caller`](crate::app::Caller) cannot be reached without
//! one; what a handler takes has passed the published schema.

mod body;
mod caller;
mod change;
mod context;
mod headers;
mod query;

pub use crate::faults::{faults, member};
pub use body::{DraftBody, FileBody, JsonBody, RawBody};
pub use caller::{CameFrom, Session, SignedIn};
pub use change::Change;
pub use context::{Context, Language, Standing, language};
pub use headers::{Idempotency, IfMatch, IfNoneMatch};
pub use query::Query;
