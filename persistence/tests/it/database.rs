//! A fresh database for each test, on each kind.

use kefu_persistence::{Conn, Options, Store, StoreError};
use std::sync::atomic::{AtomicU32, Ordering};

/// A database of a test's own; it is gone when this is dropped.
pub(crate) struct Database {
    pub(crate) store: Store,
    pub(crate) url: String,
    schema: Option<(String, String)>,
    _directory: tempfile::TempDir,
}

static NEXT: AtomicU32 = AtomicU32::new(0);

impl Database {
    fn sqlite(options: &Options) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = directory.path().join("kefu.db").to_str().unwrap().to_owned();
        let store = Store::open(&url, options).unwrap();
        Self { store, url, schema: None, _directory: directory }
    }

    fn postgres(base: &str, options: &Options) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("it_{}_{number}", std::process::id());
        let admin = Store::open(base, &one_thread()).unwrap();
        admin.connect().unwrap().batch(&format!("CREATE SCHEMA {schema}")).unwrap();
        admin.close();
        let sign = if base.contains('?') { '&' } else { '?' };
        let url = format!("{base}{sign}options=-csearch_path%3D{schema}");
        let store = Store::open(&url, options).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let schema = Some((base.to_owned(), schema));
        Self { store, url, schema, _directory: directory }
    }

    /// Runs `work` in a write transaction.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.write_blocking(work).unwrap()
    }

    /// Runs `work` on a reading connection.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.store.read_blocking(work).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.store.close();
        if let Some((base, schema)) = &self.schema
            && let Ok(admin) = Store::open(base, &one_thread())
        {
            if let Ok(mut conn) = admin.connect() {
                drop(conn.batch(&format!("DROP SCHEMA {schema} CASCADE")));
            }
            admin.close();
        }
    }
}

fn one_thread() -> Options {
    Options { read_threads: Some(1), write_threads: Some(1), ..Options::default() }
}

/// The server to test on, if there is one.
pub(crate) fn postgres_url() -> Option<String> {
    std::env::var("KEFU_TEST_DATABASE").ok()
}

/// Runs `test` on an empty database of each kind.
pub(crate) fn on_each_empty(options: &Options, test: impl Fn(&Database)) {
    test(&Database::sqlite(options));
    if let Some(base) = postgres_url() {
        test(&Database::postgres(&base, options));
    }
}

/// Runs `test` on a migrated database of each kind.
pub(crate) fn on_each_with(options: &Options, test: impl Fn(&Database)) {
    on_each_empty(options, |database| {
        database.store.migrate().unwrap();
        test(database);
    });
}

/// Runs `test` on a migrated database of each kind, with the usual options.
pub(crate) fn on_each(test: impl Fn(&Database)) {
    on_each_with(&Options::default(), test);
}
