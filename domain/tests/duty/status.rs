//! How an occurrence stands for which no case could be opened: its time passes all the same.

use kefu_domain::duty::{Status, status};

use crate::support::{calendar, local, office};

#[test]
fn an_occurrence_without_a_case_is_missed_when_its_time_has_passed() {
    let office = calendar(office("Asia/Shanghai"));
    let due = local(&office, "2026-11-06 18:00");
    assert_eq!(status(None, due, due), Status::Open);
    assert_eq!(status(None, due, due + chrono::TimeDelta::seconds(1)), Status::Missed);
}
