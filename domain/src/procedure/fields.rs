//! The words of forms: a field is declared once and named everywhere.
//!
//! A form written as a list of names (`["fault!", "place"]`) becomes a JSON Schema here, before
//! anything else looks at it: what is published and stored is always the schema. Members of a JSON
//! object have no order, so the schema names the order in which the fields were written: `x-order`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::fault::Fault;
use crate::text::Text;

/// Fields by name, as `fields.toml` declares them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields(BTreeMap<String, Field>);

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    #[serde(rename = "type")]
    kind: FieldType,
    title: Value,
    description: Option<Value>,
    example: Option<Value>,
    default: Option<Value>,
    min: Option<Value>,
    max: Option<Value>,
    pattern: Option<String>,
    #[serde(default)]
    must: bool,
    #[serde(default)]
    choices: Map<String, Value>,
    /// In which order they are shown; the reader of files fills it in.
    #[serde(default)]
    choices_order: Vec<String>,
    #[serde(default)]
    fields: Vec<String>,
    total: Option<String>,
    times: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    clauses: Vec<String>,
}

/// One item of a checklist.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    code: String,
    title: Value,
    #[serde(default)]
    clauses: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FieldType {
    Text,
    LongText,
    Integer,
    Number,
    Score,
    Money,
    Date,
    Datetime,
    Time,
    Flag,
    Choice,
    Choices,
    File,
    Files,
    Person,
    Customer,
    Asset,
    Assets,
    Lines,
    Checklist,
}

