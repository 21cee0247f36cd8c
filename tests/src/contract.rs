//! What holds for every reply, and what the published description says about each operation.
//!
//! The description is `openapi/openapi.json` of the repository, or the file that `KEFU_OPENAPI`
//! names. Every operation that was exercised is appended to the file `KEFU_COVERAGE_FILE` names.

use std::collections::{HashMap, HashSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Reply;

/// What no answer may show (CONTRACT, Errors).
const SECRETS: [&str; 8] =
    ["SELECT ", "INSERT INTO", "diesel", "panicked", "sqlite", ".rs:", "/home/", "stack backtrace"];

/// Paths that answer people or monitors rather than programs, and need no JSON.
const FOR_PEOPLE: [&str; 3] = ["/docs", "/metrics", "/problems"];

/// The one operation that sends a browser elsewhere.
const SENDS_AWAY: &str = "/v1/auth/oidc/start";

/// One operation of the description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// In capitals: `GET`.
    pub method: String,
    /// The path template: `/v1/cases/{id}`.
    pub path: String,
}

/// The published description.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let path = std::env::var("KEFU_OPENAPI").unwrap_or_else(|_absent| {
            concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json").to_owned()
        });
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
    });
    &DOCUMENT
}

/// Every operation of the description.
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
        let paths = document()["paths"].as_object().expect("the description has paths");
        let methods = ["get", "put", "post", "delete", "patch"];
        let all = paths.iter().flat_map(|(path, item)| {
            methods
                .into_iter()
                .filter(|method| item.get(*method).is_some())
                .map(|method| Operation { method: method.to_uppercase(), path: path.clone() })
        });
        all.collect()
    });
    &OPERATIONS
}

/// Panics unless `reply` is what the contract lets `method path` answer.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, reply: &Reply) {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let for_people = FOR_PEOPLE.iter().any(|prefix| path.starts_with(prefix));
    check_headers(for_people, path == SENDS_AWAY, reply);
    if reply.status >= 400 && method != "HEAD" {
        check_problem(reply);
    }
    // HEAD is the GET of its address without a body; OPTIONS is the server's own.
    if method == "HEAD" {
        return;
    }
    let Some(operation) = operation(method, path) else {
        let options = method == "OPTIONS" && reply.status == 204;
        let expected =
            options || for_people || path == "/openapi.json" || matches!(reply.status, 404 | 405);
        assert!(expected, "{} is not in the description, and answered {reply}", reply.asked);
        return;
    };
    cover(operation);
    check_documented(operation, reply);
    if operation.path == "/v1/events" && reply.status == 200 {
        reply.items().iter().for_each(check_event);
    }
}

/// Panics unless a stream with these headers is what the contract lets `method path` answer.
#[track_caller]
pub(crate) fn check_stream(method: &str, path: &str, headers: &ureq::http::HeaderMap) {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let operation = operation(method, path).expect("the description has the operation");
    let answer = &document()["paths"][path][method.to_lowercase()]["responses"]["200"];
    let kind = headers.get("content-type").and_then(|it| it.to_str().ok()).unwrap_or_default();
    assert!(answer["content"].get(kind).is_some(), "{method} {path} answered {kind}");
    assert!(headers.contains_key("x-request-id"), "{method} {path} without X-Request-Id");
    cover(operation);
}

#[track_caller]
fn check_headers(for_people: bool, sends_away: bool, reply: &Reply) {
    let asked = &reply.asked;
    let request_id = reply.header("x-request-id").unwrap_or_default();
    assert!(!request_id.is_empty(), "{asked} answered without X-Request-Id: {reply}");
    let kind = reply.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    match reply.status {
        204 | 304 => assert!(reply.text.is_empty(), "{asked} answered with a body: {reply}"),
        200..300 if for_people => {}
        _ if reply.asked.starts_with("HEAD ") => {}
        // Files are what the description says they are; that is looked at with the operation.
        200..300 => assert!(!kind.is_empty(), "{asked} answered without a type: {reply}"),
        300..400 => assert!(for_people || sends_away, "{asked} redirected: {reply}"),
        _ => assert_eq!(kind, "application/problem+json", "{asked} answered {reply}"),
    }
}

#[track_caller]
fn check_problem(reply: &Reply) {
    let Reply { asked, body, .. } = reply;
    for member in ["type", "title", "detail", "instance"] {
        let said = body[member].as_str().unwrap_or_default();
        assert!(!said.is_empty(), "{asked} answered a problem without {member}: {reply}");
    }
    assert_eq!(body["status"], reply.status, "{asked} contradicts itself: {reply}");
    let instance = body["instance"].as_str().unwrap_or_default();
    let request_id = reply.header("x-request-id").unwrap_or_default();
    assert!(instance.contains(request_id), "{asked}: instance is not the request id: {reply}");
    if matches!(reply.status, 429 | 503) {
        assert!(reply.header("retry-after").is_some(), "{asked} answered no Retry-After: {reply}");
    }
    for secret in SECRETS {
        assert!(!reply.text.contains(secret), "{asked} shows `{secret}`: {reply}");
    }
}

