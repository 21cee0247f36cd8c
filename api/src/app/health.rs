//! Whether the server can serve, and the figures that are read when they are asked for.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::{deliveries, settings, timers};

use super::{App, Failure};
use crate::metrics::Gauge;

/// A part that is not ready, and why.
fn unready(part: &'static str, zh: &str, en: &str) -> Fault {
    Fault::new(format!("/{part}"), "not_ready", Text::new(zh, en))
}

impl App {
    /// Whether the database answers and the worker is at work; every part that is not ready. That
    /// the schema is this program's was made sure of at the start.
    pub async fn readiness(&self) -> Result<(), Failure> {
        let mut parts = Vec::new();
        if self.read(|conn| Ok(settings::revision(conn)?)).await.is_err() {
            parts.push(unready("database", "数据库无响应。", "It does not answer."));
        }
        if self.worker.is_missed(self.clock.real_now()) {
            let (zh, en) = ("定时任务近期未运行。", "It has not looked for due timers lately.");
            parts.push(unready("worker", zh, en));
        }
        if parts.is_empty() { Ok(()) } else { Err(Failure::NotReady(parts)) }
    }

    /// Figures of the database threads and the timers. Those of the timers are left out while the
    /// database does not answer.
    pub async fn gauges(&self) -> Vec<Gauge> {
        let it = self.store.metrics();
        let gauge = |name, help, value| Gauge { name, help, value };
        let count = |it: usize| u64::try_from(it).unwrap_or(u64::MAX);
        let mut gauges = vec![
            gauge("kefu_read_queue", "Reads that wait for a thread.", count(it.read_queue)),
            gauge("kefu_write_queue", "Writes that wait for a thread.", count(it.write_queue)),
            gauge("kefu_queue_capacity", "What each queue holds.", count(it.queue_capacity)),
            gauge("kefu_read_threads", "Threads that read.", it.read_threads.into()),
            gauge("kefu_write_threads", "Threads that write.", it.write_threads.into()),
            gauge("kefu_queue_refused_total", "Tasks refused by a full queue.", it.refused),
            gauge("kefu_writes_total", "Write commands run.", it.writes),
            gauge("kefu_commits_total", "Transactions committed.", it.commits),
            gauge("kefu_panics_total", "Commands that panicked.", it.panics),
            gauge("kefu_reconnects_total", "Connections given up.", it.reconnects),
        ];
        let told =
            |it: &std::sync::atomic::AtomicU64| it.load(std::sync::atomic::Ordering::Relaxed);
        let (taken, refused) = (told(&self.sent.taken), told(&self.sent.refused));
        gauges.extend([
            gauge("kefu_webhook_delivered_total", "Messages that webhooks took.", taken),
            gauge("kefu_webhook_refused_total", "Messages that webhooks did not take.", refused),
            gauge("kefu_event_streams", "Open streams of the feed.", count(self.seats.taken())),
        ]);
        if let Ok(waiting) = self.read(|conn| Ok(deliveries::waiting(conn)?)).await {
            let waiting = u64::try_from(waiting).unwrap_or_default();
            gauges.push(gauge("kefu_webhook_pending", "Messages that wait to be sent.", waiting));
        }
        let now = self.clock.now();
        if let Ok(late) = self.read(move |conn| Ok(timers::late(conn, now)?)).await {
            let late = u64::try_from(late).unwrap_or_default();
            gauges.push(gauge("kefu_timers_late", "Timers due and not fired yet.", late));
        }
        gauges
    }
}
