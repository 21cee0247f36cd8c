use crate::database::{on_each, on_each_with};
use crate::fixtures::{id, note};
use kefu_persistence::{Backend, Options, Store, StoreError, events, settings};
use serde_json::json;
use std::sync::mpsc;
use std::time::{Duration, Instant};

fn one_writer() -> Options {
    Options { write_threads: Some(1), read_threads: Some(1), ..Options::default() }
}

/// Occupies the writer until the sender is dropped, so that what is sent meanwhile waits together.
fn hold(store: &Store) -> (mpsc::Sender<()>, std::thread::JoinHandle<Result<(), StoreError>>) {
    let (release, wait) = mpsc::channel::<()>();
    let (started, running) = mpsc::channel();
    let store = store.clone();
    let held = std::thread::spawn(move || {
        store.write_blocking(move |_| {
            started.send(()).unwrap();
            let _closed = wait.recv();
            Ok(())
        })
    });
    running.recv().unwrap();
    (release, held)
}

/// Sends `write` from a thread of its own and waits until it stands in the queue.
fn queue<T: Send + 'static>(
    store: &Store,
    write: impl FnOnce(&mut kefu_persistence::Conn) -> Result<T, StoreError> + Send + 'static,
) -> std::thread::JoinHandle<Result<T, StoreError>> {
    let before = store.metrics().write_queue;
    let sender = store.clone();
    let thread = std::thread::spawn(move || sender.write_blocking(write));
    let begun = Instant::now();
    while store.metrics().write_queue == before && begun.elapsed() < Duration::from_secs(10) {
        std::thread::yield_now();
    }
    thread
}

#[test]
fn commands_of_a_group_succeed_and_fail_alone() {
    on_each_with(&one_writer(), |database| {
        let store = &database.store;
        let commits = store.metrics().commits;
        let (release, held) = hold(store);
        let first = queue(store, |conn| note(conn, 1, 0));
        let twice = queue(store, |conn| {
            note(conn, 2, 0)?;
            note(conn, 1, 0)
        });
        let refused = queue(store, |conn| {
            note(conn, 3, 0)?;
            Err::<(), _>(StoreError::Stale)
        });
        let last = queue(store, |conn| note(conn, 4, 0));
        drop(release);
        held.join().unwrap().unwrap();
        first.join().unwrap().unwrap();
        assert!(matches!(twice.join().unwrap(), Err(StoreError::Duplicate)));
        assert!(matches!(refused.join().unwrap(), Err(StoreError::Stale)));
        last.join().unwrap().unwrap();
        let there = database.read(|conn| {
            let there = |n, conn: &mut _| Ok(events::last(conn, id(n))?.is_some());
            [1, 2, 3, 4]
                .into_iter()
                .map(|n| there(n, conn))
                .collect::<Result<Vec<bool>, StoreError>>()
        });
        assert_eq!(there, [true, false, false, true]);
        if store.backend() == Backend::Sqlite {
            assert!(store.metrics().commits - commits <= 2, "they were not committed together");
        }
    });
}

#[test]
fn a_panic_fails_its_own_command_and_the_thread_goes_on() {
    on_each_with(&one_writer(), |database| {
        let store = &database.store;
        let (release, held) = hold(store);
        let before = queue(store, |conn| note(conn, 1, 0));
        let panics = queue(store, |conn| {
            conn.transaction(|conn| {
                note(conn, 2, 0)?;
                assert_eq!(id(2), id(3), "a panic on purpose");
                Ok::<_, StoreError>(())
            })
        });
        let after = queue(store, |conn| note(conn, 3, 0));
        drop(release);
        held.join().unwrap().unwrap();
        before.join().unwrap().unwrap();
        assert!(matches!(panics.join().unwrap(), Err(StoreError::Panicked)));
        after.join().unwrap().unwrap();
        let there = database.read(|conn| {
            Ok((events::last(conn, id(1))?, events::last(conn, id(2))?, events::last(conn, id(3))?))
        });
        assert!(there.0.is_some() && there.1.is_none() && there.2.is_some(), "{there:?}");
        assert_eq!(store.metrics().panics, 1);
        let outcome: Result<(), StoreError> = store.read_blocking(|_| panic!("on purpose"));
        assert!(matches!(outcome, Err(StoreError::Panicked)));
        assert_eq!(database.read(|conn| settings::get(conn, "nothing")), None);
    });
}

#[test]
fn a_full_queue_answers_busy_at_once() {
    let options = Options { queue: Some(2), ..one_writer() };
    on_each_with(&options, |database| {
        let store = &database.store;
        let (release, held) = hold(store);
        let waiting =
            [queue(store, |conn| note(conn, 1, 0)), queue(store, |conn| note(conn, 2, 0))];
        let begun = Instant::now();
        let refused = store.write_blocking(|conn| note(conn, 3, 0));
        assert!(matches!(refused, Err(StoreError::Busy)));
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(store.metrics().refused, 1);
        drop(release);
        held.join().unwrap().unwrap();
        for write in waiting {
            write.join().unwrap().unwrap();
        }
    });
}

