//! Watches where the feed ends: at once after this node's own commits, twice a second for the others'.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::app::App;

/// How often it is looked when nobody rings.
const LOOK: Duration = Duration::from_millis(500);

/// How soon it is looked again. On PostgreSQL what was just committed shows only when every older
/// transaction has ended.
const SOON: Duration = Duration::from_millis(10);

/// How often it is looked soon after somebody rang.
const EAGER: u8 = 20;

/// Runs until `stop` says so.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut eager = 0;
    while !*stop.borrow() {
        match app.look_at_tail().await {
            Ok(_moved) => {}
            Err(error) => tracing::warn!(%error, "the end of the feed could not be read"),
        }
        // However many ring, there are not more than a hundred looks a second.
        sleep(SOON).await;
        let pause = if eager > 0 { SOON } else { LOOK };
        tokio::select! {
            () = app.tail.rung() => eager = EAGER,
            () = sleep(pause) => eager = eager.saturating_sub(1),
            _ = stop.changed() => {}
        }
    }
}
