//! What every operation has in common, said once: security from `x-permission`, headers, refusals,
//! examples. Handlers declare what is their own.

use serde_json::{Map, Value, json};

use super::{examples, links, refusals, schemas};

/// Completes every operation of the collected document.
pub(super) fn complete(document: &mut Value) {
    schemas::name_enums(document);
    schemas::name_sorts(document);
    schemas::open_objects(document);
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    let places = Places::of(document);
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths.iter_mut() {
            let Some(item) = item.as_object_mut() else { continue };
            for (method, operation) in item.iter_mut() {
                if let Some(operation) = operation.as_object_mut() {
                    Rules { path, method, schemas: &schemas, places: &places }.complete(operation);
                }
            }
        }
    }
    links::add(document);
    examples::name(document);
    refusals::add(document);
    let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) else {
        return;
    };
    let (mut parameters, headers) = shared();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.extend(super::webhooks::headers());
    }
    components.insert("parameters".into(), parameters);
    components.insert("headers".into(), headers);
    let bearer = json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
        "description": "The `access_token` of `POST /v1/auth/token`, or the `secret` of `POST /v1/api-keys`." });
    components.insert("securitySchemes".into(), json!({ "bearer": bearer }));
}

/// What is known of one operation before it is completed.
struct Rules<'a> {
    path: &'a str,
    method: &'a str,
    schemas: &'a Value,
    places: &'a Places,
}

impl Rules<'_> {
    fn complete(&self, operation: &mut Map<String, Value>) {
        let scope = if self.places.reach(self.path) { "site" } else { "none" };
        operation.entry("x-scope").or_insert_with(|| scope.into());
        let public = operation.get("x-permission").is_none_or(|it| it == "public");
        let security = if public { json!([]) } else { json!([{ "bearer": [] }]) };
        operation.insert("security".into(), security);
        self.headers(operation);
        self.refusals(operation, public);
        self.answers(operation);
        if let Some(content) = operation.get_mut("requestBody").and_then(|it| it.get_mut("content"))
        {
            self.examples(content);
        }
    }

    /// A change of something that has a version must say which version it saw.
    fn needs_version(&self) -> bool {
        self.in_v1()
            && (matches!(self.method, "patch" | "delete") || self.path.contains("/actions/"))
    }

    fn takes_version(&self) -> bool {
        self.needs_version() || (self.in_v1() && self.method == "put")
    }

    fn in_v1(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    fn is_write(&self) -> bool {
        self.in_v1() && self.method != "get"
    }

    /// Tokens are never kept: signing in again gives new ones.
    fn keeps_answers(&self) -> bool {
        self.is_write() && !self.path.starts_with("/v1/auth/")
    }

    fn has_place(&self) -> bool {
        self.path.contains('{')
    }

    fn headers(&self, operation: &mut Map<String, Value>) {
        let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
        let Some(parameters) = parameters.as_array_mut() else { return };
        parameters.push(json!({ "$ref": "#/components/parameters/AcceptLanguage" }));
        if self.keeps_answers() {
            parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
        }
        if self.needs_version() {
            parameters.push(json!({ "$ref": "#/components/parameters/IfMatch" }));
        } else if self.takes_version() {
            parameters.push(json!({ "$ref": "#/components/parameters/IfMatchOptional" }));
        }
        if self.in_v1() && self.method == "get" && self.has_place() {
            parameters.push(json!({ "$ref": "#/components/parameters/IfNoneMatch" }));
        }
    }

    /// Every refusal this operation can answer with, by its shape.
    fn refusals(&self, operation: &mut Map<String, Value>, public: bool) {
        let has_body = operation.contains_key("requestBody");
        let takes_file = operation
            .get("requestBody")
            .and_then(|it| it.pointer("/content/multipart~1form-data"))
            .is_some();
        let signs_in = self.path.starts_with("/v1/auth/");
        // A query that the operation does not have is refused everywhere.
        let mut statuses = vec![422, 500];
        let mut can = |yes: bool, more: &[u16]| {
            if yes {
                statuses.extend_from_slice(more);
            }
        };
        can(has_body, &[400, 408, 413, 415]);
        can(takes_file, &[507]);
        can(!public || signs_in, &[401]);
        can(!public, &[403]);
        can(self.has_place(), &[404]);
        can(self.keeps_answers(), &[409]);
        can(self.takes_version(), &[412]);
        can(self.needs_version(), &[428]);
        can(self.in_v1(), &[429, 503]);
        let Some(responses) =
            operation.entry("responses").or_insert_with(|| json!({})).as_object_mut()
        else {
            return;
        };
        for status in statuses {
            responses.entry(status.to_string()).or_insert_with(|| refusals::reference(status));
        }
    }

    /// Headers that answers carry, and examples for their bodies.
    fn answers(&self, operation: &mut Map<String, Value>) {
        let single = self.has_place() && self.in_v1();
        let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
            return;
        };
        if single && self.method == "get" {
            responses
                .entry("304")
                .or_insert_with(|| json!({ "description": "Not changed since `If-None-Match`" }));
        }
        for (status, response) in responses.iter_mut() {
            let Some(response) = response.as_object_mut() else { continue };
            if response.contains_key("$ref") {
                continue;
            }
            let mut headers = Map::new();
            let mut header = |name: &str| {
                let reference = format!("#/components/headers/{name}");
                headers.insert(name.to_owned(), json!({ "$ref": reference }));
            };
            header("X-Request-Id");
            if self.in_v1() && status != "204" && status != "304" {
                header("Content-Language");
            }
            if self.in_v1() {
                header("RateLimit");
                header("RateLimit-Policy");
            }
            if status == "201" {
                header("Location");
            }
            if (single && status == "200") || status == "201" {
                header("ETag");
            }
            if self.keeps_answers() && status.starts_with('2') {
                header("Idempotent-Replayed");
            }
            if matches!(status.as_str(), "429" | "503") {
                header("Retry-After");
            }
            response.entry("headers").or_insert(Value::Object(headers));
            if let Some(content) = response.get_mut("content") {
                self.examples(content);
            }
        }
    }

    /// A body's example is its schema's, unless it has one of its own.
    fn examples(&self, content: &mut Value) {
        let Some(content) = content.as_object_mut() else { return };
        for media in content.values_mut() {
            if media.get("example").is_some() || media.get("examples").is_some() {
                continue;
            }
            let reference = media.pointer("/schema/$ref").and_then(Value::as_str);
            let name = reference.and_then(|it| it.rsplit('/').next()).unwrap_or_default();
            let example = self.example(name).or_else(|| self.list_example(name));
            if let (Some(example), Some(media)) = (example, media.as_object_mut()) {
                media.insert("example".into(), example);
            }
        }
    }

    fn example(&self, name: &str) -> Option<Value> {
        let schema = self.schemas.get(name)?;
        schema.get("example").or(schema.pointer("/examples/0")).cloned()
    }

    /// A page with one of its items on it.
    fn list_example(&self, name: &str) -> Option<Value> {
        let item = self.schemas.get(name)?.pointer("/properties/items/items/$ref")?.as_str()?;
        let item = self.example(item.rsplit('/').next()?)?;
        Some(json!({ "items": [item], "next_cursor": null }))
    }
}