#[test]
fn closing_finishes_what_waits_and_takes_no_more() {
    on_each_with(&one_writer(), |database| {
        let store = &database.store;
        let (release, held) = hold(store);
        let waiting = queue(store, |conn| note(conn, 1, 0));
        let closer = store.clone();
        let closing = std::thread::spawn(move || closer.close());
        drop(release);
        closing.join().unwrap();
        held.join().unwrap().unwrap();
        waiting.join().unwrap().unwrap();
        let late = store.write_blocking(|conn| note(conn, 2, 0));
        assert!(matches!(late, Err(StoreError::Unavailable(_))));
    });
}

#[test]
fn a_reading_connection_refuses_to_write() {
    on_each(|database| {
        let outcome = database.store.read_blocking(|conn| settings::put(conn, "a", json!(1)));
        assert!(outcome.is_err());
        assert_eq!(database.read(|conn| settings::get(conn, "a")), None);
    });
}

#[test]
fn an_inner_transaction_rolls_back_alone() {
    on_each(|database| {
        database.write(|conn| {
            settings::put(conn, "outer", json!(1))?;
            let inner = conn.transaction(|conn| {
                settings::put(conn, "inner", json!(1))?;
                Err::<(), _>(StoreError::Stale)
            });
            assert!(matches!(inner, Err(StoreError::Stale)));
            Ok(())
        });
        assert_eq!(database.read(|conn| settings::get(conn, "outer")), Some(json!(1)));
        assert_eq!(database.read(|conn| settings::get(conn, "inner")), None);
    });
}

#[test]
fn a_lost_connection_is_replaced() {
    on_each_with(&one_writer(), |database| {
        let store = &database.store;
        if store.backend() == Backend::Sqlite {
            return;
        }
        database.write(|conn| note(conn, 1, 0));
        let mut other = store.connect().unwrap();
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE pid <> pg_backend_pid() AND application_name = 'lost'";
        database.write(|conn| conn.batch("SET application_name = 'lost'"));
        other.batch(kill).unwrap();
        let lost = store.write_blocking(|conn| note(conn, 2, 0));
        assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
        database.write(|conn| note(conn, 3, 0));
        assert!(store.metrics().reconnects >= 1);
    });
}

#[test]
fn an_unreachable_database_is_said_to_be_so() {
    for url in ["postgres://nobody@127.0.0.1:1/none", "/nowhere/at/all/kefu.db"] {
        let error = Store::open(url, &Options::default()).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    }
}

/// SQLite may roll the whole group back when the disk is full. Whoever was told `Ok` must be right.
#[test]
fn a_full_disk_fails_callers_and_tells_no_lie() {
    on_each_with(&one_writer(), |database| {
        let store = &database.store;
        if store.backend() == Backend::Postgres {
            return;
        }
        let (release, held) = hold(store);
        let before = queue(store, |conn| note(conn, 1, 0));
        let full = queue(store, |conn| {
            conn.batch("PRAGMA max_page_count = 1")?;
            settings::put(conn, "large", json!("漏".repeat(2_000_000)))
        });
        let after = queue(store, |conn| note(conn, 3, 0));
        drop(release);
        drop(held.join().unwrap());
        let told = [before.join().unwrap().is_ok(), after.join().unwrap().is_ok()];
        let outcome = full.join().unwrap();
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
        let there = database.read(|conn| {
            Ok([events::last(conn, id(1))?.is_some(), events::last(conn, id(3))?.is_some()])
        });
        assert_eq!(there, told);
        database.write(|conn| conn.batch("PRAGMA max_page_count = 1000000"));
        database.write(|conn| note(conn, 4, 0));
        assert_eq!(database.read(|conn| settings::get(conn, "large")), None);
    });
}

/// `PostgreSQL` answers COMMIT after a failed statement with a silent rollback.
#[test]
fn work_that_goes_on_after_an_error_is_kept_or_said_to_be_lost() {
    on_each(|database| {
        database.write(|conn| note(conn, 1, 0));
        let swallowed = database.store.write_blocking(|conn| {
            note(conn, 2, 0)?;
            assert!(matches!(note(conn, 1, 0), Err(StoreError::Duplicate)));
            Ok::<_, StoreError>(())
        });
        let there = database.read(|conn| events::last(conn, id(2))).is_some();
        assert_eq!(swallowed.is_ok(), there, "{swallowed:?}");
        database.write(|conn| note(conn, 3, 0));
    });
}
