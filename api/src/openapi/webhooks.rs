//! What the server sends by itself: an entry of the document's `webhooks` for every type of events,
//! with what its data hold, and one for the ping.

use serde_json::{Map, Value, json};

use crate::views::EventType;

/// Puts the webhooks and the schemas of events' data into the document.
pub(super) fn describe(document: &mut Value) {
    let mut webhooks = Map::new();
    let mut schemas = Map::new();
    for event in EventType::ALL {
        let name = schema_name(event);
        schemas.entry(name.clone()).or_insert_with(|| schema(event));
        let data = json!({ "allOf": [
            { "$ref": "#/components/schemas/EventView" },
            { "type": "object", "properties": {
                "type": { "const": event.word },
                "data": { "$ref": format!("#/components/schemas/{name}") },
            } },
        ]});
        webhooks
            .insert(event.word.to_owned(), item(event.word, event.summary, &data, &example(event)));
    }
    let data = json!({ "type": "object", "required": ["webhook_id"], "properties": {
        "webhook_id": { "type": "string", "format": "uuid", "description": "The webhook." },
    } });
    let summary = "Somebody asked for a ping: it means nothing";
    webhooks.insert("ping".to_owned(), item("ping", summary, &data, &json!({ "webhook_id": ID })));
    if let Some(all) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        all.extend(schemas);
    }
    if let Some(document) = document.as_object_mut() {
        document.insert("webhooks".to_owned(), Value::Object(webhooks));
    }
}

const ID: &str = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11";
const AT: &str = "2026-11-22T01:02:03Z";

/// One webhook.
fn item(word: &str, summary: &str, data: &Value, example: &Value) -> Value {
    let header = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    json!({ "post": {
        "operationId": format!("on_{}", word.replace('.', "_")),
        "summary": summary,
        "description": "Sent to every webhook that asked for it, signed after the Standard Webhooks \
            specification: `webhook-signature` is `v1,` and the base64 of HMAC-SHA256 over \
            `{webhook-id}.{webhook-timestamp}.{body}`; while two secrets hold, two of them. Any 2xx \
            takes it. Anything else is tried again, ten times over three days; 410 disables the \
            webhook at once.",
        "tags": ["webhooks"],
        "security": [],
        "parameters": [header("WebhookId"), header("WebhookTimestamp"), header("WebhookSignature")],
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": {
                "type": "object", "required": ["type", "timestamp", "data"],
                "properties": {
                    "type": { "type": "string", "const": word },
                    "timestamp": { "type": "string", "format": "date-time",
                        "description": "When it happened, not when it was sent." },
                    "data": data,
                },
            },
            "example": { "type": word, "timestamp": AT, "data": example },
        } } },
        "responses": {
            "204": { "description": "Taken" },
            "410": { "description": "The receiver is gone for good: the webhook is disabled" },
        },
    } })
}

