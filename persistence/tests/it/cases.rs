use crate::database::{Database, on_each, on_each_with};
use crate::fixtures::{at, id};
use crate::stories::{Story, fold, story};
use kefu_domain::case::{Case, ClockState};
use kefu_domain::who::Reach;
use kefu_persistence::cases::{self, Filter, Held, Sort};
use kefu_persistence::search::Cut;
use kefu_persistence::{Conn, Cursor, Options, Page, StoreError, events, timers};
use serde_json::json;
use uuid::Uuid;

fn open(database: &Database, story: Story) -> Held {
    database.write(move |conn| {
        let case = fold(&story.events).unwrap();
        cases::open(conn, &case, &story.events, &["王小明"], &Cut::default())
    })
}

fn everything() -> Reach {
    Reach { all: true, ..Reach::default() }
}

/// The numbers (ids less the first) of the cases on every page of a list.
fn listed(database: &Database, filter: &Filter, reach: &Reach, sort: Sort) -> Vec<u128> {
    let (mut numbers, mut page) = (Vec::new(), Page { count: true, ..Page::first(3) });
    loop {
        let (filter, reach, asked) = (filter.clone(), reach.clone(), page.clone());
        let found = database.read(move |conn| cases::list(conn, &filter, &reach, sort, &asked));
        numbers.extend(found.items.iter().map(|case| case.id().as_u128() - id(0).as_u128()));
        let Some(next) = found.next else {
            assert_eq!(found.total, i64::try_from(numbers.len()).ok());
            return numbers;
        };
        assert_eq!(found.items.len(), 3);
        assert!(sort.made(&next));
        page.after = Cursor::decode(&next.encode());
    }
}

#[test]
fn a_case_is_read_as_it_was_written() {
    on_each(|database| {
        let story = story(1).with_clock("answer", 100, Some(60)).with_clock("report", 50, None);
        let expected = fold(&story.events).unwrap();
        let held = open(database, story);
        assert_eq!(held.case, expected);
        assert_eq!(database.read(|conn| cases::find(conn, id(1))), Some(expected.clone()));
        let by_number = database.read(|conn| cases::find_by_number(conn, "TS-20261122-000001"));
        assert_eq!(by_number, Some(expected.clone()));
        assert_eq!(database.read(|conn| cases::find(conn, id(2))), None);
        let many = database.read(|conn| cases::find_many(conn, &[id(1), id(2)]));
        assert_eq!(many, [expected]);
        let again = database.write(|conn| cases::find_for_update(conn, id(1)));
        assert_eq!(again, Some(held.clone()));
        let again = database.write(|conn| cases::find_unlocked_for_update(conn, id(1)));
        assert_eq!(again, Some(held));
        let timeline = database.read(|conn| events::timeline(conn, id(1), 0, 10));
        assert_eq!(timeline.len(), 3);
        assert_eq!(timeline[0].kind, "case.opened");
        assert_eq!(database.read(timers::earliest), Some(at(60)));
    });
}

#[test]
fn a_change_writes_row_events_promises_and_timers_together() {
    on_each(|database| {
        let first = story(1).with_clock("answer", 100, Some(60)).with_clock("report", 50, Some(50));
        let held = open(database, first.clone());
        let second = first.clone().act("investigating", 10).stop_clock("answer", 20);
        let after: Case = fold(&second.events).unwrap();
        let (before, new) = (held.clone(), second.since(&first));
        let saved = database.write({
            let after = after.clone();
            move |conn| cases::save(conn, &before, &after, &new, None)
        });
        assert_eq!(saved.case, after);
        let found = database.read(|conn| cases::find(conn, id(1))).unwrap();
        assert_eq!(found, after);
        assert_eq!(found.clock("answer").unwrap().state, ClockState::Met);
        let due = database.read(|conn| timers::due(conn, at(1000), 10));
        let due: Vec<_> = due.iter().map(|timer| (timer.code.as_str(), timer.due_at)).collect();
        assert_eq!(due, [("report", at(50))]);
        let counts = database.read(cases::count_clocks);
        assert_eq!(counts, [("met".to_owned(), 1), ("running".to_owned(), 1)]);

        let third = first.clone().act("elsewhere", 30);
        let (stale, new) = (fold(&third.events).unwrap(), third.since(&first));
        let outcome =
            database.store.write_blocking(move |conn| cases::save(conn, &held, &stale, &new, None));
        assert!(matches!(outcome, Err(StoreError::Stale | StoreError::Duplicate)), "{outcome:?}");
        assert_eq!(database.read(|conn| cases::find(conn, id(1))), Some(after));
        assert_eq!(database.read(|conn| events::timeline(conn, id(1), 0, 10)).len(), 5);
    });
}

