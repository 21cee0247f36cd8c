//! Checking packs together: each may refer to what is in it and in the packs it requires.

use std::collections::{BTreeMap, BTreeSet};

use super::enforce::{Enforcer, Part, cited};
use super::refer::{self, Found, Sight};
use super::{FileFault, Library, Names, Pack, PackSource, ProcedureFile};
use crate::calendar::Calendar;
use crate::fault::Fault;
use crate::procedure::{Definition, Fields, Procedure, RELATIONS, check_together, from_json_with};
use crate::text::Text;
use crate::who::KERNEL_PERMISSIONS;

/// Checks packs together, in any order.
///
/// # Errors
/// Every fault of every pack: a required pack that is not there, a name taken twice, a clause,
/// permission, role, calendar or procedure that is not there, a calendar or procedure with faults.
pub fn load(packs: &[PackSource]) -> Result<Library, Vec<FileFault>> {
    let packs = read_procedures(packs)?;
    let mut loader = Loader { packs: &packs, faults: Vec::new() };
    loader.unique();
    for pack in &packs {
        loader.pack(pack);
    }
    if loader.faults.is_empty() { Ok(library(&packs)) } else { Err(loader.faults) }
}

/// Puts packs together that were checked before, such as those that come with the program.
///
/// # Errors
/// A procedure that does not read.
pub fn trusted(packs: &[PackSource]) -> Result<Library, Vec<FileFault>> {
    Ok(library(&read_procedures(packs)?))
}

/// Reads the procedures: each may name the fields of its pack and of those it requires.
fn read_procedures(packs: &[PackSource]) -> Result<Vec<PackSource>, Vec<FileFault>> {
    let (mut read, mut faults) = (Vec::new(), Vec::new());
    for pack in packs {
        let fields = fields_of(pack, packs);
        let mut pack = pack.clone();
        for draft in std::mem::take(&mut pack.drafts) {
            match from_json_with(draft.value, &|_| fields.clone()) {
                Ok(definition) => pack.procedures.push(ProcedureFile {
                    definition,
                    source: draft.source,
                    path: draft.path,
                    lines: draft.lines,
                }),
                Err(mut found) => {
                    draft.lines.locate(&mut found);
                    faults.extend(found.into_iter().map(|fault| FileFault {
                        pack: pack.pack.code.clone(),
                        path: draft.path.clone(),
                        fault,
                    }));
                }
            }
        }
        read.push(pack);
    }
    if faults.is_empty() { Ok(read) } else { Err(faults) }
}

/// The words of a pack's forms: its own before those of the packs it requires.
fn fields_of(pack: &PackSource, packs: &[PackSource]) -> Fields {
    let mut fields = pack.fields.clone();
    let mut open: Vec<&String> = pack.pack.requires.iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(code) = open.pop() {
        if !seen.insert(code) {
            continue;
        }
        for other in packs.iter().filter(|it| it.pack.code == *code) {
            fields.join(&other.fields);
            open.extend(&other.pack.requires);
        }
    }
    fields
}

struct Loader<'a> {
    packs: &'a [PackSource],
    faults: Vec<FileFault>,
}

impl<'a> Loader<'a> {
    fn add(&mut self, pack: &PackSource, path: &str, mut faults: Vec<Fault>) {
        let procedure = pack.procedures.iter().find(|it| it.path == path).map(|it| &it.lines);
        if let Some(lines) = pack.lines.get(path).or(procedure) {
            lines.locate(&mut faults);
        }
        let code = &pack.pack.code;
        let faults = faults.into_iter();
        self.faults.extend(faults.map(|fault| FileFault {
            pack: code.clone(),
            path: path.to_owned(),
            fault,
        }));
    }

    /// Names are unique over all packs that are loaded together.
    fn unique(&mut self) {
        let mut taken: BTreeMap<(&str, &str), String> = BTreeMap::new();
        for it in KERNEL_PERMISSIONS {
            taken.insert(("permission", it.code), "kefu".to_owned());
        }
        taken.insert(("calendar", "always"), "kefu".to_owned());
        for pack in self.packs {
            for (kind, name, path, pointer) in names_of(pack) {
                let owner = format!("{}/{path}", pack.pack.code);
                if let Some(first) = taken.get(&(kind, name)) {
                    let fault = Fault::new(
                        pointer,
                        "duplicate_code",
                        Text::new(
                            format!("`{name}` 已经在 {first} 里了"),
                            format!("`{name}` is in {first} already"),
                        ),
                    );
                    self.add(pack, path, vec![fault]);
                } else {
                    taken.insert((kind, name), owner);
                }
            }
        }
    }

