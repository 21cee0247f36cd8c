//! A well-formed call of every operation, put together from the description alone: the examples it
//! publishes, and things that are really there in the places of its path.

use std::collections::BTreeMap;

use kefu_tests::{Client, Office, Operation, Reply, Server, operations, unique};
use serde_json::{Value, json};

use super::{described, example};

/// A call that is refused for nothing but who makes it.
pub(super) struct Call {
    method: &'static str,
    path: String,
    body: Option<(String, Vec<u8>)>,
}

/// What to put in the places of paths: for each collection a thing that is there.
#[derive(Default)]
pub(super) struct Things(BTreeMap<String, String>);

/// What `x-permission` says.
pub(super) fn permission(operation: &Operation) -> &'static str {
    described(operation)["x-permission"].as_str().unwrap_or_default()
}

/// Whether it can be called by somebody who is not signed in.
pub(super) fn is_public(operation: &Operation) -> bool {
    permission(operation) == "public"
}

impl Things {
    /// The first of each collection that `admin` sees.
    pub(super) fn there(admin: &Client) -> Self {
        let mut things = BTreeMap::new();
        for operation in operations().iter().filter(|it| it.method == "GET") {
            let Some((list, place)) = operation.path.rsplit_once('/') else { continue };
            let listed = operations().iter().any(|it| it.method == "GET" && it.path == list);
            if !listed || !place.starts_with('{') || list.contains('{') {
                continue;
            }
            let member = place.trim_matches(['{', '}']);
            let found = admin.get(&format!("{list}?limit=1"));
            if let Some(item) = found.body["items"].as_array().and_then(|it| it.first())
                && let Some(name) = item[member].as_str()
            {
                things.insert(list.to_owned(), name.to_owned());
            }
        }
        Self(things)
    }

    /// The same, but for the things of one site.
    pub(super) fn of_site(self, office: &Office) -> Self {
        let Self(mut things) = self;
        for list in things_of_sites() {
            let made = made(&list, office);
            things.insert(list, made);
        }
        Self(things)
    }

    /// The path with something in every place.
    fn filled(&self, path: &str) -> String {
        let mut filled = String::new();
        for part in path.trim_start_matches('/').split('/') {
            let list = filled.clone();
            filled.push('/');
            match part {
                "{action}" => filled.push_str("answer"),
                "{clock}" => filled.push_str("reply"),
                "{version}" => filled.push('1'),
                part if part.starts_with('{') => {
                    let nothing = "01990000-0000-7000-8000-000000000000";
                    filled.push_str(self.0.get(&list).map_or(nothing, String::as_str));
                }
                part => filled.push_str(part),
            }
        }
        filled
    }

    /// The call of an operation on these things.
    pub(super) fn call(&self, operation: &'static Operation) -> Call {
        let methods = ["GET", "PUT", "POST", "PATCH", "DELETE"];
        let method = methods.into_iter().find(|it| *it == operation.method).unwrap();
        Call { method, path: self.filled(&operation.path), body: body(operation) }
    }
}

/// The first body the description gives an example of, JSON before others.
fn body(operation: &Operation) -> Option<(String, Vec<u8>)> {
    let content = described(operation)["requestBody"]["content"].as_object()?;
    let kind = content.keys().find(|it| it.ends_with("json")).or_else(|| content.keys().next())?;
    let example = example(&content[kind])?.clone();
    let bytes = match &example {
        Value::String(text) if !kind.ends_with("json") => text.clone(),
        example => example.to_string(),
    };
    Some((kind.clone(), bytes.into_bytes()))
}

impl Call {
    /// As somebody makes it, over whatever version is there.
    #[track_caller]
    pub(super) fn by(&self, who: &Client) -> Reply {
        let mut request = who.request(self.method, &self.path).header("if-match", "*");
        if self.method != "GET" && !self.path.starts_with("/v1/auth/") {
            request = request.header("idempotency-key", &unique("call"));
        }
        if let Some((kind, bytes)) = &self.body {
            request = request.header("content-type", kind).bytes(bytes.clone());
        }
        request.send()
    }
}

/// The collections whose things belong to sites, as the operations' `x-scope` says.
pub(super) fn things_of_sites() -> Vec<String> {
    let scoped = operations().iter().filter(|it| described(it)["x-scope"] == "site");
    let lists = scoped.filter_map(|it| it.path.split_once("/{")).map(|it| it.0.to_owned());
    lists.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// Makes one of a collection at an office; what its path calls it.
#[track_caller]
fn made(list: &str, office: &Office) -> String {
    let admin = office.server.admin();
    let site = &office.site;
    match list {
        "/v1/sites" => site.clone(),
        "/v1/cases" => office.open_complaint(),
        _ => {
            // As the example of its POST says, at this site and with a code nobody has.
            let create = Operation { method: "POST".to_owned(), path: list.to_owned() };
            let content = &described(&create)["requestBody"]["content"]["application/json"];
            let mut body = example(content).cloned().unwrap_or_default();
            body["site_id"] = json!(site);
            if !body["customer_id"].is_null() {
                body["customer_id"] = json!(office.customer);
            }
            if !body["code"].is_null() {
                body["code"] = json!(unique("thing"));
            }
            admin.post(list, body).expect(201).id()
        }
    }
}

/// A role with these permissions, of every site or of one.
#[track_caller]
pub(super) fn somebody(server: &Server, permissions: &[&str], site: Option<&str>) -> Client {
    let code = unique("role").replace('-', "_");
    let title = json!({ "zh": "测试", "en": "Test" });
    let body = json!({ "code": code, "title": title, "permissions": permissions });
    let _made = server.admin().post("/v1/roles", body).expect(201);
    let grant = match site {
        Some(site) => kefu_tests::Scope::Site(site).grant(&code),
        None => kefu_tests::Scope::All.grant(&code),
    };
    let somebody = server.user_with("somebody", &[grant]);
    // Signed in before anything is counted.
    let _token = somebody.token();
    somebody
}
