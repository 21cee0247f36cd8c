//! Somebody who speaks to a server: an actor is a value.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http;

use crate::{EventStream, Reply, Server, contract};

/// A person, an integrator or a stranger in front of one server.
#[derive(Clone, Debug)]
pub struct Client {
    server: Server,
    who: Who,
    language: &'static str,
    /// The id of the user, when the harness made it.
    pub id: String,
}

#[derive(Clone, Debug)]
enum Who {
    Stranger,
    Bearer(String),
    Person(Arc<Session>),
}

/// A name, a password, and the token of the last sign-in.
#[derive(Debug)]
pub(crate) struct Session {
    username: String,
    password: String,
    token: Mutex<Option<Held>>,
}

/// A token, the clock's epoch it belongs to, and since when it is held.
#[derive(Debug)]
struct Held {
    epoch: u64,
    since: Instant,
    token: String,
}

/// Tokens live for fifteen minutes, and a run on a busy machine takes longer.
const USABLE: Duration = Duration::from_mins(10);

impl Session {
    pub(crate) fn new(username: &str, password: &str) -> Self {
        let (username, password) = (username.to_owned(), password.to_owned());
        Self { username, password, token: Mutex::new(None) }
    }

    /// A token that is good now: signs in the first time, after each move of the clock, and in time.
    #[track_caller]
    fn token(&self, server: &Server) -> String {
        let epoch = server.0.epoch.load(Ordering::SeqCst);
        let mut held = self.token.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(held) = held.as_ref()
            && held.epoch == epoch
            && held.since.elapsed() < USABLE
        {
            return held.token.clone();
        }
        let since = Instant::now();
        let body = json!({ "username": self.username, "password": self.password });
        let mut reply = server.stranger().post("/v1/auth/token", body.clone());
        // A busy machine hashes as many passwords as it can, and asks the others to come back.
        while reply.status == 503 && since.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_secs(1));
            reply = server.stranger().post("/v1/auth/token", body.clone());
        }
        let reply = reply.expect(200);
        let token = reply.text_at("/access_token");
        *held = Some(Held { epoch, since, token: token.clone() });
        token
    }
}

impl Client {
    pub(crate) fn person(server: &Server, session: Arc<Session>) -> Self {
        Self::new(server, Who::Person(session))
    }

    pub(crate) fn stranger(server: &Server) -> Self {
        Self::new(server, Who::Stranger)
    }

    pub(crate) fn bearer(server: &Server, token: &str) -> Self {
        Self::new(server, Who::Bearer(token.to_owned()))
    }

    fn new(server: &Server, who: Who) -> Self {
        Self { server: server.clone(), who, language: "en", id: String::new() }
    }

    /// The same somebody, reading another language (`Accept-Language`; the harness asks for `en`).
    #[must_use]
    pub fn speaking(&self, language: &'static str) -> Self {
        Self { language, ..self.clone() }
    }

    /// The same person in front of another node.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self { server: server.clone(), ..self.clone() }
    }

    /// The server in front of this client.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The name this person signs in with.
    #[track_caller]
    pub fn username(&self) -> &str {
        match &self.who {
            Who::Person(session) => &session.username,
            Who::Stranger | Who::Bearer(_) => panic!("this client has no name"),
        }
    }

    /// The access token this client shows.
    #[track_caller]
    pub fn token(&self) -> String {
        match &self.who {
            Who::Person(session) => session.token(&self.server),
            Who::Bearer(token) => token.clone(),
            Who::Stranger => panic!("a stranger has no token"),
        }
    }

    /// A request to be completed and sent.
    #[track_caller]
    pub fn request(&self, method: &'static str, path: &str) -> Request {
        let mut request = Request {
            client: self.clone(),
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        if !self.language.is_empty() {
            request = request.header("accept-language", self.language);
        }
        match &self.who {
            Who::Stranger => request,
            Who::Bearer(_) | Who::Person(_) => {
                let token = self.token();
                request.header("authorization", &format!("Bearer {token}"))
            }
        }
    }

    /// `GET path`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send()
    }

    /// `POST path` with a fresh idempotency key.
    #[track_caller]
    pub fn post(&self, path: &str, body: Value) -> Reply {
        let mut request = self.request("POST", path).json(&body);
        if !path.starts_with("/v1/auth/") {
            request = request.header("idempotency-key", &unique("key"));
        }
        request.send()
    }

    /// `PUT path`, over whatever version is there.
    #[track_caller]
    pub fn put(&self, path: &str, body: Value) -> Reply {
        self.request("PUT", path).json(&body).send()
    }

    /// `PATCH path` (JSON Merge Patch) of the version `etag` names.
    #[track_caller]
    pub fn patch(&self, path: &str, etag: &str, body: Value) -> Reply {
        let request = self.request("PATCH", path).json(&body);
        request
            .header("content-type", "application/merge-patch+json")
            .header("if-match", etag)
            .send()
    }

    /// `DELETE path` of the version `etag` names.
    #[track_caller]
    pub fn delete(&self, path: &str, etag: &str) -> Reply {
        self.request("DELETE", path).header("if-match", etag).send()
    }

    /// Takes `action` on the case, in the version this client sees now.
    #[track_caller]
    pub fn act(&self, case: &str, action: &str, form: Value) -> Reply {
        let etag = self.get(&format!("/v1/cases/{case}")).expect(200).etag();
        self.act_on(case, action, &etag, form)
    }

    /// Takes `action` on the case in the version `etag` names.
    #[track_caller]
    pub fn act_on(&self, case: &str, action: &str, etag: &str, form: Value) -> Reply {
        self.request("POST", &format!("/v1/cases/{case}/actions/{action}"))
            .header("if-match", etag)
            .header("idempotency-key", &unique("act"))
            .json(&form)
            .send()
    }

    /// The case as this client sees it.
    #[track_caller]
    pub fn case(&self, id: &str) -> Reply {
        self.get(&format!("/v1/cases/{id}")).expect(200)
    }

    /// The case's timeline, all of it, oldest first.
    #[track_caller]
    pub fn timeline(&self, id: &str) -> Vec<Value> {
        self.get(&format!("/v1/cases/{id}/events?limit=200")).expect(200).items()
    }
}

