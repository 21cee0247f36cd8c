//! What a pack's files refer to: clauses, enforcers, procedures, roles, calendars.

use std::collections::BTreeSet;

use super::enforce::{Enforcer, KERNEL, has};
use super::{Names, PackSource};
use crate::duty::Duty;
use crate::fault::Fault;
use crate::metric;
use crate::procedure::{Definition, Form, is_code};
use crate::text::Text;

/// Faults, each in its file.
pub(super) type Found = Vec<(String, Fault)>;

/// What may be referred to from a pack: what is its own, and what is of the packs it requires.
pub(super) struct Sight<'a> {
    pub(super) names: &'a Names,
    pub(super) packs: &'a [&'a PackSource],
}

impl Sight<'_> {
    fn procedure(&self, code: &str) -> Option<&Definition> {
        let files = self.packs.iter().flat_map(|it| &it.procedures);
        files.map(|it| &it.definition).find(|it| it.code == code)
    }

    /// Whether what an address leads to is there.
    fn leads(&self, to: &Enforcer) -> bool {
        let packs = || self.packs.iter();
        match to {
            Enforcer::Procedure(code) => self.procedure(code).is_some(),
            Enforcer::Part { procedure, part, code } => {
                self.procedure(procedure).is_some_and(|it| has(it, *part, code))
            }
            Enforcer::Duty(code) => {
                packs().flat_map(|it| &it.duties).any(|it| it.item.code == *code)
            }
            Enforcer::Metric(code) => {
                packs().flat_map(|it| &it.metrics).any(|it| it.item.code == *code)
            }
            Enforcer::Role(code) => self.names.roles.contains(code),
            Enforcer::Permission(code) => self.names.permissions.contains(code),
            Enforcer::Calendar(code) => self.names.calendars.contains(code),
            Enforcer::Kernel(code) => KERNEL.contains(&code.as_str()),
        }
    }
}

/// Everything in a pack's files, its procedures apart, that refers to nothing.
pub(super) fn check(pack: &PackSource, sight: &Sight<'_>) -> Found {
    let mut found = Vec::new();
    clauses(pack, sight, &mut found);
    figures(pack, sight, &mut found);
    duties(pack, sight, &mut found);
    metrics(pack, sight, &mut found);
    found
}

fn clauses(pack: &PackSource, sight: &Sight<'_>, found: &mut Found) {
    for it in &pack.clauses {
        for (step, address) in it.item.by.iter().enumerate() {
            let at = format!("/clauses/{}/by/{step}", it.index);
            let fault = match address.parse::<Enforcer>() {
                Ok(enforcer) if sight.leads(&enforcer) => continue,
                Ok(_) => unknown(at, "unknown_enforcer", address),
                Err(words) => Fault::new(at, "bad_address", Text::new(words.clone(), words)),
            };
            found.push((it.path.clone(), fault));
        }
    }
    for it in &pack.permissions {
        cites(&it.path, &format!("/permissions/{}", it.index), &it.item.clauses, sight, found);
    }
    for it in &pack.roles {
        cites(&it.path, &format!("/roles/{}", it.index), &it.item.clauses, sight, found);
    }
}

fn cites(path: &str, at: &str, ids: &[String], sight: &Sight<'_>, found: &mut Found) {
    for (step, id) in ids.iter().enumerate().filter(|(_, id)| !sight.names.clauses.contains(*id)) {
        let words = Text::new(format!("没有条款 `{id}`"), format!("there is no clause `{id}`"));
        found.push((
            path.to_owned(),
            Fault::new(format!("{at}/clauses/{step}"), "unknown_clause", words),
        ));
    }
}

fn figures(pack: &PackSource, sight: &Sight<'_>, found: &mut Found) {
    let path = "pack.toml";
    for (index, it) in pack.pack.figures.iter().enumerate() {
        let at = format!("/figures/{index}");
        cites(path, &at, &it.clauses, sight, found);
        let known = it
            .figure
            .split_once('.')
            .and_then(|(procedure, figure)| sight.procedure(procedure)?.figures.get(figure));
        let fault = match known {
            None => unknown(format!("{at}/figure"), "unknown_figure", &it.figure),
            Some(figure) if !figure.choices.is_empty() && !figure.choices.contains(&it.span) => {
                let words = Text::new(
                    format!("`{}` 不在可选值之中", it.span),
                    format!("`{}` is none of the choices", it.span),
                );
                Fault::new(format!("{at}/span"), "not_a_choice", words)
            }
            Some(_) => continue,
        };
        found.push((path.to_owned(), fault));
    }
}

