//! Examples by name: what a body or an answer of each operation looks like.

use serde_json::{Map, Value, json};

/// Gives every example the name of its operation.
pub(super) fn name(document: &mut Value) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or("example");
        let summary = operation.get("summary").and_then(Value::as_str).unwrap_or_default();
        let (id, summary) = (id.to_owned(), summary.to_owned());
        if let Some(content) = operation.pointer_mut("/requestBody/content") {
            in_content(content, &id, &summary);
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            if let Some(content) = response.get_mut("content") {
                in_content(content, &id, &summary);
            }
        }
    }
}

fn in_content(content: &mut Value, id: &str, summary: &str) {
    let media = content.as_object_mut().into_iter().flat_map(Map::values_mut);
    for media in media.filter_map(Value::as_object_mut) {
        if let Some(value) = media.remove("example") {
            let named = json!({ id: { "summary": summary, "value": value } });
            media.insert("examples".into(), named);
        }
    }
}
