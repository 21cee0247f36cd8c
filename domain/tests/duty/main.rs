//! When duties arise.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod examples;
mod oracle;
mod properties;
mod status;
mod support;
