//! One running `kefu serve`.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use crate::client::Session;
use crate::{Client, Database, Reply, binary, reaper};

/// The first user of every server under test.
pub(crate) const ADMIN: (&str, &str) = ("admin", "correct horse battery staple");

/// A server that has not started by then never will: a busy machine may take its time …
const STARTS_WITHIN: Duration = Duration::from_mins(5);

/// … and so may one that is asked to stop.
const STOPS_WITHIN: Duration = Duration::from_mins(2);

/// How a server is started.
#[derive(Debug, Default)]
pub struct Options {
    /// Real time and the real timer worker instead of the test clock.
    pub real_time: bool,
    /// Further arguments of `serve`.
    pub args: Vec<String>,
    /// Further environment.
    pub env: Vec<(String, String)>,
    /// Whether the duties of the sites' packs arise.
    pub duties: bool,
    /// Lets the server make up the first password itself; [`Server::admin`] cannot sign in then.
    pub no_password: bool,
}

impl Options {
    /// A server at whose sites duties arise.
    pub fn with_duties() -> Self {
        Self { duties: true, ..Self::default() }
    }
}

/// A server; clones are the same one. It is killed when the last clone and client are gone.
#[derive(Clone, Debug)]
pub struct Server(pub(crate) Arc<Running>);

#[derive(Debug)]
pub(crate) struct Running {
    child: Mutex<Child>,
    pid: u32,
    pub(crate) url: String,
    pub(crate) agent: ureq::Agent,
    /// Counts the moves of the clock: a token from before a move may have run out.
    pub(crate) epoch: AtomicU64,
    admin: Arc<Session>,
    log: Log,
    database: Database,
}

type Log = Arc<Mutex<VecDeque<String>>>;

impl Server {
    /// A sandbox on a database of its own.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// A server on a database of its own.
    #[track_caller]
    pub fn start_with(options: Options) -> Self {
        Self::start_on(&Database::fresh(), options)
    }

