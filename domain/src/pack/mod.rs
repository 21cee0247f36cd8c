//! Packs: folders of regulations for one kind of business. Nothing in them is code.

mod catalogue;
mod coverage;
mod enforce;
mod load;
mod read;
mod refer;
mod shipped;
mod titles;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use serde_json::Value;

use crate::fault::Fault;
use crate::procedure::{Definition, Fields, Lines, Surroundings};
use crate::span::Span;
use crate::text::Text;
use crate::who::Role;
use crate::{calendar, duty, metric};

pub use catalogue::{Rule, Testable, catalogue};
pub use coverage::{Covered, LEDGERS, Status, coverage};
pub use enforce::{Enforcer, KERNEL, Part};
pub use load::{load, trusted};
pub use read::read;
pub use shipped::{
    load_shipped, open_shipped, shipped, shipped_codes, shipped_files, with_required,
};
pub use titles::Promised;

/// What a pack is: its `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// What sites call it: `property`.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// The packs it builds on.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The figures its documents fix where those it builds on leave a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<FigureHere>,
}

/// A figure of a procedure as this pack's documents have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureHere {
    /// `procedure.figure`.
    pub figure: String,
    /// What holds at sites that run the pack, unless the site says otherwise.
    pub span: Span,
    /// Clauses it carries out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// A sentence of a regulation, in the project's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// What everything else cites: `R-001-308`.
    pub id: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// The catalogue's area: `complaint`.
    #[serde(default)]
    pub area: String,
    /// The regulation it comes from, short.
    #[serde(default)]
    pub source: String,
    /// Its figures: spans as spans (`1wd`), else a short token (`>=50%`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub figures: Vec<String>,
    /// What carries it out, where that cannot cite it: `procedure:task/clock:done`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// The ledger that is to do the arithmetic; what carries it out records and times the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits: Option<String>,
}

/// A permission a pack declares beside the kernel's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// Noun and verb: `complaint.major`.
    pub code: String,
    /// What people call it.
    pub title: Text,
    /// Clauses it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// An entry of a file of a pack, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// The entry.
    pub item: T,
    pub(crate) path: String,
    pub(crate) index: usize,
}

/// A procedure that has not been read yet: its forms may name fields of other packs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Draft {
    pub(crate) value: Value,
    pub(crate) source: String,
    pub(crate) path: String,
    pub(crate) lines: Lines,
}

/// A procedure as a pack ships it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcedureFile {
    /// As written.
    pub definition: Definition,
    /// The file's text, comments and all.
    pub source: String,
    pub(crate) path: String,
    pub(crate) lines: Lines,
}

/// A pack that has been read, and not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct PackSource {
    /// Its `pack.toml`.
    pub pack: Pack,
    /// Its `clauses.toml`.
    pub clauses: Vec<Placed<Clause>>,
    /// The permissions of its `roles.toml`.
    pub permissions: Vec<Placed<Permission>>,
    /// The posts of its `roles.toml`.
    pub roles: Vec<Placed<Role>>,
    /// Its `calendars.toml`.
    pub calendars: Vec<Placed<calendar::Definition>>,
    /// Its `duties.toml`.
    pub duties: Vec<Placed<duty::Definition>>,
    /// Its `metrics.toml`.
    pub metrics: Vec<Placed<metric::Definition>>,
    /// Its `fields.toml`.
    pub fields: Fields,
    /// Its `procedures/*.toml`, before they are read.
    pub(crate) drafts: Vec<Draft>,
    /// Its `procedures/*.toml`; read when packs are loaded together.
    pub procedures: Vec<ProcedureFile>,
    pub(crate) lines: BTreeMap<String, Lines>,
}

/// A fault in a file of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFault {
    /// The pack.
    pub pack: String,
    /// The file in it: `procedures/complaint.toml`.
    pub path: String,
    /// What is wrong there.
    #[serde(flatten)]
    pub fault: Fault,
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { pack, path, fault } = self;
        let line = fault.line.map(|it| format!(":{it}")).unwrap_or_default();
        write!(f, "{pack}/{path}{line}: {} {}: {}", fault.pointer, fault.code, fault.detail.en)
    }
}

