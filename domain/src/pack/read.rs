//! From the files of a folder to a pack, with every file's shape checked.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Clause, Draft, FileFault, Pack, PackSource, Permission, Placed};
use crate::fault::Fault;
use crate::procedure::{Fields, Lines, read_toml, shaped, validator};
use crate::text::Text;
use crate::who::Role;
use crate::{calendar, duty, metric};

const SCHEMA: &str = include_str!("../../packs/pack.schema.json");

/// One validator for each file of a pack but its procedures.
struct Shapes {
    pack: Validator,
    clauses: Validator,
    roles: Validator,
    calendars: Validator,
    fields: Validator,
    duties: Validator,
    metrics: Validator,
}

static SHAPES: LazyLock<Shapes> = LazyLock::new(|| {
    let of = |name: &str| validator(&SCHEMA.replacen("\"$comment\": \"root\"", &root(name), 1));
    Shapes {
        pack: of("pack"),
        clauses: of("clauses"),
        roles: of("roles"),
        calendars: of("calendars"),
        fields: of("fields"),
        duties: of("duties"),
        metrics: of("metrics"),
    }
});

fn root(name: &str) -> String {
    format!("\"$ref\": \"#/$defs/{name}\"")
}

#[derive(Deserialize)]
struct ClausesFile {
    #[serde(default)]
    clauses: Vec<Clause>,
}

#[derive(Deserialize)]
struct RolesFile {
    #[serde(default)]
    permissions: Vec<Permission>,
    #[serde(default)]
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct CalendarsFile {
    #[serde(default)]
    calendars: Vec<calendar::Definition>,
}

#[derive(Deserialize)]
struct FieldsFile {
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct DutiesFile {
    #[serde(default)]
    duties: Vec<duty::Definition>,
}

#[derive(Deserialize)]
struct MetricsFile {
    #[serde(default)]
    metrics: Vec<metric::Definition>,
}

/// Reads a pack from the files of its folder: `(path in the folder, text)`. Files that are no part
/// of a pack (`README.md`) are left alone. A long file may go on in others: `clauses-posts.toml`
/// beside `clauses.toml`.
///
/// # Errors
/// Everything that is wrong with the shape of the files. What they mean together is checked by
/// [`super::load()`], which reads the procedures too: their forms name fields of other packs.
pub fn read(files: &[(&str, &str)]) -> Result<PackSource, Vec<FileFault>> {
    let mut reader = Reader { files, faults: Vec::new(), lines: BTreeMap::new() };
    let pack: Option<Pack> = reader.file("pack.toml", &SHAPES.pack);
    let clauses = reader.all("clauses", &SHAPES.clauses, |it: ClausesFile| it.clauses);
    let (mut permissions, mut roles) = (Vec::new(), Vec::new());
    for (path, file) in reader.each::<RolesFile>("roles", &SHAPES.roles) {
        permissions.extend(placed(&path, file.permissions));
        roles.extend(placed(&path, file.roles));
    }
    let calendars = reader.all("calendars", &SHAPES.calendars, |it: CalendarsFile| it.calendars);
    let duties = reader.all("duties", &SHAPES.duties, |it: DutiesFile| it.duties);
    let metrics = reader.all("metrics", &SHAPES.metrics, |it: MetricsFile| it.metrics);
    let fields = reader.fields();
    let drafts = reader.procedures();
    if pack.is_none() && !files.iter().any(|(path, _)| *path == "pack.toml") {
        let words = Text::new("缺少 pack.toml", "there is no pack.toml");
        reader.fault("pack.toml", Fault::new("", "no_pack", words));
    }
    match pack {
        Some(pack) if reader.faults.is_empty() => Ok(PackSource {
            pack,
            clauses,
            permissions,
            roles,
            calendars,
            duties,
            metrics,
            fields,
            drafts,
            procedures: Vec::new(),
            lines: reader.lines,
        }),
        pack => {
            let code = pack.map(|it| it.code).unwrap_or_default();
            let faults = reader.faults.into_iter();
            Err(faults.map(|it| FileFault { pack: code.clone(), ..it }).collect())
        }
    }
}

fn placed<T>(path: &str, items: Vec<T>) -> impl Iterator<Item = Placed<T>> {
    let path = path.to_owned();
    let items = items.into_iter().enumerate();
    items.map(move |(index, item)| Placed { item, path: path.clone(), index })
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

    /// `clauses.toml` and every `clauses-….toml`.
    fn each<T: DeserializeOwned>(&mut self, name: &str, shape: &Validator) -> Vec<(String, T)> {
        let of = |path: &str| {
            let rest = path.strip_prefix(name)?.strip_suffix(".toml")?;
            (rest.is_empty() || rest.starts_with('-')).then_some(())
        };
        let mut paths: Vec<_> =
            self.files.iter().map(|(path, _)| *path).filter(|it| of(it).is_some()).collect();
        paths.sort_unstable();
        let read = paths.into_iter();
        read.filter_map(|path| Some((path.to_owned(), self.file(path, shape)?))).collect()
    }

    fn all<F: DeserializeOwned, T>(
        &mut self,
        name: &str,
        shape: &Validator,
        items: impl Fn(F) -> Vec<T>,
    ) -> Vec<Placed<T>> {
        let files = self.each::<F>(name, shape).into_iter();
        files.flat_map(|(path, file)| placed(&path, items(file)).collect::<Vec<_>>()).collect()
    }

    fn fields(&mut self) -> Fields {
        let mut fields = Fields::default();
        for (path, file) in self.each::<FieldsFile>("fields", &SHAPES.fields) {
            if let Err(faults) = fields.extend(&file.fields) {
                for it in faults {
                    self.fault(&path, it);
                }
            }
        }
        fields
    }

    fn procedures(&mut self) -> Vec<Draft> {
        let mut found = Vec::new();
        for (path, text) in self.files {
            let name = path.strip_prefix("procedures/");
            if name.and_then(|it| it.strip_suffix(".toml")).is_none() {
                continue;
            }
            match read_toml(text) {
                Ok((value, lines)) => found.push(Draft {
                    value,
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
