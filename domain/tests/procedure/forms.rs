//! Forms: what is implied, what is filled in, every fault of an input, what a front end gets.

use std::collections::BTreeSet;

use kefu_domain::procedure::Form;
use kefu_domain::text::Lang;
use serde_json::{Map, Value, json};

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn form() -> Form {
    Form::new(&map(json!({
        "required": ["what", "grade"],
        "properties": {
            "what": { "type": "string", "minLength": 1, "maxLength": 10,
                "title": { "zh": "内容", "en": "What" } },
            "grade": { "enum": ["major", "ordinary"], "default": "ordinary",
                "enum_titles": { "major": { "zh": "重大", "en": "Major" } } },
            "free": { "type": "string" },
            "count": { "type": "integer", "minimum": 1, "maximum": 5 },
            "share": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25 },
            "on": { "type": "string", "format": "date" },
            "at": { "type": "string", "format": "date-time" },
            "mail": { "type": "string", "format": "email" },
            "who": { "type": "string", "format": "uuid" },
            "phone": { "type": "string", "pattern": "^[0-9-]{5,20}$" },
            "tags": { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string" } },
            "yes": { "const": true },
            "note": { "type": ["string", "null"] },
            "lines": { "type": "array", "items": { "type": "object", "required": ["name"],
                "properties": { "name": { "type": "string" }, "price": { "type": "number" } } } },
        },
    })))
    .unwrap()
}

fn faults(input: Value) -> Vec<(&'static str, String)> {
    let faults = form().fill(map(input)).unwrap_err();
    for fault in &faults {
        assert!(!fault.detail.zh.is_empty() && !fault.detail.en.is_empty());
    }
    faults.into_iter().map(|it| (it.code, it.pointer)).collect()
}

#[test]
fn what_is_left_out_and_has_a_default_is_filled_in() {
    let filled = form().fill(map(json!({ "what": "水管漏水" }))).unwrap();
    assert_eq!(Value::Object(filled), json!({ "what": "水管漏水", "grade": "ordinary" }));
    let said = form().fill(map(json!({ "what": "x", "grade": "major" }))).unwrap();
    assert_eq!(said.get("grade"), Some(&json!("major")));
}

