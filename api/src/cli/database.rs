//! `kefu migrate`, `kefu verify`, `kefu check`: what needs no server.

use std::fs;
use std::path::Path;

use kefu_domain::case::{Case, Event, Fact, evolve};
use kefu_domain::pack::{self, FileFault, PackSource};
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

/// Checks a pack, with those it requires: from the folders beside it, else those that come with the
/// program.
pub(super) fn check(dir: &Path) -> Result<(), Complaint> {
    let mut sources = Vec::new();
    let mut open = vec![source(dir)?];
    while let Some(next) = open.pop() {
        for code in next.pack.requires.clone() {
            let known = |it: &PackSource| it.pack.code == code;
            if !sources.iter().any(known) && !open.iter().any(known) && next.pack.code != code {
                open.push(required(dir, &code)?);
            }
        }
        sources.push(next);
    }
    let library = pack::load(&sources).map_err(|faults| named(&faults))?;
    print(&format!(
        "sound: {} clauses, {} procedures, {} roles, {} calendars\n",
        library.clauses.len(),
        library.procedures.len(),
        library.roles.len(),
        library.calendars.len(),
    ))
}

/// A pack from its folder.
fn source(dir: &Path) -> Result<PackSource, Complaint> {
    let mut files = Vec::new();
    collect(dir, dir, &mut files)?;
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    pack::read(&files).map_err(|faults| named(&faults))
}

fn required(beside: &Path, code: &str) -> Result<PackSource, Complaint> {
    let sibling = beside.canonicalize()?.parent().map(|it| it.join(code));
    match sibling.filter(|it| it.join("pack.toml").is_file()) {
        Some(dir) => source(&dir),
        None => pack::read(&pack::shipped_files(code)).map_err(|faults| named(&faults)),
    }
}

/// Every TOML file under a folder, by its path in it.
fn collect(root: &Path, dir: &Path, files: &mut Vec<(String, String)>) -> Result<(), Complaint> {
    let entries =
        fs::read_dir(dir).map_err(|error| Complaint(format!("{}: {error}", dir.display())))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|it| it == "toml") {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push((name, fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// Every fault on a line of its own: file, line, place, what to do.
fn named(faults: &[FileFault]) -> Complaint {
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    Complaint(format!("{} faults\n{}", faults.len(), lines.join("\n")))
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
