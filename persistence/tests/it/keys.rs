//! Idempotency keys, numbers, settings, refresh tokens, log-in attempts, the inbox.

use crate::database::{on_each, on_each_with};
use crate::fixtures::{at, change, id};
use kefu_persistence::idempotency::{self, Answer, Begun};
use kefu_persistence::identities::{self, Start};
use kefu_persistence::notifications::{self, Notification};
use kefu_persistence::records::users::{self, User};
use kefu_persistence::sessions::{self, Ending, Session};
use kefu_persistence::tokens::{self, RefreshToken};
use kefu_persistence::{Backend, Cursor, Json, Options, Page, StoreError, Uid, numbers, settings};
use serde_json::json;
use std::collections::BTreeSet;

fn answer() -> Answer {
    let body = "{\"n\":  1e2, \"漏\":1}".to_owned();
    Answer { status: 201, headers: json!({ "location": "/v1/cases/1" }), body }
}

#[test]
fn a_key_replays_its_answer_and_refuses_another_body() {
    on_each(|database| {
        let begun = |fingerprint: &'static [u8]| {
            database.write(move |conn| idempotency::begin(conn, id(1), "key", fingerprint))
        };
        assert_eq!(begun(b"one"), Begun::Fresh);
        let refused: Result<(), StoreError> = database.store.write_blocking(|conn| {
            idempotency::finish(conn, id(1), "key", b"one", &answer(), at(0))?;
            Err(StoreError::Stale)
        });
        assert!(refused.is_err());
        assert_eq!(begun(b"one"), Begun::Fresh, "a refused command keeps no answer");
        database.write(|conn| idempotency::finish(conn, id(1), "key", b"one", &answer(), at(0)));
        assert_eq!(begun(b"one"), Begun::Replay(answer()));
        assert_eq!(begun(b"two"), Begun::OtherBody);
        let other = database.write(|conn| idempotency::begin(conn, id(2), "key", b"one"));
        assert_eq!(other, Begun::Fresh, "keys are each caller's own");
        assert_eq!(database.write(|conn| idempotency::sweep(conn, at(0))), 0);
        assert_eq!(database.write(|conn| idempotency::sweep(conn, at(1))), 1);
        assert_eq!(begun(b"one"), Begun::Fresh);
    });
}

#[test]
fn a_key_that_is_being_worked_on_says_so() {
    on_each(|database| {
        if database.store.backend() == Backend::Sqlite {
            return;
        }
        let mut first = database.store.connect().unwrap();
        let outcome = first.transaction(|first| {
            assert_eq!(idempotency::begin(first, id(1), "key", b"one")?, Begun::Fresh);
            let second = database.write(|conn| idempotency::begin(conn, id(1), "key", b"one"));
            assert_eq!(second, Begun::Running);
            idempotency::finish(first, id(1), "key", b"one", &answer(), at(0))
        });
        outcome.unwrap();
        let after = database.write(|conn| idempotency::begin(conn, id(1), "key", b"one"));
        assert_eq!(after, Begun::Replay(answer()));
    });
}

#[test]
fn numbers_count_up_for_each_key_and_are_never_given_twice() {
    let options = Options { write_threads: Some(4), ..Options::default() };
    on_each_with(&options, |database| {
        let first: Vec<i64> =
            (0..70).map(|_| database.write(|conn| numbers::next(conn, "TS-20261122"))).collect();
        assert_eq!(first, (1..=70).collect::<Vec<i64>>());
        assert_eq!(database.write(|conn| numbers::next(conn, "TS-20261123")), 1);
        let all: BTreeSet<i64> = std::thread::scope(|scope| {
            let take =
                || (0..50).map(|_| database.write(|conn| numbers::next(conn, "BX"))).collect();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            threads.into_iter().flat_map(|thread| -> Vec<i64> { thread.join().unwrap() }).collect()
        });
        assert_eq!(all, (1..=200).collect());
    });
}

#[test]
fn a_graceful_stop_leaves_no_gap_in_the_numbers() {
    on_each(|database| {
        let options = Options::default();
        let node = kefu_persistence::Store::open(&database.url, &options).unwrap();
        assert_eq!(node.write_blocking(|conn| numbers::next(conn, "TS")).unwrap(), 1);
        node.close();
        assert_eq!(database.write(|conn| numbers::next(conn, "TS")), 2);
    });
}

