//! What the server is told from outside: arguments and environment, nothing else.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use crate::media::USUAL;
use crate::storage::Place;

/// How `kefu serve` runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// `host:port` to listen on; port 0 lets the system choose.
    pub listen: String,
    /// A database URL; `None` is the embedded SQLite in `data_dir`.
    pub database: Option<String>,
    /// Where the embedded database lives.
    pub data_dir: PathBuf,
    /// Whether to run with a test clock on a database of its own.
    pub sandbox: bool,
    /// The packs to load at the first start.
    pub packs: Vec<String>,
    /// The first administrator's password; random and printed once if not given.
    pub admin_password: Option<String>,
    /// A secret for tokens from outside; otherwise one is made and kept in the database.
    pub jwt_secret: Option<String>,
    /// Threads that serve HTTP; one per core if not given.
    pub workers: Option<usize>,
    /// Limits on callers.
    pub limits: Limits,
    /// What may be attached, and where it is kept.
    pub attachments: Attachments,
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
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_minute: 6_000,
            burst: 1_000,
            body: 1024 * 1024,
            body_time: Duration::from_secs(15),
        }
    }
}

impl Config {
    /// The URL of the database to open: what was given, or a file in the data directory. A
    /// sandbox has a file of its own.
    pub fn database_url(&self) -> String {
        let file = if self.sandbox { "sandbox.db" } else { "kefu.db" };
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", self.data_dir.join(file).display()),
        }
    }

    /// Whether the database is the embedded one, which migrates itself.
    pub fn is_embedded(&self) -> bool {
        !self.database_url().starts_with("postgres")
    }
}
