//! Compliance clause by clause: what arose in a period, how it ended, and the cases behind each number.

mod obligations;
mod reader;

use kefu_domain::pack::Clause;
use kefu_persistence::compliance;

use super::lists::{Asker, Listing};
use super::shelf::shelf;
use super::{App, Failure, Page};
use crate::params::{ComplianceFilter, ListName, Paging};
use crate::views::ComplianceView;
pub(super) use reader::{Reader, month, ordered};

/// The permission to look at compliance.
pub(super) const READ: &str = "compliance.read";

/// What arose for each clause in a period, as a list.
#[derive(Debug)]
pub struct Compliance;

impl Listing for Compliance {
    type Filter = ComplianceFilter;
    type Item = ComplianceView;

    const NAME: ListName = ListName::Compliance;
    const LOOK: &'static str = READ;
    const EXPORT: &'static str = READ;

    /// A page of clauses with what arose for each in the period.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: ComplianceFilter,
        paging: &Paging,
    ) -> Result<Page<ComplianceView>, Failure> {
        let (book, now) = (app.book(), app.clock.now());
        let (from, to) = month(&book, now, &filter.site_id, (filter.from, filter.to))?;
        let reach = asker.caller.actor.reach(READ);
        let reader = Reader::new(&book);
        let wanted = |it: &&Clause| {
            let any =
                |asked: &[String], own: &str| asked.is_empty() || asked.iter().any(|it| it == own);
            any(&filter.clause, &it.id)
                && any(&filter.area, &it.area)
                && any(&filter.pack, reader.pack(&it.id))
                && reader.holds(reader.pack(&it.id), &filter.site_id, &reach)
        };
        let part = (paging.limit, paging.cursor.as_deref(), paging.count);
        let clauses = book.library().clauses.values().filter(wanted);
        let page = shelf(clauses, |it| it.id.clone(), part, |it| it.id.clone())?;
        let sources = page.items.iter().flat_map(|id| reader.sources(id)).collect();
        let scope = compliance::Scope { from, to, reach, sites: filter.site_id, now };
        let counts = app.read(move |conn| Ok(compliance::sums(conn, &scope, &sources)?)).await?;
        let items = page.items.iter().filter_map(|id| reader.view(id, &counts, asker.lang));
        Ok(Page { items: items.collect(), next_cursor: page.next_cursor, total: page.total })
    }
}
