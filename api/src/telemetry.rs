//! Logs: one JSON object a line, on standard error. Standard output is for the one line that says
//! where the server listens.
//!
//! **Invariant.** No password, token, key or body is ever a field of a log line.

use std::error::Error;
use std::fmt;

use tracing_subscriber::EnvFilter;

/// Starts logging at `RUST_LOG`'s level (`info` if it is not set). A second call does nothing.
pub fn start() {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let logs = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
        .with_env_filter(filter);
    // Only tests start it twice, and they want the first one.
    let _already_started = logs.try_init().is_err();
}

/// Prints an error with everything that caused it.
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}
