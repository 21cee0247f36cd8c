//! Whether the server can serve, and the figures that are read when they are asked for.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::{Backend, cases, deliveries, migrate, settings, timers};

use super::{App, Failure};
use crate::metrics::Figure;
use crate::telemetry::{Process, free_bytes};

/// A timer that has waited for longer than this is late, and not merely due.
const LATE: TimeDelta = TimeDelta::seconds(5);
/// Open cases are counted at most once in so long: it is the one figure that costs something.
const COUNTED_EVERY: Duration = Duration::from_secs(15);
/// The most pairs of procedure and state that are told.
const MOST_STATES: i64 = 500;

/// The disk that data are written to, and how little of it may be left.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) path: PathBuf,
    pub(super) least: u64,
}

impl Disk {
    /// Whether less is left than there must be. What cannot be told is not held against it.
    fn is_full(&self) -> bool {
        free_bytes(&self.path).is_some_and(|it| it < self.least)
    }
}

/// Open cases by procedure and state as they were counted last.
#[derive(Debug, Default)]
pub(super) struct Census(Mutex<Option<(Instant, Counted)>>);

/// Procedure, state, and how many cases.
type Counted = Vec<(String, String, i64)>;

impl Census {
    fn remembered(&self) -> Option<Counted> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().filter(|it| it.0.elapsed() < COUNTED_EVERY).map(|it| it.1.clone())
    }

    fn remember(&self, counted: Counted) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Some((Instant::now(), counted));
    }
}

/// A part that is not ready, and why.
fn unready(part: &'static str, zh: &str, en: &str) -> Fault {
    Fault::new(format!("/{part}"), "not_ready", Text::new(zh, en))
}

impl App {
    /// Whether the database answers and has this program's schema, the worker is at work and the
    /// disk has room; every part that is not ready.
    pub async fn readiness(&self) -> Result<(), Failure> {
        let mut parts = Vec::new();
        let look = |conn: &mut kefu_persistence::Conn| {
            let _it_answers = settings::revision(conn)?;
            Ok::<_, Failure>(migrate::is_current(conn)?)
        };
        match self.read(look).await {
            Ok(true) => {}
            Ok(false) => {
                let (zh, en) =
                    ("数据库结构未升级到本程序的版本。", "Steps of the schema are missing.");
                parts.push(unready("migrations", zh, en));
            }
            Err(_) => parts.push(unready("database", "数据库无响应。", "It does not answer.")),
        }
        if self.worker.is_missed(self.clock.real_now()) {
            let (zh, en) = ("定时任务近期未运行。", "It has not looked for due timers lately.");
            parts.push(unready("worker", zh, en));
        }
        if self.disk.is_full() {
            let (zh, en) = ("磁盘剩余空间不足。", "There is too little room left on it.");
            parts.push(unready("disk", zh, en));
        }
        if parts.is_empty() { Ok(()) } else { Err(Failure::NotReady(parts)) }
    }

    /// Figures of the database threads, the timers, the open cases and the process. Those that the
    /// database tells are left out while it does not answer.
    pub async fn figures(&self) -> Vec<Figure> {
        let mut figures = self.threads();
        figures.extend(process());
        figures.extend(self.pushes().await);
        let now = self.clock.now();
        let timers = self.read(move |conn| {
            Ok((timers::due_before(conn, now)?, timers::due_before(conn, now - LATE)?))
        });
        if let Ok((due, late)) = timers.await {
            let count = |it: i64| u64::try_from(it).unwrap_or_default();
            figures.extend([
                Figure::of("kefu_timers_due", "Timers due and not fired yet.", count(due)),
                Figure::of(
                    "kefu_timers_late",
                    "Timers due for more than five seconds.",
                    count(late),
                ),
            ]);
        }
        if let Ok(open) = self.open_cases().await {
            figures.push(Figure {
                name: "kefu_open_cases",
                help: "Open cases, counted at most every fifteen seconds.",
                samples: open
                    .into_iter()
                    .map(|(procedure, state, cases)| {
                        let labels = vec![("procedure", procedure), ("state", state)];
                        (labels, u64::try_from(cases).unwrap_or_default())
                    })
                    .collect(),
            });
        }
        figures
    }

    /// Figures of the threads that work on the database.
    fn threads(&self) -> Vec<Figure> {
        let it = self.store.metrics();
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let database = match self.store.backend() {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgresql",
        };
        let build = vec![
            ("version", env!("CARGO_PKG_VERSION").to_owned()),
            ("database", database.to_owned()),
        ];
        vec![
            Figure {
                name: "kefu_build_info",
                help: "Which program this is.",
                samples: vec![(build, 1)],
            },
            Figure::of("kefu_read_queue", "Reads that wait for a thread.", count(it.read_queue)),
            Figure::of("kefu_write_queue", "Writes that wait for a thread.", count(it.write_queue)),
            Figure::of("kefu_queue_capacity", "What each queue holds.", count(it.queue_capacity)),
            Figure::of("kefu_read_threads", "Threads that read.", it.read_threads.into()),
            Figure::of("kefu_read_threads_busy", "Threads that read just now.", it.reading),
            Figure::of("kefu_write_threads", "Threads that write.", it.write_threads.into()),
            Figure::of("kefu_write_threads_busy", "Threads that write just now.", it.writing),
            Figure::of("kefu_queue_refused_total", "Tasks refused by a full queue.", it.refused),
            Figure::of("kefu_writes_total", "Write commands run.", it.writes),
            Figure::of("kefu_commits_total", "Transactions committed.", it.commits),
            Figure::of("kefu_panics_total", "Commands that panicked.", it.panics),
            Figure::of("kefu_reconnects_total", "Connections given up.", it.reconnects),
        ]
    }

    /// Figures of what is passed on: webhooks and streams.
    async fn pushes(&self) -> Vec<Figure> {
        let told = |it: &AtomicU64| it.load(Ordering::Relaxed);
        let (taken, refused) = (told(&self.sent.taken), told(&self.sent.refused));
        let streams = u64::try_from(self.seats.taken()).unwrap_or(u64::MAX);
        let mut figures = vec![
            Figure::of("kefu_webhook_delivered_total", "Messages that webhooks took.", taken),
            Figure::of(
                "kefu_webhook_refused_total",
                "Messages that webhooks did not take.",
                refused,
            ),
            Figure::of("kefu_event_streams", "Open streams of the feed.", streams),
        ];
        if let Ok(waiting) = self.read(|conn| Ok(deliveries::waiting(conn)?)).await {
            let waiting = u64::try_from(waiting).unwrap_or_default();
            figures.push(Figure::of(
                "kefu_webhook_pending",
                "Messages that wait to be sent.",
                waiting,
            ));
        }
        figures
    }

    async fn open_cases(&self) -> Result<Counted, Failure> {
        if let Some(remembered) = self.census.remembered() {
            return Ok(remembered);
        }
        let counted = self.read(|conn| Ok(cases::count_open(conn, MOST_STATES)?)).await?;
        self.census.remember(counted.clone());
        Ok(counted)
    }
}

/// Figures of the process, under the names that Prometheus' own clients give them.
fn process() -> [Figure; 3] {
    let Process { resident, threads, open_files } = Process::now();
    [
        Figure::of("process_resident_memory_bytes", "Memory held.", resident),
        Figure::of("process_threads", "Threads of the process.", threads),
        Figure::of("process_open_fds", "Files and sockets that are open.", open_files),
    ]
}
