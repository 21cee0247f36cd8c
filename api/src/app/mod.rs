//! Use cases: what can be asked of kefu, in the order load, decide, store. Synchronous inside a
//! transaction; async only where they wait for a database thread.
//!
//! **Invariant.** Nothing here knows HTTP: no actix, no status code of a refusal, no header.

mod access;
mod answer;
mod assets;
mod attachments;
pub mod book;
mod calendars;
mod caller;
mod cases;
mod customers;
mod failure;
mod feed;
mod health;
mod merge;
mod notifications;
mod procedures;
mod records;
mod roles;
mod shelf;
mod sites;
mod start;
mod upkeep;
mod users;
mod write;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use kefu_domain::Timestamp;
use kefu_domain::pack::Library;
use kefu_persistence::{Conn, Store, settings};

pub use access::{Me, Tokens};
pub use answer::{Answer, Effect, Outcome, Page, Shown};
pub use assets::Assets;
pub use attachments::{Content, Files, Intake, Received, Wanted};
pub use book::Book;
pub use caller::Caller;
pub use cases::{Bulk, BulkItem, CaseQuery, Desk, Fired, NewCase, Stretch};
pub use customers::Customers;
pub use failure::{Failure, NotSignedIn, Refused};
pub use merge::merge;
pub use notifications::Inbox;
pub use procedures::Draft;
pub(crate) use records::not_a_cursor;
pub use records::{Resource, Sent, asked};
pub use roles::Roles;
pub use sites::Sites;
pub use users::Users;
pub use write::{Moment, Request};

use crate::auth::{Keys, Passwords};
use crate::clock::Clock;

/// Everything a use case needs.
#[derive(Debug)]
pub struct App {
    /// Where everything is kept.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
    /// When the timer worker last looked.
    pub worker: Heartbeat,
    library: Arc<Library>,
    book: RwLock<Arc<Book>>,
    keys: Keys,
    passwords: Passwords,
    files: Arc<Files>,
}

/// How many a page of a list shows if nobody says.
pub const PAGE: usize = 50;

/// The version a change expects to find.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expected {
    /// Whatever there is.
    Any,
    /// One of these.
    OneOf(Vec<i64>),
}

impl Expected {
    /// Refuses a version that is not expected.
    pub fn check(&self, version: i64) -> Result<(), Failure> {
        match self {
            Self::OneOf(versions) if !versions.contains(&version) => Err(Failure::Stale),
            Self::Any | Self::OneOf(_) => Ok(()),
        }
    }
}

impl App {
    fn new(
        store: Store,
        clock: Clock,
        library: Arc<Library>,
        book: Book,
        keys: Keys,
        passwords: Passwords,
        files: Files,
    ) -> Self {
        let (book, files) = (RwLock::new(Arc::new(book)), Arc::new(files));
        Self { store, clock, worker: Heartbeat::default(), library, book, keys, passwords, files }
    }

    /// What holds now.
    pub fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the book again if it has changed.
    pub async fn refresh(&self) -> Result<(), Failure> {
        let (before, library) = (self.book(), Arc::clone(&self.library));
        let read = move |conn: &mut Conn| {
            if settings::revision(conn)? == before.revision() {
                return Ok::<_, Failure>(None);
            }
            conn.snapshot(|conn| Book::load(conn, &library, Some(&before))).map(Some)
        };
        if let Some(newer) = self.store.read(read).await? {
            let mut book = self.book.write().unwrap_or_else(PoisonError::into_inner);
            // Two may have looked at once; the newer look wins.
            if newer.revision() > book.revision() {
                *book = Arc::new(newer);
            }
        }
        Ok(())
    }

    /// Remembers where a sandbox's clock stands: after a restart it goes on from there.
    pub async fn remember_clock(&self, now: Timestamp) -> Result<(), Failure> {
        let put = move |conn: &mut Conn| {
            settings::put(conn, SANDBOX_CLOCK, serde_json::json!(now)).map_err(Failure::from)
        };
        self.store.write(put).await
    }

    /// Reads something.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.store.read(work).await
    }
}

/// Where a sandbox's clock is remembered.
const SANDBOX_CLOCK: &str = "sandbox_clock";

/// Where a sandbox's clock stood when it was last moved; nothing on a new one.
pub fn remembered_clock(conn: &mut Conn) -> Result<Option<Timestamp>, Failure> {
    let stored = settings::get(conn, SANDBOX_CLOCK)?;
    Ok(stored.and_then(|it| serde_json::from_value(it).ok()))
}

/// When a worker last looked for work, in real time. A worker that was never started is not missed.
#[derive(Debug, Default)]
pub struct Heartbeat(AtomicI64);

/// How long a worker may be silent, in seconds.
const SILENCE: i64 = 30;

impl Heartbeat {
    /// The worker is at work.
    pub fn beat(&self, now: Timestamp) {
        self.0.store(now.timestamp(), Ordering::Relaxed);
    }

    /// Whether it has been silent for too long.
    pub fn is_missed(&self, now: Timestamp) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        last != 0 && now.timestamp() - last > SILENCE
    }
}
