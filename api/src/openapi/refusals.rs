//! Refusals, said once: an answer for each status that operations refer to, and an example for
//! each problem that it can be.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::problem::{Code, MEDIA_TYPE};

/// What operations call the answer of a status.
pub(super) fn reference(status: u16) -> Value {
    json!({ "$ref": format!("#/components/responses/{}", name(status)) })
}

/// Gives the document the answers that its operations refer to, and their examples.
pub(super) fn add(document: &mut Value) {
    let mut used = BTreeSet::new();
    walk(document.get("paths").unwrap_or(&Value::Null), &mut used);
    let codes = || Code::ALL.iter().filter(|it| used.contains(&name(it.entry().status)));
    let responses: Map<_, _> =
        codes().map(|it| it.entry().status).map(|it| (name(it), response(it))).collect();
    let examples: Map<_, _> =
        codes().map(|code| (code.entry().code.to_owned(), example(*code))).collect();
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert("responses".into(), Value::Object(responses));
        components.insert("examples".into(), Value::Object(examples));
    }
}

fn name(status: u16) -> String {
    format!("Problem{status}")
}

/// The names of the answers that are referred to.
fn walk(value: &Value, used: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            if let Some(name) = reference.and_then(|it| it.strip_prefix("#/components/responses/"))
            {
                used.insert(name.to_owned());
            }
            members.values().for_each(|it| walk(it, used));
        }
        Value::Array(items) => items.iter().for_each(|it| walk(it, used)),
        _ => {}
    }
}

fn response(status: u16) -> Value {
    let codes: Vec<_> = Code::ALL.iter().filter(|it| it.entry().status == status).collect();
    let names: Vec<_> =
        codes.iter().map(|it| format!("{} (`{}`)", it.entry().title.en, it.uri())).collect();
    let examples: Map<_, _> = codes
        .iter()
        .map(|it| it.entry().code)
        .map(|code| (code.to_owned(), json!({ "$ref": format!("#/components/examples/{code}") })))
        .collect();
    let mut headers = vec!["X-Request-Id", "RateLimit", "RateLimit-Policy"];
    if matches!(status, 429 | 503) {
        headers.push("Retry-After");
    }
    let headers: Map<_, _> = headers
        .into_iter()
        .map(|name| (name.to_owned(), json!({ "$ref": format!("#/components/headers/{name}") })))
        .collect();
    json!({
        "description": names.join("; "),
        "headers": headers,
        "content": { MEDIA_TYPE: {
            "schema": { "$ref": "#/components/schemas/Problem" }, "examples": examples,
        }},
    })
}

/// The problem as a caller gets it who did not say which language they read.
fn example(code: Code) -> Value {
    let entry = code.entry();
    let mut value = json!({
        "type": code.uri(), "title": entry.title.zh, "status": entry.status,
        "detail": entry.explanation.zh, "instance": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11",
    });
    let more = match code {
        Code::Invalid => json!({ "errors": [
            { "pointer": "/subject", "code": "required", "detail": "缺少此项。" },
            { "pointer": "/fields/grade", "code": "enum", "detail": "应为其中之一：ordinary, major。" },
        ] }),
        Code::UnknownAction | Code::ActionNotOpen => {
            json!({ "allowed_actions": ["answer", "withdraw"] })
        }
        Code::Forbidden => json!({ "needs_permission": "customer.write" }),
        Code::RuleRefused => json!({ "clause": "R-001-203" }),
        _ if matches!(entry.status, 429 | 503) => json!({ "retry_after": 1 }),
        _ => json!({}),
    };
    if let (Some(members), Value::Object(more)) = (value.as_object_mut(), more) {
        members.extend(more);
    }
    json!({ "summary": entry.title.en, "value": value })
}
