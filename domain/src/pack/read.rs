//! From the files of a folder to a pack, with every file's shape checked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Clause, FileFault, Pack, PackSource, Permission, ProcedureFile};
use crate::calendar;
use crate::fault::Fault;
use crate::procedure::{Lines, from_toml, read_toml, shaped, validator};
use crate::text::Text;
use crate::who::Role;

const SCHEMA: &str = include_str!("../../packs/pack.schema.json");

/// One validator for each file of a pack but its procedures.
struct Shapes {
    pack: Validator,
    clauses: Validator,
    roles: Validator,
    calendars: Validator,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let of = |name: &str| validator(&SCHEMA.replacen("\"$comment\": \"root\"", &root(name), 1));
    Shapes {
        pack: of("pack"),
        clauses: of("clauses"),
        roles: of("roles"),
        calendars: of("calendars"),
    }
});

fn root(name: &str) -> String {
    format!("\"$ref\": \"#/$defs/{name}\"")
}

#[derive(Deserialize, Default)]
struct ClausesFile {
    #[serde(default)]
    clauses: Vec<Clause>,
}

#[derive(Deserialize, Default)]
struct RolesFile {
    #[serde(default)]
    permissions: Vec<Permission>,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize, Default)]
struct CalendarsFile {
    #[serde(default)]
    calendars: Vec<calendar::Definition>,
}

/// Reads a pack from the files of its folder: `(path in the folder, text)`. Files that are no part
/// of a pack (`README.md`) are left alone.
///
/// # Errors
/// Everything that is wrong with the shape of the files. What they mean together is checked by
/// [`super::load()`].
pub fn read(files: &[(&str, &str)]) -> Result<PackSource, Vec<FileFault>> {
    let mut reader = Reader { files, faults: Vec::new(), lines: BTreeMap::new() };
    let pack: Option<Pack> = reader.file("pack.toml", &SHAPES.pack);
    let clauses: Option<ClausesFile> = reader.file("clauses.toml", &SHAPES.clauses);
    let roles: Option<RolesFile> = reader.file("roles.toml", &SHAPES.roles);
    let calendars: Option<CalendarsFile> = reader.file("calendars.toml", &SHAPES.calendars);
    let procedures = reader.procedures();
    if pack.is_none() && !files.iter().any(|(path, _)| *path == "pack.toml") {
        let words = Text::new("缺少 pack.toml", "there is no pack.toml");
        reader.fault("pack.toml", Fault::new("", "no_pack", words));
    }
    let RolesFile { permissions, roles } = roles.unwrap_or_default();
    match pack {
        Some(pack) if reader.faults.is_empty() => Ok(PackSource {
            pack,
            clauses: clauses.unwrap_or_default().clauses,
            permissions,
            roles,
            calendars: calendars.unwrap_or_default().calendars,
            procedures,
            lines: reader.lines,
        }),
        pack => {
            let code = pack.map(|it| it.code).unwrap_or_default();
            let faults = reader.faults.into_iter();
            Err(faults.map(|it| FileFault { pack: code.clone(), ..it }).collect())
        }
    }
}

struct Reader<'a> {
    files: &'a [(&'a str, &'a str)],
    faults: Vec<FileFault>,
    lines: BTreeMap<String, Lines>,
}

impl Reader<'_> {
    fn fault(&mut self, path: &str, fault: Fault) {
        self.faults.push(FileFault { pack: String::new(), path: path.to_owned(), fault });
    }

    fn file<T: DeserializeOwned>(&mut self, path: &str, shape: &Validator) -> Option<T> {
        let (_, text) = self.files.iter().find(|(it, _)| *it == path)?;
        let read = read_toml(text).and_then(|(value, lines): (Value, Lines)| {
            let read = shaped(shape, value).map_err(|mut faults| {
                lines.locate(&mut faults);
                faults
            });
            self.lines.insert(path.to_owned(), lines);
            read
        });
        read.map_err(|faults| faults.into_iter().for_each(|it| self.fault(path, it))).ok()
    }

    fn procedures(&mut self) -> Vec<ProcedureFile> {
        let mut found = Vec::new();
        for (path, text) in self.files {
            let name = path.strip_prefix("procedures/");
            if name.and_then(|it| it.strip_suffix(".toml")).is_none() {
                continue;
            }
            match from_toml(text) {
                Ok((definition, lines)) => found.push(ProcedureFile {
                    definition,
                    source: (*text).to_owned(),
                    path: (*path).to_owned(),
                    lines,
                }),
                Err(faults) => faults.into_iter().for_each(|it| self.fault(path, it)),
            }
        }
        found
    }
}
