use crate::database::on_each;
use crate::fixtures::{at, id};
use kefu_persistence::deliveries::{
    self, Attempt, AttemptResult, Claim, DELIVERED, Delivery, PENDING,
};
use kefu_persistence::{Conn, Page, StoreError, Time, Uid};

fn delivery(number: u128, position: i64) -> Delivery {
    Delivery {
        id: Uid(id(number)),
        webhook_id: Uid(id(100)),
        position,
        kind: "case.opened".to_owned(),
        aggregate: "case".to_owned(),
        aggregate_id: Uid(id(1)),
        event_id: Some(Uid(id(2))),
        state: PENDING.to_owned(),
        attempts: 0,
        tries: 0,
        next_at: Time::from(at(0)),
        leased_until: Time::default(),
        last_status: None,
        last_error: None,
        created_at: Time::from(at(0)),
        finished_at: None,
        version: 1,
    }
}

fn asked(ordered: bool, now: i64) -> Claim {
    Claim { webhook_id: id(100), ordered, now: at(now), real_now: at(now), limit: 2 }
}

fn claimed(conn: &mut Conn, ordered: bool, now: i64) -> Result<Vec<i64>, StoreError> {
    let taken = deliveries::claim(conn, &asked(ordered, now), at(now + 60))?;
    Ok(taken.iter().map(|it| it.position).collect())
}

fn answered(delivery: &Delivery, state: &'static str, next: i64) -> AttemptResult {
    let attempt = Attempt {
        delivery_id: delivery.id,
        number: delivery.attempts + 1,
        started_at: Time::from(at(1)),
        duration_ms: 5,
        status: Some(204),
        error: None,
        body: Some(String::new()),
    };
    AttemptResult { attempt, state, next_at: at(next), ended_at: at(1) }
}

#[test]
fn what_one_node_holds_another_does_not_take_until_its_lease_runs_out() {
    on_each(|database| {
        let rows: Vec<_> = (1..=3).map(|it| delivery(it, it.try_into().unwrap())).collect();
        database.write(move |conn| deliveries::plan(conn, &rows));
        let take = |now| database.write(move |conn| claimed(conn, false, now));
        assert_eq!(take(10), [1, 2]);
        assert_eq!(take(10), [3]);
        assert_eq!(take(69), Vec::<i64>::new());
        assert_eq!(take(70), [1, 2]);
    });
}

#[test]
fn in_order_only_the_first_that_waits_is_taken() {
    on_each(|database| {
        let rows: Vec<_> = [3, 1, 2].map(|it| delivery(it, it.try_into().unwrap())).to_vec();
        let first = rows[1].clone();
        database.write(move |conn| deliveries::plan(conn, &rows));
        assert_eq!(database.write(|conn| claimed(conn, true, 10)), [1]);
        assert_eq!(database.write(|conn| claimed(conn, true, 10)), Vec::<i64>::new());
        // It was not taken: the others wait with it …
        let again = first.clone();
        assert!(database.write(move |conn| deliveries::finish(
            conn,
            &again,
            &answered(&again, PENDING, 500)
        )));
        assert_eq!(database.write(|conn| claimed(conn, true, 400)), Vec::<i64>::new());
        // … and an answer that comes too late is nobody's any more.
        let late = first.clone();
        assert!(!database.write(move |conn| deliveries::finish(
            conn,
            &late,
            &answered(&late, DELIVERED, 0)
        )));
        let second = Delivery { attempts: 1, ..first };
        assert!(database.write(move |conn| deliveries::finish(
            conn,
            &second,
            &answered(&second, DELIVERED, 0)
        )));
        assert_eq!(database.write(|conn| claimed(conn, true, 400)), [2]);
        let log = database.read(|conn| deliveries::attempts(conn, id(1)));
        assert_eq!(log.iter().map(|it| it.number).collect::<Vec<_>>(), [1, 2]);
    });
}

#[test]
fn a_cursor_is_moved_by_one() {
    on_each(|database| {
        database.write(|conn| deliveries::begin(conn, id(100), 5));
        assert!(database.write(|conn| deliveries::move_cursor(conn, id(100), 5, 9)));
        assert!(!database.write(|conn| deliveries::move_cursor(conn, id(100), 5, 8)));
        assert_eq!(database.read(|conn| deliveries::cursor(conn, id(100))), Some(9));
    });
}

#[test]
fn what_is_old_is_forgotten_unless_it_waits() {
    on_each(|database| {
        let rows: Vec<_> = (1..=2).map(|it| delivery(it, it.try_into().unwrap())).collect();
        let done = rows[0].clone();
        database.write(move |conn| {
            deliveries::plan(conn, &rows)?;
            deliveries::finish(conn, &done, &answered(&done, DELIVERED, 0))
        });
        assert_eq!(database.write(|conn| deliveries::sweep(conn, at(0), 10)), 0);
        assert_eq!(database.write(|conn| deliveries::sweep(conn, at(100), 10)), 1);
        let left = database.read(|conn| {
            deliveries::list(conn, id(100), &deliveries::Filter::default(), &Page::first(10))
        });
        assert_eq!(left.items.iter().map(|it| it.position).collect::<Vec<_>>(), [2]);
        assert!(database.read(|conn| deliveries::attempts(conn, id(1))).is_empty());
    });
}
