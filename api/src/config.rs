//! What the server is told from outside: arguments, environment, and files that hold secrets.
//!
//! **Invariant.** A secret is a `SecretString`: what prints a configuration prints none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kefu_domain::who::Grant;
use secrecy::{ExposeSecret, SecretString};

use crate::media::USUAL;
use crate::proxies::Network;
use crate::storage::Place;

/// How `kefu serve` runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// `host:port` to listen on; port 0 lets the system choose.
    pub listen: String,
    /// A database URL; `None` is the embedded SQLite in `data_dir`.
    pub database: Option<SecretString>,
    /// Where the embedded database lives.
    pub data_dir: PathBuf,
    /// Whether to run with a test clock on a database of its own.
    pub sandbox: bool,
    /// The packs to load at the first start.
    pub packs: Vec<String>,
    /// Whether duties arise.
    pub duties: bool,
    /// The first administrator's password; random and printed once if not given.
    pub admin_password: Option<SecretString>,
    /// What the key that signs tokens is made of; otherwise keys are made and kept in the database.
    pub jwt_secret: Option<SecretString>,
    /// The OpenID Connect provider that people may be signed in by.
    pub oidc: Option<Oidc>,
    /// The origins of pages that may call the API from a browser; `*` is any.
    pub cors_origins: Vec<String>,
    /// Proxies whose word on where a request comes from is taken.
    pub trusted_proxies: Vec<Network>,
    /// Threads that serve HTTP; one per core if not given.
    pub workers: Option<usize>,
    /// Limits on callers.
    pub limits: Limits,
    /// Bytes that must be free where data are written; with less the server is not ready.
    pub least_disk: u64,
    /// What may be attached, and where it is kept.
    pub attachments: Attachments,
    /// How events are passed on.
    pub push: Push,
}

/// How events are passed on: webhooks and streams.
#[derive(Clone, Copy, Debug)]
pub struct Push {
    /// Whether webhooks may lead to private, loopback and link-local addresses, and to plain HTTP.
    pub allow_private: bool,
    /// How long a stream is silent at most.
    pub heartbeat: Duration,
    /// How many streams one user may have open.
    pub streams: usize,
}

impl Default for Push {
    fn default() -> Self {
        Self { allow_private: false, heartbeat: Duration::from_secs(15), streams: 8 }
    }
}

/// An OpenID Connect provider, and what its word is worth here.
#[derive(Clone, Debug)]
pub struct Oidc {
    /// Its issuer, from which everything else about it is read.
    pub issuer: String,
    /// What it calls kefu …
    pub client_id: String,
    /// … and what kefu proves that with.
    pub client_secret: SecretString,
    /// Where it sends people back to.
    pub redirect_url: String,
    /// What it is asked for, beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that is the user name here.
    pub username_claim: String,
    /// Whether somebody who is no user yet becomes one …
    pub create_users: bool,
    /// … with these roles.
    pub grants: Vec<Grant>,
}

/// What may be attached to cases, and where it is kept.
#[derive(Clone, Debug)]
pub struct Attachments {
    /// Where; `None`: in the data directory.
    pub storage: Option<Place>,
    /// The largest file, in bytes.
    pub limit: u64,
    /// The media types that are taken, by content.
    pub types: BTreeSet<String>,
    /// How many seconds a download link is good.
    pub link_seconds: u32,
}

impl Default for Attachments {
    fn default() -> Self {
        let types = USUAL.iter().map(|it| (*it).to_owned()).collect();
        Self { storage: None, limit: 25 * 1024 * 1024, types, link_seconds: 300 }
    }
}

/// What a caller may take of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests a minute for each caller; 0 turns the limit off.
    pub per_minute: u32,
    /// Requests at once before the rate counts.
    pub burst: u32,
    /// The largest body, in bytes.
    pub body: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// The largest table that is taken in, in bytes.
    pub import: usize,
    /// How long a file may take to arrive.
    pub file_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_minute: 6_000,
            burst: 1_000,
            body: 1024 * 1024,
            body_time: Duration::from_secs(15),
            import: 10 * 1024 * 1024,
            file_time: Duration::from_mins(2),
        }
    }
}

impl Config {
    /// The URL of the database to open: what was given, or a file in the data directory. A
    /// sandbox has a file of its own.
    pub fn database_url(&self) -> String {
        database_url(self.database.as_ref(), &self.data_dir, self.sandbox)
    }

    /// Whether the database is the embedded one, which migrates itself.
    pub fn is_embedded(&self) -> bool {
        !self.database_url().starts_with("postgres")
    }
}

/// The URL of the database to open: what was given, or a file in the data directory.
pub fn database_url(given: Option<&SecretString>, data_dir: &Path, sandbox: bool) -> String {
    let file = if sandbox { "sandbox.db" } else { "kefu.db" };
    match given {
        Some(url) => url.expose_secret().to_owned(),
        None => format!("sqlite://{}", data_dir.join(file).display()),
    }
}
