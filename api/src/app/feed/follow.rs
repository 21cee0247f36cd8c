//! Following the feed: what has happened, then what happens, for as long as the follower may know.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kefu_persistence::events::Feed;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Eyes, look};
use crate::app::{App, Caller, Failure};
use crate::views::EventView;

/// How many events are held at a time: a slow reader costs so much memory and no more.
const AT_ONCE: i64 = 50;

/// How often it is asked whether the follower is still signed in.
const STILL_THERE: Duration = Duration::from_secs(1);

/// What a follower is told.
#[derive(Debug)]
pub enum Told {
    /// Something happened. Everything up to the position has been told.
    Events(Vec<EventView>, i64),
    /// Nothing did, for a while. Everything up to the position has been told.
    Nothing(i64),
}

/// Somebody who follows the feed.
#[derive(Debug)]
pub struct Follower {
    app: Arc<App>,
    token: String,
    after: i64,
    types: Vec<String>,
    end: watch::Receiver<i64>,
    stop: watch::Receiver<bool>,
    heartbeat: Duration,
    quiet_since: Instant,
    _seat: Seat,
}

impl App {
    /// Lets somebody follow the feed from a position on, while their token holds and the server runs.
    pub fn follow(
        self: &Arc<Self>,
        caller: &Caller,
        token: String,
        after: i64,
        types: Vec<String>,
    ) -> Result<Follower, Failure> {
        let seat = Seats::take(&self.seats, caller.user_id, self.push.streams);
        let seat = seat.ok_or(Failure::TooManyRequests { retry_after: 1 })?;
        Ok(Follower {
            app: Arc::clone(self),
            token,
            after,
            types,
            end: self.tail.watch(),
            stop: self.stopping.subscribe(),
            heartbeat: self.push.heartbeat,
            quiet_since: Instant::now(),
            _seat: seat,
        })
    }
}

impl Follower {
    /// What is to be told next. `None`: no more, the server stops or the token does not hold any more.
    pub async fn next(&mut self) -> Option<Told> {
        loop {
            if *self.stop.borrow() {
                return None;
            }
            // Asked anew each time: who is it now, and what may they see?
            let caller = self.app.admit(&self.token).ok()?.caller;
            self.end.mark_unchanged();
            let page = match self.page(caller).await {
                Ok(page) => page,
                Err(error) => {
                    tracing::warn!(%error, "a stream ends: the feed cannot be read");
                    return None;
                }
            };
            let looked_on = page.next_position > self.after;
            self.after = page.next_position;
            if !page.items.is_empty() {
                self.quiet_since = Instant::now();
                let items = page.items.into_iter().map(EventView::from).collect();
                return Some(Told::Events(items, self.after));
            }
            if self.quiet_since.elapsed() >= self.heartbeat {
                self.quiet_since = Instant::now();
                return Some(Told::Nothing(self.after));
            }
            // A great deal of what is not theirs is looked through a stretch at a time.
            if !(looked_on && self.after < *self.end.borrow()) {
                self.wait().await?;
            }
        }
    }

    async fn page(&self, caller: Arc<Caller>) -> Result<Feed, Failure> {
        let (after, types) = (self.after, self.types.clone());
        self.app.read(move |conn| look(conn, &Eyes::of(caller), after, AT_ONCE, &types)).await
    }

    /// Until there may be more, it is time for a sign of life, or it ends.
    async fn wait(&mut self) -> Option<()> {
        let beat = self.quiet_since + self.heartbeat;
        loop {
            tokio::select! {
                changed = self.end.changed() => return changed.ok(),
                _ = self.stop.changed() => return None,
                () = tokio::time::sleep_until(beat) => return Some(()),
                () = tokio::time::sleep(STILL_THERE) => {
                    self.app.admit(&self.token).ok()?;
                }
            }
        }
    }
}

/// Who follows, and how often at the same time.
#[derive(Debug, Default)]
pub struct Seats(Mutex<HashMap<Uuid, usize>>);

/// One place among the followers, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    user: Uuid,
}

impl Seats {
    fn take(seats: &Arc<Self>, user: Uuid, most: usize) -> Option<Seat> {
        let mut taken = seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { seats: Arc::clone(seats), user })
    }

    /// How many are taken, by whomever.
    pub fn taken(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}
