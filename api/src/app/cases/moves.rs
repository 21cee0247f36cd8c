//! Which deadlines a changed calendar would move: the dry run of a re-targeting.

use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;
use kefu_domain::case::{self, Calendars, Command, Fact};
use kefu_domain::who::Actor;
use kefu_persistence::{Conn, cases};

use super::surroundings::Surroundings;
use crate::app::{Book, Failure};
use crate::views::MoveView;

/// The most cases a dry run looks at.
const MOST: i64 = 1_000;

/// The calendars in force, but for one.
struct With<'a> {
    book: &'a Book,
    calendar: &'a Calendar,
}

impl Calendars for With<'_> {
    fn find(&self, code: &str) -> Option<&Calendar> {
        if code == self.calendar.code() { Some(self.calendar) } else { self.book.find(code) }
    }
}

/// The deadlines that would move, of the first thousand cases that run by the calendar. Nothing is
/// stored: the same command is decided as the worker would decide it.
pub(in crate::app) fn moves(
    conn: &mut Conn,
    book: &Book,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<MoveView>, Failure> {
    let calendars = With { book, calendar };
    let people = |id| book.person(id);
    let mut moves = Vec::new();
    for id in cases::counted_by(conn, calendar.code(), None, MOST)? {
        let Some(case) = cases::find(conn, id)? else { continue };
        let version = case.procedure_version;
        let Some(procedure) = book.procedure_version(&case.procedure, version) else { continue };
        let surroundings = Surroundings::of(conn, book, &procedure, &case)?;
        let mut context = surroundings.context(book, &people, now);
        context.calendars = &calendars;
        let command = Command::Retarget { calendar: calendar.code().to_owned() };
        let decided = case::decide(&procedure, &case, &Actor::system(), command, &context);
        let events = decided.map_err(|refusal| super::refusal::refused(refusal, None))?;
        for event in events {
            let Fact::ClockRetargeted { clock, due_at, .. } = event.fact else { continue };
            let before = case.clock(&clock).map(|it| it.due_at);
            if let Some(before) = before.filter(|it| *it != due_at) {
                let number = case.number.clone();
                moves.push(MoveView {
                    case_id: id,
                    number,
                    clock,
                    due_at: before,
                    new_due_at: due_at,
                });
            }
        }
    }
    Ok(moves)
}
