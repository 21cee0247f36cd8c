//! The published description, held to the contract; and every operation, held to the description.

mod authorisation;
mod calls;
mod examples;

use std::collections::BTreeSet;

use kefu_tests::{Operation, Scope, Server, document, operations};
use serde_json::{Value, json};

/// Where an identity provider sends people back to, with parameters of its own.
pub(crate) const PROVIDERS: &str = "/v1/auth/oidc/callback";

fn described(operation: &Operation) -> &'static Value {
    &document()["paths"][&operation.path][operation.method.to_lowercase()]
}

/// The first example of a body.
pub(crate) fn example(content: &Value) -> Option<&Value> {
    let named = content["examples"].as_object().and_then(|it| it.values().next());
    let named = named.map(|it| {
        let pointer = it["$ref"].as_str().map(|it| it.trim_start_matches('#'));
        pointer.map_or(it, |it| document().pointer(it).unwrap())
    });
    named.map(|it| &it["value"]).or(content.get("example")).filter(|it| !it.is_null())
}

fn named(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// The path with something in every place.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{id}" => "01990000-0000-7000-8000-000000000000",
        part if part.starts_with('{') => "nothing",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_operation_is_described_in_full() {
    let mut missing = Vec::new();
    let mut ids = BTreeSet::new();
    for operation in operations() {
        let described = described(operation);
        for member in ["operationId", "summary", "description"] {
            if described[member].as_str().unwrap_or_default().is_empty() {
                missing.push(format!("{}: {member}", named(operation)));
            }
        }
        if !ids.insert(described["operationId"].clone().to_string()) {
            missing.push(format!("{}: an operationId of its own", named(operation)));
        }
        if described["tags"].as_array().is_none_or(Vec::is_empty) {
            missing.push(format!("{}: tags", named(operation)));
        }
        if operation.path.starts_with("/v1/") && described["x-permission"].is_null() {
            missing.push(format!("{}: x-permission", named(operation)));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_body_has_an_example_and_a_named_schema() {
    let mut missing = Vec::new();
    for operation in operations().iter().filter(|it| it.path.starts_with("/v1/")) {
        let described = described(operation);
        let answers = described["responses"].as_object().unwrap();
        let bodies = answers
            .iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(status, answer)| (status.as_str(), answer))
            .chain([("request", &described["requestBody"])]);
        for (what, body) in bodies {
            for (kind, content) in body["content"].as_object().into_iter().flatten() {
                let place = format!("{} {what} {kind}", named(operation));
                if content["example"].is_null() && content["examples"].is_null() {
                    missing.push(format!("{place}: example"));
                }
                if kind.ends_with("json") && content["schema"]["$ref"].is_null() {
                    missing.push(format!("{place}: a named schema"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_refusal_is_described_as_a_problem() {
    let mut wrong = Vec::new();
    for operation in operations() {
        for (status, answer) in described(operation)["responses"].as_object().unwrap() {
            let refusal = status.starts_with('4') || status.starts_with('5');
            let answer = answer["$ref"].as_str().map_or(answer, |pointer| {
                document().pointer(pointer.trim_start_matches('#')).unwrap()
            });
            if refusal && answer["content"]["application/problem+json"].is_null() {
                wrong.push(format!("{} {status}", named(operation)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_operation_refuses_a_query_it_does_not_have() {
    let admin = Server::shared().admin();
    // Monitors ask outside of /v1 with whatever keeps caches away; a provider adds what it likes.
    let strict = |it: &&Operation| it.path.starts_with("/v1/") && it.path != PROVIDERS;
    for operation in operations().iter().filter(strict) {
        let path = format!("{}?nobody_asks=1", filled(&operation.path));
        let request = admin.request(method(operation), &path).json(&json!({}));
        let reply = request.header("if-match", "*").send().expect(422);
        assert!(reply.pointers().contains(&"/nobody_asks".to_owned()), "{reply}");
    }
}

#[test]
fn whoever_reads_everything_changes_nothing() {
    let server = Server::shared();
    let auditor = server.user("auditor", Scope::All);
    for operation in operations().iter().filter(|it| it.path.starts_with("/v1/")) {
        let permission = described(operation)["x-permission"].as_str().unwrap_or_default();
        if permission.contains(".write") || permission == "procedure.publish" {
            let method = method(operation);
            let reply = auditor.request(method, &filled(&operation.path)).json(&json!({})).send();
            assert_eq!(reply.status, 403, "{}: {reply}", named(operation));
        }
    }
}

fn method(operation: &Operation) -> &'static str {
    ["GET", "PUT", "POST", "PATCH", "DELETE"]
        .into_iter()
        .find(|it| *it == operation.method)
        .expect("a method the description lists")
}