impl Fields {
    /// Adds what a file declares; a name that is there already is replaced.
    ///
    /// # Errors
    /// A declaration that does not read, at its place.
    pub fn extend(&mut self, declared: &Map<String, Value>) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        for (name, value) in declared {
            match serde_json::from_value::<Field>(value.clone()) {
                Ok(field) => drop(self.0.insert(name.clone(), field)),
                Err(error) => {
                    let words = error.to_string();
                    let place = format!("/fields/{name}");
                    faults.push(Fault::new(place, "bad_field", Text::new(words.clone(), words)));
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Adds another dictionary; what is there already stays.
    pub fn join(&mut self, others: &Self) {
        for (name, field) in &others.0 {
            self.0.entry(name.clone()).or_insert_with(|| field.clone());
        }
    }

    /// The names, with the clauses each carries out.
    pub fn clauses(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(name, it)| (name.as_str(), it.clauses.as_slice()))
    }

    /// The JSON Schema of a form that is a list of names.
    ///
    /// # Errors
    /// A name that is declared nowhere; pointers start at the list.
    pub fn form(&self, names: &[Value]) -> Result<Map<String, Value>, Vec<Fault>> {
        let mut faults = Vec::new();
        let form = self.object(names, 0, &mut faults);
        if faults.is_empty() { Ok(form) } else { Err(faults) }
    }

    fn object(&self, names: &[Value], depth: u32, faults: &mut Vec<Fault>) -> Map<String, Value> {
        let (mut required, mut properties) = (Vec::new(), Map::new());
        let mut order = Vec::with_capacity(names.len());
        for (index, written) in names.iter().enumerate() {
            let written = written.as_str().unwrap_or_default();
            let name = written.strip_suffix('!').unwrap_or(written);
            let Some(field) = self.0.get(name).filter(|_| depth < 3) else {
                faults.push(unknown(format!("/{index}"), name));
                continue;
            };
            if written.ends_with('!') {
                required.push(Value::from(name));
            }
            order.push(Value::from(name));
            let before = faults.len();
            properties.insert(name.to_owned(), self.schema(field, depth, faults));
            for fault in faults.iter_mut().skip(before) {
                fault.pointer = format!("/{index}");
            }
        }
        let mut form = Map::new();
        form.insert("required".to_owned(), Value::Array(required));
        form.insert("properties".to_owned(), Value::Object(properties));
        form.insert("x-order".to_owned(), Value::Array(order));
        form
    }

    fn schema(&self, field: &Field, depth: u32, faults: &mut Vec<Fault>) -> Value {
        let mut schema = match field.kind {
            FieldType::Lines => {
                let names: Vec<_> = field.fields.iter().map(|it| json!(it)).collect();
                let mut line = self.object(&names, depth + 1, faults);
                line.insert("type".to_owned(), json!("object"));
                json!({ "type": "array", "items": line, "derive": derive(field), "minItems": field.min })
            }
            FieldType::Checklist => checklist(&field.items),
            FieldType::Money => money(),
            _ => plain(field),
        };
        if let Some(schema) = schema.as_object_mut() {
            field.common(schema);
        }
        schema
    }
}

impl Field {
    /// What every kind of field may say.
    fn common(&self, schema: &mut Map<String, Value>) {
        schema.insert("title".to_owned(), self.title.clone());
        let said = [("description", &self.description), ("default", &self.default)];
        for (key, value) in said {
            if let Some(value) = value {
                schema.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(example) = &self.example {
            schema.insert("examples".to_owned(), json!([example]));
        }
        if !self.clauses.is_empty() {
            schema.insert("clauses".to_owned(), json!(self.clauses));
        }
        schema.retain(|_, value| !value.is_null());
    }
}

/// A field that is neither lines nor a checklist nor money.
fn plain(field: &Field) -> Value {
    let (min, max) = (&field.min, &field.max);
    let number = |kind: &str, low: Value, high: Value| {
        let example = min.clone().unwrap_or(json!(1));
        let (low, high) = (min.clone().unwrap_or(low), max.clone().unwrap_or(high));
        json!({ "type": kind, "minimum": low, "maximum": high, "examples": [example] })
    };
    let id = |format: &str, example: &str| json!({ "type": "string", "format": format, "examples": [example] });
    let length = |usual: u32| max.clone().unwrap_or(json!(usual));
    match field.kind {
        FieldType::LongText => text(field, &length(4_000)),
        FieldType::Integer => number("integer", json!(0), json!(1_000_000_000)),
        FieldType::Number => number("number", json!(0), json!(1_000_000_000)),
        FieldType::Score => number("integer", json!(1), json!(5)),
        FieldType::Date => id("date", "2026-11-22"),
        FieldType::Datetime => id("date-time", "2026-11-22T09:00:00+08:00"),
        FieldType::Time => {
            json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["09:30"] })
        }
        FieldType::Flag if field.must => {
            json!({ "type": "boolean", "const": true, "examples": [true] })
        }
        FieldType::Flag => json!({ "type": "boolean", "examples": [true] }),
        FieldType::Choice => choice(field),
        FieldType::Choices => {
            json!({ "type": "array", "uniqueItems": true, "minItems": min, "maxItems": max, "items": choice(field) })
        }
        FieldType::File => id("attachment", EXAMPLE_ID),
        FieldType::Files => {
            json!({ "type": "array", "items": { "type": "string", "format": "attachment", "examples": [EXAMPLE_ID] }, "minItems": min, "maxItems": max })
        }
        FieldType::Person | FieldType::Customer | FieldType::Asset => id("uuid", EXAMPLE_ID),
        FieldType::Assets => {
            json!({ "type": "array", "uniqueItems": true, "minItems": 1, "maxItems": max, "items": { "type": "string", "format": "uuid", "examples": [EXAMPLE_ID] } })
        }
        FieldType::Text | FieldType::Lines | FieldType::Checklist | FieldType::Money => {
            text(field, &length(200))
        }
    }
}

const EXAMPLE_ID: &str = "0199c3f2-0000-7000-8000-000000000003";

fn text(field: &Field, longest: &Value) -> Value {
    let shortest = field.min.clone().unwrap_or(json!(1));
    let example = field.title.get("zh").cloned().unwrap_or(json!("说明"));
    let example = if field.pattern.is_some() { Value::Null } else { json!([example]) };
    json!({ "type": "string", "minLength": shortest, "maxLength": longest, "pattern": field.pattern, "examples": example })
}

fn choice(field: &Field) -> Value {
    let mut words: Vec<_> = field.choices.keys().collect();
    words.sort_by_key(|word| field.choices_order.iter().position(|it| it == *word));
    let words: Vec<_> = words.into_iter().map(|it| json!(it)).collect();
    let example = words.first().map_or(Value::Null, |it| json!([it]));
    json!({ "type": "string", "enum": words, "enum_titles": field.choices, "examples": example })
}

/// The shape of money everywhere: a decimal number as text, and its currency.
fn money() -> Value {
    json!({
        "type": "object",
        "required": ["amount"],
        "properties": {
            "amount": {
                "type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2})?$", "examples": ["128.50"],
                "title": { "zh": "数额", "en": "Figure" },
            },
            "currency": {
                "type": "string", "pattern": "^[A-Z]{3}$", "default": "CNY", "examples": ["CNY"],
                "title": { "zh": "币种", "en": "Currency" },
            },
        },
    })
}

fn checklist(items: &[Item]) -> Value {
    let (mut required, mut properties, mut order) = (Vec::new(), Map::new(), Vec::new());
    for item in items {
        required.push(json!(item.code));
        order.extend([json!(item.code), json!(format!("{}_note", item.code))]);
        let found = json!({
            "type": "string", "enum": ["ok", "fault", "na"], "examples": ["ok"], "title": item.title,
            "enum_titles": {
                "ok": { "zh": "合格", "en": "In order" },
                "fault": { "zh": "不合格", "en": "Fault" },
                "na": { "zh": "不适用", "en": "Not applicable" },
            },
        });
        let mut found = found.as_object().cloned().unwrap_or_default();
        if !item.clauses.is_empty() {
            found.insert("clauses".to_owned(), json!(item.clauses));
        }
        properties.insert(item.code.clone(), Value::Object(found));
        let note = json!({
            "type": "string", "maxLength": 1000, "examples": ["已当场纠正"],
            "title": { "zh": "说明", "en": "Note" },
        });
        properties.insert(format!("{}_note", item.code), note);
    }
    json!({
        "type": "object", "required": required, "properties": properties, "x-order": order,
        "derive": { "faults": true },
    })
}

fn derive(field: &Field) -> Value {
    match &field.total {
        Some(total) => json!({ "total": total, "times": field.times }),
        None => Value::Null,
    }
}

fn unknown(pointer: String, name: &str) -> Fault {
    let words = Text::new(
        format!("没有声明过字段 `{name}`"),
        format!("the field `{name}` is declared nowhere"),
    );
    Fault::new(pointer, "unknown_field", words)
}

/// Turns every form of a procedure that is a list of names into its schema, and takes the procedure's
/// own `fields` in.
///
/// # Errors
/// Names that are declared nowhere, and declarations that do not read, at their places.
pub fn expand(procedure: &mut Value, known: &Fields) -> Result<(), Vec<Fault>> {
    let Some(members) = procedure.as_object_mut() else { return Ok(()) };
    let mut faults = Vec::new();
    let own = members.remove("fields");
    let mut fields = Fields::default();
    if let Some(own) = own.as_ref().and_then(Value::as_object) {
        faults.extend(fields.extend(own).err().into_iter().flatten());
    }
    fields.join(known);
    let mut one = |place: &str, holder: &mut Map<String, Value>| {
        let Some(names) = holder.get("form").and_then(Value::as_array) else { return };
        match fields.form(names) {
            Ok(form) => drop(holder.insert("form".to_owned(), Value::Object(form))),
            Err(found) => faults.extend(
                found
                    .into_iter()
                    .map(|it| Fault { pointer: format!("{place}/form{}", it.pointer), ..it }),
            ),
        }
    };
    one("", members);
    let actions = members.get_mut("actions").and_then(Value::as_array_mut);
    for (index, action) in actions.into_iter().flatten().enumerate() {
        if let Some(action) = action.as_object_mut() {
            one(&format!("/actions/{index}"), action);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
