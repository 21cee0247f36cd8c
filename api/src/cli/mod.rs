//! The command line. Nothing is decided here: each command is one function of its own file.

mod database;
mod files;
mod keys;
mod oidc;
mod packs;
mod people;
mod secrets;
mod serve;

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use secrecy::SecretString;

use crate::config::{Config, Limits, Push};
use crate::openapi;
use crate::proxies::Network;
use secrets::{from_file, secret};

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
    Serve(Box<Serve>),
    /// Bring the database's schema up to date.
    Migrate(Database),
    /// Check a pack of regulations, or a folder of packs, and name every fault.
    Check(Check),
    /// Say of every rule of the regulations what carries it out.
    Coverage(Coverage),
    /// Prove that the log is whole and that folding it gives the rows.
    Verify(Database),
    /// Print the OpenAPI document.
    Openapi,
    /// Keep users.
    #[command(subcommand)]
    User(User),
    /// Keep the keys that sign access tokens.
    #[command(subcommand)]
    Key(Key),
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
    /// The packs to load, between commas; `all` for every one that comes with the program.
    #[arg(long, env = "KEFU_PACKS", default_value = "property", value_delimiter = ',')]
    packs: Vec<String>,
    /// Whether the duties of the packs arise at the sites that run them.
    #[arg(long, env = "KEFU_DUTIES", default_value_t = true, action = clap::ArgAction::Set)]
    duties: bool,
    /// The first administrator's password (random, and printed once, if not given).
    #[arg(long, env = "KEFU_ADMIN_PASSWORD", hide_env_values = true, value_parser = secret)]
    admin_password: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "KEFU_ADMIN_PASSWORD_FILE")]
    admin_password_file: Option<PathBuf>,
    /// What the key that signs access tokens is made of (keys are kept in the database if not given).
    #[arg(long, env = "KEFU_JWT_SECRET", hide_env_values = true, value_parser = secret)]
    jwt_secret: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "KEFU_JWT_SECRET_FILE")]
    jwt_secret_file: Option<PathBuf>,
    #[command(flatten)]
    oidc: oidc::OidcArgs,
    /// Origins of pages that may call the API from a browser, between commas; `*` is any.
    #[arg(
        long = "cors-origin",
        env = "KEFU_CORS_ORIGINS",
        value_delimiter = ',',
        value_parser = origin
    )]
    cors_origins: Vec<String>,
    /// Addresses or networks (`10.0.0.0/8`) of proxies, between commas: where a request comes from is
    /// then what their `X-Forwarded-For` says.
    #[arg(long = "trusted-proxy", env = "KEFU_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<Network>,
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
    files: files::Files,
    /// Let webhooks lead to private, loopback and link-local addresses, and to plain HTTP.
    #[arg(long, env = "KEFU_WEBHOOK_ALLOW_PRIVATE")]
    webhook_allow_private: bool,
    /// Seconds after which a silent stream of events gives a sign of life.
    #[arg(long, env = "KEFU_STREAM_HEARTBEAT", default_value_t = Push::default().heartbeat.as_secs())]
    stream_heartbeat: u64,
    /// Streams of events a user may have open at a time.
    #[arg(long, env = "KEFU_STREAMS", default_value_t = Push::default().streams)]
    streams: usize,
    /// The largest table that is taken in (`POST …/import`), in bytes.
    #[arg(long, env = "KEFU_IMPORT_LIMIT", default_value_t = Limits::default().import)]
    import_limit: usize,
    /// Megabytes that must be free in the data directory; with less `/readyz` says so.
    #[arg(long, env = "KEFU_LEAST_DISK_MB", default_value_t = 64)]
    least_disk_mb: u64,
}

#[derive(Args, Debug)]
struct Database {
    /// `postgres://…`, or `sqlite://path`; SQLite in the data directory if not given.
    #[arg(long = "database", env = "DATABASE_URL", hide_env_values = true, value_parser = secret)]
    url: Option<SecretString>,
    /// A file that holds it.
    #[arg(long = "database-file", env = "DATABASE_URL_FILE")]
    url_file: Option<PathBuf>,
    /// Where the embedded database lives.
    #[arg(long, env = "KEFU_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
}

#[derive(Args, Debug)]
struct Check {
    /// The pack's directory, or one whose directories are packs: they are checked together.
    pack: PathBuf,
}

#[derive(Args, Debug)]
struct Coverage {
    /// As JSON, clause by clause, in place of a table.
    #[arg(long)]
    json: bool,
    /// A directory of packs in place of those that come with the program.
    #[arg(long)]
    packs: Option<PathBuf>,
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
    #[arg(long, env = "KEFU_PASSWORD", hide_env_values = true, value_parser = secret)]
    password: Option<SecretString>,
    /// A file that holds it.
    #[arg(long, env = "KEFU_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
}

#[derive(Subcommand, Debug)]
enum Key {
    /// Make a new key. Running nodes sign with it after ten seconds; tokens of the old one run out.
    Rotate(Rotate),
    /// List the keys.
    List(Database),
}

