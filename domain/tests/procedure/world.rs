//! What the procedures of the tests may refer to, and short ways to compile them.

use kefu_domain::fault::Fault;
use kefu_domain::pack::Names;
use kefu_domain::procedure::{Procedure, from_toml};

pub(crate) const COMPLAINT: &str = include_str!("../fixtures/complaint.toml");

fn all(names: &[&str]) -> std::collections::BTreeSet<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

pub(crate) fn names() -> Names {
    Names {
        clauses: all(&["R-1", "R-2", "R-3"]),
        procedures: all(&["complaint", "callback"]),
        permissions: all(&[
            "case.open",
            "complaint.handle",
            "complaint.major",
            "complaint.supervise",
        ]),
        roles: all(&["complaint_supervisor", "cs_manager"]),
        calendars: all(&["office"]),
    }
}

/// Reads and compiles; faults carry lines, as `kefu check` shows them.
pub(crate) fn compile(text: &str) -> Result<Procedure, Vec<Fault>> {
    let (definition, lines) = from_toml(text)?;
    let names = names();
    Procedure::new(definition, 1, &names.surroundings()).map_err(|mut faults| {
        lines.locate(&mut faults);
        faults
    })
}

/// `code` and `pointer` of every fault, in the order of the file.
pub(crate) fn faults(text: &str) -> Vec<(&'static str, String)> {
    match compile(text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|it| (it.code, it.pointer)).collect(),
    }
}
