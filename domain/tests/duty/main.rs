//! When duties arise.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise, in its helpers too"
)]

mod examples;
mod oracle;
mod properties;
mod status;
mod support;