#[test]
fn settings_keep_the_first_or_the_last_value() {
    on_each(|database| {
        let first = |value| database.write(move |conn| settings::put_if_absent(conn, "key", value));
        assert_eq!(first(json!({ "k": 1 })), json!({ "k": 1 }));
        assert_eq!(first(json!({ "k": 2 })), json!({ "k": 1 }));
        database.write(|conn| settings::put(conn, "key", json!("now")));
        assert_eq!(database.read(|conn| settings::get(conn, "key")), Some(json!("now")));
        assert_eq!(database.read(settings::revision), 0);
        database.write(settings::bump_revision);
        database.write(settings::bump_revision);
        assert_eq!(database.read(settings::revision), 2);
    });
}

fn user() -> User {
    User {
        id: Uid(id(9)),
        username: "Wang".to_owned(),
        display_name: "王".to_owned(),
        grants: Json(json!([])),
        active: true,
        ..User::default()
    }
}

#[test]
fn a_refresh_token_is_good_once() {
    on_each(|database| {
        let token = RefreshToken {
            id: id(20),
            family_id: id(30),
            user_id: id(9),
            token_hash: vec![1, 2, 3],
            issued_at: at(0),
            expires_at: at(100),
            used_at: None,
            revoked_at: None,
        };
        let next = RefreshToken { id: id(21), token_hash: vec![4], ..token.clone() };
        let (stored, other) = (token.clone(), next.clone());
        database.write(move |conn| {
            users::insert(conn, user(), change(0))?;
            tokens::insert(conn, &stored)?;
            tokens::insert(conn, &other)
        });
        let found = database.write(|conn| tokens::find_for_update(conn, &[1, 2, 3]));
        assert_eq!(found, Some(token));
        assert!(database.write(|conn| tokens::mark_used(conn, id(20), at(1))));
        assert!(!database.write(|conn| tokens::mark_used(conn, id(20), at(2))));
        assert_eq!(database.write(|conn| tokens::revoke_family(conn, id(30), at(3))), 2);
        let found = database.write(|conn| tokens::find_for_update(conn, &[4])).unwrap();
        assert_eq!(found, RefreshToken { revoked_at: Some(at(3)), ..next });
        assert_eq!(database.write(|conn| tokens::find_for_update(conn, &[5])), None);
        assert_eq!(database.write(|conn| tokens::sweep(conn, at(101))), 2);
    });
}

#[test]
fn sessions_end_with_their_tokens_and_every_node_hears_of_it() {
    on_each(|database| {
        let session = |n: u128| Session {
            id: Uid(id(n)),
            user_id: Uid(id(9)),
            method: "password".to_owned(),
            address: "::1".to_owned(),
            expires_at: at(1_000).into(),
            ..Session::default()
        };
        let token = RefreshToken {
            id: id(50),
            family_id: id(40),
            user_id: id(9),
            token_hash: vec![9],
            issued_at: at(0),
            expires_at: at(1_000),
            used_at: None,
            revoked_at: None,
        };
        database.write(move |conn| {
            users::insert(conn, user(), change(0))?;
            tokens::insert(conn, &token)?;
            for n in [40, 41, 42] {
                sessions::insert(conn, &session(n), change(0))?;
            }
            Ok::<_, StoreError>(())
        });
        let live = || {
            let listed =
                database.read(|conn| sessions::list(conn, id(9), at(10), &Page::first(10)));
            listed.items.into_iter().map(|it| it.id.0).collect::<Vec<_>>()
        };
        assert_eq!(live(), [id(42), id(41), id(40)]);
        let before = database.read(settings::gate_revision);
        let ending = Ending { reason: "password", change: change(10), at: at(10) };
        let ended =
            database.write(move |conn| sessions::end_all(conn, id(9), Some(id(41)), &ending));
        assert_eq!(ended, 2);
        assert_eq!(live(), [id(41)]);
        assert!(database.read(settings::gate_revision) > before);
        let found = database.write(|conn| tokens::find_for_update(conn, &[9])).unwrap();
        assert_eq!(found.revoked_at, Some(at(10)));
        assert_eq!(database.read(|conn| sessions::ended_since(conn, at(10))).len(), 2);
        assert!(database.read(|conn| sessions::ended_since(conn, at(11))).is_empty());
        assert_eq!(database.write(|conn| sessions::sweep(conn, at(500))), 2);
        assert_eq!(live(), [id(41)]);
    });
}