#[test]
fn a_form_that_is_a_list_of_fields_keeps_their_order() {
    let library = kefu_domain::pack::load_shipped(&["property"]).unwrap();
    let repair = library.procedures.iter().find(|it| it.definition.code == "repair").unwrap();
    let schema = Form::new(&repair.definition.form).unwrap().schema(Lang::Zh).clone();
    let order: Vec<_> =
        schema["x-order"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let declared: BTreeSet<_> =
        schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(order.iter().copied().collect::<BTreeSet<_>>(), declared);
    assert!(!order.is_sorted(), "as written, not as the alphabet has it: {order:?}");
}

#[test]
fn an_order_names_what_is_declared_once() {
    for order in [json!(["a", "c"]), json!(["a", "a"]), json!("a"), json!([1])] {
        let form = json!({
            "properties": { "a": { "type": "string" }, "b": { "type": "string" } }, "x-order": order,
        });
        let faults = Form::new(&map(form)).unwrap_err();
        let found: Vec<_> = faults.iter().map(|it| (it.code, it.pointer.as_str())).collect();
        assert_eq!(found, [("not_an_order", "/x-order")]);
    }
    let form = json!({ "properties": { "a": {}, "b": {} }, "x-order": ["b"] });
    assert!(Form::new(&map(form)).is_ok(), "those it does not name come after the others");
}

#[test]
fn a_good_input_passes_whole() {
    let input = json!({
        "what": "x", "grade": "major", "free": "y", "count": 3, "share": 0.5, "on": "2026-11-22",
        "at": "2026-11-22T09:00:00Z", "mail": "a@example.com",
        "who": "01990000-0000-7000-8000-000000000000", "phone": "0512-1234567", "tags": ["a"],
        "yes": true, "note": null, "lines": [{ "name": "阀门", "price": 12.5 }],
    });
    assert_eq!(Value::Object(form().fill(map(input.clone())).unwrap()), input);
}

#[test]
fn each_fault_of_an_input_has_its_code_and_place() {
    for (input, code, pointer) in [
        (json!({}), "required", "/what"),
        (json!({ "what": 3 }), "type", "/what"),
        (json!({ "what": "" }), "too_short", "/what"),
        (json!({ "what": "一二三四五六七八九十多" }), "too_long", "/what"),
        (json!({ "what": "x", "grade": "minor" }), "enum", "/grade"),
        (json!({ "what": "x", "free": "x".repeat(4_001) }), "too_long", "/free"),
        (json!({ "what": "x", "count": 0 }), "too_small", "/count"),
        (json!({ "what": "x", "count": 6 }), "too_big", "/count"),
        (json!({ "what": "x", "count": 1.5 }), "type", "/count"),
        (json!({ "what": "x", "share": 0.3 }), "not_a_multiple", "/share"),
        (json!({ "what": "x", "share": 1 }), "too_big", "/share"),
        (json!({ "what": "x", "share": 0 }), "too_small", "/share"),
        (json!({ "what": "x", "on": "2026-02-30" }), "format", "/on"),
        (json!({ "what": "x", "at": "yesterday" }), "format", "/at"),
        (json!({ "what": "x", "mail": "nobody" }), "format", "/mail"),
        (json!({ "what": "x", "who": "me" }), "format", "/who"),
        (json!({ "what": "x", "phone": "call me" }), "pattern", "/phone"),
        (json!({ "what": "x", "tags": [] }), "too_few", "/tags"),
        (json!({ "what": "x", "tags": ["a", "a"] }), "repeated", "/tags"),
        (json!({ "what": "x", "tags": ["a", 3] }), "type", "/tags/1"),
        (json!({ "what": "x", "yes": false }), "enum", "/yes"),
        (json!({ "what": "x", "note": 3 }), "type", "/note"),
        (json!({ "what": "x", "lines": [{ "name": "y" }, {}] }), "required", "/lines/1/name"),
        (
            json!({ "what": "x", "lines": [{ "name": "y", "cost": 1 }] }),
            "unknown_member",
            "/lines/0/cost",
        ),
        (json!({ "what": "x", "a/b~c": 1 }), "unknown_member", "/a~1b~0c"),
        (json!({ "what": "x", "lines": vec![json!({ "name": "y" }); 201] }), "too_many", "/lines"),
    ] {
        let found = faults(input.clone());
        assert_eq!(found, [(code, pointer.to_owned())], "{input}");
    }
}

#[test]
fn every_fault_is_named_not_the_first() {
    let mut found =
        faults(json!({ "grade": "minor", "count": 9, "mail": "x", "colour": "red", "size": 1 }));
    found.sort();
    let expected = [
        ("enum", "/grade"),
        ("format", "/mail"),
        ("required", "/what"),
        ("too_big", "/count"),
        ("unknown_member", "/colour"),
        ("unknown_member", "/size"),
    ];
    assert_eq!(found, expected.map(|(code, place)| (code, place.to_owned())));
}

#[test]
fn a_fault_says_what_people_call_the_place() {
    let fault = form().fill(Map::new()).unwrap_err().remove(0);
    assert_eq!(fault.detail.zh, "「内容」必填");
    assert_eq!(fault.detail.en, "“What” is required");
}

#[test]
fn an_empty_form_takes_nothing() {
    let form = Form::new(&Map::new()).unwrap();
    assert!(form.is_empty());
    assert_eq!(form.fill(Map::new()), Ok(Map::new()));
    let found = form.fill(map(json!({ "x": 1 }))).unwrap_err();
    assert_eq!((found[0].code, found[0].pointer.as_str()), ("unknown_member", "/x"));
}

#[test]
fn a_front_end_gets_plain_json_schema_in_one_language() {
    let form = Form::new(&map(json!({
        "required": ["grade"],
        "properties": {
            "grade": { "enum": ["major", "ordinary"], "title": { "zh": "等级", "en": "Grade" },
                "enum_titles": { "major": { "zh": "重大", "en": "Major" } } },
            "liable": { "enum": ["company"], "title": "责任" },
            "free": { "type": "string" },
        },
    })))
    .unwrap();
    let expected = |grade: &str, major: &str| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": false,
            "required": ["grade"],
            "properties": {
                "grade": { "type": "string", "title": grade,
                    "oneOf": [{ "const": "major", "title": major }, { "const": "ordinary" }] },
                "liable": { "type": "string", "enum": ["company"], "title": "责任" },
                "free": { "type": "string", "maxLength": 4000 },
            },
        })
    };
    assert_eq!(**form.schema(Lang::Zh), expected("等级", "重大"));
    assert_eq!(**form.schema(Lang::En), expected("Grade", "Major"));
    let names: Vec<_> = form.property_names().collect();
    assert_eq!(names.len(), 3);
    assert!(form.property("grade").is_some() && form.property("other").is_none());
}

