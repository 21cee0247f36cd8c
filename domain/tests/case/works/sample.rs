//! Inputs for a form, made of what the form itself says: examples, defaults, the values of an
//! enum, and the values that conditions compare with.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::looks;

/// The most ways in which the fields of one condition are filled in together.
const MOST: usize = 600;

/// What samples are made with.
#[derive(Clone)]
pub(super) struct Hand {
    /// Somebody for every post that counts.
    pub(super) people: Vec<Uuid>,
    pub(super) now: Timestamp,
}

/// What a form is told at least, and everything it can be told.
pub(super) fn plain(form: &Map<String, Value>, hand: &Hand) -> Vec<Map<String, Value>> {
    let (least, all) = (object(form, hand, false), object(form, hand, true));
    if least == all { vec![all] } else { vec![least, all] }
}

/// The same with the fields that conditions look at filled in every way that could matter.
pub(super) fn thorough(
    form: &Map<String, Value>,
    conditions: &[String],
    hand: &Hand,
) -> Vec<Map<String, Value>> {
    let plain = plain(form, hand);
    let mut found = plain.clone();
    for condition in conditions {
        let looked = looks::fields(condition);
        let properties: BTreeMap<_, _> = properties(form)
            .filter(|(name, _)| {
                let derived = |it: &str| looked.contains(&format!("{name}_{it}"));
                looked.contains(*name) || derived("faults") || derived("total")
            })
            .collect();
        if properties.is_empty() {
            continue;
        }
        let mut ways: Vec<Vec<(&str, Option<Value>)>> = vec![Vec::new()];
        for (name, schema) in properties {
            let mut values: Vec<_> =
                candidates(schema, condition, hand).into_iter().map(Some).collect();
            if !required(form, name) && schema.get("default").is_none() {
                values.push(None);
            }
            let longer = ways.iter().flat_map(|way| {
                values.iter().map(|value| [way.as_slice(), &[(name, value.clone())]].concat())
            });
            ways = longer.take(MOST).collect();
        }
        for way in ways {
            for base in &plain {
                let mut input = base.clone();
                for (name, value) in &way {
                    match value {
                        Some(value) => drop(input.insert((*name).to_owned(), value.clone())),
                        None => drop(input.remove(*name)),
                    }
                }
                if !found.contains(&input) {
                    found.push(input);
                }
            }
        }
    }
    found
}

fn properties(form: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let properties = form.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, it)| (name.as_str(), it))
}

fn required(form: &Map<String, Value>, name: &str) -> bool {
    let all = form.get("required").and_then(Value::as_array);
    all.is_some_and(|it| it.iter().any(|it| it == name))
}

fn object(form: &Map<String, Value>, hand: &Hand, all: bool) -> Map<String, Value> {
    let told = properties(form).filter(|(name, _)| all || required(form, name));
    told.map(|(name, schema)| (name.to_owned(), value(schema, hand, all))).collect()
}

