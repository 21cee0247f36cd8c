//! Every time a duty arose, and how that stands.

use std::collections::HashMap;
use std::sync::Arc;

use kefu_domain::Timestamp;
use kefu_domain::case::{self, Case};
use kefu_domain::duty::status;
use kefu_persistence::duties::{self, Filter, Occurred};
use kefu_persistence::{Conn, cases};
use uuid::Uuid;

use super::within;
use crate::app::records::{asked, not_a_cursor, page};
use crate::app::{App, Book, Caller, Failure, Page};
use crate::params::OccurrencesQuery;
use crate::views::DutyOccurrence;

impl App {
    /// A duty's occurrences at the sites where the caller may read it, newest first.
    pub async fn list_duty_occurrences(
        &self,
        caller: Arc<Caller>,
        code: String,
        query: OccurrencesQuery,
    ) -> Result<Page<DutyOccurrence>, Failure> {
        // Not there, or at none of the caller's sites.
        let (book, now) = (self.book(), self.clock.now());
        let standing = self.standing(within(&caller, None)).await?;
        let known = caller.posts(super::READ).is_none() || standing.contains_key(&code);
        if book.duty(&code).is_none() || !known {
            return Err(Failure::NotFound);
        }
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        if asked.after.as_ref().is_some_and(|it| !duties::made(it)) {
            return Err(not_a_cursor());
        }
        let sites = within(&caller, query.site_id);
        let filter = Filter { duty: code, sites, from: query.from, to: query.to };
        let found = self.read(move |conn| {
            let found = duties::list(conn, &filter, &asked)?;
            let cases = opened(conn, &found.items)?;
            Ok(found.map(|it| shown(&book, &caller, &cases, &it, now)))
        });
        page(found.await?, Ok)
    }
}

/// The cases that occurrences have opened.
fn opened(conn: &mut Conn, occurred: &[Occurred]) -> Result<HashMap<Uuid, Case>, Failure> {
    let ids: Vec<Uuid> = occurred.iter().filter_map(|it| it.case_id).map(Uuid::from).collect();
    let found = cases::find_many(conn, &ids)?;
    Ok(found.into_iter().map(|it| (it.id, it)).collect())
}

/// An occurrence, and of its case what the caller may know.
fn shown(
    book: &Book,
    caller: &Caller,
    cases: &HashMap<Uuid, Case>,
    it: &Occurred,
    now: Timestamp,
) -> DutyOccurrence {
    let found = it.case_id.and_then(|id| cases.get(&id.0));
    let procedure =
        found.and_then(|it| book.procedure_version(&it.procedure, it.procedure_version));
    let stands = status(found.zip(procedure.as_deref()), it.due_at.0, now);
    let seen = found.filter(|it| case::may_see(it, &caller.actor));
    DutyOccurrence::new(it, seen, stands)
}
