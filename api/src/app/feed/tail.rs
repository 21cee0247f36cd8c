//! Where the feed ends now, for those who wait for more: one look for a whole node.

use tokio::sync::{Notify, watch};

use crate::app::{App, Failure};

/// The end of the feed.
#[derive(Debug)]
pub struct Tail {
    /// Somebody on this node has just written.
    bell: Notify,
    end: watch::Sender<i64>,
}

impl Default for Tail {
    fn default() -> Self {
        Self { bell: Notify::new(), end: watch::Sender::new(0) }
    }
}

impl Tail {
    /// Says that there may be more.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Until somebody rings.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Tells when the end moves.
    pub fn watch(&self) -> watch::Receiver<i64> {
        self.end.subscribe()
    }
}

impl App {
    /// Looks where the feed ends; whether that is further than before.
    pub async fn look_at_tail(&self) -> Result<bool, Failure> {
        let end = self.read(|conn| Ok(kefu_persistence::events::settled(conn)?)).await?;
        Ok(self.tail.end.send_if_modified(|it| {
            let moved = *it != end;
            *it = end;
            moved
        }))
    }
}