/// A request being put together.
#[derive(Clone, Debug)]
pub struct Request {
    client: Client,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// Sets a header, replacing what it was.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(set, _)| set != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a header away.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(set, _)| set != name);
        self
    }

    /// A JSON body; a content type set before stays.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        let bytes = body.to_string().into_bytes();
        self.header("content-type", "application/json").bytes(bytes)
    }

    /// A body, byte for byte.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Sends it and checks the reply against the contract.
    #[track_caller]
    pub fn send(self) -> Reply {
        let asked = self.described();
        let server = self.client.server.clone();
        match self.try_send() {
            Ok(reply) => {
                if reply.status == 500 {
                    // What broke is in the log only; give its last lines the time to arrive.
                    std::thread::sleep(Duration::from_millis(200));
                    panic!("{asked} answered {reply}\nserver log:\n{}", server.log());
                }
                contract::check(self.method, &self.path, &reply);
                reply
            }
            Err(error) => panic!("{asked}: {error}\nserver log:\n{}", server.log()),
        }
    }

    /// Sends it and follows what comes. A refusal is an ordinary reply.
    #[track_caller]
    pub fn follow(self) -> Result<EventStream, Box<Reply>> {
        let uri = format!("{}{}", self.client.server.url(), self.path);
        let mut request = http::Request::builder().method(self.method).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(()).expect("a request");
        let response = self.client.server.0.agent.run(request);
        let response = response.unwrap_or_else(|error| panic!("{}: {error}", self.described()));
        if response.status() != 200 {
            return Err(Box::new(self.send()));
        }
        contract::check_stream(self.method, &self.path, response.headers());
        Ok(EventStream::new(response.into_body().into_reader()))
    }

    /// Sends it where the server may be gone. The reply, when there is one, is not checked.
    pub fn try_send(&self) -> Result<Reply, ureq::Error> {
        let uri = format!("{}{}", self.client.server.url(), self.path);
        let mut request = http::Request::builder().method(self.method).uri(uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.server.0.agent;
        let response = match &self.body {
            Some(body) => {
                agent.run(agent.configure_request(request.body(body.as_slice())?).build())
            }
            None => agent.run(request.body(())?),
        }?;
        let (head, mut body) = response.into_parts();
        let bytes = body.with_config().limit(u64::MAX).read_to_vec()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let is_json = head
            .headers
            .get("content-type")
            .is_some_and(|value| value.to_str().is_ok_and(|value| value.contains("json")));
        let parsed = if is_json { serde_json::from_str(&text).ok() } else { None };
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body: parsed.unwrap_or(Value::Null),
            bytes,
            text,
            asked: self.described(),
        })
    }

    fn described(&self) -> String {
        let mut text = format!("{} {}", self.method, self.path);
        if let Some(body) = &self.body {
            let body = String::from_utf8_lossy(body);
            let _ = write!(text, " {}", body.chars().take(600).collect::<String>());
        }
        text
    }
}

/// A text nobody used before in this run: `<prefix>-<process>-<n>`.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{prefix}-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}
