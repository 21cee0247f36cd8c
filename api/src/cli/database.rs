//! `kefu migrate`, `kefu verify`: what needs no server.

use std::fs;

use kefu_domain::case::{Case, Event, Fact, evolve};
use kefu_persistence::events::StoredEvent;
use kefu_persistence::verify::{self, Report};
use kefu_persistence::{Options, Store};

use super::{Complaint, Database, print};
use crate::config::database_url;

impl Database {
    /// The store it names, migrated or not.
    pub(super) fn open(&self) -> Result<Store, Complaint> {
        let url = self.url()?;
        if url.is_none() {
            fs::create_dir_all(&self.data_dir)?;
        }
        let url = database_url(url.as_ref(), &self.data_dir, false);
        Ok(Store::open(&url, &Options::default())?)
    }
}

/// Brings the schema up to date and says what was done.
pub(super) fn migrate(database: &Database) -> Result<(), Complaint> {
    let store = database.open()?;
    let applied = store.migrate()?;
    store.close();
    let said = if applied.is_empty() { "nothing to do".to_owned() } else { applied.join("\n") };
    print(&format!("{said}\n"))
}

/// Computes every hash again and folds every log; fails with the first difference.
pub(super) fn verify(database: &Database) -> Result<(), Complaint> {
    let store = database.open()?;
    let found = verify::all(&mut store.connect()?, &fold);
    store.close();
    let Report { aggregates, events, cases, records } = found?;
    print(&format!(
        "whole: {events} events of {aggregates} logs; {cases} cases and {records} records agree\n"
    ))
}

/// A case as its log makes it.
fn fold(log: &[StoredEvent]) -> Option<Case> {
    log.iter().try_fold(None, |case, event| {
        let fact = Fact::from_parts(&event.kind, event.data.clone()).ok()?;
        Some(evolve(case, &Event { at: event.occurred_at, actor: event.actor_id, fact }))
    })?
}
