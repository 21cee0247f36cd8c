//! What conditions can see in a procedure, and compiling them.

use std::collections::BTreeMap;

use super::Surroundings;
use super::faults::Faults;
use crate::procedure::definition::{Definition, Kind};
use crate::procedure::{Condition, Form, Type, Types, WITHDRAWN, Wants};

/// The members of `case` beside `fields`, as the case kernel hands them over.
const CASE_TEXT: &[&str] = &[
    "id",
    "number",
    "procedure",
    "channel",
    "subject",
    "site_id",
    "customer_id",
    "asset_id",
    "parent_id",
    "owner_id",
    "assignee_id",
    "opened_by",
];

/// The members of a child beside `fields`.
const CHILD_TEXT: &[&str] = &["id", "number", "procedure", "follow_up", "state"];

const PRIORITIES: [&str; 4] = ["low", "normal", "high", "urgent"];

/// What conditions see of the case, and its surroundings.
pub(super) fn types(
    definition: &Definition,
    forms: &[(String, &Form)],
    around: &Surroundings<'_>,
    faults: &mut Faults,
) -> Types {
    let mut case: BTreeMap<String, Type> =
        CASE_TEXT.iter().map(|it| ((*it).to_owned(), Type::TEXT)).collect();
    let states = definition.states.iter().map(|it| it.code.as_str()).chain([WITHDRAWN]);
    case.insert("state".to_owned(), Type::words(states));
    case.insert("kind".to_owned(), Type::words(Kind::ALL.map(Kind::as_str)));
    case.insert("priority".to_owned(), Type::words(PRIORITIES));
    case.insert("opened_at".to_owned(), Type::Instant);
    case.insert("closed_at".to_owned(), Type::Instant);
    case.insert("urged".to_owned(), Type::Number);
    case.insert("supervised".to_owned(), Type::Bool);
    case.insert("helpers".to_owned(), Type::List(Box::new(Type::TEXT)));
    case.insert("fields".to_owned(), Type::Object(fields(forms, faults)));

    let own = std::iter::once(definition.code.clone());
    let child = child(around.procedures.iter().cloned().chain(own), Type::Any);
    let mut types = Types::default()
        .with("case", Type::Object(case))
        .with("actor", Type::Actor)
        .with("customer", Type::Any)
        .with("site", Type::Any)
        .with("children", Type::List(Box::new(child)))
        .with("now", Type::Instant);
    types.permissions = Some(around.permissions.clone());
    types
}

/// A case this one opened, by one of these procedures.
pub(super) fn child(procedures: impl IntoIterator<Item = String>, fields: Type) -> Type {
    let mut child: BTreeMap<String, Type> =
        CHILD_TEXT.iter().map(|it| ((*it).to_owned(), Type::TEXT)).collect();
    child.insert("procedure".to_owned(), Type::words(procedures));
    child.insert("closed".to_owned(), Type::Bool);
    child.insert("fields".to_owned(), fields);
    Type::Object(child)
}

/// A case's fields: what the form and every action's form declares. One name means one thing.
fn fields(forms: &[(String, &Form)], faults: &mut Faults) -> BTreeMap<String, Type> {
    let mut fields: BTreeMap<String, Type> = BTreeMap::new();
    for (place, form) in forms {
        for name in form.property_names() {
            let it = form.property(name).map_or(Type::Any, Type::of_schema);
            let known = fields.entry(name.to_owned()).or_insert(Type::Null);
            if !known.agrees_with(&it) {
                faults.add(
                    format!("{place}/properties/{name}"),
                    "conflicting_field",
                    format!("字段 `{name}` 在另一张表单里是另一种类型"),
                    format!("another form declares the field `{name}` with another type"),
                );
            }
            let before = std::mem::replace(known, Type::Any);
            *known = before.or(it);
        }
        for (name, schema) in form.derived() {
            fields.entry(name).or_insert_with(|| Type::of_schema(&schema));
        }
    }
    fields
}

/// The fields of a procedure's cases, for conditions that look at cases from outside.
pub(crate) fn field_types(definition: &Definition) -> BTreeMap<String, Type> {
    let forms = std::iter::once(&definition.form);
    let forms = forms.chain(definition.actions.iter().map(|it| &it.form));
    let forms: Vec<_> = forms.filter_map(|it| Form::new(it).ok()).collect();
    let placed: Vec<_> = forms.iter().map(|it| (String::new(), it)).collect();
    fields(&placed, &mut Faults::default())
}

/// Parses and checks one expression.
pub(super) fn condition(
    place: &str,
    source: &str,
    types: &Types,
    wants: Wants,
    faults: &mut Faults,
) -> Option<Condition> {
    let condition = parsed(place, source, faults)?;
    let found = condition.check(types, wants);
    for (code, words) in &found {
        faults.add(place, code, &*words.zh, &*words.en);
    }
    found.is_empty().then_some(condition)
}

/// Parses one expression.
pub(super) fn parsed(place: &str, source: &str, faults: &mut Faults) -> Option<Condition> {
    Condition::parse(source)
        .map_err(|error| {
            faults.add(
                place,
                "not_an_expression",
                format!("不是有效的 CEL 表达式:{error}"),
                format!("no valid CEL expression: {error}"),
            );
        })
        .ok()
}