    fn pack(&mut self, pack: &'a PackSource) {
        let visible = self.visible(pack);
        let names = names(&visible);
        let sight = Sight { names: &names, packs: &visible };
        self.found(pack, refer::check(pack, &sight));
        self.found(pack, refer::codes(pack));
        let declared: BTreeSet<&str> = visible
            .iter()
            .flat_map(|it| it.permissions.iter().map(|it| it.item.code.as_str()))
            .chain(KERNEL_PERMISSIONS.iter().map(|it| it.code))
            .collect();
        self.found(pack, refer::roles(pack, &declared));
        self.calendars(pack);
        let around: Vec<&Definition> =
            visible.iter().flat_map(|it| &it.procedures).map(|it| &it.definition).collect();
        for file in &pack.procedures {
            let compiled = Procedure::new(file.definition.clone(), 1, &names.surroundings());
            let faults = match compiled {
                Ok(_) => {
                    let mut faults = check_together(&file.definition, &around);
                    faults.extend(self.held(&file.definition));
                    faults
                }
                Err(faults) => faults,
            };
            self.add(pack, &file.path, faults);
        }
    }

    /// A base pack may leave it to others which post holds a permission it declares, but an action
    /// that only permissions open needs somebody who holds one.
    fn held(&self, definition: &Definition) -> Vec<Fault> {
        let roles = || self.packs.iter().flat_map(|it| &it.roles).map(|it| &it.item);
        let held = |by: &String| {
            RELATIONS.contains(&by.as_str()) || roles().any(|it| it.permissions.contains(by))
        };
        let mut faults = Vec::new();
        let mut look = |place: String, by: &[String]| {
            if !by.iter().any(held) {
                let all = by.join(" ");
                let words = Text::new(
                    format!("没有角色拥有其中任何一个权限:{all}"),
                    format!("no role holds any of these permissions: {all}"),
                );
                faults.push(Fault::new(place, "nobody_may", words));
            }
        };
        look("/opens".to_owned(), &definition.opens);
        for (index, action) in definition.actions.iter().enumerate() {
            look(format!("/actions/{index}/by"), &action.by);
        }
        faults
    }

