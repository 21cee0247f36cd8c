//! A piece of work on its way to a database thread and its answer on the way back.

use crate::{Conn, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;
use tokio::sync::oneshot;
use tracing::Span;
use tracing::field::Empty;

/// The target of the program's spans. Nothing else has it, so that they can be switched on alone;
/// while they are off, saying one costs a look at a flag.
pub const SPANS: &str = "kefu_trace";

/// What is to become of what a task did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It answered `Ok`: commit.
    Keep,
    /// It answered `Err`: roll back.
    Undo,
    /// It panicked: roll back, and do not trust the connection any more.
    Panicked,
}

/// Work of any result type. Dropping it unanswered tells the caller that storage is unavailable.
pub(crate) trait Task: Send {
    /// Does the work, once. The outcome is kept until [`Task::answer`].
    fn run(&mut self, conn: &mut Conn) -> Verdict;
    /// Hands the caller the outcome, or `failure` in its place.
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

type Reply<T, E> = oneshot::Receiver<Result<T, E>>;

/// A task for `work`, and where its answer arrives. `name` is what traces call it.
pub(crate) fn task<T, E, F>(name: &'static str, work: F) -> (Box<dyn Task>, Reply<T, E>)
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    let span = tracing::info_span!(target: SPANS, "database", otel.name = name, waited_us = Empty);
    let asked = (!span.is_disabled()).then(Instant::now);
    (Box::new(Command { work: Some(work), outcome: None, reply, span, asked }), answer)
}

/// The error of a caller whose task was dropped: the store was closed, or its thread has ended.
pub(crate) fn dropped() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

struct Command<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
    /// From when it is asked for to when it is committed, queueing and all.
    span: Span,
    /// When it was asked for, where that is traced.
    asked: Option<Instant>,
}

impl<T, E, F> Task for Command<T, E, F>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> Verdict {
        let Some(work) = self.work.take() else { return Verdict::Undo };
        if let Some(asked) = self.asked {
            let waited = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.span.record("waited_us", waited);
        }
        let _inside = self.span.enter();
        let outcome = catch_unwind(AssertUnwindSafe(|| work(conn)));
        let (outcome, verdict) = match outcome {
            Ok(Ok(value)) => (Ok(value), Verdict::Keep),
            Ok(Err(error)) => (Err(error), Verdict::Undo),
            Err(_) => (Err(E::from(StoreError::Panicked)), Verdict::Panicked),
        };
        self.outcome = Some(outcome);
        verdict
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let Self { work: _, outcome, reply, span, asked: _ } = *self;
        let answer = match failure {
            Some(failure) => Err(E::from(failure)),
            None => outcome.unwrap_or_else(|| Err(E::from(dropped()))),
        };
        drop(span);
        // A caller that has gone away does not want the answer; what was committed stays.
        drop(reply.send(answer));
    }
}
