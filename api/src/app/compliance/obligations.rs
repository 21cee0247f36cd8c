//! The obligations behind a clause's numbers.

use kefu_domain::compliance::{Standing, distinct};
use kefu_domain::pack::Enforcer;
use kefu_persistence::compliance;
use serde_json::{Map, Value};

use super::{READ, Reader, month};
use crate::app::lists::{Asker, read_filter};
use crate::app::records::part;
use crate::app::{App, Failure, Page};
use crate::params::{ObligationFilter, Paging};
use crate::views::ObligationView;

impl App {
    /// A page of the obligations of a clause: as many as its numbers say.
    pub async fn list_obligations(
        &self,
        asker: &Asker,
        clause: &str,
        mut query: Map<String, Value>,
    ) -> Result<Page<ObligationView>, Failure> {
        let paging = Paging::take(&mut query)?;
        let filter: ObligationFilter = read_filter(query)?;
        let (book, now) = (self.book(), self.clock.now());
        let library = book.library();
        if !library.clauses.contains_key(clause) {
            return Err(Failure::NotFound);
        }
        let (from, to) = month(&book, now, &filter.site_id, (filter.from, filter.to))?;
        let reader = Reader::new(&book);
        let sources = match &filter.by {
            None => distinct(reader.sources(clause)),
            Some(address) => {
                let by: Option<Enforcer> = address.parse().ok();
                let by = by.filter(|it| reader.enforcers(clause).contains(it));
                let by = by.ok_or_else(not_an_enforcer)?;
                library.source(&by).into_iter().collect()
            }
        };
        let reach = asker.caller.actor.reach(READ);
        let part = part(&paging, compliance::made)?;
        let wanted = compliance::Wanted {
            scope: compliance::Scope { from, to, reach, sites: filter.site_id, now },
            sources,
            standing: filter.status.map(Standing::from),
            without: reader.without(reader.pack(clause)),
        };
        let listed = self.read(move |conn| Ok(compliance::list(conn, &wanted, &part)?)).await?;
        let listed = listed.map(ObligationView::from);
        let next_cursor = listed.next.map(|it| it.encode());
        Ok(Page { items: listed.items, next_cursor, total: listed.total })
    }
}

fn not_an_enforcer() -> Failure {
    Failure::invalid(
        "/by",
        "unknown_enforcer",
        "这不是该条款的执行者；GET /v1/clauses/{id} 的 enforced_by 列出全部。",
        "This does not carry the clause out; `enforced_by` of `GET /v1/clauses/{id}` lists what does.",
    )
}
