//! Notices become inbox entries of the people they are for.

use kefu_domain::case::{Case, Event, Recipient, notices};
use kefu_domain::procedure::Procedure;
use kefu_persistence::notifications::{self, Notification};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

use super::desk::Desk;
use crate::app::Failure;
use crate::ids;
use crate::views::WORDS;

/// Tells whoever should hear of the events, each once, and never whoever caused them.
pub(super) fn tell(
    desk: &mut Desk<'_>,
    procedure: &Procedure,
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
        let words = words(desk, procedure, case, notice.clock.as_deref());
        for user_id in people.into_iter().filter(|it| Some(*it) != causer) {
            let data = json!({
                "number": case.number,
                "subject": case.subject,
                "state": case.state,
                "clock": notice.clock,
                "signal": notice.signal,
                "due_at": notice.clock.as_deref().and_then(|it| case.clock(it)).map(|it| it.due_at),
                WORDS: words,
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

/// What the notice's words need beside its data: what people call the clock, and when it is due by
/// the clocks on the wall where the case belongs.
fn words(desk: &Desk<'_>, procedure: &Procedure, case: &Case, clock: Option<&str>) -> Value {
    let Some(clock) = clock.and_then(|it| case.clock(it)) else { return json!({}) };
    let title = procedure.clock(&clock.code).and_then(|it| it.definition.title.clone());
    let due = desk.book.local_time(case.site_id, clock.due_at);
    json!({ "clock": title, "due": due.format("%Y-%m-%d %H:%M").to_string() })
}
