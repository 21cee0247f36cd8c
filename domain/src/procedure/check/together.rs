//! What can only be checked when the procedures a procedure opens are known: that what it hands over
//! is what they ask for, and that what it asks of them is something they say.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::conditions::{child, condition};
use super::faults::Faults;
use crate::fault::Fault;
use crate::procedure::condition::Condition;
use crate::procedure::definition::{Assigns, Definition, FollowUp};
use crate::procedure::{Type, Types, Wants};

/// Checks a definition that has passed its own checks ([`crate::procedure::Procedure::new`]) against
/// the procedures around it, itself among them. Returns every fault; none is a pass.
pub fn check_together(definition: &Definition, around: &[&Definition]) -> Vec<Fault> {
    let mut faults = Faults::default();
    for (index, it) in definition.follow_ups.iter().enumerate() {
        if let Some(opened) = around.iter().find(|other| other.code == it.open) {
            follow_up(&format!("/follow_ups/{index}"), it, opened, &mut faults);
        }
    }
    children(definition, around, &mut faults);
    faults.into_inner()
}

fn follow_up(place: &str, it: &FollowUp, opened: &Definition, faults: &mut Faults) {
    let asked = opened.form.get("properties").and_then(Value::as_object);
    for name in it.fields.keys() {
        if !asked.is_some_and(|all| all.contains_key(name)) {
            faults.add(
                format!("{place}/fields/{name}"),
                "unknown_field",
                format!("流程 `{}` 的表单里没有 `{name}`", opened.code),
                format!("the form of `{}` has no `{name}`", opened.code),
            );
        }
    }
    let required = opened.form.get("required").and_then(Value::as_array).into_iter().flatten();
    for name in required.filter_map(Value::as_str) {
        let default = asked.and_then(|all| all.get(name)?.get("default"));
        if default.is_none() && !it.fields.contains_key(name) {
            faults.add(
                format!("{place}/fields"),
                "missing_field",
                format!("打开流程 `{}` 必须给出 `{name}`", opened.code),
                format!("opening `{}` needs `{name}`", opened.code),
            );
        }
    }
    let takes = opened.clocks.iter().any(|clock| clock.within.iter().any(|it| it.given));
    if !it.within.is_empty() && !takes {
        faults.add(
            format!("{place}/within"),
            "span_not_taken",
            format!("流程 `{}` 没有时钟接受交来的时限(given = true)", opened.code),
            format!("no clock of `{}` takes the span handed over (given = true)", opened.code),
        );
    }
    let types = Types::default().with("child", child([opened.code.clone()], said_by(&[opened])));
    for (index, result) in it.on_result.iter().enumerate() {
        let at = format!("{place}/on_result/{index}/when");
        members(&at, &result.when, "child", &types, faults);
    }
}

/// `children` may be cases of any procedure there is.
fn children(definition: &Definition, around: &[&Definition], faults: &mut Faults) {
    let codes = around.iter().map(|it| it.code.clone());
    let all = Type::List(Box::new(child(codes, said_by(around))));
    let types = Types::default().with("children", all);
    let mut look = |place: String, source: Option<&str>| {
        if let Some(source) = source {
            members(&place, source, "children", &types, faults);
        }
    };
    for (index, action) in definition.actions.iter().enumerate() {
        look(format!("/actions/{index}/guard"), action.guard.as_deref());
    }
    for (index, clock) in definition.clocks.iter().enumerate() {
        for (entry, it) in clock.within.iter().enumerate() {
            look(format!("/clocks/{index}/within/{entry}/when"), it.when.as_deref());
        }
    }
    for (index, it) in definition.follow_ups.iter().enumerate() {
        look(format!("/follow_ups/{index}/if"), it.condition.as_deref());
        for (result, it) in it.on_result.iter().enumerate() {
            look(format!("/follow_ups/{index}/on_result/{result}/when"), Some(&it.when));
        }
    }
}

/// Checks what an expression says about one variable; the others have been looked at before.
fn members(place: &str, source: &str, variable: &str, types: &Types, faults: &mut Faults) {
    if !Condition::parse(source).is_ok_and(|it| it.uses(variable)) {
        return;
    }
    let mut types = types.clone();
    for other in ["case", "customer", "site", "actor", "children", "child", "now"] {
        types.variables.entry(other.to_owned()).or_insert(Type::Any);
    }
    if let Some(actor) = types.variables.get_mut("actor") {
        *actor = Type::Actor;
    }
    condition(place, source, &types, Wants::Condition, faults);
}

/// Every field a case of these procedures can have.
fn said_by(procedures: &[&Definition]) -> Type {
    let mut fields: BTreeMap<String, Type> = BTreeMap::new();
    for it in procedures {
        let forms = std::iter::once(&it.form).chain(it.actions.iter().map(|it| &it.form));
        for (name, schema) in forms.filter_map(properties).flatten() {
            let known = fields.remove(name).unwrap_or(Type::Null);
            fields.insert(name.clone(), known.or(Type::of_schema(schema)));
        }
        if it.actions.iter().any(|it| it.assigns == Some(Assigns::Named)) {
            fields.entry("assignee_id".to_owned()).or_insert(Type::TEXT);
        }
    }
    Type::Object(fields)
}

fn properties(form: &Map<String, Value>) -> Option<&Map<String, Value>> {
    form.get("properties")?.as_object()
}
