//! Links: where an answer leads. Made from the addresses: what creates or shows a thing leads to
//! every operation below that thing's address, with its id and its `ETag`.

use serde_json::{Map, Value, json};

/// Where places below a thing are found in what shows it, when they are not members of it.
const PLACES: [(&str, &str); 2] = [("action", "/actions/0/code"), ("clock", "/clocks/0/code")];

/// Adds them to every answer that has any.
pub(super) fn add(document: &mut Value) {
    let targets = targets(document);
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, item) in paths.iter_mut() {
        let Some(item) = item.as_object_mut() else { continue };
        for (method, operation) in item.iter_mut() {
            let source = Source { path, method, schemas: &schemas };
            for status in ["200", "201"] {
                let pointer = format!("/responses/{status}");
                let Some(response) = operation.pointer_mut(&pointer) else { continue };
                let links = source.links(response, &targets);
                if let (Some(response), false) = (response.as_object_mut(), links.is_empty()) {
                    response.insert("links".into(), Value::Object(links));
                }
            }
        }
    }
}

/// An operation that can be led to.
struct Target {
    id: String,
    path: String,
    needs_version: bool,
}

fn targets(document: &Value) -> Vec<Target> {
    let mut targets = Vec::new();
    let none = Map::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).unwrap_or(&none) {
        for operation in item.as_object().unwrap_or(&none).values() {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
            let parameters = operation.get("parameters").and_then(Value::as_array);
            let needs_version = parameters.is_some_and(|all| {
                all.contains(&json!({ "$ref": "#/components/parameters/IfMatch" }))
            });
            targets.push(Target { id: id.to_owned(), path: path.clone(), needs_version });
        }
    }
    targets
}

/// The operation whose answer leads somewhere.
struct Source<'a> {
    path: &'a str,
    method: &'a str,
    schemas: &'a Value,
}

impl Source<'_> {
    fn links(&self, response: &Value, targets: &[Target]) -> Map<String, Value> {
        let schema = response.pointer("/content/application~1json/schema").unwrap_or(&Value::Null);
        let mut links = Map::new();
        // What is listed, made, or shown: each is at its own place below a collection.
        let (collection, prefix) = match (self.method, self.path.rsplit_once("/{")) {
            (_, Some((collection, rest))) if !rest.contains('/') => (collection, ""),
            ("get", None) => (self.path, "/items/0"),
            ("post", None) => (self.path, ""),
            _ => return links,
        };
        let schema = if prefix.is_empty() { Some(schema) } else { self.items(schema) };
        let Some(schema) = schema else { return links };
        for target in targets {
            if let Some(parameters) = self.parameters(collection, prefix, schema, target) {
                let link = json!({ "operationId": target.id, "parameters": parameters });
                links.insert(target.id.clone(), link);
            }
        }
        links
    }

    /// What the target needs, if the answer has it all.
    fn parameters(
        &self,
        collection: &str,
        prefix: &str,
        schema: &Value,
        target: &Target,
    ) -> Option<Map<String, Value>> {
        let below = target.path.strip_prefix(collection)?.strip_prefix("/{")?;
        let mut parameters = Map::new();
        if collection.contains("{id}") {
            parameters.insert("path.id".into(), "$request.path.id".into());
        }
        for part in format!("{{{below}").split('/') {
            let Some(place) = part.strip_prefix('{').and_then(|it| it.strip_suffix('}')) else {
                continue;
            };
            let special = PLACES.iter().find(|(name, _)| *name == place);
            let pointer = match special {
                Some((_, pointer)) if prefix.is_empty() => (*pointer).to_owned(),
                Some(_) => return None,
                None if self.has(schema, place) => format!("/{place}"),
                // Below another thing, what is listed is called after itself: `{delivery_id}`.
                None if place.ends_with("_id") && collection.contains("{id}") => "/id".to_owned(),
                None => return None,
            };
            let expression = format!("$response.body#{prefix}{pointer}");
            parameters.insert(format!("path.{place}"), expression.into());
        }
        if target.needs_version {
            if !prefix.is_empty() {
                return None;
            }
            parameters.insert("header.If-Match".into(), "$response.header.ETag".into());
        }
        Some(parameters)
    }

    fn resolved<'b>(&'b self, schema: &'b Value) -> &'b Value {
        let name = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.rsplit('/').next());
        name.and_then(|it| self.schemas.get(it)).unwrap_or(schema)
    }

    /// The schema of a list's items.
    fn items<'b>(&'b self, schema: &'b Value) -> Option<&'b Value> {
        self.resolved(schema).pointer("/properties/items/items")
    }

    fn has(&self, schema: &Value, member: &str) -> bool {
        let schema = self.resolved(schema);
        schema.pointer(&format!("/properties/{member}")).is_some()
            || schema
                .get("allOf")
                .and_then(Value::as_array)
                .is_some_and(|all| all.iter().any(|it| self.has(it, member)))
    }
}
