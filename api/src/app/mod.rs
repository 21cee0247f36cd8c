//! Use cases: what can be asked of kefu, in the order load, decide, store. Synchronous inside a
//! transaction; async only where they wait for a database thread.
//!
//! **Invariant.** Nothing here knows HTTP: no actix, no status code of a refusal, no header.

mod access;
mod answer;
mod api_keys;
mod assets;
mod attachments;
pub mod book;
mod calendars;
mod caller;
mod cases;
mod clauses;
mod compliance;
mod customers;
mod doors;
mod duties;
mod failure;
mod feed;
mod gate;
mod health;
mod import;
mod lists;
mod metrics;
mod notifications;
mod oidc;
mod password;
mod posts;
mod procedures;
mod records;
mod roles;
mod sessions;
mod shelf;
mod sites;
mod start;
mod upkeep;
mod users;
mod views;
mod webhooks;
mod write;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use kefu_domain::Timestamp;
use kefu_domain::pack::Library;
use kefu_persistence::{Conn, Store, settings};
use tokio::sync::{Notify, watch};

use gate::{Gate, Touched};

pub use access::{Me, Tokens, Visitor};
pub use answer::{Answer, Effect, Outcome, Page, Shown};
pub use assets::Assets;
pub use attachments::{Content, Files, Intake, Received, Wanted};
pub use book::Book;
pub use calendars::Calendars;
pub use caller::Caller;
pub use cases::{Bulk, BulkItem, Cases, Desk, Fired, NewCase, Stretch};
pub use clauses::Clauses;
pub use compliance::Compliance;
pub use customers::Customers;
pub use duties::Duties;

pub use failure::{Failure, NotSignedIn, Refused};
pub use feed::{Follower, Seats, Tail, Told};
pub use gate::Entrant;
pub(crate) use gate::MARGIN;
pub use import::Importing;
pub use lists::{Asker, Events, Export, Listing, Purpose, Walk};
pub use notifications::Inbox;
pub use oidc::{Begun, Returned};
pub use password::PasswordChange;
pub use procedures::{Draft, Procedures};
pub(crate) use records::not_a_cursor;
pub use records::{Resource, Sent};
pub use roles::Roles;
pub use sites::Sites;
pub use users::Users;
pub use views::Views;
pub use webhooks::{Outgoing, Planned, Webhooks};
pub use write::{Moment, Request};

use crate::auth::{KeyPair, Passwords, Provider};
use crate::clock::Clock;
use crate::config::Push;
use crate::outbound::Outbound;

/// Everything a use case needs.
#[derive(Debug)]
pub struct App {
    /// Where everything is kept.
    pub store: Store,
    /// Where `now` comes from.
    pub clock: Clock,
    /// When the timer worker last looked.
    pub worker: Heartbeat,
    /// Where the feed ends, for those who wait for more.
    pub tail: Tail,
    /// Whether the server stops: whoever waits for something that may never happen waits no more.
    pub stopping: watch::Sender<bool>,
    /// Calls whoever delivers to webhooks.
    pub postman: Notify,
    /// What was sent to webhooks since the start.
    pub sent: Posted,
    seats: Arc<Seats>,
    outbound: Outbound,
    push: Push,
    library: Arc<Library>,
    book: RwLock<Arc<Book>>,
    gate: RwLock<Arc<Gate>>,
    /// A key pair that is not in the database; it signs.
    outside: Option<KeyPair>,
    touched: Touched,
    passwords: Passwords,
    files: Arc<Files>,
    provider: Option<Provider>,
    disk: health::Disk,
    census: health::Census,
}

/// What an [`App`] is made of at its start.
#[derive(Debug)]
struct Parts {
    store: Store,
    clock: Clock,
    library: Arc<Library>,
    book: Book,
    gate: Gate,
    outside: Option<KeyPair>,
    passwords: Passwords,
    provider: Option<Provider>,
    push: Push,
    files: Files,
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
    fn new(parts: Parts) -> Self {
        let Parts { store, clock, library, book, gate, outside, passwords, provider, push, files } =
            parts;
        Self {
            store,
            clock,
            worker: Heartbeat::default(),
            tail: Tail::default(),
            stopping: watch::Sender::new(false),
            postman: Notify::new(),
            sent: Posted::default(),
            seats: Arc::default(),
            outbound: Outbound::new(push.allow_private),
            push,
            library,
            book: RwLock::new(Arc::new(book)),
            gate: RwLock::new(Arc::new(gate)),
            outside,
            touched: Touched::default(),
            passwords,
            provider,
            disk: health::Disk::default(),
            census: health::Census::default(),
            files: Arc::new(files),
        }
    }

    /// What holds now.
    pub fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who may come in now.
    fn gate(&self) -> Arc<Gate> {
        Arc::clone(&self.gate.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the book and the gate again, each if it has changed.
    pub async fn refresh(&self) -> Result<(), Failure> {
        self.refresh_gate().await?;
        self.refresh_book().await
    }

    async fn refresh_gate(&self) -> Result<(), Failure> {
        let (before, outside, now) = (self.gate(), self.outside.clone(), self.clock.real_now());
        let read = move |conn: &mut Conn| {
            if settings::gate_revision(conn)? == before.revision() {
                return Ok::<_, Failure>(None);
            }
            conn.snapshot(|conn| Gate::load(conn, now, outside.as_ref(), Some(&before))).map(Some)
        };
        if let Some(newer) = self.store.read(read).await? {
            let mut gate = self.gate.write().unwrap_or_else(PoisonError::into_inner);
            if newer.revision() > gate.revision() {
                *gate = Arc::new(newer);
            }
        }
        Ok(())
    }

    async fn refresh_book(&self) -> Result<(), Failure> {
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
    pub async fn remember_clock(
        &self,
        request: Request,
        now: Timestamp,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, _| {
            settings::put(conn, SANDBOX_CLOCK, serde_json::json!(now))?;
            Effect::changed(None, &serde_json::json!({ "now": now }))
        })
        .await
    }

    /// Reads something.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.store.read(work).await
    }
}

/// Attempts to deliver to webhooks, since the start.
#[derive(Debug, Default)]
pub struct Posted {
    /// Those that were taken.
    pub taken: AtomicU64,
    /// Those that were not.
    pub refused: AtomicU64,
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