#[derive(Args, Debug)]
struct Rotate {
    /// The old keys were stolen: nothing they have signed is accepted any more.
    #[arg(long)]
    revoke: bool,
    #[command(flatten)]
    database: Database,
}

/// An origin as browsers write it: without a path, and without a slash at the end.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").or(text.strip_prefix("http://")).unwrap_or_default();
    let is_host = !host.is_empty()
        && host.bytes().all(|it| it.is_ascii_alphanumeric() || b".-:[]".contains(&it));
    if text == "*" || is_host {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("write an origin: https://desk.example.com, without a slash at the end, or *".into())
    }
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
            database: self.database.url()?,
            data_dir: self.database.data_dir,
            sandbox: self.sandbox,
            packs: self.packs,
            duties: self.duties,
            admin_password: from_file(
                self.admin_password,
                self.admin_password_file.as_deref(),
                "KEFU_ADMIN_PASSWORD",
            )?,
            jwt_secret: from_file(
                self.jwt_secret,
                self.jwt_secret_file.as_deref(),
                "KEFU_JWT_SECRET",
            )?,
            oidc: self.oidc.config()?,
            cors_origins: self.cors_origins,
            trusted_proxies: self.trusted_proxies,
            workers: self.workers,
            limits: Limits {
                per_minute: self.rate_limit,
                burst: self.rate_burst,
                body: self.body_limit,
                body_time: Duration::from_secs(self.body_seconds),
                import: self.import_limit,
                ..Limits::default()
            },
            attachments: self.files.config()?,
            push: Push {
                allow_private: self.webhook_allow_private,
                heartbeat: Duration::from_secs(self.stream_heartbeat.max(1)),
                streams: self.streams,
            },
            least_disk: self.least_disk_mb.saturating_mul(1024 * 1024),
        })
    }
}

impl Database {
    /// The URL that was given, if one was.
    fn url(&self) -> Result<Option<SecretString>, Complaint> {
        from_file(self.url.clone(), self.url_file.as_deref(), "DATABASE_URL")
    }
}

/// Does what the command line says; the program's exit status.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        None => Serve::parse_from(["kefu"]).config().and_then(|it| serve::serve(&it)),
        Some(Command::Serve(serve)) => serve.config().and_then(|it| serve::serve(&it)),
        Some(Command::Migrate(database)) => database::migrate(&database),
        Some(Command::Verify(database)) => database::verify(&database),
        Some(Command::Check(check)) => packs::check(&check.pack),
        Some(Command::Coverage(it)) => packs::report(it.packs.as_deref(), it.json),
        Some(Command::Openapi) => print(&openapi::printed()),
        Some(Command::User(User::Add(user))) => people::add(user),
        Some(Command::Key(Key::Rotate(rotate))) => keys::rotate(&rotate),
        Some(Command::Key(Key::List(database))) => keys::list(&database),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_ever_printed_with_the_configuration() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("password");
        std::fs::write(&file, "s3cret-of-admin\n").unwrap();
        let given = Serve::parse_from([
            "kefu",
            "--admin-password-file",
            file.to_str().unwrap(),
            "--jwt-secret=s3cret-of-tokens",
            "--database=postgres://kefu:s3cret-of-database@host/kefu",
            "--oidc-issuer=https://id.example.com",
            "--oidc-client-id=kefu",
            "--oidc-client-secret=s3cret-of-client",
            "--oidc-redirect-url=https://kefu.example.com/v1/auth/oidc/callback",
        ]);
        let printed = format!("{given:?}");
        assert!(!printed.contains("s3cret"), "{printed}");
        let config = given.config().unwrap();
        assert!(config.database_url().contains("s3cret-of-database"), "they are there");
        let password = config.admin_password.as_ref().map(secrecy::ExposeSecret::expose_secret);
        assert_eq!(password, Some("s3cret-of-admin"), "without the line's end");
        let printed = format!("{config:?}");
        assert!(!printed.contains("s3cret"), "{printed}");
        let provider = crate::auth::Provider::new(config.oidc.unwrap());
        assert!(!format!("{provider:?}").contains("s3cret"));
    }

    #[test]
    fn an_origin_is_what_browsers_send() {
        for good in ["*", "https://desk.example.com", "http://localhost:5173", "http://[::1]:80"] {
            assert!(origin(good).is_ok(), "{good}");
        }
        for wrong in
            ["", "desk.example.com", "https://", "https://a.example/", "https://a.example/x"]
        {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_given_once() {
        let twice = ["kefu", "--jwt-secret=one", "--jwt-secret-file=/nowhere"];
        let complaint = Serve::parse_from(twice).config().unwrap_err();
        assert!(complaint.0.contains("KEFU_JWT_SECRET_FILE"), "{complaint}");
        let nowhere = Serve::parse_from(["kefu", "--jwt-secret-file=/nowhere"]).config();
        assert!(nowhere.unwrap_err().0.contains("/nowhere"));
    }
}
