use crate::database::{Database, on_each};
use crate::fixtures::{at, change, id};
use crate::stories::story;
use kefu_domain::case::{Case, ClockState, Event, Fact, evolve};
use kefu_persistence::events::StoredEvent;
use kefu_persistence::published::{Published, calendars};
use kefu_persistence::records::roles::{self, Role};
use kefu_persistence::records::users::{self, User};
use kefu_persistence::search::Cut;
use kefu_persistence::verify::{self, Difference, Failure, Report};
use kefu_persistence::{Json, Uid, cases, timers};
use serde_json::json;

/// As the server folds a case's log.
fn fold(log: &[StoredEvent]) -> Option<Case> {
    log.iter().try_fold(None, |case, event| {
        let fact = Fact::from_parts(&event.kind, event.data.clone()).ok()?;
        Some(evolve(case, &Event { at: event.occurred_at, actor: event.actor_id, fact }))
    })?
}

fn verify(database: &Database) -> Result<Report, Difference> {
    verify::all(&mut database.store.connect().unwrap(), &fold).map_err(|failure| match failure {
        Failure::Different(difference) => difference,
        Failure::Store(error) => unreachable!("{error}"),
    })
}

fn fill(database: &Database) {
    database.write(|conn| {
        for n in 1..=3 {
            let story = story(n).with_clock("answer", 100, Some(60)).field("x", json!([1e16, 0.5]));
            let case = crate::stories::fold(&story.events).unwrap();
            let held = cases::open(conn, &case, &story.events, &[], &Cut::default())?;
            let later = story.clone().act("investigating", 5).stop_clock("answer", 6);
            let after = crate::stories::fold(&later.events).unwrap();
            cases::save(conn, &held, &after, &later.since(&story), None)?;
        }
        let user = User {
            id: Uid(id(50)),
            username: "wang".to_owned(),
            grants: Json(json!([])),
            ..User::default()
        };
        let made = users::insert(conn, user, change(0))?;
        let mut after = made.clone();
        "other".clone_into(&mut after.password_hash);
        let made = users::update(conn, &made, after, change(1))?;
        users::delete(conn, &made, change(2))?;
        let role =
            Role { code: "desk".to_owned(), permissions: Json(json!(["a"])), ..Role::default() };
        roles::insert(conn, role, change(0))?;
        for version in 1..=2 {
            let new = Published {
                code: "office".to_owned(),
                version,
                document: json!({ "v": version, "null": null }),
                source: String::new(),
                published_at: at(0),
                published_by: None,
            };
            calendars::publish(conn, &new)?;
        }
        Ok(())
    });
}

#[test]
fn what_was_written_verifies() {
    on_each(|database| {
        assert_eq!(verify(database), Ok(Report::default()));
        fill(database);
        let expected = Report { aggregates: 6, events: 18, cases: 3, records: 4 };
        assert_eq!(verify(database), Ok(expected));
    });
}

#[test]
fn anything_changed_by_hand_is_found() {
    let changes: [(&str, &str); 15] = [
        ("UPDATE events SET data = replace(data, '16', '17') WHERE type = 'case.opened'", "hash"),
        ("UPDATE events SET type = 'case.resumed' WHERE type = 'case.action_taken'", "hash"),
        ("UPDATE events SET actor_id = NULL WHERE sequence = 3", "hash"),
        ("UPDATE events SET hash = prev_hash WHERE sequence = 2", "hash"),
        ("UPDATE events SET prev_hash = hash WHERE sequence = 2", "follow"),
        ("DELETE FROM events WHERE sequence = 2", "missing"),
        ("DELETE FROM events WHERE sequence = 4", "row differs in"),
        ("DELETE FROM events WHERE aggregate = 'case'", "no events"),
        ("UPDATE cases SET state = 'closed' WHERE number LIKE '%3'", "row differs in state"),
        ("UPDATE clocks SET due_at = started_at", "promises"),
        ("DELETE FROM cases WHERE number LIKE '%2'", "no row"),
        ("UPDATE users SET display_name = 'x'", "row differs"),
        ("UPDATE users SET deleted_at = NULL", "deleted in one"),
        ("DELETE FROM roles", "tells of 1"),
        ("DELETE FROM calendars WHERE version = 2", "tells of 2"),
    ];
    for (sql, expected) in changes {
        on_each(|database| {
            fill(database);
            database.write(move |conn| conn.batch(sql));
            let difference = verify(database).unwrap_err();
            assert!(difference.what.contains(expected), "{difference}, not {expected}");
        });
    }
}

#[test]
fn a_promise_that_is_made_again_leaves_what_became_of_the_first() {
    on_each(|database| {
        let first = story(1).with_clock("answer", 100, Some(60));
        // Kept and made again by one command: what became of it is written all the same.
        let second = first.clone().stop_clock("answer", 20).with_clock("answer", 300, Some(200));
        let third = second.clone().stop_clock("answer", 400).with_clock("answer", 900, None);
        let [opened, again, last] =
            [&first, &second, &third].map(|it| crate::stories::fold(&it.events).unwrap());
        let (changed, more) = (second.since(&first), third.since(&second));
        let found = database.write(move |conn| {
            let held = cases::open(conn, &opened, &first.events, &[], &Cut::default())?;
            let held = cases::save(conn, &held, &again, &changed, None)?;
            cases::save(conn, &held, &last, &more, None)?;
            cases::find(conn, id(1))
        });
        let runs: Vec<_> = found.unwrap().promises().map(|it| (it.run, it.state)).collect();
        let met = ClockState::Met;
        assert_eq!(runs, [(1, met), (2, met), (3, ClockState::Running)]);
        assert!(verify(database).is_ok(), "a row for each");
        database.write(|conn| conn.batch("UPDATE clocks SET state = 'met_late' WHERE run = 1"));
        assert!(verify(database).unwrap_err().what.contains("promises"));
    });
}

#[test]
fn a_timer_that_is_gone_is_found() {
    on_each(|database| {
        database.write(|conn| {
            let story = story(1).with_clock("answer", 100, Some(60));
            let case = crate::stories::fold(&story.events).unwrap();
            cases::open(conn, &case, &story.events, &[], &Cut::default())
        });
        assert!(verify(database).is_ok());
        database.write(|conn| {
            let mut timer = timers::due(conn, at(60), 1)?.remove(0);
            timer.due_at = at(70);
            timers::set(conn, &timer)
        });
        assert!(verify(database).is_ok(), "it was put off");
        database.write(|conn| conn.batch("DELETE FROM timers"));
        assert!(verify(database).unwrap_err().what.contains("timers"));
    });
}