fn duties(pack: &PackSource, sight: &Sight<'_>, found: &mut Found) {
    for it in &pack.duties {
        let at = format!("/duties/{}", it.index);
        let duty = &it.item;
        cites(&it.path, &at, &duty.clauses, sight, found);
        let mut add = |member: &str, code: &'static str, name: &str| {
            found.push((it.path.clone(), unknown(format!("{at}/{member}"), code, name)));
        };
        if let Some(role) = duty.assign.as_deref().and_then(|it| it.strip_prefix("role:"))
            && !sight.names.roles.contains(role)
        {
            add("assign", "unknown_role", role);
        }
        if let Some(calendar) = &duty.calendar
            && calendar != "always"
            && !sight.names.calendars.contains(calendar)
        {
            add("calendar", "unknown_calendar", calendar);
        }
        match sight.procedure(&duty.open) {
            None => add("open", "unknown_procedure", &duty.open),
            Some(definition) => {
                let form = Form::new(&definition.form).ok();
                let faults = form.and_then(|it| it.fill(duty.fields.clone()).err());
                found.extend(faults.into_iter().flatten().map(|fault| {
                    let pointer = format!("{at}/fields{}", fault.pointer);
                    (it.path.clone(), Fault { pointer, ..fault })
                }));
            }
        }
        if let Err(words) = Duty::new(duty.clone()) {
            found.push((it.path.clone(), Fault::new(format!("{at}/rule"), "bad_rule", words)));
        }
    }
}

fn metrics(pack: &PackSource, sight: &Sight<'_>, found: &mut Found) {
    for it in &pack.metrics {
        let at = format!("/metrics/{}", it.index);
        cites(&it.path, &at, &it.item.clauses, sight, found);
        let mut definitions = Vec::new();
        for (step, code) in it.item.procedures.iter().enumerate() {
            if let Some(definition) = sight.procedure(code) {
                definitions.push(definition);
            } else {
                let at = format!("{at}/procedures/{step}");
                found.push((it.path.clone(), unknown(at, "unknown_procedure", code)));
            }
        }
        if definitions.len() == it.item.procedures.len() {
            let faults = metric::check(&it.item, &definitions).err().into_iter().flatten();
            found.extend(faults.map(|fault| {
                let pointer = format!("{at}{}", fault.pointer);
                (it.path.clone(), Fault { pointer, ..fault })
            }));
        }
    }
}

/// Codes that are none.
pub(super) fn codes(pack: &PackSource) -> Found {
    let mut found = Vec::new();
    let mut look = |path: &str, place: String, code: &str, sound: bool| {
        if !sound {
            let words = Text::new(
                format!("`{code}` 不是合格的代码"),
                format!("`{code}` is no well-formed code"),
            );
            found.push((path.to_owned(), Fault::new(place, "bad_code", words)));
        }
    };
    for it in &pack.roles {
        look(&it.path, format!("/roles/{}/code", it.index), &it.item.code, is_code(&it.item.code));
    }
    for it in &pack.permissions {
        let parts = it.item.code.split_once('.');
        let sound = parts.is_some_and(|(noun, verb)| is_code(noun) && is_code(verb));
        look(&it.path, format!("/permissions/{}/code", it.index), &it.item.code, sound);
    }
    found
}

/// Roles hold permissions that are declared.
pub(super) fn roles(pack: &PackSource, declared: &BTreeSet<&str>) -> Found {
    let mut found = Vec::new();
    for it in &pack.roles {
        for name in it.item.permissions.iter().filter(|name| !declared.contains(name.as_str())) {
            let words = Text::new(
                format!("没有声明过权限 `{name}`"),
                format!("the permission `{name}` is declared nowhere"),
            );
            let at = format!("/roles/{}/permissions", it.index);
            found.push((it.path.clone(), Fault::new(at, "unknown_permission", words)));
        }
    }
    found
}

fn unknown(at: String, code: &'static str, name: &str) -> Fault {
    let words = Text::new(format!("没有 `{name}`"), format!("there is no `{name}`"));
    Fault::new(at, code, words)
}
