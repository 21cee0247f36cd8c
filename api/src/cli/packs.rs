//! `kefu check` and `kefu coverage`: packs from folders, and those that come with the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use kefu_domain::pack::{
    self, Covered, FileFault, LEDGERS, Library, PackSource, Status, catalogue, coverage,
};

use super::{Complaint, print};

/// Checks a pack, with those it requires: from the folders beside it, else those that come with the
/// program. Of a folder of packs, all of them together.
pub(super) fn check(dir: &Path) -> Result<(), Complaint> {
    let library = load(dir)?;
    print(&format!(
        "sound: {} clauses, {} procedures, {} roles, {} calendars, {} duties, {} metrics\n",
        library.clauses.len(),
        library.procedures.len(),
        library.roles.len(),
        library.calendars.len(),
        library.duties.len(),
        library.metrics.len(),
    ))
}

/// Says of every rule what carries it out, of the packs in a folder or of those that come with the
/// program.
pub(super) fn report(packs: Option<&Path>, json: bool) -> Result<(), Complaint> {
    let library = match packs {
        Some(dir) => load(dir)?,
        None => pack::load_shipped(&pack::shipped_codes()).map_err(|faults| named(&faults))?,
    };
    let found = coverage(&library, catalogue());
    if !json {
        return print(&table(&found));
    }
    let text = serde_json::to_string_pretty(&serde_json::json!({ "clauses": found }))?;
    print(&format!("{text}\n"))
}

/// A line for each area, the whole, and the ledgers that are awaited.
fn table(found: &[Covered]) -> String {
    const COLUMNS: [Status; 4] =
        [Status::Executed, Status::Awaits, Status::NotTestable, Status::Missing];
    let mut areas: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    let mut all = [0; 4];
    for it in found {
        let area = areas.entry(&it.area).or_default();
        for (index, _) in COLUMNS.iter().enumerate().filter(|(_, status)| **status == it.status) {
            for counts in [&mut *area, &mut all] {
                if let Some(count) = counts.get_mut(index) {
                    *count += 1;
                }
            }
        }
    }
    let mut text = format!(
        "{:<24}{:>9}{:>9}{:>14}{:>9}{:>8}\n",
        "area", "executed", "awaits", "not testable", "missing", "all"
    );
    for (area, [executed, awaits, cannot, missing]) in areas.into_iter().chain([("all", all)]) {
        let sum = executed + awaits + cannot + missing;
        // Writing to a text cannot fail.
        let _ =
            writeln!(text, "{area:<24}{executed:>9}{awaits:>9}{cannot:>14}{missing:>9}{sum:>8}");
    }
    for ledger in LEDGERS {
        let ids: Vec<&str> = found
            .iter()
            .filter(|it| it.awaits.as_deref() == Some(ledger))
            .map(|it| it.id.as_str())
            .collect();
        if !ids.is_empty() {
            let _ = writeln!(text, "\nawaits {ledger} ({}): {}", ids.len(), ids.join(" "));
        }
    }
    let missing = found.iter().filter(|it| it.status == Status::Missing);
    let missing: Vec<&str> = missing.map(|it| it.id.as_str()).collect();
    if !missing.is_empty() {
        let _ = writeln!(text, "\nmissing ({}): {}", missing.len(), missing.join(" "));
    }
    text
}

/// The pack of a folder with those it requires, or all packs of a folder of packs.
fn load(dir: &Path) -> Result<Library, Complaint> {
    let (mut sources, mut open) = (Vec::new(), Vec::new());
    for (dir, source) in folders(dir)?.into_iter().map(|dir| (dir.clone(), source(&dir))) {
        open.push((dir, source?));
    }
    while let Some((dir, next)) = open.pop() {
        for code in next.pack.requires.clone() {
            let known = |it: &PackSource| it.pack.code == code;
            let waits = open.iter().any(|(_, it)| known(it));
            if !sources.iter().any(known) && !waits && next.pack.code != code {
                open.push((dir.clone(), required(&dir, &code)?));
            }
        }
        sources.push(next);
    }
    pack::load(&sources).map_err(|faults| named(&faults))
}

/// The folder itself, if it is a pack or holds none; else the packs in it.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, Complaint> {
    if dir.join("pack.toml").is_file() {
        return Ok(vec![dir.to_owned()]);
    }
    let mut packs = Vec::new();
    for entry in entries(dir)? {
        let path = entry?.path();
        if path.join("pack.toml").is_file() {
            packs.push(path);
        }
    }
    packs.sort();
    Ok(if packs.is_empty() { vec![dir.to_owned()] } else { packs })
}

fn entries(dir: &Path) -> Result<fs::ReadDir, Complaint> {
    fs::read_dir(dir).map_err(|error| Complaint(format!("{}: {error}", dir.display())))
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
    for entry in entries(dir)? {
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
