//! Every text of the shipped packs is there in both languages, and in the right one.

use kefu_domain::pack::{self, Library};
use kefu_domain::who::KERNEL_PERMISSIONS;
use serde_json::{Value, json};

fn chinese(text: &str) -> bool {
    text.chars().any(|it| ('\u{4e00}'..='\u{9fff}').contains(&it))
}

/// What is wrong with a pair of texts.
fn wrong(zh: &str, en: &str) -> Option<&'static str> {
    match (chinese(zh), en.trim().is_empty() || chinese(en)) {
        (false, _) => Some("no Chinese"),
        (_, true) => Some("no English"),
        (true, false) => None,
    }
}

fn library() -> Library {
    pack::load_shipped(&pack::shipped_codes()).unwrap()
}

/// Everything in the packs that people read, under the name of what it belongs to.
fn everything(library: &Library) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    let mut add =
        |what: &str, code: &str, value: Value| all.push((format!("{what} {code}"), value));
    for it in &library.packs {
        add("pack", &it.code, json!(it));
    }
    for it in library.clauses.values() {
        add("clause", &it.id, json!(it));
    }
    for it in library.permissions.values() {
        add("permission", &it.code, json!(it));
    }
    for it in library.roles.values() {
        add("role", &it.code, json!(it));
    }
    for it in &library.calendars {
        add("calendar", &it.code, json!(it));
    }
    for it in &library.procedures {
        add("procedure", &it.definition.code, json!(it.definition));
    }
    all
}

/// Visits every pair of texts.
fn pairs(value: &Value, at: &str, visit: &mut dyn FnMut(&str, &str, &str)) {
    match value {
        Value::Object(members) => {
            if let (Some(zh), Some(en)) = (members.get("zh"), members.get("en"))
                && let (Some(zh), Some(en)) = (zh.as_str(), en.as_str())
            {
                visit(at, zh, en);
            }
            members.iter().for_each(|(name, it)| pairs(it, &format!("{at}/{name}"), visit));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, it)| pairs(it, &format!("{at}/{index}"), visit));
        }
        _ => {}
    }
}

#[test]
fn every_text_of_a_pack_is_there_in_both_languages() {
    let (mut found, mut faults) = (0, Vec::new());
    for (name, value) in everything(&library()) {
        pairs(&value, "", &mut |at, zh, en| {
            found += 1;
            faults.extend(wrong(zh, en).map(|why| format!("{name} {at}: {why}: {zh} | {en}")));
        });
    }
    assert!(found > 500, "{found} texts are too few to be all");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn whatever_people_choose_by_has_a_title() {
    let mut missing = Vec::new();
    for file in &library().procedures {
        let definition = &file.definition;
        let mut need = |what: &str, code: &str, there: bool| {
            if !there {
                missing.push(format!("{}: {what} {code}", definition.code));
            }
        };
        for it in &definition.states {
            need("state", &it.code, it.title.is_some());
        }
        for it in &definition.actions {
            need("action", &it.code, it.title.is_some());
        }
        for it in &definition.clocks {
            need("clock", &it.code, it.title.is_some());
        }
        let value = json!(definition);
        let forms = value["actions"].as_array().into_iter().flatten().map(|it| &it["form"]);
        for form in forms.chain([&value["form"]]) {
            titled(form, &mut |place, there| need("field", place, there));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Visits every field of a form and every word of its enums: whether it has a title.
fn titled(schema: &Value, visit: &mut dyn FnMut(&str, bool)) {
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        visit(name, field["title"]["zh"].is_string() && field["title"]["en"].is_string());
        for word in field["enum"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let title = &field["enum_titles"][word];
            visit(&format!("{name}: {word}"), title["zh"].is_string() && title["en"].is_string());
        }
        titled(field, visit);
        titled(&field["items"], visit);
    }
}

#[test]
fn the_kernels_permissions_have_titles_in_both_languages() {
    for it in KERNEL_PERMISSIONS {
        assert_eq!(wrong(it.zh, it.en), None, "{}", it.code);
    }
}
