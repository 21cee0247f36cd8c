//! Query parameters: repeated, huge, empty, not text.

use kefu_tests::{Server, document, operations};
use serde_json::Value;

use crate::contract::PROVIDERS;

/// The query parameters of an operation, each with its schema.
fn parameters(path: &str) -> Vec<(String, Value)> {
    let parameters = document()["paths"][path]["get"]["parameters"].as_array();
    let of_query = parameters.into_iter().flatten().filter(|it| it["in"] == "query");
    of_query.map(|it| (it["name"].as_str().unwrap().to_owned(), it["schema"].clone())).collect()
}

/// Every list with every parameter it takes.
fn asked() -> Vec<(String, String, Value)> {
    let lists = operations().iter().filter(|it| it.method == "GET" && !it.path.contains('{'));
    let all = lists.flat_map(|it| {
        let parameters = parameters(&it.path).into_iter();
        parameters.map(|(name, schema)| (it.path.clone(), name, schema))
    });
    all.filter(|(path, _, _)| !path.ends_with("/stream") && path != PROVIDERS).collect()
}

#[test]
fn no_value_of_any_parameter_breaks_the_server() {
    let admin = Server::shared().admin();
    for (path, name, schema) in asked() {
        for value in [
            "",
            "%00",
            "a%00b",
            "%ff",
            "%f0%9f%92%a9",
            "-1",
            "0",
            "99999999999999999999999999",
            "1e309",
            "NaN",
            "null",
            "true",
            "%7B%7D",
            "%27%20OR%201%3D1--",
            "2026-02-30T25:61:61Z",
            ",,,",
            "9999-12-31T23:59:59Z",
            "-271821-04-20T00:00:00Z",
            "x%0d%0ay",
        ] {
            let asked = format!("{path}?{name}={value}");
            let answer = admin.get(&asked);
            let ok = matches!(answer.status, 200 | 422);
            assert!(ok, "{asked} ({schema}) answered {answer}");
            if answer.status == 422 && value != "%ff" {
                let about = |it: &String| {
                    it.strip_prefix(&format!("/{name}"))
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                assert!(answer.pointers().iter().all(about), "{answer}");
            }
        }
        let long = format!("{path}?{name}={}", "%E9%95%BF".repeat(2_000));
        assert!(matches!(admin.get(&long).status, 200 | 422), "{path}?{name}=长…");
    }
}

#[test]
fn a_parameter_given_twice_is_refused_unless_it_is_a_list() {
    let admin = Server::shared().admin();
    for (path, name, schema) in asked() {
        let list = schema["type"] == "array"
            || schema["type"].as_array().is_some_and(|it| it.iter().any(|it| it == "array"));
        if list {
            continue;
        }
        let refused = admin.get(&format!("{path}?{name}=1&{name}=2")).refused(422);
        assert_eq!(refused.pointers(), [format!("/{name}")], "{refused}");
        assert_eq!(refused["errors"][0]["code"], "repeated", "{refused}");
    }
}

#[test]
fn every_parameter_nobody_knows_is_named() {
    let admin = Server::shared().admin();
    let refused = admin.get("/v1/customers?what=1&ever=2&limit=0").refused(422);
    assert_eq!(refused.pointers(), ["/ever", "/limit", "/what"], "{refused}");
}
