//! The examples of the description: they keep its schemas, and the server takes them.

use jsonschema::Validator;
use kefu_tests::{Office, Server, document, operations};
use serde_json::{Value, json};

use super::calls::Things;
use super::{described, named};

/// Faults of the form of an input. An example has none of them.
const FORM: [&str; 12] = [
    "required",
    "type",
    "unknown_member",
    "too_long",
    "too_short",
    "pattern",
    "enum",
    "too_small",
    "too_big",
    "too_few",
    "too_many",
    "repeated",
];

fn validator(schema: &Value) -> Validator {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
        "components": document()["components"],
    });
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"))
}

#[test]
fn every_example_keeps_its_schema() {
    let mut wrong = Vec::new();
    for operation in operations() {
        let described = described(operation);
        let answers = described["responses"].as_object().unwrap().iter();
        let bodies = answers
            .map(|(status, answer)| (status.as_str(), answer))
            .chain([("request", &described["requestBody"])]);
        for (what, body) in bodies {
            for (kind, content) in body["content"].as_object().into_iter().flatten() {
                if !kind.ends_with("json") || content["schema"].is_null() {
                    continue;
                }
                let named_examples = content["examples"].as_object();
                let examples = named_examples.into_iter().flatten().map(|(_, it)| &it["value"]);
                let validator = validator(&content["schema"]);
                for example in examples.chain([&content["example"]]).filter(|it| !it.is_null()) {
                    let faults = validator.iter_errors(example);
                    let faults: Vec<_> =
                        faults.map(|it| format!("{it} at {}", it.instance_path())).collect();
                    if !faults.is_empty() {
                        wrong.push(format!("{} {what}: {faults:?}", named(operation)));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_server_takes_every_example_that_it_publishes() {
    let server = Server::start();
    let office = Office::open(&server);
    let admin = server.admin();
    let things = Things::there(&admin).of_site(&office);
    for operation in operations() {
        // What takes things away goes last, or the others would find nothing.
        let endless = operation.path.ends_with("/stream");
        if endless || operation.method == "DELETE" || operation.path.starts_with("/v1/auth/") {
            continue;
        }
        // The example of a form with a file shows its parts, and is not its bytes; and what a query
        // must hold is in no example of a body.
        let body = &described(operation)["requestBody"]["content"];
        let asked = described(operation)["parameters"].as_array();
        let needs = |it: &Value| it["in"] == "query" && it["required"] == true;
        if body["multipart/form-data"].is_object() || asked.is_some_and(|all| all.iter().any(needs))
        {
            continue;
        }
        let reply = things.call(operation).by(&admin);
        let name = named(operation);
        assert!(!matches!(reply.status, 400 | 401 | 403 | 405 | 415), "{name}: {reply}");
        if reply.status == 422 {
            for error in reply["errors"].as_array().into_iter().flatten() {
                let code = error["code"].as_str().unwrap_or_default();
                assert!(!FORM.contains(&code), "{name}: {error}");
            }
        }
    }
}
