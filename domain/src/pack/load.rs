//! Checking packs together: each may refer to what is in it and in the packs it requires.

use std::collections::{BTreeMap, BTreeSet};

use super::{FileFault, Library, Names, Pack, PackSource};
use crate::calendar::Calendar;
use crate::fault::Fault;
use crate::procedure::{Definition, Procedure, RELATIONS, check_together, is_code};
use crate::text::Text;
use crate::who::KERNEL_PERMISSIONS;

/// Checks packs together, in any order.
///
/// # Errors
/// Every fault of every pack: a required pack that is not there, a name taken twice, a clause,
/// permission, role, calendar or procedure that is not there, a calendar or procedure with faults.
pub fn load(packs: &[PackSource]) -> Result<Library, Vec<FileFault>> {
    let mut loader = Loader { packs, faults: Vec::new() };
    loader.unique();
    for pack in packs {
        loader.pack(pack);
    }
    if loader.faults.is_empty() { Ok(library(packs)) } else { Err(loader.faults) }
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
        self.clauses(pack, &names);
        self.roles(pack, &visible);
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
        let roles = || self.packs.iter().flat_map(|it| &it.roles);
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

    /// Permissions and roles cite clauses that exist; procedures are checked with everything else.
    fn clauses(&mut self, pack: &PackSource, names: &Names) {
        let permissions = pack.permissions.iter().map(|it| &it.clauses).enumerate();
        let permissions = permissions.map(|(index, it)| (format!("/permissions/{index}"), it));
        let roles = pack.roles.iter().map(|it| &it.clauses).enumerate();
        let roles = roles.map(|(index, it)| (format!("/roles/{index}"), it));
        let mut faults = Vec::new();
        for (place, ids) in permissions.chain(roles) {
            for (step, id) in ids.iter().enumerate().filter(|(_, id)| !names.clauses.contains(*id))
            {
                faults.push(Fault::new(
                    format!("{place}/clauses/{step}"),
                    "unknown_clause",
                    Text::new(format!("没有条款 `{id}`"), format!("there is no clause `{id}`")),
                ));
            }
        }
        self.add(pack, "roles.toml", faults);
    }

    fn roles(&mut self, pack: &PackSource, visible: &[&PackSource]) {
        let declared: BTreeSet<&str> = visible
            .iter()
            .flat_map(|it| it.permissions.iter().map(|it| it.code.as_str()))
            .chain(KERNEL_PERMISSIONS.iter().map(|it| it.code))
            .collect();
        let mut faults = Vec::new();
        for (index, role) in pack.roles.iter().enumerate() {
            if !is_code(&role.code) {
                faults.push(bad_code(format!("/roles/{index}/code"), &role.code));
            }
            for name in role.permissions.iter().filter(|it| !declared.contains(it.as_str())) {
                faults.push(Fault::new(
                    format!("/roles/{index}/permissions"),
                    "unknown_permission",
                    Text::new(
                        format!("没有声明过权限 `{name}`"),
                        format!("the permission `{name}` is declared nowhere"),
                    ),
                ));
            }
        }
        for (index, permission) in pack.permissions.iter().enumerate() {
            let parts = permission.code.split_once('.');
            if !parts.is_some_and(|(noun, verb)| is_code(noun) && is_code(verb)) {
                faults.push(bad_code(format!("/permissions/{index}/code"), &permission.code));
            }
        }
        self.add(pack, "roles.toml", faults);
    }

    fn calendars(&mut self, pack: &PackSource) {
        let mut faults = Vec::new();
        for (index, calendar) in pack.calendars.iter().enumerate() {
            let found = Calendar::new(calendar.clone()).err().into_iter().flatten();
            faults.extend(found.map(|it| {
                Fault::new(format!("/calendars/{index}{}", it.pointer), it.code, it.detail)
            }));
        }
        self.add(pack, "calendars.toml", faults);
    }
}

fn bad_code(pointer: String, code: &str) -> Fault {
    Fault::new(
        pointer,
        "bad_code",
        Text::new(format!("`{code}` 不是合格的代码"), format!("`{code}` is no well-formed code")),
    )
}

/// What a pack calls its own: kind, name, file, place.
fn names_of(pack: &PackSource) -> Vec<(&'static str, &str, &str, String)> {
    let mut all = vec![("pack", pack.pack.code.as_str(), "pack.toml", "/code".to_owned())];
    for (index, it) in pack.clauses.iter().enumerate() {
        all.push(("clause", it.id.as_str(), "clauses.toml", format!("/clauses/{index}/id")));
    }
    for (index, it) in pack.permissions.iter().enumerate() {
        all.push(("permission", &it.code, "roles.toml", format!("/permissions/{index}/code")));
    }
    for (index, it) in pack.roles.iter().enumerate() {
        all.push(("role", &it.code, "roles.toml", format!("/roles/{index}/code")));
    }
    for (index, it) in pack.calendars.iter().enumerate() {
        all.push(("calendar", &it.code, "calendars.toml", format!("/calendars/{index}/code")));
    }
    for it in &pack.procedures {
        all.push(("procedure", &it.definition.code, &it.path, "/code".to_owned()));
    }
    all
}

fn names(visible: &[&PackSource]) -> Names {
    let all = || visible.iter();
    let roles = || all().flat_map(|it| &it.roles);
    Names {
        clauses: all().flat_map(|it| &it.clauses).map(|it| it.id.clone()).collect(),
        procedures: all()
            .flat_map(|it| &it.procedures)
            .map(|it| it.definition.code.clone())
            .collect(),
        permissions: (roles().flat_map(|it| it.permissions.clone()))
            .chain(all().flat_map(|it| &it.permissions).map(|it| it.code.clone()))
            .collect(),
        roles: roles().map(|it| it.code.clone()).collect(),
        calendars: all().flat_map(|it| &it.calendars).map(|it| it.code.clone()).collect(),
    }
}

fn library(packs: &[PackSource]) -> Library {
    let packs = in_order(packs);
    let all = || packs.iter().copied();
    Library {
        packs: all().map(|it| it.pack.clone()).collect(),
        clauses: all().flat_map(|it| &it.clauses).map(|it| (it.id.clone(), it.clone())).collect(),
        permissions: all()
            .flat_map(|it| &it.permissions)
            .map(|it| (it.code.clone(), it.clone()))
            .collect(),
        roles: all().flat_map(|it| &it.roles).map(|it| (it.code.clone(), it.clone())).collect(),
        calendars: all().flat_map(|it| it.calendars.iter().cloned()).collect(),
        procedures: all().flat_map(|it| it.procedures.iter().cloned()).collect(),
    }
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