/// The headers of every message.
pub(super) fn headers() -> Map<String, Value> {
    let header = |name: &str, kind: &str, description: &str, example: Value| {
        json!({ "name": name, "in": "header", "required": true, "description": description,
                "schema": { "type": kind }, "example": example })
    };
    let all = [
        (
            "WebhookId",
            header(
                "webhook-id",
                "string",
                "The message's identity, the same for every attempt: what was taken once is not taken again.",
                json!(ID),
            ),
        ),
        (
            "WebhookTimestamp",
            header(
                "webhook-timestamp",
                "integer",
                "When the attempt was made, in seconds since 1970. One that is old is refused.",
                json!(1_795_309_323),
            ),
        ),
        (
            "WebhookSignature",
            header(
                "webhook-signature",
                "string",
                "Signatures between spaces; one that fits is enough.",
                json!("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ),
        ),
    ];
    all.into_iter().map(|(name, it)| (name.to_owned(), it)).collect()
}

/// `CaseClockStartedData`; records of every kind share theirs.
fn schema_name(event: &EventType) -> String {
    let (kind, what) = event.word.split_once('.').unwrap_or((event.word, ""));
    if kind != "case" && event.data.is_empty() {
        return format!("Record{}Data", capital(what));
    }
    format!("{}{}Data", capital(kind), what.split('_').map(capital).collect::<String>())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What a type's data hold.
fn schema(event: &EventType) -> Value {
    let description = match event.word.rsplit('.').next() {
        Some("created") if event.data.is_empty() => {
            "The record as it was made; members without a value are missing."
        }
        Some("changed") if event.data.is_empty() => {
            "What was changed (RFC 7396): `null` took a member away."
        }
        Some("deleted") => "Nothing: it is gone.",
        _ => event.summary,
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, kind, is_required) in members(event) {
        let mut schema = kind_schema(kind);
        if is_required {
            required.push(name);
        } else if let Some(kind) = schema.get_mut("type") {
            *kind = json!([kind.take(), "null"]);
        }
        properties.insert(name.to_owned(), schema);
    }
    json!({ "type": "object", "description": description, "required": required,
            "properties": properties })
}

fn members(event: &EventType) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
    event.data.split(' ').filter_map(|it| it.split_once(':')).map(|(name, kind)| {
        let required = !kind.ends_with('?');
        (name, kind.trim_end_matches('?'), required)
    })
}

fn kind_schema(kind: &str) -> Value {
    match kind {
        "t" => json!({ "type": "string", "format": "date-time" }),
        "u" => json!({ "type": "string", "format": "uuid" }),
        "i" => json!({ "type": "integer", "format": "int64" }),
        "b" => json!({ "type": "boolean" }),
        "o" => json!({ "type": "object" }),
        "[s]" => json!({ "type": "array", "items": { "type": "string" } }),
        "[o]" => json!({ "type": "array", "items": { "type": "object" } }),
        _ => json!({ "type": "string" }),
    }
}

/// An event of a type.
fn example(event: &EventType) -> Value {
    let data: Map<String, Value> = members(event)
        .filter(|(_, _, is_required)| *is_required)
        .map(|(name, kind, _)| (name.to_owned(), sample(name, kind)))
        .collect();
    let (aggregate, what) = event.word.split_once('.').unwrap_or_default();
    json!({
        "position": 184, "id": "0199c3f2-0000-7000-8000-00000000000a", "type": event.word,
        "aggregate": aggregate, "aggregate_id": ID,
        "sequence": if matches!(what, "opened" | "created") { 1 } else { 4 },
        "actor_id": "0199c3f2-0000-7000-8000-000000000003", "occurred_at": AT, "data": data,
    })
}

fn sample(name: &str, kind: &str) -> Value {
    let word = match name {
        "number" => "TS-20261122-000184",
        "procedure" | "kind" => "complaint",
        "state" | "to" => "investigating",
        "from" => "open",
        "priority" => "normal",
        "channel" => "phone",
        "subject" => "三号楼电梯异响",
        "clock" => "resolution",
        "span" => "3wd",
        "calendar" | "code" => "office",
        "action" => "answer",
        "relation" => "related",
        "why" => "extension",
        "by" => "assign",
        "follow_up" => "callback",
        "duty" => "property_weekly_service_report",
        _ => "已电话告知客户",
    };
    match kind {
        "t" => json!(AT),
        "u" => json!(ID),
        "i" => json!(1),
        "b" => json!(true),
        "o" => json!({}),
        "[s]" | "[o]" => json!([]),
        _ => json!(word),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document;
    use super::*;

    #[test]
    fn every_example_of_a_webhook_is_what_its_schema_says() {
        let document = document();
        let webhooks = document["webhooks"].as_object().unwrap();
        assert_eq!(webhooks.len(), EventType::ALL.len() + 1);
        for (name, item) in webhooks {
            let media = &item["post"]["requestBody"]["content"]["application/json"];
            let mut schema = media["schema"].clone();
            schema["components"] = document["components"].clone();
            let schema = jsonschema::validator_for(&schema).unwrap();
            let faults: Vec<_> =
                schema.iter_errors(&media["example"]).map(|it| it.to_string()).collect();
            assert!(faults.is_empty(), "{name}: {faults:#?}");
        }
    }
}