/// The things that belong to a site: those whose `GET` shows a `site_id`, and the sites. Whoever has
/// no post there does not know of them, or of anything under them.
struct Places(Vec<String>);

impl Places {
    fn of(document: &Value) -> Self {
        let placed = |item: &Value| {
            let answer = item.pointer("/get/responses/200/content/application~1json/schema");
            answer.is_some_and(|it| has_site(it, document))
        };
        let paths = document.get("paths").and_then(Value::as_object);
        let belong = paths.into_iter().flatten().filter(|(path, item)| {
            let single = path.ends_with("/{id}") && path.matches('{').count() == 1;
            single && (path.starts_with("/v1/sites/") || placed(item))
        });
        Self(belong.map(|(path, _)| path.clone()).collect())
    }

    fn reach(&self, path: &str) -> bool {
        self.0.iter().any(|it| {
            path == it || path.strip_prefix(it.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// Whether a schema, or one of those it is made of, has a member `site_id`.
fn has_site(schema: &Value, document: &Value) -> bool {
    let reference = schema.get("$ref").and_then(Value::as_str);
    let named = reference.and_then(|it| document.pointer(it.trim_start_matches('#')));
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    schema.pointer("/properties/site_id").is_some()
        || named.into_iter().chain(parts).any(|it| has_site(it, document))
}

/// Header parameters and answer headers that operations refer to.
fn shared() -> (Value, Value) {
    // Only a language has an example: a page that lets people try an operation out fills examples in,
    // and a version or a key that is nobody's would be refused.
    let parameter = |name: &str, required: bool, description: &str, schema: Value| {
        json!({ "name": name, "in": "header", "required": required, "description": description,
                "schema": schema })
    };
    let text = || json!({ "type": "string" });
    let language = json!({ "type": "string", "example": "zh-CN" });
    let key = json!({ "type": "string", "pattern": "^[A-Za-z0-9._~:/-]{1,200}$" });
    let parameters = json!({
        "AcceptLanguage": parameter("Accept-Language", false,
            "The language of titles, labels and problem details: `zh-CN` (default) or `en`.", language),
        "IdempotencyKey": parameter("Idempotency-Key", false,
            "A text of your own, as `5f0c0f4e-open-1`. The same key with the same request answers what \
             it answered first and does nothing again; kept for at least 24 hours. Secrets are not \
             kept: they are in the first answer only.", key),
        "IfMatch": parameter("If-Match", true,
            "The `ETag` last read, as `\"4\"`, or `*`. Missing: 428; another version by now: 412.", text()),
        "IfMatchOptional": parameter("If-Match", false,
            "The `ETag` last read, as `\"4\"`: refused with 412 if there is another version by now.", text()),
        "IfNoneMatch": parameter("If-None-Match", false,
            "The `ETag` last read, as `\"4\"`: answered with 304 if it is still the version.", text()),
    });
    let header = |kind: &str, description: &str, example: Value| json!({ "description": description, "schema": { "type": kind }, "example": example });
    let headers = json!({
        "X-Request-Id": header("string", "The request's id: the caller's where it is sane.",
            json!("0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
        "Content-Language": header("string", "The language of titles, labels and details: `zh-CN` or `en`.",
            json!("zh-CN")),
        "RateLimit": header("string", "What is left of the limit, and seconds until it is whole again.",
            json!("\"default\";r=999;t=1")),
        "RateLimit-Policy": header("string", "Requests (`q`) in so many seconds (`w`).",
            json!("\"default\";q=6000;w=60")),
        "Location": header("string", "Where the new resource is.",
            json!("/v1/customers/0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
        "ETag": header("string", "The resource's version.", json!("\"4\"")),
        "Idempotent-Replayed": header("string", "`true` when this is the answer the key got first.",
            json!("true")),
        "Retry-After": header("integer", "Seconds to wait before trying again.", json!(1)),
    });
    (parameters, headers)
}
