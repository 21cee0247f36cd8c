//! A database of one's own: a SQLite file, or a schema on the PostgreSQL server of the test run.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use postgres::NoTls;
use tempfile::TempDir;

use crate::{kefu, reaper};

/// A fresh, empty database. Clones name the same one; it goes when the last of them goes.
#[derive(Clone, Debug)]
pub struct Database(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    /// Removes the directory; nobody does when the test run keeps its databases.
    _temporary: Option<TempDir>,
    url: String,
}

impl Database {
    /// A new SQLite file, or with `KEFU_TEST_DATABASE=postgres://…` a new schema there, migrated.
    #[track_caller]
    pub fn fresh() -> Self {
        let (dir, temporary) = directory();
        let Some(server) = server() else {
            let url = format!("sqlite://{}", dir.join("kefu.db").display());
            let database = Self(Arc::new(Inner { dir, _temporary: temporary, url }));
            database.register();
            return database;
        };
        let schema = schema_name();
        connect(&server)
            .batch_execute(&format!("CREATE SCHEMA {schema}"))
            .expect("the test role may make a schema");
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options=-csearch_path%3D{schema}");
        let database = Self(Arc::new(Inner { dir, _temporary: temporary, url }));
        database.register();
        let _migrated = kefu(Some(&database), &["migrate"]).succeeded();
        database
    }

    /// Whether tests run on PostgreSQL.
    pub fn is_postgres() -> bool {
        server().is_some()
    }

    /// What `--database` and `DATABASE_URL` take.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The data directory that goes with it.
    pub fn dir(&self) -> &Path {
        &self.0.dir
    }

    /// Adds it to the list of databases that `scripts/test` runs `kefu verify` on in the end.
    fn register(&self) {
        if let Some(kept) = kept() {
            let _one = LIST.lock().unwrap_or_else(PoisonError::into_inner);
            let list = OpenOptions::new().create(true).append(true).open(kept.join("databases"));
            writeln!(list.expect("the list can be written"), "{}", self.url()).expect("disk space");
        }
    }

    /// Damages it with `statement`: from here on `kefu verify` is to fail on it.
    #[track_caller]
    pub fn damage(&self, statement: &str) {
        if let Some(kept) = kept() {
            let path = kept.join("databases");
            let _one = LIST.lock().unwrap_or_else(PoisonError::into_inner);
            let list = std::fs::read_to_string(&path).expect("the list was written");
            let others: Vec<_> = list.lines().filter(|line| *line != self.url()).collect();
            std::fs::write(&path, others.join("\n") + "\n").expect("disk space");
        }
        self.execute(statement);
    }

    /// The one number `query` selects. For looking behind the API at what it does not show.
    #[track_caller]
    pub fn count(&self, query: &str) -> i64 {
        if Self::is_postgres() {
            connect(self.url()).query_one(query, &[]).expect(query).get(0)
        } else {
            self.open_sqlite().query_row(query, [], |row| row.get(0)).expect(query)
        }
    }

    /// How many rows each table holds: what a refusal has to leave as it is.
    #[track_caller]
    pub fn census(&self) -> BTreeMap<String, i64> {
        let tables: Vec<String> = if Self::is_postgres() {
            let query = "SELECT table_name::text FROM information_schema.tables \
                         WHERE table_schema = current_schema()";
            connect(self.url()).query(query, &[]).expect(query).iter().map(|it| it.get(0)).collect()
        } else {
            let query = "SELECT name FROM sqlite_master WHERE type = 'table' \
                         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'case_search_%'";
            let conn = self.open_sqlite();
            let mut found = conn.prepare(query).expect(query);
            let names = found.query_map([], |row| row.get(0)).expect(query);
            names.collect::<Result<_, _>>().expect(query)
        };
        let count = |table: String| {
            let rows = self.count(&format!("SELECT count(*) FROM {table}"));
            (table, rows)
        };
        tables.into_iter().map(count).collect()
    }

    /// Runs `statement` behind the API's back.
    #[track_caller]
    pub fn execute(&self, statement: &str) {
        if Self::is_postgres() {
            connect(self.url()).batch_execute(statement).expect(statement);
        } else {
            self.open_sqlite().execute_batch(statement).expect(statement);
        }
    }

    fn open_sqlite(&self) -> rusqlite::Connection {
        let path = self.url().trim_start_matches("sqlite://");
        let conn = rusqlite::Connection::open(path).expect("the database is a file");
        conn.busy_timeout(std::time::Duration::from_secs(5)).expect("a timeout is a setting");
        conn
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if kept().is_some() {
            return;
        }
        let Some((server, schema)) = self.url.split_once("options=-csearch_path%3D") else {
            return;
        };
        let server = server.trim_end_matches(['?', '&']);
        if let Ok(mut conn) = postgres::Client::connect(server, NoTls) {
            // A failure here leaves a schema in a cluster that is thrown away after the run.
            let _dropped = conn.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }
}

/// Tests run beside each other, and each writes to the list of databases that are kept.
static LIST: Mutex<()> = Mutex::new(());

/// Where databases stay after the tests (`KEFU_TEST_DIR`), if they do.
fn kept() -> Option<PathBuf> {
    std::env::var_os("KEFU_TEST_DIR").map(PathBuf::from)
}

fn directory() -> (PathBuf, Option<TempDir>) {
    if let Some(kept) = kept() {
        let dir = TempDir::new_in(kept).expect("KEFU_TEST_DIR is a directory");
        return (dir.keep(), None);
    }
    let dir = TempDir::new().expect("a place for temporary files");
    reaper::temporary(dir.path());
    (dir.path().to_owned(), Some(dir))
}

fn server() -> Option<String> {
    std::env::var("KEFU_TEST_DATABASE").ok().filter(|url| !url.is_empty())
}

#[track_caller]
fn connect(url: &str) -> postgres::Client {
    postgres::Client::connect(url, NoTls).expect("KEFU_TEST_DATABASE answers")
}

fn schema_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{number}", std::process::id())
}
