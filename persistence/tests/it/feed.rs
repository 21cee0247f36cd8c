use crate::database::{Database, on_each, on_each_with};
use crate::fixtures::{at, id, note};
use kefu_persistence::events::{self, Feed, Hash, NewEvent, append};
use kefu_persistence::{Backend, Options, StoreError};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

fn fact(kind: &str, seconds: i64) -> NewEvent {
    let data = json!({ "漏水": [1, null, "\u{1F6B0}"] });
    NewEvent { kind: kind.to_owned(), data, actor: Some(id(5)), at: at(seconds) }
}

/// The whole feed once it shows `count` events: on PostgreSQL it waits for every older transaction of
/// the server, also those of other tests.
fn settled(database: &Database, count: usize) -> Feed {
    let begun = Instant::now();
    loop {
        let feed = database.read(|conn| events::feed(conn, 0, 1000, &[]));
        if feed.items.len() >= count || begun.elapsed() > Duration::from_mins(1) {
            return feed;
        }
    }
}

#[test]
fn events_are_read_back_as_they_were_written() {
    on_each(|database| {
        let appended = database.write(|conn| {
            let first = append(conn, "case", id(1), 0, None, &[fact("a", 0), fact("b", 1)])?;
            let again = append(conn, "case", id(1), 2, Some(first.last_hash), &[fact("c", 2)])?;
            append(conn, "case", id(2), 0, None, &[fact("a", 3)])?;
            Ok((first, again))
        });
        assert_eq!((appended.0.last_sequence, appended.1.last_sequence), (2, 3));
        assert_ne!(appended.0.last_hash, Hash::ORIGIN);
        let timeline = database.read(|conn| events::timeline(conn, id(1), 1, 10));
        let seen: Vec<_> = timeline.iter().map(|e| (e.sequence, e.kind.as_str())).collect();
        assert_eq!(seen, [(2, "b"), (3, "c")]);
        assert_eq!(timeline[0].data, fact("b", 1).data);
        assert_eq!((timeline[0].actor_id, timeline[0].occurred_at), (Some(id(5)), at(1)));
        let all = settled(database, 4);
        assert_eq!(all.items.len(), 4);
        assert!(all.items.is_sorted_by_key(|event| event.position));
        assert!(all.next_position < 1 << 53);
        let some = database.read(|conn| events::feed(conn, 0, 2, &["a".to_owned()]));
        assert_eq!(some.items.iter().map(|e| e.aggregate_id).collect::<Vec<_>>(), [id(1), id(2)]);
        let from = some.next_position;
        let rest = database.read(move |conn| events::feed(conn, from, 2, &["a".to_owned()]));
        assert!(rest.items.is_empty() && rest.next_position >= from);
    });
}

#[test]
fn a_log_grows_only_at_its_end() {
    on_each(|database| {
        database.write(|conn| note(conn, 1, 0));
        let gap = database.store.write_blocking(|conn| note(conn, 1, 5));
        assert!(matches!(gap, Err(StoreError::Stale)));
        let twice = database.store.write_blocking(|conn| note(conn, 1, 0));
        assert!(matches!(twice, Err(StoreError::Duplicate)));
        database.write(|conn| note(conn, 1, 1));
    });
}

/// Eight writers, one reader that only ever asks for what comes after what it has seen.
#[test]
fn the_feed_skips_nothing_under_concurrent_writers() {
    let options = Options { write_threads: Some(8), ..Options::default() };
    on_each_with(&options, |database| {
        let (writers, rounds) = (8_u128, 40);
        let expected = usize::try_from(writers).unwrap() * 80;
        let begun = Instant::now();
        let seen = std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let (mut seen, mut after) = (Vec::new(), 0);
                while seen.len() < expected && begun.elapsed() < Duration::from_mins(1) {
                    let page = database.read(move |conn| events::feed(conn, after, 7, &[]));
                    assert!(page.items.iter().all(|event| event.position > after));
                    after = page.next_position;
                    seen.extend(page.items);
                }
                seen
            });
            let threads: Vec<_> = (0..writers)
                .map(|writer| {
                    scope.spawn(move || {
                        for round in 0..rounds {
                            database.write(move |conn| {
                                note(conn, writer, round * 2)?;
                                if round % 3 == 0 {
                                    std::thread::sleep(Duration::from_millis(2));
                                }
                                note(conn, writer, round * 2 + 1)
                            });
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join().unwrap();
            }
            reader.join().unwrap()
        });
        let mut sequences: BTreeMap<_, Vec<i32>> = BTreeMap::new();
        for event in seen {
            sequences.entry(event.aggregate_id).or_default().push(event.sequence);
        }
        let whole: Vec<i32> = (1..=rounds * 2).collect();
        assert_eq!(sequences.len(), 8);
        for (aggregate, sequence) in sequences {
            assert_eq!(sequence, whole, "of {aggregate}");
        }
    });
}

#[test]
fn a_restored_dump_goes_on_above_its_positions() {
    on_each(|database| {
        if database.store.backend() == Backend::Sqlite {
            return;
        }
        database.write(|conn| note(conn, 1, 0));
        database
            .write(|conn| conn.batch("UPDATE events SET position = position + (1::bigint << 40)"));
        database.store.migrate().unwrap();
        database.write(|conn| note(conn, 2, 0));
        let feed = settled(database, 2);
        let order: Vec<_> = feed.items.iter().map(|event| event.aggregate_id).collect();
        assert_eq!(order, [id(1), id(2)]);
    });
}
