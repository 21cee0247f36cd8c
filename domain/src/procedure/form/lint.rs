//! What is wrong with a form beyond what the meta-schema of JSON Schema finds.

use serde_json::{Map, Value};

use super::escape;
use super::normalise::words;
use crate::fault::Fault;
use crate::text::{Lang, Text};

/// The deepest nesting of schemas.
const DEEPEST: usize = 12;

/// The keywords a form may use. Any other is a slip of the pen: JSON Schema would ignore it.
const KEYWORDS: &[&str] = &[
    "$comment",
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "clauses",
    "const",
    "contains",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "derive",
    "description",
    "else",
    "enum",
    "enum_titles",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
    "x-order",
];

/// What the meta-schema of JSON Schema does not find.
pub(super) fn check(form: &Map<String, Value>) -> Vec<Fault> {
    let mut found = Vec::new();
    walk(form, "", 0, &mut found);
    if form.get("type").is_some_and(|it| it != "object") {
        found.push(Fault::new(
            "/type",
            "not_a_schema",
            Text::new("表单须是对象", "a form is an object"),
        ));
    }
    found
}

fn walk(schema: &Map<String, Value>, at: &str, depth: usize, found: &mut Vec<Fault>) {
    if depth > DEEPEST {
        let words = Text::new("嵌套太深", "nested too deeply");
        found.push(Fault::new(at, "too_deep", words));
        return;
    }
    for (key, value) in schema {
        let pointer = format!("{at}/{}", escape(key));
        if !KEYWORDS.contains(&key.as_str()) {
            found.push(Fault::new(
                &pointer,
                "unknown_keyword",
                Text::new(
                    format!("JSON Schema 里没有 `{key}` 这个关键字"),
                    format!("`{key}` is no keyword of JSON Schema"),
                ),
            ));
            continue;
        }
        match key.as_str() {
            "title" | "description" => check_words(value, &pointer, found),
            "enum_titles" => check_titles(schema, value, &pointer, found),
            "required" => check_required(schema, value, &pointer, found),
            "x-order" => check_order(schema, value, &pointer, found),
            _ => walk_keyword(key, value, &pointer, depth, found),
        }
    }
}

fn walk_keyword(key: &str, value: &Value, at: &str, depth: usize, found: &mut Vec<Fault>) {
    match (key, value) {
        ("properties" | "patternProperties" | "$defs" | "dependentSchemas", Value::Object(all)) => {
            for (name, it) in all {
                if let Some(it) = it.as_object() {
                    walk(it, &format!("{at}/{}", escape(name)), depth + 1, found);
                }
            }
        }
        ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(all)) => {
            for (index, it) in all.iter().enumerate() {
                if let Some(it) = it.as_object() {
                    walk(it, &format!("{at}/{index}"), depth + 1, found);
                }
            }
        }
        (
            "items"
            | "contains"
            | "additionalProperties"
            | "propertyNames"
            | "not"
            | "if"
            | "then"
            | "else",
            Value::Object(it),
        ) => walk(it, at, depth + 1, found),
        _ => {}
    }
}

fn check_words(value: &Value, at: &str, found: &mut Vec<Fault>) {
    let both = value.as_object().is_some_and(|it| it.len() == 2)
        && words(value, Lang::Zh).is_some()
        && words(value, Lang::En).is_some();
    if !value.is_string() && !both {
        found.push(Fault::new(
            at,
            "not_words",
            Text::new(
                "须是一段文字,或 { zh, en } 两种语言",
                "either text or both languages: { zh, en }",
            ),
        ));
    }
}

fn check_titles(schema: &Map<String, Value>, titles: &Value, at: &str, found: &mut Vec<Fault>) {
    let values = schema.get("enum").and_then(Value::as_array);
    for (word, title) in titles.as_object().into_iter().flatten() {
        let pointer = format!("{at}/{}", escape(word));
        if !values.is_some_and(|all| all.iter().any(|it| it == word.as_str())) {
            found.push(Fault::new(
                &pointer,
                "unknown_value",
                Text::new(
                    format!("`{word}` 不在 enum 的值之中"),
                    format!("`{word}` is none of the values of enum"),
                ),
            ));
        }
        check_words(title, &pointer, found);
    }
}

/// An order is a list of declared properties, each once.
fn check_order(schema: &Map<String, Value>, names: &Value, at: &str, found: &mut Vec<Fault>) {
    let declared = schema.get("properties").and_then(Value::as_object);
    let known = |name: &Value| {
        name.as_str().is_some_and(|it| declared.is_some_and(|all| all.contains_key(it)))
    };
    let list = names.as_array();
    let once = |all: &Vec<Value>| {
        (1..all.len()).all(|n| !all.iter().take(n).any(|it| all.get(n) == Some(it)))
    };
    if !list.is_some_and(|all| all.iter().all(known) && once(all)) {
        found.push(Fault::new(
            at,
            "not_an_order",
            Text::new(
                "须是字段名的列表，每个声明过的字段至多一次",
                "a list of the names of declared properties, each at most once",
            ),
        ));
    }
}

/// A closed object can only require what it declares.
fn check_required(schema: &Map<String, Value>, names: &Value, at: &str, found: &mut Vec<Fault>) {
    let Some(declared) = schema.get("properties").and_then(Value::as_object) else {
        // `required` beside no `properties`: fine inside `if` and `anyOf`, senseless at the root.
        if at == "/required" && names.as_array().is_some_and(|it| !it.is_empty()) {
            found.push(Fault::new(
                at,
                "unknown_property",
                Text::new("要求了没有声明的字段", "requires properties that are not declared"),
            ));
        }
        return;
    };
    for (index, name) in names.as_array().into_iter().flatten().enumerate() {
        if let Some(name) = name.as_str().filter(|it| !declared.contains_key(*it)) {
            found.push(Fault::new(
                format!("{at}/{index}"),
                "unknown_property",
                Text::new(
                    format!("要求了没有声明的字段 `{name}`"),
                    format!("requires `{name}`, which is not declared"),
                ),
            ));
        }
    }
}