#[test]
fn somebody_comes_back_once_and_is_one_user_for_good() {
    on_each(|database| {
        let start = Start {
            state_hash: vec![1],
            browser_hash: None,
            nonce: "n".to_owned(),
            verifier: "v".to_owned(),
            created_at: at(0).into(),
        };
        let kept = start.clone();
        database.write(move |conn| identities::start(conn, &kept));
        assert_eq!(database.write(|conn| identities::take(conn, &[2])), None);
        assert_eq!(database.write(|conn| identities::take(conn, &[1])), Some(start));
        assert_eq!(database.write(|conn| identities::take(conn, &[1])), None);
        let known = || database.read(|conn| identities::user_of(conn, "i", "s"));
        assert_eq!(known(), None);
        database.write(|conn| identities::link(conn, "i", "s", id(9), at(0)));
        database.write(|conn| identities::link(conn, "i", "s", id(8), at(0)));
        assert_eq!(known(), Some(id(8)));
        assert!(database.read(|conn| identities::is_taken(conn, "i", id(8))));
        assert!(!database.read(|conn| identities::is_taken(conn, "i", id(9))));
    });
}

#[test]
fn failed_log_ins_are_counted_and_forgotten() {
    on_each(|database| {
        let fail = |now| {
            database
                .write(move |conn| tokens::count_failure(conn, "account:a", at(now), at(now - 60)))
        };
        assert_eq!([fail(0), fail(1), fail(2)], [1, 2, 3]);
        database.write(|conn| tokens::block(conn, "account:a", at(90)));
        let attempts = database.read(|conn| tokens::attempts(conn, "account:a")).unwrap();
        assert_eq!((attempts.failures, attempts.blocked_until), (3, Some(at(90))));
        assert_eq!(fail(100), 1, "old failures do not count");
        assert_eq!(database.write(|conn| tokens::sweep_attempts(conn, at(100))), 0);
        database.write(|conn| tokens::clear_attempts(conn, "account:a"));
        assert_eq!(database.read(|conn| tokens::attempts(conn, "account:a")), None);
    });
}

#[test]
fn the_inbox_is_paged_and_read() {
    on_each(|database| {
        let notice = |n: u128, user: u128| Notification {
            id: id(100 + n),
            user_id: id(user),
            case_id: Some(id(7)),
            kind: "assigned".to_owned(),
            data: json!({ "n": 1 }),
            created_at: at(0),
            read_at: None,
        };
        let all: Vec<_> = (0..5).map(|n| notice(n, 1)).chain([notice(9, 2)]).collect();
        database.write(move |conn| notifications::add(conn, &all));
        let counted = Page { count: true, ..Page::first(3) };
        let page = database.read(move |conn| notifications::list(conn, id(1), false, &counted));
        assert_eq!(page.items, [notice(4, 1), notice(3, 1), notice(2, 1)]);
        assert_eq!(page.total, Some(5));
        let after = Cursor::decode(&page.next.unwrap().encode());
        let page = Page { after, ..Page::first(3) };
        let page = database.read(move |conn| notifications::list(conn, id(1), false, &page));
        assert_eq!((page.items.len(), page.next), (2, None));
        assert!(!database.write(|conn| notifications::mark_read(conn, id(2), id(100), at(5))));
        assert!(database.write(|conn| notifications::mark_read(conn, id(1), id(100), at(5))));
        assert_eq!(database.read(|conn| notifications::count(conn, id(1), true)), 4);
        assert_eq!(database.write(|conn| notifications::mark_all_read(conn, id(1), at(6))), 4);
        assert_eq!(database.read(|conn| notifications::count(conn, id(1), true)), 0);
        let read = database.read(|conn| notifications::find(conn, id(1), id(100))).unwrap();
        assert_eq!(read.read_at, Some(at(5)));
    });
}
