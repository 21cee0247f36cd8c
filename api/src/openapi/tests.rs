//! The contract is whole, and committed.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Found, Operations, document, printed};

fn operations() -> Operations {
    Operations::new(&document()).unwrap()
}

#[test]
fn the_committed_document_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
    if std::env::var_os("KEFU_UPDATE").is_some() {
        std::fs::write(path, printed()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == printed(), "run `KEFU_UPDATE=1 cargo test -p kefu-api`");
}

#[test]
fn every_operation_is_described_and_says_what_it_takes() {
    let document = document();
    let mut ids = BTreeSet::new();
    for operation in operations().iter() {
        let method = operation.method.as_str().to_lowercase();
        let it = &document["paths"][&operation.template][&method];
        for member in ["summary", "description", "operationId", "x-permission"] {
            assert!(
                it[member].as_str().is_some_and(|it| !it.is_empty()),
                "{}: {member}",
                operation.id
            );
        }
        assert!(ids.insert(operation.id.clone()), "{} twice", operation.id);
        assert!(it["tags"].as_array().is_some_and(|it| !it.is_empty()), "{}: tags", operation.id);
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut missing = BTreeSet::new();
    walk(&document, &mut |value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str)
            && document.pointer(reference.trim_start_matches('#')).is_none()
        {
            missing.insert(reference.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

fn walk(value: &Value, visit: &mut impl FnMut(&Value)) {
    visit(value);
    match value {
        Value::Object(members) => members.values().for_each(|it| walk(it, visit)),
        Value::Array(items) => items.iter().for_each(|it| walk(it, visit)),
        _ => {}
    }
}

#[test]
fn an_address_finds_its_operation_or_its_other_methods() {
    use actix_web::http::Method;
    let operations = operations();
    let id = |method, path| match operations.find(&method, path) {
        Found::Operation(it) => it.id.clone(),
        Found::OtherMethods(methods) => methods.join(" "),
        Found::Nothing => "nothing".to_owned(),
    };
    assert_eq!(id(Method::GET, "/v1/customers/x"), "get_customer");
    assert_eq!(id(Method::PUT, "/v1/customers/x"), "DELETE GET PATCH");
    assert_eq!(id(Method::PUT, "/v1/procedures/check"), "POST");
    assert_eq!(id(Method::GET, "/v1/procedures/check"), "POST");
    assert_eq!(id(Method::PATCH, "/v1/customers/export"), "GET");
    assert_eq!(id(Method::DELETE, "/v1/assets/import"), "POST");
    assert_eq!(id(Method::GET, "/v1/cases/bulk"), "POST");
    assert_eq!(id(Method::POST, "/v1/cases/bulk/actions"), "act_on_cases");
    assert_eq!(id(Method::GET, "/v1/customers/"), "nothing");
    assert_eq!(id(Method::GET, "/v1/customers/x/y"), "nothing");
}
