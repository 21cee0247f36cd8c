use crate::database::on_each;
use crate::fixtures::{at, id};
use kefu_domain::duty::Mark;
use kefu_persistence::duties::{self, Filter, Occurred, Pause, Standing};
use kefu_persistence::events::NewEvent;
use kefu_persistence::{Page, Time, Uid, timers, verify};
use serde_json::json;

const DUTY: &str = "patrol";

fn standing(site: u128, next: i64) -> Standing {
    Standing {
        pattern: "daily".to_owned(),
        done: Some(Mark { date: "2026-11-20".parse().unwrap(), turn: 2 }),
        next_at: Some(at(next)),
        ..Standing::new(DUTY, id(site), at(0))
    }
}

fn occurred(n: u128, site: u128, seconds: i64) -> Occurred {
    Occurred {
        id: Uid(id(n)),
        duty: DUTY.to_owned(),
        site_id: Uid(id(site)),
        occurs_at: Time::from(at(seconds)),
        n: 1,
        due_at: Time::from(at(seconds + 10)),
        clock: None,
        case_id: None,
        created_at: Time::from(at(seconds)),
    }
}

#[test]
fn a_duty_has_one_timer_while_it_does_not_rest() {
    on_each(|database| {
        let mut first = standing(1, 100);
        let set = first.clone();
        database.write(move |conn| duties::insert(conn, &set));
        let due = database.read(|conn| timers::due(conn, at(100), 10));
        assert_eq!(due.len(), 1);
        assert_eq!((due[0].kind.as_str(), due[0].subject_id), (duties::TIMER, first.id));
        let found = database.write(|conn| duties::find_for_update(conn, DUTY, id(1)));
        assert_eq!(found, Some(first.clone()));
        let later = Standing { since: at(50), done: None, ..first.clone() };
        database.write(move |conn| duties::insert(conn, &later));
        let found = database.write(|conn| duties::find_for_update(conn, DUTY, id(1)));
        assert_eq!(found, Some(first.clone()), "another node's is left as it is");

        first.paused = Some(Pause { at: at(5), by: Some(id(9)), why: "停业".to_owned() });
        let data = json!({ "duty": DUTY, "site_id": id(1), "reason": "停业" });
        let fact = NewEvent { kind: "duty.paused".to_owned(), data, actor: None, at: at(5) };
        let mut rests = first.clone();
        let rests = database.write(move |conn| {
            duties::log(conn, &mut rests, fact)?;
            duties::update(conn, &rests)?;
            Ok(rests)
        });
        assert_eq!(rests.version, 1);
        assert!(database.read(timers::earliest).is_none());
        let here = database.read(|conn| duties::standing(conn, Some(&[id(1)])));
        assert_eq!(here, [rests]);
        assert_eq!(database.read(|conn| duties::standing(conn, Some(&[id(2)]))), []);
    });
}

#[test]
fn an_occurrence_is_noted_once_and_listed_newest_first() {
    on_each(|database| {
        let noted = database.write(|conn| {
            let mut noted = Vec::new();
            for (n, site, seconds) in [(1, 1, 10), (2, 1, 20), (3, 2, 20), (4, 1, 30)] {
                noted.push(duties::note(conn, &occurred(n, site, seconds))?);
            }
            noted.push(duties::note(conn, &occurred(5, 1, 20))?);
            duties::opened(conn, Uid(id(2)), id(77))?;
            Ok(noted)
        });
        assert_eq!(noted, [true, true, true, true, false], "the same one is not noted again");
        let list = |sites: Option<Vec<uuid::Uuid>>, page: Page| {
            let filter = Filter { duty: DUTY.to_owned(), sites, ..Filter::default() };
            database.read(move |conn| duties::list(conn, &filter, &page))
        };
        let ids = |found: &[Occurred]| found.iter().map(|it| it.id.0).collect::<Vec<_>>();
        let of = |all: &[u128]| all.iter().map(|n| id(*n)).collect::<Vec<_>>();
        let whole = list(None, Page { count: true, ..Page::first(10) });
        assert_eq!((ids(&whole.items), whole.total), (of(&[4, 3, 2, 1]), Some(4)));
        assert_eq!(whole.items[2].case_id, Some(Uid(id(77))));
        let first = list(None, Page::first(2));
        let second = list(None, Page { after: first.next, ..Page::first(2) });
        assert_eq!((ids(&second.items), second.next), (of(&[2, 1]), None));
        let here = list(Some(vec![id(1)]), Page::first(10));
        assert_eq!(ids(&here.items), of(&[4, 2, 1]));
        let filter = Filter {
            duty: DUTY.to_owned(),
            from: Some(at(20)),
            to: Some(at(30)),
            ..Filter::default()
        };
        let some = database.read(move |conn| duties::list(conn, &filter, &Page::first(10)));
        assert_eq!(ids(&some.items), of(&[3, 2]));
    });
}

#[test]
fn a_duty_that_is_not_as_its_log_and_timer_say_is_found() {
    let changes = [
        ("DELETE FROM timers", "timer"),
        ("UPDATE duties SET paused_at = since", "rests"),
        ("UPDATE duties SET version = 3", "version"),
    ];
    for (sql, expected) in changes {
        on_each(|database| {
            database.write(|conn| duties::insert(conn, &standing(1, 100)));
            let look = || verify::all(&mut database.store.connect().unwrap(), &|_| None);
            assert_eq!(look().unwrap().records, 1);
            database.write(move |conn| conn.batch(sql));
            let found = look().unwrap_err().to_string();
            assert!(found.contains(expected), "{found}");
        });
    }
}
