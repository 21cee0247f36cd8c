//! Cases: open, read, act, list. Each use case loads, lets the domain decide, and stores.

mod bulk;
mod desk;
mod duty;
mod files;
mod migration;
mod moves;
mod notify;
mod query;
mod references;
mod refusal;
mod surroundings;
mod timers;

use kefu_domain::case::{self, Case, Command};
use kefu_domain::procedure::Procedure;
use kefu_domain::text::Lang;
use kefu_domain::who::Actor;
use kefu_persistence::Conn;
use kefu_persistence::search::Cut;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

pub use bulk::{Bulk, BulkItem};
pub use desk::{Desk, NewCase};
pub(super) use duty::RECOUNT;
pub(super) use moves::{moves, without_deadline};
pub(super) use query::visible;
pub use query::{Cases, Stretch};
pub use timers::Fired;
pub(super) use timers::RETARGET;

use surroundings::Surroundings;

use super::{Answer, App, Book, Effect, Expected, Failure, Moment, Request};
use crate::views::CaseView;

impl App {
    /// Opens a case.
    pub async fn open_case(&self, request: Request, new: NewCase) -> Result<Answer, Failure> {
        let cut = Arc::new(Cut::of_record(&new.subject, &new.fields));
        self.write(request, move |conn, moment| {
            let mut desk = desk(conn, moment);
            let (stored, surroundings) = desk.open(&moment.caller.actor, new, &cut)?;
            let location = format!("/v1/cases/{}", stored.case.id);
            let look = Look { book: moment.book, now: moment.now, lang: moment.lang };
            let procedure = look.procedure_of(&stored.case)?;
            let body = look.at(&stored.case, &procedure, &surroundings, &moment.caller.actor);
            Effect::created(location, i64::from(stored.case.version), &body)
        })
        .await
    }

    /// Takes an action of the procedure or an ordinary act.
    pub async fn act_on_case(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
        action: String,
        mut input: Map<String, Value>,
    ) -> Result<Answer, Failure> {
        let note = take_note(&mut input)?;
        self.write(request, move |conn, moment| {
            let mut desk = desk(conn, moment);
            if let ("link", Some(other)) = (action.as_str(), linked(&input)) {
                references::check_link(desk.conn, &moment.caller.actor, other)?;
            }
            let command = Command::Act { action, input, note };
            let stored = desk.command(id, &moment.caller.actor, Some(&expected), command)?;
            let body = seen(&mut desk, moment, &stored.case)?;
            Effect::changed(Some(i64::from(stored.case.version)), &body)
        })
        .await
    }

    /// Corrects a case's record.
    pub async fn edit_case(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
        edit: case::Edit,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let mut desk = desk(conn, moment);
            let customer_id = edit.customer_id.flatten();
            let asset_id = edit.asset_id.flatten();
            let book = desk.book;
            let actor = &moment.caller.actor;
            references::check(desk.conn, book, actor, None, customer_id, asset_id)?;
            let command = Command::Edit(Box::new(edit));
            let stored = desk.command(id, &moment.caller.actor, Some(&expected), command)?;
            let body = seen(&mut desk, moment, &stored.case)?;
            Effect::changed(Some(i64::from(stored.case.version)), &body)
        })
        .await
    }

    /// Says something about a case; answers the comment.
    pub async fn comment_on_case(
        &self,
        request: Request,
        id: Uuid,
        text: String,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let mut desk = desk(conn, moment);
            let command = Command::Comment { text };
            let stored = desk.command(id, &moment.caller.actor, None, command)?;
            let comment = query::last_comment(desk.conn, &stored.case)?;
            let location = format!("/v1/cases/{id}/comments");
            Effect::created(location, i64::from(stored.case.version), &comment)
        })
        .await
    }
}

/// Where a write's commands are carried out.
pub(super) fn desk<'a>(conn: &'a mut Conn, moment: &Moment<'a>) -> Desk<'a> {
    Desk { conn, book: moment.book, now: moment.now }
}

/// A case as the caller of a write sees it now: with its clocks and what they may do.
fn seen(desk: &mut Desk<'_>, moment: &Moment<'_>, case: &Case) -> Result<CaseView, Failure> {
    let look = Look { book: desk.book, now: desk.now, lang: moment.lang };
    let procedure = look.procedure_of(case)?;
    let surroundings = Surroundings::of(desk.conn, desk.book, &procedure, case)?;
    Ok(look.at(case, &procedure, &surroundings, &moment.caller.actor))
}

/// How a case is looked at.
struct Look<'a> {
    book: &'a Book,
    now: kefu_domain::Timestamp,
    lang: Lang,
}

impl Look<'_> {
    /// The procedure that a case follows.
    fn procedure_of(&self, case: &Case) -> Result<Arc<Procedure>, Failure> {
        self.book
            .procedure_version(&case.procedure, case.procedure_version)
            .ok_or_else(|| refusal::broken("a case without its procedure"))
    }

    /// The case as `actor` sees it: with its clocks and what they may do.
    fn at(
        &self,
        case: &Case,
        procedure: &Procedure,
        surroundings: &Surroundings<'_>,
        actor: &Actor,
    ) -> CaseView {
        let people = |id| self.book.person(id);
        let context = surroundings.context(self.book, &people, self.now);
        let offers = case::offers(procedure, case, actor, &context);
        CaseView::new(case, procedure, &offers, self.lang)
    }
}

/// Every action takes a `note` beside what its form asks for.
fn take_note(input: &mut Map<String, Value>) -> Result<Option<String>, Failure> {
    match input.remove("note") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= 4000 => Ok(Some(text)),
        Some(_) => Err(Failure::invalid(
            "/note",
            "too_long",
            "note 是不超过 4000 字的文本。",
            "note is text of at most 4,000 characters.",
        )),
    }
}

fn linked(input: &Map<String, Value>) -> Option<Uuid> {
    input.get("case_id").and_then(Value::as_str).and_then(|it| it.parse().ok())
}
