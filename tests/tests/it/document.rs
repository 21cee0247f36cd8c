//! The published description as something to generate clients from: examples that are true, names
//! for everything a generator would otherwise have to make up, links that lead somewhere.

use std::collections::BTreeSet;

use kefu_tests::document;
use serde_json::{Value, json};

/// Every value of the document, with its pointer.
fn walk<'a>(value: &'a Value, at: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(at, value);
    match value {
        Value::Object(members) => {
            for (name, item) in members {
                let name = name.replace('~', "~0").replace('/', "~1");
                walk(item, &format!("{at}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}

/// What a reference refers to, or the value itself.
fn followed(value: &'static Value) -> &'static Value {
    value["$ref"].as_str().map_or(value, |reference| {
        let found = document().pointer(reference.trim_start_matches('#'));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    })
}

fn faults(schema: &Value, value: &Value) -> Vec<String> {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema], "components": document()["components"],
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
    validator.iter_errors(value).map(|it| format!("{it} at {}", it.instance_path())).collect()
}

/// The operations with their names.
fn operations() -> impl Iterator<Item = (&'static str, &'static Value)> {
    let items = document()["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|it| it.as_object().unwrap().values());
    operations.map(|it| (it["operationId"].as_str().unwrap(), it))
}

#[test]
fn every_example_keeps_the_schema_beside_it() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    walk(document(), "", &mut |at, value| {
        if !value["schema"].is_object() || !(at.contains("/content/") || at.contains("/headers/")) {
            return;
        }
        let named = value["examples"].as_object().into_iter().flatten();
        let named = named.map(|(_, it)| &followed(it)["value"]);
        for example in named.chain(value.get("example")) {
            seen += 1;
            let is_text = at.contains("/content/") && !at.ends_with("json");
            let fits = is_text && example.is_string();
            let faults = if fits { Vec::new() } else { faults(&value["schema"], example) };
            if !faults.is_empty() {
                wrong.push(format!("{at}: {faults:?}"));
            }
        }
    });
    assert!(seen > 100, "{seen} examples");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_named_schema_keeps_its_own_example() {
    let mut wrong = Vec::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        if let Some(example) = schema.get("example") {
            let faults = faults(schema, example);
            if !faults.is_empty() {
                wrong.push(format!("{name}: {faults:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_example_has_a_name() {
    let mut without = Vec::new();
    for (id, operation) in operations() {
        walk(operation, "", &mut |at, value| {
            if at.contains("/content/") && value["schema"].is_object() {
                let named = value["examples"].as_object().is_some_and(|it| !it.is_empty());
                if !named || !value["example"].is_null() {
                    without.push(format!("{id}: {at}"));
                }
            }
        });
    }
    assert!(without.is_empty(), "{without:#?}");
}

#[test]
fn every_enum_has_a_name() {
    let mut without = Vec::new();
    walk(document(), "", &mut |at, value| {
        let words = value["enum"].as_array().map_or(0, Vec::len);
        let place = at.strip_prefix("/components/schemas/");
        let is_named = place.is_some_and(|it| !it.contains('/'));
        let is_schema = value["type"] == "string" && !at.contains("/example");
        if words > 0 && is_schema && !is_named {
            without.push(at.to_owned());
        }
    });
    assert!(without.is_empty(), "{without:#?}");
}

#[test]
fn every_list_is_a_named_type() {
    let mut without = Vec::new();
    for (id, operation) in operations().filter(|(id, _)| id.starts_with("list_")) {
        let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
        let name = schema["$ref"].as_str().unwrap_or_default().rsplit('/').next();
        if !name.is_some_and(|it| it.ends_with("List") || it.ends_with("Feed")) {
            without.push(id);
        }
    }
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn no_name_is_that_of_a_type_of_the_program() {
    let names: BTreeSet<_> = document()["components"]["schemas"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for generic in ["Vec", "Option", "Map", "Value", "String", "HashMap", "BTreeMap", "Object"] {
        assert!(!names.contains(generic), "{generic} is a schema");
    }
}

#[test]
fn every_link_leads_to_an_operation_that_takes_what_it_gives() {
    let mut led_to = BTreeSet::new();
    for (id, operation) in operations() {
        for (_, answer) in operation["responses"].as_object().unwrap() {
            for (_, link) in answer["links"].as_object().into_iter().flatten() {
                let target = link["operationId"].as_str().unwrap();
                let (_, described) = operations().find(|(id, _)| *id == target).unwrap();
                let taken: Vec<_> = described["parameters"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(followed)
                    .map(|it| {
                        format!("{}.{}", it["in"].as_str().unwrap(), it["name"].as_str().unwrap())
                    })
                    .collect();
                for name in link["parameters"].as_object().unwrap().keys() {
                    assert!(taken.contains(name), "{id} gives {target} {name}; it takes {taken:?}");
                }
                led_to.insert(target);
            }
        }
    }
    for (id, _) in
        operations().filter(|(id, _)| id.starts_with("get_") || id.starts_with("change_"))
    {
        let (_, described) = operations().find(|(it, _)| *it == id).unwrap();
        let by_id = described["parameters"].as_array().unwrap().iter().any(|it| it["name"] == "id");
        assert!(!by_id || led_to.contains(id), "nothing leads to {id}");
    }
}

#[test]
fn a_patch_takes_nothing_away_that_has_to_be_there() {
    let paths = document()["paths"].as_object().unwrap();
    let body = |operation: &'static Value| {
        let content = operation["requestBody"]["content"].as_object();
        content.and_then(|it| it.values().next()).map(|it| followed(&it["schema"]))
    };
    let mut compared = 0;
    for (path, item) in paths {
        let Some(patch) = body(&item["patch"]) else { continue };
        let (collection, _) = path.rsplit_once('/').unwrap();
        let Some(post) = paths.get(collection).and_then(|it| body(&it["post"])) else { continue };
        for name in post["required"].as_array().unwrap().iter().filter_map(Value::as_str) {
            let member = &patch["properties"][name];
            assert!(!member.to_string().contains("\"null\""), "{path}: {name} may be null");
            compared += 1;
        }
    }
    assert!(compared > 10, "{compared} members");
}
