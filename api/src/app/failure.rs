//! Why a use case did not do what it was asked. It knows nothing of HTTP; `problem` does.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;

use kefu_persistence::StoreError;

use crate::problem::Code;
use crate::telemetry::Chain;

/// Why not. A rule that said no and machinery that broke are different arms.
#[derive(Debug)]
pub enum Failure {
    /// A rule of the business says no.
    Refused(Box<Refused>),
    /// Readable, but senseless: every fault at once.
    Invalid(Vec<Fault>),
    /// Not JSON.
    Unreadable(Text),
    /// Who are you?
    Unauthenticated(NotSignedIn),
    /// Known to the caller, but not theirs to do.
    Forbidden {
        /// The permission that is missing.
        needs: String,
    },
    /// An API key does what only somebody who has signed in may do.
    NeedsSignIn,
    /// The page that asks is from an origin that was not configured.
    Origin,
    /// The OpenID Connect provider cannot be reached; the words are for the log only.
    ProviderUnavailable(String),
    /// Not there, or not theirs to know of.
    NotFound,
    /// No such address.
    NoRoute,
    /// The address knows other methods.
    MethodNotAllowed {
        /// Those it knows.
        allow: Vec<&'static str>,
    },
    /// The body did not arrive in time.
    TooSlow,
    /// The body is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The body's media type is not one this operation takes.
    UnsupportedMediaType {
        /// What it takes.
        takes: String,
    },
    /// Something with that code or name is there.
    Duplicate(Fault),
    /// Something else still needs it.
    InUse(Text),
    /// Someone else changed it since it was read.
    Stale,
    /// A change without saying of what version.
    PreconditionRequired,
    /// The idempotency key stands for another request.
    KeyReused,
    /// The first request with this idempotency key has not finished.
    StillRunning,
    /// Over the limit of requests.
    TooManyRequests {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Too many failed sign-ins.
    SignInDelayed {
        /// Seconds to wait.
        retry_after: u64,
    },
    /// Parts of the server are not ready.
    NotReady(Vec<Fault>),
    /// More work than can be queued, or two transactions in each other's way once too often.
    Busy,
    /// Two transactions were in each other's way: the whole command may be run again.
    Conflict,
    /// The machinery broke; the words are for the log only.
    Broken(String),
}

/// A rule that said no, in words a person can act on.
#[derive(Debug)]
pub struct Refused {
    /// Which row of the table it is.
    pub code: Code,
    /// What to do about it.
    pub detail: Text,
    /// The actions open to the caller instead.
    pub allowed_actions: Option<Vec<String>>,
    /// The permission that would have helped.
    pub needs_permission: Option<String>,
    /// The clause the rule comes from.
    pub clause: Option<String>,
}

impl Refused {
    /// A refusal with words and nothing else.
    pub fn new(code: Code, detail: Text) -> Self {
        Self { code, detail, allowed_actions: None, needs_permission: None, clause: None }
    }
}

/// Why somebody is not signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotSignedIn {
    /// No token was sent.
    NoToken,
    /// The token is none of ours.
    InvalidToken,
    /// The token's time is over.
    ExpiredToken,
    /// Wrong user name or password.
    BadCredentials,
    /// The refresh token is unknown, used or revoked.
    BadRefreshToken,
    /// The sign-in was ended.
    EndedSession,
    /// The API key is unknown, revoked or too old.
    BadApiKey,
    /// A sign-in comes back from the provider that was not sent there, or not by this browser.
    BadState,
    /// The provider does not say that this is somebody.
    ProviderRefused,
    /// The provider says who it is, and that is nobody here.
    UnknownIdentity,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale,
            // What is taken was looked up in this transaction: somebody took it meanwhile.
            StoreError::Conflict | StoreError::Duplicate | StoreError::Reference => Self::Conflict,
            StoreError::Busy => Self::Busy,
            StoreError::Unavailable(why) => {
                tracing::warn!(why, "the database is not available");
                Self::Busy
            }
            error @ (StoreError::Corrupt { .. }
            | StoreError::Panicked
            | StoreError::Migration(_)
            | StoreError::Query(_)) => Self::Broken(Chain(&error).to_string()),
        }
    }
}

impl From<Vec<Fault>> for Failure {
    fn from(faults: Vec<Fault>) -> Self {
        Self::Invalid(faults)
    }
}

impl Failure {
    /// One fault at one member.
    pub fn invalid(pointer: &str, code: &'static str, zh: &str, en: &str) -> Self {
        Self::Invalid(vec![Fault::new(pointer, code, Text::new(zh, en))])
    }
}
