use crate::database::on_each;
use crate::fixtures::{at, id};
use kefu_persistence::timers::{self, Timer};
use serde_json::json;

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
        assert_eq!(database.read(|conn| timers::due_before(conn, at(50))), 1);
        let due = database.read(|conn| timers::due(conn, at(50), 10));
        assert_eq!(due, [timer(1, 10), timer(2, 50)]);
        assert_eq!(database.read(|conn| timers::due(conn, at(50), 1)).len(), 1);
        database.write(|conn| timers::clear(conn, "clock", id(1), "answer"));
        assert_eq!(database.read(|conn| timers::due(conn, at(50), 10)), [timer(2, 50)]);
        assert_eq!(database.read(|conn| timers::due(conn, at(49), 10)), []);
    });
}
