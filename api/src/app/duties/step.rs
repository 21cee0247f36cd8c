//! Sites have the duties of the packs they run: kept in step when a site is made or changed, a calendar
//! is put, or a server starts with other packs.

use kefu_domain::Timestamp;
use kefu_persistence::duties::{self, Standing};
use kefu_persistence::records::sites;
use kefu_persistence::{Conn, StoreError};
use uuid::Uuid;

use crate::app::book::Site;
use crate::app::{App, Book, Failure};

/// A site, as far as its duties go.
#[derive(Debug, Clone)]
pub(in crate::app) struct Here {
    id: Uuid,
    packs: Vec<String>,
    calendar: String,
}

impl Here {
    /// A site as it is stored.
    pub(in crate::app) fn of(row: &sites::Site) -> Result<Self, Failure> {
        let packs = serde_json::from_value(row.packs.0.clone())
            .map_err(|error| Failure::Broken(format!("sites {}: {error}", row.id.0)))?;
        Ok(Self { id: row.id.0, packs, calendar: row.calendar.clone() })
    }

    /// A site that is gone: it has no duties.
    pub(in crate::app) fn without_packs(row: &sites::Site) -> Self {
        Self { id: row.id.0, packs: Vec::new(), calendar: row.calendar.clone() }
    }

    /// A site of the book.
    pub(in crate::app) fn at(id: Uuid, site: &Site) -> Self {
        Self { id, packs: site.packs.clone(), calendar: site.calendar.clone() }
    }
}

/// How often a step is tried that another transaction was in the way of.
const TRIES: u8 = 5;

impl App {
    /// Every site, at a start. Nodes that start at once find what the first of them has done.
    pub(in crate::app) async fn keep_duties_in_step(&self) -> Result<(), Failure> {
        let (book, now) = (self.book(), self.clock.now());
        let sites: Vec<Here> = book.sites().map(|(id, site)| Here::at(id, site)).collect();
        for here in sites {
            let mut tried = 0;
            loop {
                let (book, here) = (self.book(), here.clone());
                let step = move |conn: &mut Conn| keep_in_step(conn, &book, &here, now);
                tried += 1;
                match self.store.write(step).await {
                    Err(Failure::Conflict) if tried < TRIES => {}
                    done => break done?,
                }
            }
        }
        Ok(())
    }
}

/// Makes a site's duties those of its packs, each with its next occurrence. One that is new there counts
/// from now on; one whose rule has changed, from the first that was not seen to.
pub(in crate::app) fn keep_in_step(
    conn: &mut Conn,
    book: &Book,
    here: &Here,
    now: Timestamp,
) -> Result<(), Failure> {
    let kept = duties::of_site_for_update(conn, here.id)?;
    let mut had = Vec::new();
    for duty in book.duties_of(&here.packs) {
        let code = &duty.definition.code;
        had.push(code.as_str());
        let before = kept.iter().find(|it| it.duty == *code);
        let mut after = before.cloned().unwrap_or_else(|| Standing::new(code, here.id, now));
        let pattern = duty.pattern();
        if after.pattern != pattern {
            after.pattern = pattern;
            after.since = after.next_at.map_or(now, |it| it.min(now));
        }
        let there = book.there(duty, here.id, &here.calendar);
        after.next_at = duty.next(&there, after.done, after.since).map(|it| it.occurs_at);
        keep(conn, before, &after)?;
    }
    for before in kept.iter().filter(|it| it.runs() && !had.contains(&it.duty.as_str())) {
        let after = Standing { pattern: String::new(), next_at: None, ..before.clone() };
        keep(conn, Some(before), &after)?;
    }
    Ok(())
}

fn keep(conn: &mut Conn, before: Option<&Standing>, after: &Standing) -> Result<(), StoreError> {
    match before {
        None => duties::insert(conn, after),
        Some(before) if before == after => Ok(()),
        Some(_) => duties::update(conn, after),
    }
}
