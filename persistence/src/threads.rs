//! The threads that own the connections, and how each kind of them works.
//!
//! **Invariant.** A caller of a write never sees `Ok` before the COMMIT that holds its change.

use crate::conn::Step;
use crate::task::{Task, Verdict};
use crate::{Conn, StoreError, manager::Manager};
use crossbeam_channel::Receiver;
use r2d2::{Pool, PooledConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// At most so many commands share one COMMIT on SQLite, and for no longer than [`BATCH_TIME`].
const BATCH: usize = 128;
const BATCH_TIME: Duration = Duration::from_millis(20);
/// A connection that was idle for so long is asked whether it still lives before it is used.
const IDLE: Duration = Duration::from_secs(30);

/// How a thread treats a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As it is.
    Read,
    /// In a transaction of its own (PostgreSQL).
    Transaction,
    /// In a savepoint, many to a transaction (SQLite).
    Group,
}

/// What the threads have done since the start.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: AtomicU64,
    pub(crate) writes: AtomicU64,
    pub(crate) panics: AtomicU64,
    pub(crate) reconnects: AtomicU64,
}

pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Works until the queue is closed and empty.
pub(crate) fn serve(
    pool: &Pool<Manager>,
    mode: Mode,
    queue: &Receiver<Box<dyn Task>>,
    counters: &Arc<Counters>,
) {
    let mut link = Link::new(pool.clone(), Arc::clone(counters));
    while let Ok(task) = queue.recv() {
        let conn = match link.connection() {
            Ok(conn) => conn,
            Err(error) => {
                task.answer(Some(error));
                continue;
            }
        };
        match mode {
            Mode::Read => read(conn, task, counters),
            Mode::Transaction => transaction(conn, task, counters),
            Mode::Group => group(conn, task, queue, counters),
        }
        link.release();
    }
}

fn read(conn: &mut Conn, mut task: Box<dyn Task>, counters: &Counters) {
    if task.run(conn) == Verdict::Panicked {
        // Left in a state nobody has thought of: an open transaction makes the link drop it.
        count(&counters.panics);
        spoil(conn);
    }
    task.answer(None);
}

fn transaction(conn: &mut Conn, mut task: Box<dyn Task>, counters: &Counters) {
    if let Err(error) = conn.begin() {
        return task.answer(Some(error.into()));
    }
    count(&counters.writes);
    let failure = match task.run(conn) {
        Verdict::Keep => {
            count(&counters.commits);
            conn.commit().err().map(StoreError::from)
        }
        Verdict::Undo => {
            // When even that fails the connection is broken and the server has rolled back.
            drop(conn.rollback());
            None
        }
        Verdict::Panicked => {
            count(&counters.panics);
            None
        }
    };
    task.answer(failure);
}

/// Runs `first` and whatever else waits, commits once, then answers them all.
fn group(
    conn: &mut Conn,
    first: Box<dyn Task>,
    queue: &Receiver<Box<dyn Task>>,
    counters: &Counters,
) {
    if let Err(error) = conn.begin() {
        return first.answer(Some(error.into()));
    }
    let begun = Instant::now();
    let mut done = Vec::with_capacity(BATCH);
    let mut next = Some(first);
    let mut end = Ok(Verdict::Keep);
    while let Some(mut task) = next.take() {
        count(&counters.writes);
        end = in_savepoint(conn, &mut task);
        done.push(task);
        if !matches!(end, Ok(Verdict::Keep | Verdict::Undo)) {
            break;
        }
        if done.len() < BATCH && begun.elapsed() < BATCH_TIME {
            next = queue.try_recv().ok();
        }
    }
    let committed = end.and_then(|verdict| finish(conn, verdict, counters));
    if committed.is_err() {
        spoil(conn);
    }
    for task in done {
        task.answer(committed.as_ref().err().map(again));
    }
}

/// Runs one command of a batch. An `Err` says that the batch as a whole is lost: after an I/O error
/// or a full disk SQLite may have rolled back on its own, and then the savepoint is gone.
fn in_savepoint(conn: &mut Conn, task: &mut Box<dyn Task>) -> Result<Verdict, StoreError> {
    conn.command(Step::Begin)?;
    let mark = conn.mark();
    let verdict = task.run(conn);
    match verdict {
        Verdict::Keep => conn.command(Step::Keep)?,
        Verdict::Undo | Verdict::Panicked => {
            conn.command(Step::Undo)?;
            conn.command(Step::Keep)?;
            conn.forget_since(mark);
        }
    }
    Ok(verdict)
}

/// Commits a batch. After a panic the transaction manager may think that it is deeper inside than it
/// is, so the text is sent past it; the connection is not used again.
fn finish(conn: &mut Conn, last: Verdict, counters: &Counters) -> Result<(), StoreError> {
    count(&counters.commits);
    if last != Verdict::Panicked {
        return conn.commit().map_err(StoreError::from);
    }
    count(&counters.panics);
    conn.write_put_off()?;
    conn.batch("COMMIT")?;
    spoil(conn);
    Ok(())
}

/// Marks a connection as not to be used again: an open transaction is what the pool looks for.
fn spoil(conn: &mut Conn) {
    if !conn.is_broken() {
        drop(conn.begin());
    }
}

/// The same failure once more, for the next caller of a batch.
fn again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Busy => StoreError::Busy,
        StoreError::Unavailable(reason) => StoreError::Unavailable(reason.clone()),
        StoreError::Query(cause) => {
            StoreError::Unavailable(format!("the batch was not committed: {cause}"))
        }
        other => StoreError::Unavailable(format!("the batch was not committed: {other}")),
    }
}

/// A thread's hold on its connection: kept between tasks, replaced when broken, and not asked for
/// too often while the database is away.
struct Link {
    pool: Pool<Manager>,
    conn: Option<PooledConnection<Manager>>,
    counters: Arc<Counters>,
    used: Instant,
    pause: Duration,
    retry: Option<(Instant, String)>,
}

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

impl Link {
    fn new(pool: Pool<Manager>, counters: Arc<Counters>) -> Self {
        Self { pool, conn: None, counters, used: Instant::now(), pause: FIRST_PAUSE, retry: None }
    }

    /// The connection, a new one where the last is gone. While the database cannot be reached callers
    /// are told so at once, and it is tried again after a pause that doubles up to two seconds.
    fn connection(&mut self) -> Result<&mut Conn, StoreError> {
        if self.used.elapsed() > IDLE
            && let Some(conn) = &mut self.conn
            && conn.ping().is_err()
        {
            self.conn = None;
        }
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None => self.connect()?,
        };
        Ok(self.conn.insert(conn))
    }

    fn connect(&mut self) -> Result<PooledConnection<Manager>, StoreError> {
        if let Some((at, reason)) = &self.retry
            && Instant::now() < *at
        {
            return Err(StoreError::Unavailable(reason.clone()));
        }
        match self.pool.get() {
            Ok(conn) => {
                (self.pause, self.retry, self.used) = (FIRST_PAUSE, None, Instant::now());
                Ok(conn)
            }
            Err(error) => {
                tracing::warn!(%error, "no connection to the database");
                self.retry = Some((Instant::now() + self.pause, error.to_string()));
                self.pause = LONGEST_PAUSE.min(self.pause * 2);
                Err(StoreError::Unavailable(error.to_string()))
            }
        }
    }

    /// After a task: a broken connection goes back to the pool, which drops it.
    fn release(&mut self) {
        self.used = Instant::now();
        if let Some(conn) = &mut self.conn
            && conn.is_broken()
        {
            count(&self.counters.reconnects);
            self.conn = None;
        }
    }
}