    /// A server on `database`, which others may be using too.
    #[track_caller]
    pub fn start_on(database: &Database, options: Options) -> Self {
        let mut command = binary::command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", database.url()]);
        if !options.real_time {
            command.arg("--sandbox");
        }
        command.env("KEFU_DATA_DIR", database.dir());
        if !options.no_password {
            command.env("KEFU_ADMIN_PASSWORD", ADMIN.1);
        }
        // The whole suite comes from one address and mostly from one user.
        command.env("KEFU_RATE_LIMIT", "600000").env("KEFU_RATE_BURST", "100000");
        // A site has more than a hundred duties, and most tests move the clock for something else.
        command.env("KEFU_DUTIES", options.duties.to_string());
        command.args(options.args).envs(options.env);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Arc::new(Running::spawn(&mut command, database.clone())))
    }

    /// The server all tests of a binary share that neither move its clock nor count everything in
    /// it. Each makes its own site, people and cases there.
    #[track_caller]
    pub fn shared() -> Self {
        static SHARED: LazyLock<Server> = LazyLock::new(Server::start);
        SHARED.clone()
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The database it stores in.
    pub fn database(&self) -> &Database {
        &self.0.database
    }

    /// The first user, who may do everything.
    pub fn admin(&self) -> Client {
        Client::person(self, Arc::clone(&self.0.admin))
    }

    /// Somebody with this name and password; signs in at the first request.
    pub fn person(&self, username: &str, password: &str) -> Client {
        Client::person(self, Arc::new(Session::new(username, password)))
    }

    /// Somebody who does not say who they are.
    pub fn stranger(&self) -> Client {
        Client::stranger(self)
    }

    /// Somebody who shows exactly this token.
    pub fn bearer(&self, token: &str) -> Client {
        Client::bearer(self, token)
    }

    /// Moves the test clock to `now` (RFC 3339) and waits until everything due has happened.
    #[track_caller]
    pub fn set_clock(&self, now: &str) {
        let body = json!({ "now": now });
        let reply = self.admin().put("/v1/sandbox/clock", body).expect(200);
        assert_eq!(reply["now"], now, "the clock stands where it was put");
        self.0.epoch.fetch_add(1, Ordering::SeqCst);
    }

    /// Moves the test clock to `now`.
    #[track_caller]
    pub fn set_clock_to(&self, now: DateTime<Utc>) {
        self.set_clock(&now.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    }

    /// Where the test clock stands.
    #[track_caller]
    pub fn now(&self) -> String {
        self.admin().get("/v1/sandbox/clock").expect(200).text_at("/now")
    }

    /// The end of its standard error, for messages.
    pub fn log(&self) -> String {
        let log = self.0.log.lock().expect("no writer panics");
        log.iter().cloned().collect::<Vec<_>>().join("\n")
    }

    /// Ends it as a power cut would.
    pub fn kill(&self) {
        self.0.kill();
    }

    /// Asks it to stop (SIGTERM) and waits; its exit status.
    #[track_caller]
    pub fn stop(&self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.0.pid.to_string()]).status();
        assert!(asked.expect("kill runs").success(), "the server is not there any more");
        let deadline = Instant::now() + STOPS_WITHIN;
        loop {
            let ended = self.0.child.lock().expect("no holder panics").try_wait();
            if let Some(status) = ended.expect("the child is ours") {
                reaper::ended(self.0.pid);
                return status.code();
            }
            assert!(
                Instant::now() < deadline,
                "still running {STOPS_WITHIN:?} after SIGTERM\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its memory in KiB: what it takes now, and the most since [`Server::forget_peak`].
    #[track_caller]
    pub fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.pid));
        let status = status.expect("the server runs");
        let value = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(0)
        };
        (value("VmRSS:"), value("VmHWM:"))
    }

    /// Lets the system forget how much memory it once took.
    #[track_caller]
    pub fn forget_peak(&self) {
        let path = format!("/proc/{}/clear_refs", self.0.pid);
        std::fs::write(path, "5").expect("the child is ours");
    }

    /// Whether it still runs.
    pub fn runs(&self) -> bool {
        let ended = self.0.child.lock().expect("no holder panics").try_wait();
        ended.expect("the child is ours").is_none()
    }

    /// The next positions of the change feed after `after`, all pages, oldest first.
    #[track_caller]
    pub fn events_after(&self, after: &str) -> Vec<serde_json::Value> {
        let admin = self.admin();
        let (mut items, mut after) = (Vec::new(), after.to_owned());
        loop {
            let page: Reply = admin.get(&format!("/v1/events?after={after}&limit=200")).expect(200);
            let found = page.items();
            if found.is_empty() {
                return items;
            }
            items.extend(found);
            after = page["next_position"].to_string();
        }
    }
}

impl Running {
    #[track_caller]
    fn spawn(command: &mut Command, database: Database) -> Self {
        let mut child = command.spawn().expect("the binary starts");
        let pid = child.id();
        reaper::started(pid);
        let log = Log::default();
        let (found, address) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if let Some((_, url)) = line.split_once("listening on ") {
                    // Nobody listens any more after the first; the pipe is drained all the same.
                    let _ = found.send(url.trim().to_owned());
                }
            }
        });
        let into = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let mut log = into.lock().expect("no writer panics");
                if log.len() == 200 {
                    log.pop_front();
                }
                log.push_back(line);
            }
        });
        let Ok(url) = address.recv_timeout(STARTS_WITHIN) else {
            let status = child.try_wait();
            let _ = child.kill();
            let log = log.lock().expect("no writer panics");
            panic!(
                "no `listening on http://…` within {STARTS_WITHIN:?} ({status:?}); stderr: {log:#?}"
            );
        };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_mins(5)))
            .max_redirects(0)
            .max_idle_connections_per_host(64)
            .max_idle_connections(64)
            .build();
        Self {
            child: Mutex::new(child),
            pid,
            url: url.trim_end_matches('/').to_owned(),
            agent: config.into(),
            epoch: AtomicU64::new(0),
            admin: Arc::new(Session::new(ADMIN.0, ADMIN.1)),
            log,
            database,
        }
    }

    fn kill(&self) {
        let mut child = self.child.lock().expect("no holder panics");
        // It may have ended by itself; then there is nothing to kill and nothing to say.
        let _ = child.kill();
        let _ = child.wait();
        reaper::ended(self.pid);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
