//! From a form as written to plain JSON Schema: what is implied is said, what is ours is taken out.

use serde_json::{Map, Value, json};

use crate::text::Lang;

const LONGEST_TEXT: u32 = 4_000;
const LONGEST_LIST: u32 = 200;
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

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
            ("title" | "description" | "x-order", For::Validator)
            | ("enum_titles" | "clauses" | "derive", _) => {}
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

/// What a schema does not say about size and closedness, and of which type its words are: without
/// it, a front end does not know what to draw.
fn imply(written: &Map<String, Value>, schema: &mut Map<String, Value>) {
    let is = |name: &str| match written.get("type") {
        Some(Value::String(it)) => it == name,
        Some(Value::Array(all)) => all.iter().any(|it| it == name),
        _ => false,
    };
    let words = written.get("enum").and_then(Value::as_array);
    if words.is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string)) {
        schema.entry("type").or_insert_with(|| json!("string"));
    }
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
