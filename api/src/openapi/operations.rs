//! The table of operations, made from the document at start.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::Method;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// What one needs to call an operation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Permission {
    /// Nothing.
    Public,
    /// To be signed in; who may do what is decided by what is asked for.
    SignedIn,
    /// This permission, somewhere at least; where is decided by what is asked for.
    Held(String),
}

/// One operation of the published document.
#[derive(Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    /// Its method.
    pub method: Method,
    /// Its path with `{places}`.
    pub template: String,
    /// Its `x-permission`.
    pub permission: Permission,
    /// The media types its body may have.
    pub media_types: Vec<String>,
    /// How many times the usual limit its body may be.
    pub body_limit_factor: usize,
    /// The schema of its JSON body.
    pub body: Option<Validator>,
    /// The schema of its query, all parameters in one object …
    pub query: Option<Validator>,
    /// … and what each is, to be read from text.
    pub query_kinds: BTreeMap<String, Kind>,
}

/// What a query parameter's text is read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// As it is.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// Texts between commas.
    List,
}

/// What is at an address.
#[derive(Clone, Debug)]
pub enum Found {
    /// This.
    Operation(Arc<Operation>),
    /// Operations of other methods.
    OtherMethods(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

/// Every operation, those with fewer `{places}` first, and of those with as many the ones whose places
/// come later (`{` is behind every letter): the first that fits an address is the closest.
#[derive(Debug, Default)]
pub struct Operations(Vec<Arc<Operation>>);

impl Operations {
    /// Reads the table from the document. An `Err` names a schema that does not compile: a defect
    /// of the program that a test finds.
    pub fn new(document: &Value) -> Result<Self, String> {
        let none = Map::new();
        let components = document.get("components").cloned().unwrap_or_default();
        let mut operations = Vec::new();
        for (template, item) in document.get("paths").and_then(Value::as_object).unwrap_or(&none) {
            for (method, operation) in item.as_object().unwrap_or(&none) {
                let read = operation_of(template, method, operation, &components)
                    .map_err(|error| format!("{method} {template}: {error}"))?;
                operations.push(Arc::new(read));
            }
        }
        operations.sort_by_key(|it| (it.template.matches('{').count(), it.template.clone()));
        Ok(Self(operations))
    }

    /// Every operation.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Operation>> {
        self.0.iter()
    }

    /// What is at this address: that of the closest template, whatever the method. `…/export` is a
    /// list's file, and nobody's id, also to those methods that a thing has and a file has not.
    pub fn find(&self, method: &Method, path: &str) -> Found {
        let Some(closest) = self.0.iter().find(|it| matches(&it.template, path)) else {
            return Found::Nothing;
        };
        let there = || self.0.iter().filter(|it| it.template == closest.template);
        match there().find(|it| it.method == method) {
            Some(operation) => Found::Operation(Arc::clone(operation)),
            None => Found::OtherMethods(there().map(|it| known(&it.method)).collect()),
        }
    }
}

fn matches(template: &str, path: &str) -> bool {
    let mut path = path.split('/');
    let fits = template.split('/').all(|part| match path.next() {
        Some(given) if part.starts_with('{') => !given.is_empty(),
        given => given == Some(part),
    });
    fits && path.next().is_none()
}

fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        _ => "GET",
    }
}

fn operation_of(
    template: &str,
    method: &str,
    operation: &Value,
    components: &Value,
) -> Result<Operation, String> {
    let permission = match operation.get("x-permission").and_then(Value::as_str) {
        None | Some("public") => Permission::Public,
        Some("signed_in") => Permission::SignedIn,
        Some(held) => Permission::Held(held.to_owned()),
    };
    let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
    let media_types: Vec<_> = content.map(|it| it.keys().cloned().collect()).unwrap_or_default();
    let json = content
        .and_then(|it| it.iter().find(|(media, _)| media.ends_with("json")))
        .and_then(|(_, media)| media.get("schema"));
    let body = json.map(|schema| compile(schema.clone(), components)).transpose()?;
    let (query, query_kinds) = query_of(operation, components)?;
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let factor = operation.get("x-body-limit-factor").and_then(Value::as_u64).unwrap_or(1);
    let body_limit_factor = usize::try_from(factor).unwrap_or(1);
    let method =
        Method::from_bytes(method.to_uppercase().as_bytes()).map_err(|error| error.to_string())?;
    let template = template.to_owned();
    Ok(Operation {
        id,
        method,
        template,
        permission,
        media_types,
        body_limit_factor,
        body,
        query,
        query_kinds,
    })
}

type Query = (Option<Validator>, BTreeMap<String, Kind>);

fn query_of(operation: &Value, components: &Value) -> Result<Query, String> {
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut kinds = BTreeMap::new();
    for parameter in parameters.into_iter().flatten() {
        let name = parameter.get("name").and_then(Value::as_str);
        let (Some(name), Some("query")) = (name, parameter.get("in").and_then(Value::as_str))
        else {
            continue;
        };
        let schema = parameter.get("schema").cloned().unwrap_or_else(|| json!({}));
        kinds.insert(name.to_owned(), kind_of(&schema));
        properties.insert(name.to_owned(), schema);
        if parameter.get("required") == Some(&Value::Bool(true)) {
            required.push(name);
        }
    }
    let schema = json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false,
    });
    Ok((Some(compile(schema, components)?), kinds))
}

fn kind_of(schema: &Value) -> Kind {
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(some)) => some.iter().any(|it| it == kind),
        _ => false,
    };
    if is("integer") {
        Kind::Integer
    } else if is("boolean") {
        Kind::Boolean
    } else if is("array") {
        Kind::List
    } else {
        Kind::Text
    }
}

/// A schema of the document as a validator of its own, formats included.
fn compile(mut schema: Value, components: &Value) -> Result<Validator, String> {
    let mut needed = Map::new();
    collect(&schema, components, &mut needed);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("components".into(), json!({ "schemas": needed }));
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| error.to_string())
}

/// The named schemas that a schema refers to, and those that they refer to. A validator holds a copy
/// of them: all of them for every operation would be a hundred megabytes.
fn collect(value: &Value, components: &Value, needed: &mut Map<String, Value>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            let name = reference.and_then(|it| it.strip_prefix("#/components/schemas/"));
            if let Some(name) = name.filter(|it| !needed.contains_key(*it))
                && let Some(schema) = components.get("schemas").and_then(|it| it.get(name))
            {
                needed.insert(name.to_owned(), schema.clone());
                collect(schema, components, needed);
            }
            members.values().for_each(|it| collect(it, components, needed));
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, components, needed)),
        _ => {}
    }
}
