//! The way in: [`Store::read`] and [`Store::write`] run a closure on a database thread.
//!
//! **Invariant.** Queues are bounded. What does not fit is refused at once, so that a slow database
//! shows as an answer and not as memory.

use crate::manager::{Manager, Purpose, Synchronous};
use crate::task::{Task, dropped, task};
use crate::threads::{Counters, Mode, serve};
use crate::{Backend, Conn, Numbers, StoreError, migrate};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use r2d2::{ManageConnection as _, Pool};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// How a store is to be run. [`Options::default`] suits two to four cores.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads that read; `None`: two to four on SQLite, by the number of cores, and eight on
    /// PostgreSQL, where a thread mostly waits for the server.
    pub read_threads: Option<u32>,
    /// Threads that write on PostgreSQL; `None`: eight. SQLite always has one.
    pub write_threads: Option<u32>,
    /// Tasks that may wait, for reading and for writing each; `None`: 1024.
    pub queue: Option<usize>,
    /// What a commit on SQLite waits for.
    pub synchronous: Synchronous,
}

/// What the store is doing, for `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metrics {
    /// Reads that wait for a thread.
    pub read_queue: usize,
    /// Writes that wait for a thread.
    pub write_queue: usize,
    /// Tasks that may wait in each queue.
    pub queue_capacity: usize,
    /// Threads that read.
    pub read_threads: u32,
    /// Threads that write.
    pub write_threads: u32,
    /// Tasks refused because a queue was full.
    pub refused: u64,
    /// Write commands run, committed or not.
    pub writes: u64,
    /// Transactions committed: on SQLite one holds many commands.
    pub commits: u64,
    /// Commands that panicked.
    pub panics: u64,
    /// Connections given up because they were broken.
    pub reconnects: u64,
}

/// A database and the threads that work on it. Clones share them.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    manager: Manager,
    queues: RwLock<Option<Queues>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    counters: Arc<Counters>,
    refused: AtomicU64,
    read_threads: u32,
    write_threads: u32,
}

struct Queues {
    reads: Sender<Box<dyn Task>>,
    writes: Sender<Box<dyn Task>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("backend", &self.inner.backend).finish_non_exhaustive()
    }
}

impl Store {
    /// Connects to `url` (`postgres://…`, `sqlite://path`, or a path) and starts the threads. Does
    /// not migrate: see [`Store::migrate`]. [`StoreError::Unavailable`] says why it cannot connect.
    pub fn open(url: &str, options: &Options) -> Result<Self, StoreError> {
        let to_write = Manager::new(url, Purpose::Write, options.synchronous)?;
        let to_read = Manager::new(url, Purpose::Read, options.synchronous)?;
        drop(to_write.connect()?);
        let backend = to_write.backend();
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let readers = u32::try_from(cores.clamp(2, 4)).unwrap_or(2);
        let readers = if backend == Backend::Sqlite { readers } else { 8 };
        let read_threads = options.read_threads.unwrap_or(readers).max(1);
        let (mode, write_threads) = match backend {
            Backend::Sqlite => (Mode::Group, 1),
            Backend::Postgres => (Mode::Transaction, options.write_threads.unwrap_or(8).max(1)),
        };
        let capacity = options.queue.unwrap_or(1024).max(1);
        let (reads, read_tasks) = bounded(capacity);
        let (writes, write_tasks) = bounded(capacity);
        let counters = Arc::new(Counters::default());
        let mut crew = Crew { threads: Vec::new(), counters: Arc::clone(&counters) };
        crew.start("read", to_read, read_threads, Mode::Read, &read_tasks)?;
        crew.start("write", to_write.clone(), write_threads, mode, &write_tasks)?;
        Ok(Self {
            inner: Arc::new(Inner {
                backend,
                manager: to_write,
                queues: RwLock::new(Some(Queues { reads, writes })),
                threads: Mutex::new(crew.threads),
                counters,
                refused: AtomicU64::new(0),
                read_threads,
                write_threads,
            }),
        })
    }

