//! What the program tells about itself: logs, one JSON object a line, on standard error (standard
//! output is for the one line that says where the server listens), and traces where somebody asked
//! for them ([`traces`]).
//!
//! **Invariant.** No password, token, key or body is ever a field of a log line or of a span.
//! **Invariant.** Without a collector no span is made: they are switched off where they are said.

mod process;
pub mod traces;

use std::error::Error;
use std::fmt;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing_subscriber::filter::{FilterExt, LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry};

pub use kefu_persistence::SPANS;
pub use process::{Process, free_bytes};

/// Logs and traces, for as long as this lives.
#[derive(Debug)]
pub struct Telemetry(Option<SdkTracerProvider>);

/// Starts logging at `RUST_LOG`'s level (`info` if it is not set), and tracing where the environment
/// names a collector. An `Err` says what is wrong with how it names it.
pub fn start() -> Result<Telemetry, String> {
    let provider = traces::provider()?;
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    // Only tests start it twice, and they want the first one.
    let _already_started = match &provider {
        None => {
            let no_spans = filter_fn(|it| !it.is_span());
            Registry::default().with(filter).with(no_spans).with(logs()).try_init().is_err()
        }
        Some(provider) => {
            let spans = traces::layer(provider)
                .with_filter(LevelFilter::INFO.and(filter_fn(|it| it.target() == SPANS)));
            let events = filter.and(filter_fn(|it| !it.is_span()));
            Registry::default().with(spans).with(logs().with_filter(events)).try_init().is_err()
        }
    };
    Ok(Telemetry(provider))
}

/// One JSON object a line, on standard error.
fn logs<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(std::io::stderr)
}

impl Telemetry {
    /// Sends what has not been sent yet. Blocks, for no longer than the exporter's own time-out.
    pub fn stop(self) {
        if let Some(provider) = self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
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
