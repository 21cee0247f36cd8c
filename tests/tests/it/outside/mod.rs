//! What operators see of a running server: log lines, traces, figures, readiness.

mod figures;
mod logs;
mod readiness;
mod traces;

use kefu_tests::{Options, Server};

/// A server on a database of its own, with these settings.
#[track_caller]
fn server_with(settings: &[(&str, &str)]) -> Server {
    let env = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Server::start_with(Options { env: env.collect(), ..Options::default() })
}
