//! Attachments that an input names: properties of the format `attachment`, or lists of those.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::escape;

/// The format: the id of an attachment, as text.
pub(super) const FORMAT: &str = "attachment";

/// Whether text is an attachment's id.
pub(super) fn is_id(text: &str) -> bool {
    Uuid::try_parse(text).is_ok()
}

/// What `input` names, each with its place.
pub(super) fn named(
    properties: &Map<String, Value>,
    input: &Map<String, Value>,
) -> Vec<(String, Uuid)> {
    let mut found = Vec::new();
    for (name, value) in input {
        let Some(schema) = properties.get(name) else { continue };
        let at = format!("/{}", escape(name));
        match value {
            Value::String(id) if is_attachment(schema) => {
                found.extend(Uuid::try_parse(id).ok().map(|id| (at, id)));
            }
            Value::Array(items) if schema.get("items").is_some_and(is_attachment) => {
                for (index, id) in items.iter().enumerate() {
                    let id = id.as_str().and_then(|it| Uuid::try_parse(it).ok());
                    found.extend(id.map(|id| (format!("{at}/{index}"), id)));
                }
            }
            _ => {}
        }
    }
    found
}

fn is_attachment(schema: &Value) -> bool {
    schema.get("format").is_some_and(|it| it == FORMAT)
}
