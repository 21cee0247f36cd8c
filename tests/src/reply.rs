//! One answer, as a value.

use std::ops::Index;

use serde_json::Value;
use ureq::http::HeaderMap;

/// An answer that already kept the contract (see `contract`).
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The JSON body; `null` when there is none or it is not JSON.
    pub body: Value,
    /// The body as it came …
    pub bytes: Vec<u8>,
    /// … and as text.
    pub text: String,
    /// What was asked, for messages.
    pub asked: String,
}

impl Reply {
    /// This reply, if it has `status`.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered {self}", self.asked);
        self
    }

    /// This reply, if it is a problem document with `status`.
    #[track_caller]
    #[must_use]
    pub fn refused(self, status: u16) -> Self {
        assert!(status >= 400, "{status} is no refusal");
        self.expect(status)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The version of the resource in this reply, as `If-Match` takes it.
    #[track_caller]
    pub fn etag(&self) -> String {
        let etag = self.header("etag").map(str::to_owned);
        etag.unwrap_or_else(|| panic!("{} answered without ETag: {self}", self.asked))
    }

    /// The `id` of the resource in this reply.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text_at("/id")
    }

    /// The text at a JSON pointer.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> String {
        let text = self.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        text.unwrap_or_else(|| panic!("{} answered without text at {pointer}: {self}", self.asked))
    }

    /// The `items` of a list.
    #[track_caller]
    pub fn items(&self) -> Vec<Value> {
        let items = self.body["items"].as_array().cloned();
        items.unwrap_or_else(|| panic!("{} answered without items: {self}", self.asked))
    }

    /// The member `name` of every item of a list, as text.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<String> {
        self.items().iter().map(|item| item[name].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The pointers of all faults a validation problem lists, sorted.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let errors = self.body["errors"].as_array();
        let errors = errors.unwrap_or_else(|| panic!("{} lists no errors: {self}", self.asked));
        let mut pointers: Vec<_> = errors
            .iter()
            .map(|error| {
                assert!(error["code"].is_string() && error["detail"].is_string(), "{error}");
                error["pointer"].as_str().expect("each error has a pointer").to_owned()
            })
            .collect();
        pointers.sort();
        pointers
    }
}

impl Index<&str> for Reply {
    type Output = Value;

    fn index(&self, member: &str) -> &Value {
        &self.body[member]
    }
}

impl std::fmt::Display for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { status, headers, body, text, bytes: _, asked: _ } = self;
        writeln!(f, "{status}")?;
        for (name, value) in headers {
            writeln!(f, "{name}: {}", value.to_str().unwrap_or("(not text)"))?;
        }
        if body.is_null() { write!(f, "\n{text}") } else { write!(f, "\n{body:#}") }
    }
}