#[test]
fn a_form_that_is_no_schema_is_a_fault_at_its_place() {
    for (written, code, pointer) in [
        (
            json!({ "properties": { "x": { "type": "text" } } }),
            "not_a_schema",
            "/properties/x/type",
        ),
        (json!({ "properties": { "x": 3 } }), "not_a_schema", "/properties/x"),
        (
            json!({ "properties": { "x": { "minLength": -1, "type": "string" } } }),
            "not_a_schema",
            "/properties/x/minLength",
        ),
        (json!({ "required": "x", "properties": { "x": {} } }), "not_a_schema", "/required"),
        (json!({ "type": "array" }), "not_a_schema", "/type"),
        (
            json!({ "properties": { "x": { "type": "string", "maxlength": 3 } } }),
            "unknown_keyword",
            "/properties/x/maxlength",
        ),
        (json!({ "propertys": {} }), "unknown_keyword", "/propertys"),
        (
            json!({ "required": ["y"], "properties": { "x": {} } }),
            "unknown_property",
            "/required/0",
        ),
        (json!({ "required": ["y"] }), "unknown_property", "/required"),
        (
            json!({ "properties": { "x": { "type": "integer", "default": "one" } } }),
            "bad_default",
            "/properties/x/default",
        ),
        (json!({ "properties": { "x": { "title": 3 } } }), "not_words", "/properties/x/title"),
        (
            json!({ "properties": { "x": { "title": { "zh": "一" } } } }),
            "not_words",
            "/properties/x/title",
        ),
        (
            json!({ "properties": { "x": { "enum": ["a"], "enum_titles": { "b": "B" } } } }),
            "unknown_value",
            "/properties/x/enum_titles/b",
        ),
        (
            json!({ "properties": { "x": { "$ref": "https://example.com/x.json" } } }),
            "not_a_schema",
            "",
        ),
        (
            json!({ "properties": { "x": { "type": "string", "format": "phone" } } }),
            "not_a_schema",
            "/properties/x/format",
        ),
        (
            json!({ "properties": { "x": { "type": "string", "pattern": "(" } } }),
            "not_a_schema",
            "/properties/x/pattern",
        ),
    ] {
        let found = Form::new(&map(written.clone())).unwrap_err();
        let found: Vec<_> = found.iter().map(|it| (it.code, it.pointer.as_str())).collect();
        assert!(found.contains(&(code, pointer)), "{written}: {found:?}");
    }
    let mut deep = json!({ "type": "string" });
    for _ in 0..40 {
        deep = json!({ "type": "object", "properties": { "x": deep } });
    }
    let found = Form::new(&map(deep)).unwrap_err();
    assert!(found.iter().any(|it| it.code == "too_deep"), "{found:?}");
}

#[test]
fn attachments_are_found_where_the_form_takes_them() {
    let form = Form::new(&map(json!({ "properties": {
        "photo": { "type": "string", "format": "attachment" },
        "more": { "type": "array", "items": { "type": "string", "format": "attachment" } },
        "remark": { "type": "string" },
    } })))
    .unwrap();
    let id = |it: u128| uuid::Uuid::from_u128(it);
    let input = json!({
        "photo": id(1), "more": [id(2), id(3)], "remark": id(4), "unknown": id(5),
    });
    let found = form.attachments(input.as_object().unwrap());
    let expected = [("/more/0", id(2)), ("/more/1", id(3)), ("/photo", id(1))];
    assert_eq!(found, expected.map(|(pointer, id)| (pointer.to_owned(), id)));
    let wrong = form.fill(json!({ "photo": "电梯.jpg" }).as_object().unwrap().clone());
    assert_eq!(wrong.unwrap_err()[0].pointer, "/photo");
}

#[test]
fn the_values_of_a_choice_are_shown_in_the_order_written() {
    let text = "
code = 'x'
title = { zh = '一', en = 'One' }
kind = 'request'
number = 'X-{seq}'
opens = ['case.open']
form = ['size!']
states = [{ code = 'a', initial = true }, { code = 'b', final = true }]
actions = [{ code = 'go', from = ['a'], to = 'b', by = ['owner'] }]

[fields]
size = { type = 'choice', title = { zh = '大小', en = 'Size' }, choices = { small = { zh = '小', en = 'Small' }, medium = { zh = '中', en = 'Medium' }, large = { zh = '大', en = 'Large' } } }
";
    let (definition, _) = kefu_domain::procedure::from_toml(text).unwrap();
    assert_eq!(definition.form["properties"]["size"]["enum"], json!(["small", "medium", "large"]));
}
