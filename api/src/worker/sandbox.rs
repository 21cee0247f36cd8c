//! Moving a sandbox's test clock: everything that falls due on the way fires in order, each thing
//! at its own instant.

use std::sync::Arc;

use kefu_domain::Timestamp;
use tokio::sync::{Mutex, MutexGuard};

use super::{BATCH, fire};
use crate::app::{Answer, App, Failure, Request};

/// One move at a time: two at once would fire out of order.
static MOVING: Mutex<()> = Mutex::const_new(());

/// The worker's turn between two moves; none while the clock is being moved. Where there is no test
/// clock nobody else asks.
pub(super) fn turn() -> Option<MutexGuard<'static, ()>> {
    MOVING.try_lock().ok()
}

/// What moving the clock came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Moved {
    /// It stands there now, and all is quiet; or it was moved before by the same request.
    There(Answer),
    /// It would have had to go back.
    Back,
}

/// Moves the test clock to `target` and returns when all that fell due on the way has fired. That is
/// many transactions; the last one remembers where the clock stands, and the idempotency key.
pub async fn move_clock(
    app: &Arc<App>,
    request: Request,
    target: Timestamp,
) -> Result<Moved, Failure> {
    let _moving = MOVING.lock().await;
    if let Some(answer) = app.replayed(&request).await? {
        return Ok(Moved::There(answer));
    }
    if target < app.clock.now() {
        return Ok(Moved::Back);
    }
    loop {
        // One instant at a time: what fires may set a timer that falls due before the next.
        let due = app.due_timers(target, BATCH).await?;
        let Some(first) = due.first() else { break };
        let instant = first.due_at.max(app.clock.now());
        app.clock.advance_to(instant);
        for timer in due.into_iter().take_while(|it| it.due_at <= instant) {
            fire(app, timer, instant).await?;
        }
    }
    app.clock.advance_to(target);
    Ok(Moved::There(app.remember_clock(request, target).await?))
}
