//! Which deadlines a changed calendar would move, or take away: the dry run of a re-targeting.

use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;
use kefu_domain::case::{self, Calendars, Command, Fact, Refusal};
use kefu_domain::fault::Fault;
use kefu_domain::span::{Span, Unit};
use kefu_domain::text::Text;
use kefu_domain::who::Actor;
use kefu_persistence::{Conn, cases};
use uuid::Uuid;

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

/// The most clocks without a deadline that are named.
const MOST_NAMED: usize = 20;

/// The clocks that would have no deadline any more, as faults of the calendar. Clocks are looked at
/// only where the calendar is so sparse that one might: where a year of working days fits in before
/// now and after, every promise does.
pub(in crate::app) fn without_deadline(
    conn: &mut Conn,
    book: &Book,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<Fault>, Failure> {
    let year = Span { count: 366, unit: Unit::WorkingDay };
    let mut faults = Vec::new();
    if calendar.add(now, year).is_ok() && calendar.subtract(now, year).is_ok() {
        return Ok(faults);
    }
    let mut after = None;
    loop {
        let ids = cases::counted_by(conn, calendar.code(), after, MOST)?;
        for id in &ids {
            let Some((number, decided)) = retargeted(conn, book, calendar, *id, now)? else {
                continue;
            };
            let Err(Refusal::NoDeadline { clock, .. }) = decided else { continue };
            let detail = Text::new(
                format!("按此日历，服务单 {number} 的时限 {clock} 将算不出截止时间。"),
                format!("Clock {clock} of case {number} would have no deadline."),
            );
            faults.push(Fault::new("/week", "no_deadline", detail));
            if faults.len() == MOST_NAMED {
                return Ok(faults);
            }
        }
        after = ids.last().copied();
        if after.is_none() {
            return Ok(faults);
        }
    }
}

/// What a case's clocks would come to under a calendar, and the case's number; nothing is stored.
#[expect(clippy::type_complexity, reason = "two callers, both in this file")]
fn retargeted(
    conn: &mut Conn,
    book: &Book,
    calendar: &Calendar,
    id: Uuid,
    now: Timestamp,
) -> Result<Option<(String, Result<Vec<Moved>, Refusal>)>, Failure> {
    let (calendars, people) = (With { book, calendar }, |id| book.person(id));
    let Some(case) = cases::find(conn, id)? else { return Ok(None) };
    let version = case.procedure_version;
    let Some(procedure) = book.procedure_version(&case.procedure, version) else {
        return Ok(None);
    };
    let surroundings = Surroundings::of(conn, book, &procedure, &case)?;
    let mut context = surroundings.context(book, &people, now);
    context.calendars = &calendars;
    let command = Command::Retarget { calendar: calendar.code().to_owned() };
    let decided = case::decide(&procedure, &case, &Actor::system(), command, &context);
    let moved = decided.map(|events| {
        let moved = events.into_iter().filter_map(|event| {
            let Fact::ClockRetargeted { clock, due_at, .. } = event.fact else { return None };
            let before = case.clock(&clock).map(|it| it.due_at).filter(|it| *it != due_at)?;
            Some(Moved { clock, before, after: due_at })
        });
        moved.collect()
    });
    Ok(Some((case.number, moved)))
}

/// A deadline that moves.
struct Moved {
    clock: String,
    before: Timestamp,
    after: Timestamp,
}

/// The deadlines that would move, of the first thousand cases that run by the calendar. Nothing is
/// stored: the same command is decided as the worker would decide it.
pub(in crate::app) fn moves(
    conn: &mut Conn,
    book: &Book,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Vec<MoveView>, Failure> {
    let mut moves = Vec::new();
    for id in cases::counted_by(conn, calendar.code(), None, MOST)? {
        let Some((number, decided)) = retargeted(conn, book, calendar, id, now)? else { continue };
        let decided = decided.map_err(|refusal| super::refusal::refused(refusal, None))?;
        for Moved { clock, before, after } in decided {
            let number = number.clone();
            moves.push(MoveView { case_id: id, number, clock, due_at: before, new_due_at: after });
        }
    }
    Ok(moves)
}
