//! Query parameters: read by the operation's declared parameters, every fault at once.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::body::deserialize;
use super::{Context, faults};
use crate::app::Failure;
use crate::openapi::{Kind, Operation};

/// The query, as declared.
#[derive(Clone, Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request).map(Self))
    }
}

fn read<T: DeserializeOwned>(request: &HttpRequest) -> Result<T, Failure> {
    let context = Context::of(request);
    let operation = context.as_ref().and_then(|it| it.operation());
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map_err(|error| {
        tracing::debug!(%error, "a query cannot be read");
        Failure::invalid("", "format", "查询参数无法读取。", "The query cannot be read.")
    })?;
    let mut values = Map::new();
    for (name, text) in pairs.into_inner() {
        if text.contains('\0') {
            let pointer = super::member("", &name);
            let (zh, en) = ("不得含有 U+0000。", "Must not hold U+0000.");
            return Err(Failure::invalid(&pointer, "format", zh, en));
        }
        let value = value(operation.map(|it| &**it), &name, text);
        match (values.get_mut(&name), value) {
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            // Which of them is meant? An unknown one is complained of as such.
            (Some(_), _) if operation.is_some_and(|it| it.query_kinds.contains_key(&name)) => {
                let pointer = super::member("", &name);
                let (zh, en) = ("只能给出一次。", "Can be given once.");
                return Err(Failure::invalid(&pointer, "repeated", zh, en));
            }
            (_, value) => {
                values.insert(name, value);
            }
        }
    }
    let values = Value::Object(values);
    if let Some(schema) = operation.and_then(|it| it.query.as_ref()) {
        let faults = faults(schema, &values);
        if !faults.is_empty() {
            return Err(Failure::Invalid(faults));
        }
    }
    deserialize(&values)
}

/// A parameter's text as its schema's type; as it is where it cannot be read so, for the schema to
/// complain about. A list without a text is one without items, as it is written without `explode`.
fn value(operation: Option<&Operation>, name: &str, text: String) -> Value {
    match operation.and_then(|it| it.query_kinds.get(name)) {
        Some(Kind::Integer) => text.parse::<i64>().map_or(Value::String(text), Value::from),
        Some(Kind::Boolean) => text.parse::<bool>().map_or(Value::String(text), Value::from),
        Some(Kind::List) if text.is_empty() => Value::Array(Vec::new()),
        Some(Kind::List) => text.split(',').map(Value::from).collect(),
        Some(Kind::Text) | None => Value::String(text),
    }
}
