//! A piece of work on its way to a database thread and its answer on the way back.

use crate::{Conn, StoreError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

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

/// A task for `work`, and where its answer arrives.
pub(crate) fn task<T, E, F>(work: F) -> (Box<dyn Task>, Reply<T, E>)
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Command { work: Some(work), outcome: None, reply }), answer)
}

/// The error of a caller whose task was dropped: the store was closed, or its thread has ended.
pub(crate) fn dropped() -> StoreError {
    StoreError::Unavailable("the store is closed".to_owned())
}

struct Command<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Task for Command<T, E, F>
where
    F: FnOnce(&mut Conn) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, conn: &mut Conn) -> Verdict {
        let Some(work) = self.work.take() else { return Verdict::Undo };
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
        let answer = match failure {
            Some(failure) => Err(E::from(failure)),
            None => self.outcome.unwrap_or_else(|| Err(E::from(dropped()))),
        };
        // A caller that has gone away does not want the answer; what was committed stays.
        drop(self.reply.send(answer));
    }
}
