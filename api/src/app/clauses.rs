//! The clauses of the regulations: what each says, where it comes from, what carries it out.

use kefu_domain::pack::{Clause, catalogue};
use kefu_domain::text::Lang;

use super::compliance::Reader;
use super::lists::{Asker, Listing};
use super::shelf::{holds, shelf};
use super::{App, Book, Failure, Page, Shown};
use crate::params::{ClauseFilter, ListName, Paging};
use crate::views::{ClauseStatus, ClauseView, EnforcerView};

/// Clauses, as a list.
#[derive(Debug)]
pub struct Clauses;

impl Listing for Clauses {
    type Filter = ClauseFilter;
    type Item = ClauseView;

    const NAME: ListName = ListName::Clauses;
    const LOOK: &'static str = "procedure.read";
    const EXPORT: &'static str = "procedure.read";

    /// A page of clauses, by id.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: ClauseFilter,
        paging: &Paging,
    ) -> Result<Page<ClauseView>, Failure> {
        let book = app.book();
        let reader = Reader::new(&book);
        let wanted = |it: &&Clause| {
            let any =
                |asked: &[String], own: &str| asked.is_empty() || asked.iter().any(|it| it == own);
            let status = || ClauseStatus::from(status(&book, &it.id));
            any(&filter.area, &it.area)
                && any(&filter.pack, reader.pack(&it.id))
                && holds(
                    &format!("{} {} {} {}", it.id, it.zh, it.en, it.source),
                    filter.q.as_deref(),
                )
                && (filter.status.is_empty() || filter.status.contains(&status()))
        };
        let part = (paging.limit, paging.cursor.as_deref(), paging.count);
        let clauses = book.library().clauses.values().filter(wanted);
        shelf(clauses, |it| it.id.clone(), part, |it| view(&book, &reader, it, asker.lang))
    }
}

impl App {
    /// One clause.
    pub fn get_clause(&self, lang: Lang, id: &str) -> Result<Shown<ClauseView>, Failure> {
        let book = self.book();
        let clause = book.library().clauses.get(id).ok_or(Failure::NotFound)?;
        Shown::as_it_reads(view(&book, &Reader::new(&book), clause, lang))
    }
}

fn status(book: &Book, id: &str) -> kefu_domain::pack::Status {
    book.library().covered(id, catalogue().get(id)).status
}

fn view(book: &Book, reader: &Reader<'_>, clause: &Clause, lang: Lang) -> ClauseView {
    let library = book.library();
    let by = reader
        .enforcers(&clause.id)
        .iter()
        .map(|it| EnforcerView::new(it, library.title(it).get(lang), library.promised(it)));
    ClauseView::new(clause, reader.pack(&clause.id), status(book, &clause.id), by.collect(), lang)
}