    /// Runs `work` on a reading thread. The connection refuses to write. Several statements that must
    /// see one state belong inside [`Conn::snapshot`].
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, answer) = task(work);
        self.submit(Mode::Read, task)?;
        answer.await.unwrap_or_else(|_| Err(E::from(dropped())))
    }

    /// Runs `work` in a write transaction and answers when it is committed. An `Err` rolls back this
    /// work and nothing else. On PostgreSQL [`StoreError::Conflict`] asks to run it again.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, answer) = task(work);
        self.submit(Mode::Transaction, task)?;
        answer.await.unwrap_or_else(|_| Err(E::from(dropped())))
    }

    /// [`Store::read`] for a thread that may wait. Panics inside an async runtime.
    pub fn read_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, answer) = task(work);
        self.submit(Mode::Read, task)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(E::from(dropped())))
    }

    /// [`Store::write`] for a thread that may wait. Panics inside an async runtime.
    pub fn write_blocking<T, E>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (task, answer) = task(work);
        self.submit(Mode::Transaction, task)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(E::from(dropped())))
    }

    /// Brings the schema up to date on a connection of its own; answers what was applied.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        migrate::up(&mut self.connect()?)
    }

    /// A connection of one's own that may write, outside the queues: migrations, `verify`, tests.
    pub fn connect(&self) -> Result<Conn, StoreError> {
        self.inner.manager.connect()
    }

    /// Which database this is.
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// What the store is doing now.
    pub fn metrics(&self) -> Metrics {
        let queues = self.inner.queues.read().unwrap_or_else(PoisonError::into_inner);
        let (read_queue, write_queue, queue_capacity) = queues.as_ref().map_or((0, 0, 0), |q| {
            (q.reads.len(), q.writes.len(), q.reads.capacity().unwrap_or(0))
        });
        let counters = &self.inner.counters;
        Metrics {
            read_queue,
            write_queue,
            queue_capacity,
            read_threads: self.inner.read_threads,
            write_threads: self.inner.write_threads,
            refused: self.inner.refused.load(Ordering::Relaxed),
            writes: counters.writes.load(Ordering::Relaxed),
            commits: counters.commits.load(Ordering::Relaxed),
            panics: counters.panics.load(Ordering::Relaxed),
            reconnects: counters.reconnects.load(Ordering::Relaxed),
        }
    }

    /// Takes no more work, finishes what waits, and ends the threads. Blocks until that is done.
    pub fn close(&self) {
        drop(self.inner.queues.write().unwrap_or_else(PoisonError::into_inner).take());
        let mut threads = self.inner.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // A thread that panicked has dropped its tasks, which has told their callers.
            drop(thread.join());
        }
        if let Some(numbers) = self.inner.manager.numbers() {
            Numbers::give_back(numbers);
        }
    }

    fn submit(&self, mode: Mode, task: Box<dyn Task>) -> Result<(), StoreError> {
        let queues = self.inner.queues.read().unwrap_or_else(PoisonError::into_inner);
        let Some(queues) = queues.as_ref() else { return Err(dropped()) };
        let queue = if mode == Mode::Read { &queues.reads } else { &queues.writes };
        queue.try_send(task).map_err(|error| match error {
            TrySendError::Full(_) => {
                self.inner.refused.fetch_add(1, Ordering::Relaxed);
                StoreError::Busy
            }
            TrySendError::Disconnected(_) => dropped(),
        })
    }
}

/// The threads being started.
struct Crew {
    threads: Vec<JoinHandle<()>>,
    counters: Arc<Counters>,
}

impl Crew {
    fn start(
        &mut self,
        name: &str,
        manager: Manager,
        threads: u32,
        mode: Mode,
        tasks: &Receiver<Box<dyn Task>>,
    ) -> Result<(), StoreError> {
        let pool = Pool::builder()
            .max_size(threads)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .connection_timeout(Duration::from_secs(1))
            .error_handler(Box::new(Report))
            .build_unchecked(manager);
        for number in 0..threads {
            let (pool, tasks) = (pool.clone(), tasks.clone());
            let counters = Arc::clone(&self.counters);
            let thread = std::thread::Builder::new()
                .name(format!("db-{name}-{number}"))
                .spawn(move || serve(&pool, mode, &tasks, &counters))
                .map_err(|error| StoreError::Unavailable(error.to_string()))?;
            self.threads.push(thread);
        }
        Ok(())
    }
}

/// Tells the log what the pool could not do.
#[derive(Debug)]
struct Report;

impl r2d2::HandleError<StoreError> for Report {
    fn handle_error(&self, error: StoreError) {
        tracing::warn!(%error, "cannot connect to the database");
    }
}
