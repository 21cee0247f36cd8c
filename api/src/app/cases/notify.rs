//! Notices become inbox entries of the people they are for.

use kefu_domain::case::{Case, Event, Recipient, notices};
use kefu_persistence::notifications::{self, Notification};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

use super::desk::Desk;
use crate::app::Failure;
use crate::ids;

/// Tells whoever should hear of the events, each once, and never whoever caused them.
pub(super) fn tell(
    desk: &mut Desk<'_>,
    before: Option<&Case>,
    case: &Case,
    events: &[Event],
) -> Result<(), Failure> {
    let causer = events.iter().find_map(|it| it.actor);
    let mut told = Vec::new();
    for notice in notices(before, case, events) {
        let people: BTreeSet<Uuid> = match &notice.to {
            Recipient::User(id) => BTreeSet::from([*id]),
            Recipient::Role(role) => desk.book.with_role(role, &case.place()),
            Recipient::Permission(permission) => {
                desk.book.with_permission(permission, &case.place())
            }
        };
        for user_id in people.into_iter().filter(|it| Some(*it) != causer) {
            let data = json!({
                "number": case.number,
                "subject": case.subject,
                "state": case.state,
                "clock": notice.clock,
                "signal": notice.signal,
                "due_at": notice.clock.as_deref().and_then(|it| case.clock(it)).map(|it| it.due_at),
            });
            let entry = Notification {
                id: ids::new_id(desk.now),
                user_id,
                case_id: Some(case.id),
                kind: notice.kind.as_str().to_owned(),
                data,
                created_at: desk.now,
                read_at: None,
            };
            let same = |other: &Notification| {
                other.user_id == entry.user_id
                    && other.kind == entry.kind
                    && other.data == entry.data
            };
            if !told.iter().any(same) {
                told.push(entry);
            }
        }
    }
    notifications::add(desk.conn, &told)?;
    Ok(())
}