/// One value of a schema.
fn value(schema: &Value, hand: &Hand, all: bool) -> Value {
    let format = schema.get("format").and_then(Value::as_str);
    if let Some(only) = schema.get("const") {
        return only.clone();
    }
    if format == Some("uuid") {
        return json!(hand.people[0]);
    }
    if let Some(said) = schema.get("default").or_else(|| schema.pointer("/examples/0")) {
        return said.clone();
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    let kind = schema.get("type").and_then(Value::as_str);
    match (kind, format) {
        (Some("boolean"), _) => json!(true),
        (Some("integer"), _) => whole(bounded(schema, 1.0)),
        (Some("number"), _) => json!(bounded(schema, 1.0)),
        (Some("array"), _) => {
            let items = schema.get("items").cloned().unwrap_or_default();
            let words = items.get("enum").and_then(Value::as_array).cloned();
            let count = schema.get("minItems").and_then(Value::as_u64).unwrap_or(1).max(1);
            let count = usize::try_from(count).unwrap();
            match words {
                Some(words) => words.into_iter().take(count).collect(),
                None => (0..count).map(|_| value(&items, hand, all)).collect(),
            }
        }
        (_, Some("date")) => json!("2026-11-22"),
        (_, Some("date-time")) => json!("2026-11-22T09:00:00+08:00"),
        (_, Some("attachment")) => json!(Uuid::from_u128(0xF11E)),
        (Some("object"), _) => Value::Object(object(schema.as_object().unwrap(), hand, all)),
        _ => json!("照规定办理"),
    }
}

fn bounded(schema: &Value, wanted: f64) -> f64 {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let least = bound("minimum").unwrap_or(f64::NEG_INFINITY);
    wanted.max(least).min(bound("maximum").unwrap_or(f64::INFINITY))
}

/// The values of a schema that could matter to a condition.
fn candidates(schema: &Value, condition: &str, hand: &Hand) -> Vec<Value> {
    let one = value(schema, hand, true);
    let mut found = vec![one.clone()];
    let kind = schema.get("type").and_then(Value::as_str);
    let format = schema.get("format").and_then(Value::as_str);
    if schema.get("const").is_some() {
        return found;
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        found.extend(words.iter().cloned());
    } else if kind == Some("boolean") {
        found.extend([json!(true), json!(false)]);
    } else if matches!(kind, Some("integer" | "number")) {
        for number in figures(condition) {
            let number = bounded(schema, number);
            found.push(if kind == Some("integer") { whole(number) } else { json!(number) });
        }
    } else if schema.pointer("/properties/amount").is_some() {
        let amounts = figures(condition).into_iter().filter(|it| *it >= 0.0);
        found.extend(amounts.map(|it| json!({ "amount": format!("{it:.2}"), "currency": "CNY" })));
    } else if schema.pointer("/derive/faults").is_some() {
        found.extend(with_a_fault(&one));
    } else if kind == Some("array") {
        found.extend(lists(schema, condition, hand));
    } else if matches!(format, Some("date" | "date-time")) {
        found.extend([-30, -1, 0, 1, 30].map(|days| day(hand.now, days, format == Some("date"))));
    } else if format == Some("uuid") {
        found.extend(hand.people.iter().map(|it| json!(it)));
    } else if kind == Some("string") {
        found.extend(looks::words(condition).into_iter().map(Value::from));
    }
    let mut each = Vec::new();
    for value in found {
        if !each.contains(&value) {
            each.push(value);
        }
    }
    each
}

/// Nothing, one, two, and everything a condition names, with its neighbours.
fn figures(condition: &str) -> Vec<f64> {
    let named = looks::numbers(condition).into_iter();
    [0.0, 1.0, 2.0].into_iter().chain(named.flat_map(|it| [it, it - 1.0, it + 1.0])).collect()
}

fn with_a_fault(checklist: &Value) -> Option<Value> {
    let mut found = checklist.clone();
    let first = found.as_object_mut()?.iter_mut().find(|(name, _)| !name.ends_with("_note"))?;
    *first.1 = json!("fault");
    Some(found)
}

fn lists(schema: &Value, condition: &str, hand: &Hand) -> Vec<Value> {
    let items = schema.get("items").cloned().unwrap_or_default();
    let mut found = Vec::new();
    if schema.get("minItems").and_then(Value::as_u64).unwrap_or(0) == 0 {
        found.push(json!([]));
    }
    if let Some(words) = items.get("enum").and_then(Value::as_array) {
        found.extend(words.iter().map(|it| json!([it])));
        found.push(json!(words));
        return found;
    }
    let (short, long) = (value(&items, hand, false), value(&items, hand, true));
    found.push(json!([short]));
    for count in looks::numbers(condition).into_iter().filter(|it| (2.0..20.0).contains(it)) {
        let count = whole(count).as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(2);
        found.push((0..count).map(|_| long.clone()).collect());
    }
    // One line, with each value of its own choices.
    for (name, property) in items.as_object().into_iter().flat_map(properties) {
        let kind = property.get("type").and_then(Value::as_str);
        if property.get("enum").is_some() || kind == Some("boolean") {
            for value in candidates(property, condition, hand) {
                let mut line = long.clone();
                line[name] = value;
                found.push(json!([line]));
            }
        }
    }
    found
}

fn day(now: Timestamp, days: i64, date: bool) -> Value {
    let at = now + TimeDelta::days(days);
    if date { json!(at.date_naive().to_string()) } else { json!(at.to_rfc3339()) }
}

/// A number as JSON Schema's `integer` takes it.
fn whole(number: f64) -> Value {
    format!("{number:.0}").parse::<i64>().map_or_else(|_| json!(1), |it| json!(it))
}