    /// The pack and those it requires, directly or not. What is missing is a fault.
    fn visible(&mut self, pack: &'a PackSource) -> Vec<&'a PackSource> {
        let mut visible = vec![pack];
        let mut open: Vec<&String> = pack.pack.requires.iter().collect();
        while let Some(code) = open.pop() {
            if visible.iter().any(|it| it.pack.code == *code) {
                continue;
            }
            if let Some(found) = self.packs.iter().find(|it| it.pack.code == *code) {
                visible.push(found);
                open.extend(&found.pack.requires);
            } else if let Some(index) = pack.pack.requires.iter().position(|it| it == code) {
                let fault = Fault::new(
                    format!("/requires/{index}"),
                    "unknown_pack",
                    Text::new(format!("没有包 `{code}`"), format!("there is no pack `{code}`")),
                );
                self.add(pack, "pack.toml", vec![fault]);
            }
        }
        visible
    }

    fn found(&mut self, pack: &PackSource, found: Found) {
        for (path, fault) in found {
            self.add(pack, &path, vec![fault]);
        }
    }

    fn calendars(&mut self, pack: &PackSource) {
        for it in &pack.calendars {
            let found = Calendar::new(it.item.clone()).err().into_iter().flatten();
            let place = |at: &str| format!("/calendars/{}{at}", it.index);
            let faults =
                found.map(|it| Fault::new(place(&it.pointer), it.code, it.detail)).collect();
            self.add(pack, &it.path, faults);
        }
    }
}

/// What a pack calls its own: kind, name, file, place.
fn names_of(pack: &PackSource) -> Vec<(&'static str, &str, &str, String)> {
    let mut all = vec![("pack", pack.pack.code.as_str(), "pack.toml", "/code".to_owned())];
    for it in &pack.clauses {
        all.push(("clause", &it.item.id, &it.path, format!("/clauses/{}/id", it.index)));
    }
    for it in &pack.permissions {
        let place = format!("/permissions/{}/code", it.index);
        all.push(("permission", &it.item.code, &it.path, place));
    }
    for it in &pack.roles {
        all.push(("role", &it.item.code, &it.path, format!("/roles/{}/code", it.index)));
    }
    for it in &pack.calendars {
        all.push(("calendar", &it.item.code, &it.path, format!("/calendars/{}/code", it.index)));
    }
    for it in &pack.duties {
        all.push(("duty", &it.item.code, &it.path, format!("/duties/{}/code", it.index)));
    }
    for it in &pack.metrics {
        all.push(("metric", &it.item.code, &it.path, format!("/metrics/{}/code", it.index)));
    }
    for it in &pack.procedures {
        all.push(("procedure", &it.definition.code, &it.path, "/code".to_owned()));
    }
    all
}

fn names(visible: &[&PackSource]) -> Names {
    let all = || visible.iter();
    let roles = || all().flat_map(|it| &it.roles).map(|it| &it.item);
    Names {
        clauses: all().flat_map(|it| &it.clauses).map(|it| it.item.id.clone()).collect(),
        procedures: all()
            .flat_map(|it| &it.procedures)
            .map(|it| it.definition.code.clone())
            .collect(),
        permissions: (roles().flat_map(|it| it.permissions.clone()))
            .chain(all().flat_map(|it| &it.permissions).map(|it| it.item.code.clone()))
            .collect(),
        roles: roles().map(|it| it.code.clone()).collect(),
        calendars: all().flat_map(|it| &it.calendars).map(|it| it.item.code.clone()).collect(),
    }
}

fn library(packs: &[PackSource]) -> Library {
    let fields = packs.iter().map(|it| (it.pack.code.clone(), fields_of(it, packs))).collect();
    let packs = in_order(packs);
    let all = || packs.iter().copied();
    Library {
        packs: all().map(|it| it.pack.clone()).collect(),
        clauses: by(all().flat_map(|it| &it.clauses).map(|it| &it.item), |it| &it.id),
        origins: origins(&packs),
        enforcers: enforcers(&packs),
        duties: by(all().flat_map(|it| &it.duties).map(|it| &it.item), |it| &it.code),
        metrics: by(all().flat_map(|it| &it.metrics).map(|it| &it.item), |it| &it.code),
        fields,
        permissions: by(all().flat_map(|it| &it.permissions).map(|it| &it.item), |it| &it.code),
        roles: by(all().flat_map(|it| &it.roles).map(|it| &it.item), |it| &it.code),
        calendars: all().flat_map(|it| &it.calendars).map(|it| it.item.clone()).collect(),
        procedures: all().flat_map(|it| it.procedures.iter().cloned()).collect(),
    }
}

/// Items by what they are called.
fn by<'a, T: Clone + 'a>(
    items: impl Iterator<Item = &'a T>,
    name: impl Fn(&T) -> &String,
) -> BTreeMap<String, T> {
    items.map(|it| (name(it).clone(), it.clone())).collect()
}

fn origins(packs: &[&PackSource]) -> BTreeMap<(&'static str, String), String> {
    let mut origins = BTreeMap::new();
    for pack in packs {
        for (kind, name, _, _) in names_of(pack) {
            origins.insert((kind, name.to_owned()), pack.pack.code.clone());
        }
    }
    origins
}

/// Who carries each clause out: those who cite it, and those it names itself.
fn enforcers(packs: &[&PackSource]) -> BTreeMap<String, Vec<Enforcer>> {
    let mut found: BTreeMap<String, Vec<Enforcer>> = BTreeMap::new();
    let mut add = |id: &str, by: Enforcer| {
        let list = found.entry(id.to_owned()).or_default();
        if !list.contains(&by) {
            list.push(by);
        }
    };
    for pack in packs {
        for it in &pack.procedures {
            for (id, by) in cited(&it.definition) {
                add(&id, by);
            }
        }
        for it in pack.duties.iter().map(|it| &it.item) {
            it.clauses.iter().for_each(|id| add(id, Enforcer::Duty(it.code.clone())));
        }
        for it in pack.metrics.iter().map(|it| &it.item) {
            it.clauses.iter().for_each(|id| add(id, Enforcer::Metric(it.code.clone())));
        }
        for it in pack.roles.iter().map(|it| &it.item) {
            it.clauses.iter().for_each(|id| add(id, Enforcer::Role(it.code.clone())));
        }
        for it in pack.permissions.iter().map(|it| &it.item) {
            it.clauses.iter().for_each(|id| add(id, Enforcer::Permission(it.code.clone())));
        }
        for it in &pack.pack.figures {
            let Some((procedure, figure)) = it.figure.split_once('.') else { continue };
            let by = Enforcer::part(procedure, Part::Figure, figure);
            it.clauses.iter().for_each(|id| add(id, by.clone()));
        }
        for it in pack.clauses.iter().map(|it| &it.item) {
            let addresses = it.by.iter().filter_map(|address| address.parse().ok());
            addresses.for_each(|by| add(&it.id, by));
        }
    }
    found
}

/// Each pack after those it requires.
fn in_order(packs: &[PackSource]) -> Vec<&PackSource> {
    fn visit<'a>(
        pack: &'a PackSource,
        packs: &'a [PackSource],
        order: &mut Vec<&'a PackSource>,
        open: &mut Vec<&'a Pack>,
    ) {
        if open.contains(&&pack.pack) {
            return;
        }
        open.push(&pack.pack);
        for code in &pack.pack.requires {
            if let Some(needed) = packs.iter().find(|it| it.pack.code == *code) {
                visit(needed, packs, order, open);
            }
        }
        order.push(pack);
    }
    let (mut order, mut open) = (Vec::new(), Vec::new());
    for pack in packs {
        visit(pack, packs, &mut order, &mut open);
    }
    order
}
