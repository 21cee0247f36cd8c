//! From a form as written to plain JSON Schema: what is implied is said, what is ours is taken out.

use serde_json::{Map, Value, json};

use super::escape;
use crate::fault::Fault;
use crate::text::{Lang, Text};

const LONGEST_TEXT: u32 = 4_000;
const LONGEST_LIST: u32 = 200;
const DEEPEST: usize = 12;
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The keywords a form may use. Any other is a slip of the pen: JSON Schema would ignore it.
const KEYWORDS: &[&str] = &[
    "$comment",
    "$defs",
    "$ref",
    "$schema",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
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
];

/// What to make of a form.
#[derive(Clone, Copy)]
enum For {
    /// The validator: no words at all.
    Validator,
    /// A front end that speaks this language.
    FrontEnd(Lang),
}

/// The schema the validator is compiled from.
pub(super) fn pure(form: &Map<String, Value>) -> Value {
    root(form, For::Validator)
}

/// The schema a front end draws.
pub(super) fn localised(form: &Map<String, Value>, lang: Lang) -> Value {
    root(form, For::FrontEnd(lang))
}

/// Words said as one string, or in both languages.
pub(super) fn words(value: &Value, lang: Lang) -> Option<&str> {
    let key = match lang {
        Lang::Zh => "zh",
        Lang::En => "en",
    };
    value.as_str().or_else(|| value.get(key)?.as_str())
}

fn root(form: &Map<String, Value>, to: For) -> Value {
    let mut schema = object(form, to);
    schema.entry("type").or_insert_with(|| json!("object"));
    schema.entry("additionalProperties").or_insert(Value::Bool(false));
    schema.insert("$schema".to_owned(), json!(DIALECT));
    Value::Object(schema)
}

fn any(value: &Value, to: For) -> Value {
    match value {
        Value::Object(schema) => Value::Object(object(schema, to)),
        other => other.clone(),
    }
}

fn object(written: &Map<String, Value>, to: For) -> Map<String, Value> {
    let mut schema = Map::new();
    for (key, value) in written {
        match (key.as_str(), to) {
            ("title" | "description", For::Validator) | ("enum_titles", _) => {}
            ("title" | "description", For::FrontEnd(lang)) => {
                schema.insert(key.clone(), words(value, lang).map_or(value.clone(), Value::from));
            }
            ("enum", For::FrontEnd(lang)) if written.contains_key("enum_titles") => {
                schema.insert("oneOf".to_owned(), choices(value, written.get("enum_titles"), lang));
            }
            _ => {
                schema.insert(key.clone(), keyword(key, value, to));
            }
        }
    }
    imply(written, &mut schema);
    schema
}

/// What a schema does not say about size and closedness.
fn imply(written: &Map<String, Value>, schema: &mut Map<String, Value>) {
    let is = |name: &str| match written.get("type") {
        Some(Value::String(it)) => it == name,
        Some(Value::Array(all)) => all.iter().any(|it| it == name),
        _ => false,
    };
    let closed = written.contains_key("enum") || written.contains_key("const");
    if is("string") && !closed {
        schema.entry("maxLength").or_insert_with(|| json!(LONGEST_TEXT));
    }
    if is("array") && !closed {
        schema.entry("maxItems").or_insert_with(|| json!(LONGEST_LIST));
    }
    if is("object") && written.contains_key("properties") {
        schema.entry("additionalProperties").or_insert(Value::Bool(false));
    }
}

fn keyword(key: &str, value: &Value, to: For) -> Value {
    match (key, value) {
        ("properties" | "patternProperties" | "$defs" | "dependentSchemas", Value::Object(all)) => {
            Value::Object(all.iter().map(|(name, it)| (name.clone(), any(it, to))).collect())
        }
        ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(all)) => {
            Value::Array(all.iter().map(|it| any(it, to)).collect())
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
            it,
        ) => any(it, to),
        (_, it) => it.clone(),
    }
}

fn choices(values: &Value, titles: Option<&Value>, lang: Lang) -> Value {
    let one = |it: &Value| {
        let title = it.as_str().and_then(|word| titles?.get(word)).and_then(|it| words(it, lang));
        match title {
            Some(title) => json!({ "const": it, "title": title }),
            None => json!({ "const": it }),
        }
    };
    Value::Array(values.as_array().into_iter().flatten().map(one).collect())
}

/// What the meta-schema of JSON Schema does not find.
pub(super) fn faults(form: &Map<String, Value>) -> Vec<Fault> {
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