#[track_caller]
fn check_documented(operation: &Operation, reply: &Reply) {
    let Operation { method, path } = operation;
    let answers = &document()["paths"][path][method.to_lowercase()]["responses"];
    let exact = reply.status.to_string();
    let range = format!("{}XX", reply.status / 100);
    let name = [exact.as_str(), range.as_str(), "default"]
        .into_iter()
        .find(|name| answers.get(name).is_some())
        .unwrap_or_else(|| panic!("{method} {path} does not document {exact}: {reply}"));
    let kind = reply.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default();
    if let Some(kinds) = answers[name]["content"].as_object() {
        assert!(kinds.contains_key(kind), "{method} {path} does not document {kind}: {reply}");
    }
    if kind.ends_with("json")
        && let Some(validator) = validator(operation, name)
    {
        let faults: Vec<_> = validator
            .iter_errors(&reply.body)
            .map(|fault| format!("{} at {}", fault, fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{method} {path} breaks its schema: {faults:#?}\n{reply}");
    }
}

/// Panics unless an event's data are what the description says of its type.
#[track_caller]
pub(crate) fn check_event(event: &Value) {
    static SCHEMAS: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
        let webhooks = document()["webhooks"].as_object().expect("webhooks are described");
        let compiled = webhooks.iter().map(|(name, item)| {
            let media = &item["post"]["requestBody"]["content"]["application/json"];
            let data = &media["schema"]["properties"]["data"];
            let whole = json!({ "allOf": [data], "components": document()["components"] });
            let compiled = jsonschema::validator_for(&whole);
            (name.clone(), compiled.unwrap_or_else(|fault| panic!("{name}: {fault}")))
        });
        compiled.collect()
    });
    let kind = event["type"].as_str().unwrap_or_default();
    let schema = SCHEMAS.get(kind).unwrap_or_else(|| panic!("{kind} is not described"));
    let faults: Vec<_> = schema
        .iter_errors(event)
        .map(|fault| format!("{fault} at {}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{kind} breaks its schema: {faults:#?}\n{event:#}");
}

/// The schema of a JSON answer, compiled once, with the document's named schemas in reach.
fn validator(operation: &Operation, status: &str) -> Option<Arc<Validator>> {
    type Cache = HashMap<(String, String, String), Option<Arc<Validator>>>;
    static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);
    let Operation { method, path } = operation;
    let key = (method.clone(), path.clone(), status.to_owned());
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = cache.entry(key).or_insert_with(|| {
        let answer = &document()["paths"][path][method.to_lowercase()]["responses"][status];
        let answer = answer.get("$ref").and_then(Value::as_str).map_or(answer, |pointer| {
            document().pointer(pointer.trim_start_matches('#')).expect("no dangling reference")
        });
        let content = answer.get("content")?.as_object()?;
        let schema = content.iter().find(|(kind, _)| kind.contains("json"))?.1.get("schema")?;
        let whole = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "allOf": [schema],
            "components": document()["components"],
        });
        let compiled = jsonschema::validator_for(&whole);
        let compiled = compiled.unwrap_or_else(|fault| panic!("{method} {path} {status}: {fault}"));
        Some(Arc::new(compiled))
    });
    compiled.clone()
}

/// The operation a request meets: the template with the most literal segments that fits.
fn operation(method: &str, path: &str) -> Option<&'static Operation> {
    let asked: Vec<_> = path.split('/').collect();
    let fitting = operations().iter().filter(|operation| {
        let template: Vec<_> = operation.path.split('/').collect();
        template.len() == asked.len()
            && template
                .iter()
                .zip(&asked)
                .all(|(template, asked)| template == asked || template.starts_with('{'))
    });
    // `…/export` is nobody's id, to no method.
    let closest = fitting.min_by_key(|operation| operation.path.matches('{').count())?;
    operations().iter().find(|it| it.path == closest.path && it.method == method)
}

/// Notes that a test exercised the operation.
fn cover(operation: &Operation) {
    static SEEN: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    static FILE: LazyLock<Option<String>> =
        LazyLock::new(|| std::env::var("KEFU_COVERAGE_FILE").ok());
    let Some(file) = FILE.as_ref() else { return };
    let line = format!("{} {}", operation.method, operation.path);
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.insert(line.clone()) {
        let file = OpenOptions::new().create(true).append(true).open(file);
        writeln!(file.expect("KEFU_COVERAGE_FILE can be written"), "{line}").expect("disk space");
    }
}