/// Packs that have been checked together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Library {
    /// In an order in which each comes after those it requires.
    pub packs: Vec<Pack>,
    /// By id, each with the pack it is of.
    pub clauses: BTreeMap<String, Clause>,
    /// The pack of each clause, duty, metric and procedure: `("clause", id)`.
    pub origins: BTreeMap<(&'static str, String), String>,
    /// What carries each clause out.
    pub enforcers: BTreeMap<String, Vec<Enforcer>>,
    /// By code.
    pub duties: BTreeMap<String, duty::Definition>,
    /// By code.
    pub metrics: BTreeMap<String, metric::Definition>,
    /// What the forms of each pack's procedures may name, by the pack's code.
    pub fields: BTreeMap<String, Fields>,
    /// By code; the kernel's are not among them.
    pub permissions: BTreeMap<String, Permission>,
    /// By code.
    pub roles: BTreeMap<String, Role>,
    /// In the order of the packs.
    pub calendars: Vec<calendar::Definition>,
    /// In the order of the packs.
    pub procedures: Vec<ProcedureFile>,
}

impl Library {
    /// These packs and all they require: what is required first, then in the order given.
    pub fn closed(&self, codes: &[String]) -> Vec<&Pack> {
        let wanted = self.run_by(codes);
        let mut packs: Vec<_> =
            self.packs.iter().filter(|it| wanted.contains(it.code.as_str())).collect();
        packs.sort_by_key(|pack| codes.iter().position(|it| *it == pack.code));
        packs
    }

    /// The figures that hold where these packs are run and nothing else was chosen. Of two packs
    /// that fix the same figure the later one counts.
    pub fn figures(&self, codes: &[String]) -> BTreeMap<String, Span> {
        let packs = self.closed(codes).into_iter();
        packs.flat_map(|it| &it.figures).map(|it| (it.figure.clone(), it.span)).collect()
    }

    /// What the forms of a procedure may name: the words of its pack and of those it requires, or,
    /// if it is of none, of every pack.
    pub fn fields_of(&self, procedure: &str) -> Fields {
        let pack = self.origins.get(&("procedure", procedure.to_owned()));
        if let Some(fields) = pack.and_then(|it| self.fields.get(it)) {
            return fields.clone();
        }
        let mut all = Fields::default();
        for pack in &self.packs {
            if let Some(fields) = self.fields.get(&pack.code) {
                all.join(fields);
            }
        }
        all
    }

    /// Whether a procedure is for sites that run these packs: it is of one of them, or of none.
    pub fn is_for(&self, procedure: &str, codes: &[String]) -> bool {
        let origin = self.origins.get(&("procedure", procedure.to_owned()));
        origin.is_none_or(|pack| self.closed(codes).iter().any(|it| it.code == *pack))
    }

    /// The packs that a site runs which names these: those, and all that they require.
    pub fn run_by<'a>(&'a self, named: &[String]) -> BTreeSet<&'a str> {
        let mut run = BTreeSet::new();
        // Each comes after those it requires, so one look from the end finds them all.
        for pack in self.packs.iter().rev() {
            if named.contains(&pack.code) || run.contains(pack.code.as_str()) {
                run.insert(pack.code.as_str());
                run.extend(pack.requires.iter().map(String::as_str));
            }
        }
        run
    }

    /// The pack a duty is of.
    pub fn pack_of_duty(&self, code: &str) -> Option<&str> {
        self.origins.get(&("duty", code.to_owned())).map(String::as_str)
    }

    /// What a procedure may refer to where these packs are loaded.
    pub fn names(&self) -> Names {
        Names {
            clauses: self.clauses.keys().cloned().collect(),
            procedures: self.procedures.iter().map(|it| it.definition.code.clone()).collect(),
            permissions: (self.roles.values().flat_map(|it| it.permissions.clone()))
                .chain(self.permissions.keys().cloned())
                .collect(),
            roles: self.roles.keys().cloned().collect(),
            calendars: self.calendars.iter().map(|it| it.code.clone()).collect(),
        }
    }
}

/// The names a procedure may refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The ids of clauses.
    pub clauses: BTreeSet<String>,
    /// The codes of procedures.
    pub procedures: BTreeSet<String>,
    /// The permissions some role holds or some pack declares.
    pub permissions: BTreeSet<String>,
    /// The codes of roles.
    pub roles: BTreeSet<String>,
    /// The codes of calendars.
    pub calendars: BTreeSet<String>,
}

impl Names {
    /// The names as [`crate::procedure::Procedure::new`] takes them.
    pub fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            clauses: &self.clauses,
            procedures: &self.procedures,
            permissions: &self.permissions,
            roles: &self.roles,
            calendars: &self.calendars,
        }
    }
}