#[test]
fn of_two_who_change_a_case_one_waits_for_the_other() {
    let options = Options { write_threads: Some(4), ..Options::default() };
    on_each_with(&options, |database| {
        open(database, story(1));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..10 {
                        database.write(|conn| {
                            let held = cases::find_for_update(conn, id(1))?.unwrap();
                            let comment = Story::comment(&held.case, 5);
                            let after =
                                comment.iter().try_fold(held.case.clone(), |case, event| {
                                    kefu_domain::case::evolve(Some(case), event)
                                });
                            cases::save(conn, &held, &after.unwrap(), &comment, None)
                        });
                    }
                });
            }
        });
        let case = database.read(|conn| cases::find(conn, id(1))).unwrap();
        assert_eq!(case.version, 41);
    });
}

#[test]
fn lists_are_paged_in_every_order() {
    on_each(|database| {
        for n in 1..=8 {
            let story = story(n).opened_at(i64::try_from(n / 2).unwrap());
            let due = [30, 20, 10][usize::try_from(n % 3).unwrap()];
            open(database, if n == 4 { story } else { story.with_clock("answer", due, None) });
        }
        let all = Filter::default();
        let in_order = |sort| listed(database, &all, &everything(), sort);
        assert_eq!(in_order(Sort::OpenedDescending), [8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(in_order(Sort::Opened), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(in_order(Sort::Due), [2, 5, 8, 1, 7, 3, 6, 4]);
        assert_eq!(in_order(Sort::DueDescending), [4, 6, 3, 7, 1, 8, 5, 2]);
    });
}

#[test]
fn filters_narrow_a_list() {
    on_each(|database| {
        open(database, story(1).at_site(1).customer(1).with_clock("answer", 10, None));
        open(database, story(2).at_site(2).customer(1).assignee(7).with_clock("answer", 100, None));
        open(database, story(3).child_of(1).field("a", json!("阳台渗水")));
        let closed = story(4).with_clock("answer", 5, None).closed(6);
        open(database, closed);
        let found = |filter: Filter| listed(database, &filter, &everything(), Sort::Opened);
        let with = Filter::default;
        assert_eq!(found(Filter { site_id: vec![id(1001)], ..with() }), [1]);
        assert_eq!(found(Filter { customer_id: vec![id(2001)], ..with() }), [1, 2]);
        assert_eq!(found(Filter { assignee_id: vec![id(7)], ..with() }), [2]);
        assert_eq!(found(Filter { parent_id: vec![id(1)], ..with() }), [3]);
        assert_eq!(found(Filter { state: vec!["closed".to_owned()], ..with() }), [4]);
        assert_eq!(found(Filter { kind: vec!["repair".to_owned()], ..with() }), []);
        assert_eq!(
            found(Filter { procedure: vec!["complaint".to_owned()], ..with() }),
            [1, 2, 3, 4]
        );
        assert_eq!(found(Filter { priority: vec!["normal".to_owned()], ..with() }).len(), 4);
        assert_eq!(found(Filter { channel: vec!["phone".to_owned()], ..with() }).len(), 4);
        assert_eq!(found(Filter { owner_id: vec![id(5)], ..with() }).len(), 4);
        assert_eq!(found(Filter { asset_id: vec![id(5)], ..with() }), []);
        assert_eq!(found(Filter { overdue: Some((true, at(50))), ..with() }), [1]);
        assert_eq!(found(Filter { overdue: Some((false, at(50))), ..with() }), [2, 3, 4]);
        assert_eq!(found(Filter { due_before: Some(at(50)), ..with() }), [1, 4].split_at(1).0);
        assert_eq!(found(Filter { opened_from: Some(at(1)), ..with() }), []);
        assert_eq!(found(Filter { opened_to: Some(at(1)), ..with() }).len(), 4);
        let state = |some: &[&str]| some.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        let several = Filter { state: state(&["closed", "registered"]), ..with() };
        assert_eq!(found(several), [1, 2, 3, 4]);
        let several = Filter { site_id: vec![id(1002), id(1001)], ..with() };
        assert_eq!(found(several.clone()), [1, 2]);
        assert_eq!(found(Filter { assignee_id: vec![id(7), id(8)], ..several }), [2]);
        assert_eq!(found(Filter { open: Some(true), ..with() }), [1, 2, 3]);
        assert_eq!(found(Filter { open: Some(false), ..with() }), [4]);
        assert_eq!(found(Filter { closed_from: Some(at(6)), ..with() }), [4]);
        assert_eq!(found(Filter { closed_from: Some(at(7)), ..with() }), []);
        assert_eq!(found(Filter { closed_to: Some(at(7)), ..with() }), [4]);
        assert_eq!(found(Filter { closed_to: Some(at(6)), ..with() }), []);
        assert_eq!(found(Filter { due_from: Some(at(50)), ..with() }), [2]);
        assert_eq!(found(Filter { assigned: Some(true), ..with() }), [2]);
        assert_eq!(found(Filter { assigned: Some(false), ..with() }), [1, 3, 4]);
        assert_eq!(found(Filter { team: vec!["nobody".to_owned()], ..with() }), []);
        assert_eq!(found(Filter { opened_by: vec![id(99)], ..with() }), []);
        let children = database.read(|conn| cases::children(conn, id(1)));
        assert_eq!(children.len(), 1);
        assert_eq!((children[0].id, &children[0].fields["a"]), (id(3), &json!("阳台渗水")));
        let counted = database.read(|conn| cases::counted_by(conn, "office", None, 10));
        assert_eq!(counted, [id(1), id(2)]);
        let counted = database.read(|conn| cases::counted_by(conn, "office", Some(id(1)), 10));
        assert_eq!(counted, [id(2)]);
    });
}

#[test]
fn a_list_shows_the_union_of_what_somebody_may_see() {
    on_each(|database| {
        open(database, story(1).at_site(1));
        open(database, story(2).at_site(2));
        open(database, story(3).at_site(3).assignee(7));
        open(database, story(4).at_site(1).assignee(7));
        open(database, story(5).at_site(3).team("engineering"));
        open(database, story(6).at_site(3).customer(9));
        open(database, story(7).at_site(3).offered(7));
        let seen = |reach: &Reach, filter: &Filter| {
            let up = listed(database, filter, reach, Sort::Opened);
            let mut down = listed(database, filter, reach, Sort::OpenedDescending);
            down.reverse();
            assert_eq!(up, down);
            up
        };
        let (all, nobody) = (Filter::default(), Reach::default());
        assert_eq!(seen(&nobody, &all), []);
        let sites = |numbers: &[u128]| numbers.iter().map(|n| id(1000 + n)).collect();
        let one = Reach { sites: sites(&[1]), ..Reach::default() };
        assert_eq!(seen(&one, &all), [1, 4]);
        let own = Reach { own: Some(id(7)), ..one.clone() };
        assert_eq!(seen(&own, &all), [1, 3, 4, 7]);
        let many = Reach { sites: sites(&[1, 2, 4, 5, 6, 7, 8, 9, 10]), ..own.clone() };
        assert_eq!(seen(&many, &all), [1, 2, 3, 4, 7]);
        let team = Reach { team: Some("engineering".to_owned()), ..Reach::default() };
        assert_eq!(seen(&team, &all), [5]);
        let there = Reach { team_within: Some(sites(&[3])), ..team.clone() };
        assert_eq!(seen(&there, &all), [5]);
        let elsewhere = Reach { team_within: Some(sites(&[1])), ..team };
        assert_eq!(seen(&elsewhere, &all), []);
        let customer = Reach { customer: Some(id(2009)), ..Reach::default() };
        assert_eq!(seen(&customer, &all), [6]);
        let at = |n: u128| Filter { site_id: vec![id(1000 + n)], ..Filter::default() };
        assert_eq!(seen(&own, &at(3)), [3, 7]);
        assert_eq!(seen(&own, &at(1)), [1, 4]);
        let mine = Filter { assignee_id: vec![id(7)], ..Filter::default() };
        assert_eq!(seen(&own, &mine), [3, 4]);
        let owner = Reach { own: Some(id(5)), ..Reach::default() };
        assert_eq!(seen(&owner, &all), [1, 2, 3, 4, 5, 6, 7]);
    });
}

#[test]
fn search_gives_the_same_answers_on_both_databases() {
    on_each(|database| {
        open(database, story(1).subject("三号楼电梯异响，请尽快维修"));
        open(
            database,
            story(2).subject("厨房漏水").field("where", json!(["阳台", { "a": "卫生间" }])),
        );
        open(database, story(3).subject("物业费咨询 B2F 车位，电话13800138000"));
        open(database, story(4).subject("多次投诉漏水无人处理；it's \"quoted\" O'Neil & co: café"));
        let found = |q: &str| {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            listed(database, &filter, &everything(), Sort::Opened)
        };
        let cases: [(&str, &[u128]); 21] = [
            ("漏水", &[2, 4]),
            ("电梯", &[1]),
            ("异响", &[1]),
            ("维修", &[1]),
            ("投诉", &[4]),
            ("漏水 投诉", &[4]),
            ("漏水投诉", &[4]),
            ("阳台", &[2]),
            ("卫生间", &[2]),
            ("车位", &[3]),
            ("b2f", &[3]),
            ("13800138000", &[3]),
            ("8000", &[3]),
            ("TS-20261122-000003", &[3]),
            ("000003", &[3]),
            ("20261122", &[1, 2, 3, 4]),
            ("王小明", &[1, 2, 3, 4]),
            ("o'neil", &[4]),
            ("CAFÉ", &[4]),
            ("' OR 1=1 --", &[]),
            ("，。!", &[]),
        ];
        for (q, expected) in cases {
            assert_eq!(found(q), expected, "{q}");
        }
        let reach = Reach { own: Some(id(5)), ..Reach::default() };
        let filter = Filter { q: Some("漏水".to_owned()), ..Filter::default() };
        assert_eq!(listed(database, &filter, &reach, Sort::DueDescending), [4, 2]);
    });
}

#[test]
fn search_follows_a_corrected_subject() {
    on_each(|database| {
        let first = story(1).subject("漏水");
        let held = open(database, first.clone());
        let second = first.clone().edited("停电", 3);
        let (after, new) = (fold(&second.events).unwrap(), second.since(&first));
        database.write(move |conn| cases::save(conn, &held, &after, &new, Some(&["李四"])));
        let found = |q: &str| {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            listed(database, &filter, &everything(), Sort::Opened)
        };
        assert_eq!(
            (found("漏水"), found("停电"), found("王小明"), found("李四")),
            (vec![], vec![1], vec![], vec![1])
        );
    });
}

#[test]
fn words_of_a_case_that_was_not_kept_find_nothing() {
    on_each(|database| {
        let opening = |conn: &mut Conn, n: u128, subject: &str| {
            let story = story(n).subject(subject);
            let case = fold(&story.events).unwrap();
            cases::open(conn, &case, &story.events, &[], &Cut::default())
        };
        let refused = database.store.write_blocking(move |conn| {
            opening(conn, 1, "漏水")?;
            Err::<(), _>(StoreError::Stale)
        });
        assert!(matches!(refused, Err(StoreError::Stale)));
        // A part that is undone inside of what is kept, whose row's number the next one takes.
        database.write(move |conn| {
            let undone = conn.transaction(|conn| {
                opening(conn, 2, "漏水")?;
                Err::<(), _>(StoreError::Stale)
            });
            assert!(matches!(undone, Err(StoreError::Stale)));
            opening(conn, 3, "停电").map(drop)
        });
        let found = |q: &str| {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            listed(database, &filter, &everything(), Sort::Opened)
        };
        assert_eq!((found("漏水"), found("停电")), (vec![], vec![3]));
    });
}

#[test]
fn a_cursor_stays_good_while_rows_are_added_and_changed() {
    on_each(|database| {
        for n in [2, 4, 6, 8] {
            open(database, story(n).opened_at(i64::try_from(n).unwrap()));
        }
        let page = database.read(|conn| {
            cases::list(conn, &Filter::default(), &everything(), Sort::Opened, &Page::first(2))
        });
        open(database, story(1).opened_at(1));
        open(database, story(5).opened_at(5));
        let next = Page { after: page.next.clone(), ..Page::first(10) };
        let rest = database.read(move |conn| {
            cases::list(conn, &Filter::default(), &everything(), Sort::Opened, &next)
        });
        let ids: Vec<Uuid> = rest.items.iter().map(cases::Summary::id).collect();
        assert_eq!(ids, [id(5), id(6), id(8)]);
        assert!(!Sort::Due.made(&page.next.unwrap()));
    });
}

#[test]
fn frequent_and_rare_words_are_found_alike() {
    on_each(|database| {
        database.write(|conn| {
            for n in 1..=600 {
                let rare = if n % 200 == 0 { "白蚁" } else { "噪音" };
                let story =
                    story(n).subject(&format!("电梯{rare}")).opened_at(i64::try_from(n).unwrap());
                let case = fold(&story.events).unwrap();
                cases::open(conn, &case, &story.events, &[], &Cut::default())?;
            }
            Ok(())
        });
        let found = |q: &str, sort, limit| {
            let filter = Filter { q: Some(q.to_owned()), ..Filter::default() };
            let page = Page { count: true, ..Page::first(limit) };
            let found =
                database.read(move |conn| cases::list(conn, &filter, &everything(), sort, &page));
            let numbers: Vec<u128> =
                found.items.iter().map(|case| case.id().as_u128() - id(0).as_u128()).collect();
            (numbers, found.total)
        };
        let frequent = found("电梯", Sort::OpenedDescending, 3);
        assert_eq!(frequent, (vec![600, 599, 598], Some(600)));
        assert_eq!(found("电梯 噪音", Sort::Opened, 2), (vec![1, 2], Some(597)));
        assert_eq!(found("白蚁", Sort::Opened, 9), (vec![200, 400, 600], Some(3)));
        assert_eq!(found("电梯白蚁", Sort::Opened, 2), (vec![200, 400], Some(3)));
    });
}
