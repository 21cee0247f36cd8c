//! What generated clients need of schemas. Enums have names: those that parameters spell out become
//! references to named schemas, one type for each. An object that may hold anything says so:
//! without it, generators make a type that can hold nothing.

use serde_json::{Map, Value, json};

/// Replaces each by a reference: to the named schema with the same words, or to a new one by its
/// title.
pub(super) fn name_enums(document: &mut Value) {
    let mut schemas = match document.pointer("/components/schemas") {
        Some(Value::Object(schemas)) => schemas.clone(),
        _ => Map::new(),
    };
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        let operations = item.as_object_mut().into_iter().flat_map(Map::values_mut);
        for parameter in operations
            .filter_map(|it| it.get_mut("parameters").and_then(Value::as_array_mut))
            .flatten()
        {
            let name = name_of(path, parameter);
            let Some(schema) = parameter.get_mut("schema") else { continue };
            name_enum(schema, &mut schemas, &name);
            // A parameter that takes several words.
            if let Some(items) = schema.get_mut("items") {
                name_enum(items, &mut schemas, &name);
            }
        }
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("schemas".into(), Value::Object(schemas));
    }
}

/// What a parameter's words are called where nothing else calls them: `CasesSort`.
fn name_of(path: &str, parameter: &Value) -> String {
    let collection = path.split('/').rfind(|it| !it.starts_with('{') && *it != "export");
    let name = parameter.get("name").and_then(Value::as_str);
    let words = [collection, name].into_iter().flatten().flat_map(|it| it.split(['_', '-']));
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    words.map(capital).collect()
}

fn name_enum(schema: &mut Value, schemas: &mut Map<String, Value>, otherwise: &str) {
    if let Some(name) = known(schema, schemas).or_else(|| titled(schema, schemas, otherwise)) {
        *schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    }
}

/// The orders of a saved view: those of every list there are views of.
pub(super) fn name_sorts(document: &mut Value) {
    let lists = document.pointer("/components/schemas/ListName/enum").and_then(Value::as_array);
    let mut sorts: Vec<Value> = Vec::new();
    for list in lists.into_iter().flatten().filter_map(Value::as_str) {
        let parameters = document.pointer(&format!("/paths/~1v1~1{list}/get/parameters"));
        let parameters = parameters.and_then(Value::as_array).into_iter().flatten();
        let mut named = parameters.filter(|it| it.get("name").is_some_and(|name| name == "sort"));
        let schema = named.next().and_then(|it| it.get("schema"));
        let reference = schema.and_then(|it| it.get("$ref")).and_then(Value::as_str);
        let schema = reference
            .and_then(|it| document.pointer(it.trim_start_matches('#')))
            .or(schema);
        let words = schema.and_then(|it| it.get("enum")).and_then(Value::as_array);
        for word in words.into_iter().flatten() {
            if !sorts.contains(word) {
                sorts.push(word.clone());
            }
        }
    }
    let description = "An order of some list; which of them a list has, its own `sort` says.";
    let named = json!({ "type": "string", "enum": sorts, "description": description });
    if let Some(schemas) =
        document.pointer_mut("/components/schemas").and_then(Value::as_object_mut)
    {
        schemas.insert("ListSort".into(), named);
        for schema in ["SavedViewDraft", "SavedViewChanges"] {
            let sort = schemas.get_mut(schema).and_then(|it| it.pointer_mut("/properties/sort"));
            if let Some(Value::Object(sort)) = sort {
                let reference = json!({ "$ref": "#/components/schemas/ListSort" });
                sort.retain(|name, _| name == "description");
                sort.insert("oneOf".into(), json!([{ "type": "null" }, reference]));
            }
        }
    }
}

/// Says of every object without members of its own that it may hold any.
pub(super) fn open_objects(document: &mut Value) {
    if let Some(components) = document.pointer_mut("/components/schemas") {
        open(components);
    }
}

fn open(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let closed = ["properties", "additionalProperties"];
            let kind = members.get("type");
            let is_object = kind.is_some_and(|it| {
                it == "object" || it.as_array().is_some_and(|all| all.contains(&json!("object")))
            });
            if is_object && !closed.iter().any(|it| members.contains_key(*it)) {
                members.insert("additionalProperties".into(), Value::Bool(true));
            }
            let inner = members.iter_mut().filter(|(name, _)| !name.starts_with("example"));
            inner.for_each(|(_, it)| open(it));
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}

fn known(schema: &Value, schemas: &Map<String, Value>) -> Option<String> {
    let words = schema.get("enum")?;
    let mut fitting = schemas.iter().filter(|(_, it)| it.get("enum") == Some(words));
    fitting.next().map(|(name, _)| name.clone())
}

fn titled(schema: &Value, schemas: &mut Map<String, Value>, otherwise: &str) -> Option<String> {
    schema.get("enum")?;
    let name = schema.get("title").and_then(Value::as_str).unwrap_or(otherwise).to_owned();
    let mut named = schema.clone();
    if let Some(members) = named.as_object_mut() {
        members.remove("title");
    }
    schemas.insert(name.clone(), named);
    Some(name)
}
