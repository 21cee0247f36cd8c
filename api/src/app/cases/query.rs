//! Looking at cases: one, a list, what was said, what happened, how a deadline comes about.

use std::collections::BTreeSet;
use std::sync::Arc;

use kefu_domain::calendar::{Calendar, Definition};
use kefu_domain::case::{self, Case};
use kefu_domain::text::Lang;
use kefu_persistence::cases;
use kefu_persistence::published::calendars;
use kefu_persistence::{Conn, Cursor, events};
use serde_json::Value;
use uuid::Uuid;

use super::surroundings::Surroundings;
use super::{Look, refusal};
use crate::app::lists::{Asker, Listing, Names, names_of};
use crate::app::records::part;
use crate::app::{App, Book, Caller, Failure, Page, Shown};
use crate::params::{CaseFilter, ListName, Paging};
use crate::views::{CaseSummary, CaseView, CommentView, EventView, ExplanationView};

/// Cases, as a list.
#[derive(Debug)]
pub struct Cases;

/// Which part of a timeline is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// At most so many events.
    pub limit: usize,
    /// After this sequence.
    pub after: i32,
}

/// The type of a comment's event.
const COMMENTED: &str = "case.commented";

impl App {
    /// A case with its clocks and what the caller may do.
    pub async fn get_case(
        &self,
        caller: Arc<Caller>,
        lang: Lang,
        id: Uuid,
    ) -> Result<Shown<CaseView>, Failure> {
        let (book, now) = (self.book(), self.clock.now());
        self.read(move |conn| {
            let (case, children) = cases::find_family(conn, id)?.ok_or(Failure::NotFound)?;
            if !case::may_see(&case, &caller.actor) {
                return Err(Failure::NotFound);
            }
            let look = Look { book: &book, now, lang };
            let procedure = look.procedure_of(&case)?;
            let surroundings =
                Surroundings::with_children(conn, &book, &procedure, &case, children)?;
            let view = look.at(&case, &procedure, &surroundings, &caller.actor);
            Ok(Shown { view, version: i64::from(case.version) })
        })
        .await
    }

    /// What happened to a case, oldest first.
    pub async fn list_case_events(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
        stretch: Stretch,
    ) -> Result<Page<EventView>, Failure> {
        self.read(move |conn| {
            visible(conn, &caller, id)?;
            let look = look(stretch.limit);
            let mut found = events::timeline(conn, id, stretch.after, look)?;
            let more = found.len() > stretch.limit;
            found.truncate(stretch.limit);
            let next = found.last().filter(|_| more).map(|it| Cursor::of_sequence(id, it.sequence));
            Ok(Page {
                items: found.into_iter().map(EventView::from).collect(),
                next_cursor: next.map(|it| it.encode()),
                total: None,
            })
        })
        .await
    }

    /// What was said about a case, oldest first.
    pub async fn list_case_comments(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
        stretch: Stretch,
    ) -> Result<Page<CommentView>, Failure> {
        self.read(move |conn| {
            visible(conn, &caller, id)?;
            let look = look(stretch.limit);
            let mut found = events::timeline_of(conn, id, COMMENTED, stretch.after, look)?;
            let more = found.len() > stretch.limit;
            found.truncate(stretch.limit);
            let next = found.last().filter(|_| more).map(|it| Cursor::of_sequence(id, it.sequence));
            Ok(Page {
                items: found.iter().map(CommentView::of).collect(),
                next_cursor: next.map(|it| it.encode()),
                total: None,
            })
        })
        .await
    }

    /// How a clock's deadline comes about, by the calendar it was counted by.
    pub async fn explain_clock(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
        code: String,
    ) -> Result<ExplanationView, Failure> {
        let book = self.book();
        self.read(move |conn| {
            let case = visible(conn, &caller, id)?;
            let clock = case.clock(&code).ok_or(Failure::NotFound)?;
            let calendar = calendar_version(conn, &book, &clock.calendar, clock.calendar_version)?;
            Ok(ExplanationView::new(clock, case::explain(clock, &calendar)))
        })
        .await
    }
}

impl Listing for Cases {
    type Filter = CaseFilter;
    type Item = CaseSummary;

    const NAME: ListName = ListName::Cases;
    const LOOK: &'static str = "case.read";
    const EXPORT: &'static str = "case.export";

    /// A page of the cases the asker may see. What is one's own is seen without a permission.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: CaseFilter,
        paging: &Paging,
    ) -> Result<Page<CaseSummary>, Failure> {
        let (book, now, lang) = (app.book(), app.clock.now(), asker.lang);
        let actor = &asker.caller.actor;
        let mut reach = actor.reach(Self::LOOK);
        reach.own = actor.id;
        reach.customer = reach.customer.or(actor.customer_id);
        let reach = asker.narrowed::<Self>(reach, |permission| actor.reach(permission));
        let (filter, sort) = filter.asked(asker.caller.user_id, now);
        let part = part(paging, |cursor| sort.made(cursor))?;
        let list = move |conn: &mut Conn| {
            let listed = cases::list(conn, &filter, &reach, sort, &part)?;
            let items = listed.items.iter().map(|row| {
                let version = u32::try_from(row.procedure_version).unwrap_or_default();
                let procedure = book.procedure_version(&row.procedure, version);
                let procedure =
                    procedure.ok_or_else(|| refusal::broken("a case without procedure"))?;
                Ok(CaseSummary::of_row(row, &procedure, lang))
            });
            Ok(Page {
                items: items.collect::<Result<_, Failure>>()?,
                next_cursor: listed.next.map(|it| it.encode()),
                total: listed.total,
            })
        };
        app.read(list).await
    }

    async fn names(
        app: &App,
        asker: &Asker,
        wanted: &BTreeSet<&'static str>,
        rows: &[Value],
    ) -> Result<Names, Failure> {
        names_of(app, asker, wanted, rows).await
    }
}

/// The case, if it is there and the caller's to know of.
fn visible(conn: &mut Conn, caller: &Caller, id: Uuid) -> Result<Case, Failure> {
    let case = cases::find(conn, id)?;
    case.filter(|it| case::may_see(it, &caller.actor)).ok_or(Failure::NotFound)
}

/// The calendar in the version asked for: from memory if it is the newest.
fn calendar_version(
    conn: &mut Conn,
    book: &Book,
    code: &str,
    version: u32,
) -> Result<Calendar, Failure> {
    let newest = book.calendar(code).filter(|it| it.item.version() == version);
    if let Some(newest) = newest {
        return Ok(newest.item.clone());
    }
    let lost = |what: &str| refusal::broken(&format!("calendar {code} version {version}: {what}"));
    let stored = calendars::find(conn, code, i32::try_from(version).ok())?;
    let stored = stored.ok_or_else(|| lost("is not there"))?;
    let mut definition: Definition =
        serde_json::from_value(stored.document).map_err(|error| lost(&error.to_string()))?;
    definition.version = Some(version);
    Calendar::new(definition).map_err(|faults| lost(&format!("{faults:?}")))
}

/// One more than is shown tells whether there is more.
fn look(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

/// The comment a command has just added.
pub(super) fn last_comment(conn: &mut Conn, case: &Case) -> Result<CommentView, Failure> {
    let last = i32::try_from(case.version).unwrap_or(i32::MAX);
    // Signals that fell due with it may stand beside it.
    let from = last.saturating_sub(64).max(0);
    let found = events::timeline_of(conn, case.id, COMMENTED, from, 64)?;
    found.last().map(CommentView::of).ok_or_else(|| refusal::broken("a comment that was not kept"))
}
