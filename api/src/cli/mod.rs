//! The command line. Nothing is decided here: each command is one function of its own file.

mod database;
mod people;
mod serve;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::config::{Attachments, Config, Limits};
use crate::openapi;
use crate::storage::{Place, Secret};

/// Runs the regulations of a customer-service department.
#[derive(Parser, Debug)]
#[command(name = "kefu", version, about, long_about = None)]
struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the API.
    Serve(Serve),
    /// Bring the database's schema up to date.
    Migrate(Database),
    /// Check a pack of regulations and name every fault.
    Check(Check),
    /// Prove that the log is whole and that folding it gives the rows.
    Verify(Database),
    /// Print the OpenAPI document.
    Openapi,
    /// Keep users.
    #[command(subcommand)]
    User(User),
}

#[derive(Parser, Debug)]
struct Serve {
    /// `host:port` to listen on; port 0 lets the system choose.
    #[arg(long, env = "KEFU_LISTEN", default_value = "127.0.0.1:8080")]
    listen: String,
    #[command(flatten)]
    database: Database,
    /// Serve with a test clock, on a database of its own.
    #[arg(long)]
    sandbox: bool,
    /// The packs to load at the first start, between commas.
    #[arg(long, env = "KEFU_PACKS", default_value = "property", value_delimiter = ',')]
    packs: Vec<String>,
    /// The first administrator's password (random, and printed once, if not given).
    #[arg(long, env = "KEFU_ADMIN_PASSWORD", hide_env_values = true)]
    admin_password: Option<String>,
    /// The secret that signs access tokens (kept in the database if not given).
    #[arg(long, env = "KEFU_JWT_SECRET", hide_env_values = true)]
    jwt_secret: Option<String>,
    /// Threads that serve HTTP; one per core if not given.
    #[arg(long, env = "KEFU_WORKERS")]
    workers: Option<usize>,
    /// Requests a minute for each caller; 0 for no limit.
    #[arg(long, env = "KEFU_RATE_LIMIT", default_value_t = Limits::default().per_minute)]
    rate_limit: u32,
    /// Requests a caller may make at once before the rate counts.
    #[arg(long, env = "KEFU_RATE_BURST", default_value_t = Limits::default().burst)]
    rate_burst: u32,
    /// The largest body, in bytes.
    #[arg(long, env = "KEFU_BODY_LIMIT", default_value_t = Limits::default().body)]
    body_limit: usize,
    /// Seconds a body may take to arrive.
    #[arg(long, env = "KEFU_BODY_SECONDS", default_value_t = Limits::default().body_time.as_secs())]
    body_seconds: u64,
    #[command(flatten)]
    files: Files,
}

#[derive(Args, Debug)]
struct Files {
    /// Where attachments are kept: `file:///path`, or `s3://bucket/prefix?endpoint=…&region=…`; in
    /// the data directory if not given.
    #[arg(long, env = "KEFU_STORAGE")]
    storage: Option<String>,
    /// The id of the key to the bucket (`AWS_ACCESS_KEY_ID` if not given).
    #[arg(long, env = "KEFU_STORAGE_KEY")]
    storage_key: Option<String>,
    /// The key to the bucket (`AWS_SECRET_ACCESS_KEY` if not given).
    #[arg(long, env = "KEFU_STORAGE_SECRET", hide_env_values = true)]
    storage_secret: Option<String>,
    /// A file that holds the key to the bucket.
    #[arg(long, env = "KEFU_STORAGE_SECRET_FILE", conflicts_with = "storage_secret")]
    storage_secret_file: Option<PathBuf>,
    /// The largest attachment, in bytes.
    #[arg(long, env = "KEFU_ATTACHMENT_LIMIT", default_value_t = Attachments::default().limit)]
    attachment_limit: u64,
    /// The media types that may be attached, between commas; pictures, documents and recordings if
    /// not given.
    #[arg(long, env = "KEFU_ATTACHMENT_TYPES", value_delimiter = ',')]
    attachment_types: Vec<String>,
    /// Seconds a download link is good.
    #[arg(long, env = "KEFU_LINK_SECONDS", default_value_t = Attachments::default().link_seconds)]
    link_seconds: u32,
}

impl Files {
    fn config(self) -> Result<Attachments, Complaint> {
        let secret = match self.storage_secret_file {
            Some(path) => Some(std::fs::read_to_string(&path)?.trim().to_owned()),
            None => self.storage_secret,
        };
        let key = self.storage_key.zip(secret.map(Secret));
        let place = self.storage.map(|url| Place::parse(&url, key)).transpose();
        let usual = Attachments::default();
        let types = match self.attachment_types {
            none if none.is_empty() => usual.types,
            given => given.into_iter().collect(),
        };
        Ok(Attachments {
            storage: place.map_err(Complaint)?,
            limit: self.attachment_limit,
            types,
            link_seconds: self.link_seconds,
        })
    }
}

#[derive(Args, Debug)]
struct Database {
    /// `postgres://…`, or `sqlite://path`; SQLite in the data directory if not given.
    #[arg(long = "database", env = "DATABASE_URL", hide_env_values = true)]
    url: Option<String>,
    /// Where the embedded database lives.
    #[arg(long, env = "KEFU_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
}

#[derive(Args, Debug)]
struct Check {
    /// The pack's directory.
    pack: PathBuf,
}

#[derive(Subcommand, Debug)]
enum User {
    /// Add a user; the password is read from the environment or from standard input.
    Add(AddUser),
}

#[derive(Args, Debug)]
struct AddUser {
    /// What they sign in with.
    username: String,
    /// What people call them; the user name if not given.
    #[arg(long)]
    display_name: Option<String>,
    /// A role, and its scope after a colon: `front_desk:all`, `cs_manager:site=<id>`. Repeatable.
    #[arg(long = "grant", default_value = "admin:all")]
    grants: Vec<String>,
    /// The password; read from standard input if not given.
    #[arg(long, env = "KEFU_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    #[command(flatten)]
    database: Database,
}

/// Why a command did not do what it was asked, in words for a terminal.
#[derive(Debug)]
pub(crate) struct Complaint(pub(crate) String);

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error + 'static> From<E> for Complaint {
    fn from(error: E) -> Self {
        Self(crate::telemetry::Chain(&error).to_string())
    }
}

impl Serve {
    fn config(self) -> Result<Config, Complaint> {
        Ok(Config {
            listen: self.listen,
            database: self.database.url,
            data_dir: self.database.data_dir,
            sandbox: self.sandbox,
            packs: self.packs,
            admin_password: self.admin_password,
            jwt_secret: self.jwt_secret,
            workers: self.workers,
            limits: Limits {
                per_minute: self.rate_limit,
                burst: self.rate_burst,
                body: self.body_limit,
                body_time: Duration::from_secs(self.body_seconds),
            },
            attachments: self.files.config()?,
        })
    }
}

/// Does what the command line says; the program's exit status.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        None => Serve::parse_from(["kefu"]).config().and_then(|it| serve::serve(&it)),
        Some(Command::Serve(serve)) => serve.config().and_then(|it| serve::serve(&it)),
        Some(Command::Migrate(database)) => database::migrate(&database),
        Some(Command::Verify(database)) => database::verify(&database),
        Some(Command::Check(check)) => database::check(&check.pack),
        Some(Command::Openapi) => print(&openapi::printed()),
        Some(Command::User(User::Add(user))) => people::add(user),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            // Standard error is the last resort; if it is closed nobody listens.
            drop(writeln!(io::stderr(), "kefu: {complaint}"));
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard output, whole.
fn print(text: &str) -> Result<(), Complaint> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
