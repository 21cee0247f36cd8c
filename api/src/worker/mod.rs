//! What runs beside requests: timers that fall due, other nodes' changes of the regulations, the end
//! of the feed, and what is sent to webhooks.
//!
//! **Invariant.** The worker decides nothing: each timer becomes a command. Any number of nodes run
//! one; whoever holds a case's row fires its timer, and a killed node's transaction never was.

pub mod postman;
mod sandbox;
pub mod tail;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::timers::Timer;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::{App, Failure, Fired};

pub use sandbox::{Moved, move_clock};

/// How often a node looks for timers that are due: how late one may fire when nothing else waits.
const LOOK: Duration = Duration::from_millis(250);
/// Timers taken at a time. Few: after an outage a great many are due at once, and people's commands
/// stand in the same queue.
const BATCH: i64 = 16;

/// Runs until `stop` says so.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut looks: u32 = 0;
    while !*stop.borrow() {
        app.worker.beat(app.clock.real_now());
        if looks.is_multiple_of(4)
            && let Err(error) = app.refresh().await
        {
            tracing::warn!(%error, "the regulations could not be read again");
        }
        if looks.is_multiple_of(8)
            && let Err(error) = app.note_used().await
        {
            tracing::warn!(%error, "what was used could not be noted");
        }
        // A sandbox's deadlines fire when its clock is moved. What is due at the instant it stands
        // at, such as the new deadlines of a changed calendar, does not wait for that.
        if let Some(_turn) = sandbox::turn()
            && let Err(error) = fire_due(&app, app.clock.now(), &stop).await
        {
            tracing::warn!(%error, "timers could not be fired");
        }
        looks = looks.wrapping_add(1);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Fires whatever is due, in batches, until nothing is left, other nodes hold the rest, or the
/// server stops.
async fn fire_due(
    app: &Arc<App>,
    now: Timestamp,
    stop: &watch::Receiver<bool>,
) -> Result<(), Failure> {
    while !*stop.borrow() {
        let due = app.due_timers(now, BATCH).await?;
        let taken = due.len();
        let mut firing = JoinSet::new();
        for timer in due {
            let app = Arc::clone(app);
            firing.spawn(async move { fire(&app, timer, now).await });
        }
        let mut done = 0;
        while let Some(fired) = firing.join_next().await {
            if matches!(fired, Ok(Ok(Fired::Done))) {
                done += 1;
            }
        }
        if done == 0 || i64::try_from(taken).unwrap_or(BATCH) < BATCH {
            return Ok(());
        }
    }
    Ok(())
}

/// Fires one timer. What cannot be fired is put off, longer each time, so that it is neither lost
/// nor in the others' way.
async fn fire(app: &Arc<App>, timer: Timer, now: Timestamp) -> Result<Fired, Failure> {
    let fired = app.fire(timer.clone(), now).await;
    match &fired {
        Ok(_) => {}
        Err(Failure::Busy | Failure::Conflict) => {}
        Err(error) => {
            tracing::error!(%error, kind = timer.kind, subject = %timer.subject_id, "a timer failed");
            let (timer, until) = postponed(timer, now);
            app.put_off(timer, until).await?;
        }
    }
    fired
}

/// A minute, then twice as long each time, at most a day.
fn postponed(mut timer: Timer, now: Timestamp) -> (Timer, Timestamp) {
    let failures = timer.data.get("failures").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let minutes = 1_i64.checked_shl(u32::try_from(failures).unwrap_or(11)).unwrap_or(1440);
    if !timer.data.is_object() {
        timer.data = serde_json::json!({});
    }
    if let Some(data) = timer.data.as_object_mut() {
        data.insert("failures".to_owned(), (failures + 1).into());
    }
    (timer, now + TimeDelta::minutes(minutes.clamp(1, 1440)))
}
