use crate::database::on_each;
use crate::fixtures::{at, id};
use kefu_persistence::StoreError;
use kefu_persistence::timers::{self, Timer};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;

fn timer(n: u128, seconds: i64) -> Timer {
    Timer {
        kind: "clock".to_owned(),
        subject_id: id(n),
        code: "answer".to_owned(),
        due_at: at(seconds),
        data: json!({ "n": 1 }),
    }
}

#[test]
fn a_timer_is_set_moved_and_cleared() {
    on_each(|database| {
        database.write(|conn| {
            timers::set(conn, &timer(1, 100))?;
            timers::set(conn, &timer(2, 50))?;
            timers::set(conn, &timer(1, 10))
        });
        assert_eq!(database.read(timers::earliest), Some(at(10)));
        assert_eq!(database.read(|conn| timers::late(conn, at(50))), 1);
        let due = database.write(|conn| timers::take_due(conn, at(50), 10));
        assert_eq!(due, [timer(1, 10), timer(2, 50)]);
        assert_eq!(database.write(|conn| timers::take_due(conn, at(50), 1)).len(), 1);
        database.write(|conn| timers::clear(conn, "clock", id(1), "answer"));
        assert_eq!(database.write(|conn| timers::take_due(conn, at(50), 10)), [timer(2, 50)]);
        assert_eq!(database.write(|conn| timers::take_due(conn, at(49), 10)), []);
    });
}

#[test]
fn two_workers_take_each_timer_once() {
    on_each(|database| {
        database.write(|conn| (0..200).try_for_each(|n| timers::set(conn, &timer(n, 0))));
        let fired: Mutex<BTreeMap<_, u32>> = Mutex::default();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let taken = database.write(|conn| {
                            let due = timers::take_due(conn, at(0), 7)?;
                            for timer in &due {
                                timers::clear(conn, &timer.kind, timer.subject_id, &timer.code)?;
                            }
                            Ok(due)
                        });
                        let mut fired = fired.lock().unwrap();
                        for timer in &taken {
                            *fired.entry(timer.subject_id).or_default() += 1;
                        }
                        if taken.is_empty() && fired.len() == 200 {
                            return;
                        }
                    }
                });
            }
        });
        assert!(fired.into_inner().unwrap().values().all(|times| *times == 1));
    });
}

#[test]
fn what_a_failed_worker_took_is_due_again() {
    on_each(|database| {
        database.write(|conn| timers::set(conn, &timer(1, 0)));
        let failed: Result<(), StoreError> = database.store.write_blocking(|conn| {
            for timer in timers::take_due(conn, at(0), 7)? {
                timers::clear(conn, &timer.kind, timer.subject_id, &timer.code)?;
            }
            Err(StoreError::Conflict)
        });
        assert!(failed.is_err());
        assert_eq!(database.write(|conn| timers::take_due(conn, at(0), 7)).len(), 1);
    });
}
