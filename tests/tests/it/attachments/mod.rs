//! `/v1/attachments`: files of cases.

mod content;
mod forms;
mod storage;
mod upload;

use std::thread;
use std::time::{Duration, Instant};

use kefu_tests::{Client, Office, Reply, unique};
use serde_json::{Value, json};

use crate::procedures::simple;

/// The beginning of every picture of this kind, and enough after it.
pub(super) fn png(size: usize) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let more = (bytes.len()..size).map(|at| u8::try_from(at * 31 % 251).unwrap());
    bytes.extend(more);
    bytes
}

/// A file as a form sends it.
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) declared: Option<&'a str>,
    pub(super) bytes: Vec<u8>,
}

impl<'a> File<'a> {
    pub(super) fn picture(name: &'a str) -> Self {
        Self { name, declared: Some("image/png"), bytes: png(2_000) }
    }

    /// `multipart/form-data` with this file in the field `field`.
    pub(super) fn form(&self, field: &str) -> (String, Vec<u8>) {
        let boundary = unique("boundary");
        let declared =
            self.declared.map(|it| format!("content-type: {it}\r\n")).unwrap_or_default();
        let mut body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{}\"\r\n{declared}\r\n",
            self.name
        )
        .into_bytes();
        body.extend(&self.bytes);
        body.extend(format!("\r\n--{boundary}--\r\n").bytes());
        (format!("multipart/form-data; boundary={boundary}"), body)
    }
}

/// Sends a file, to a case or to nothing yet, under a key of its own.
#[track_caller]
pub(super) fn send(client: &Client, file: &File<'_>, case: Option<&str>) -> Reply {
    send_again(client, file, case, &unique("file"))
}

#[track_caller]
pub(super) fn send_again(client: &Client, file: &File<'_>, case: Option<&str>, key: &str) -> Reply {
    let path = match case {
        Some(case) => format!("/v1/attachments?case_id={case}"),
        None => "/v1/attachments".to_owned(),
    };
    let (kind, body) = file.form("file");
    let request = client.request("POST", &path).header("content-type", &kind);
    request.header("idempotency-key", key).bytes(body).send()
}

/// The address of a link to the bytes.
#[track_caller]
pub(super) fn link(client: &Client, id: &str) -> String {
    client.post(&format!("/v1/attachments/{id}/link"), json!({})).expect(200).text_at("/url")
}

/// The bytes themselves, by a link, fetched by somebody without a token.
#[track_caller]
pub(super) fn bytes(client: &Client, id: &str) -> Vec<u8> {
    client.server().stranger().get(&link(client, id)).expect(200).bytes
}

pub(super) fn office() -> Office {
    let office = Office::shared();
    simple::publish(&office.server);
    office
}

/// Waits for something that comes by itself.
#[track_caller]
pub(super) fn until(mut holds: impl FnMut() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < Duration::from_mins(5), "it does not come to pass");
        thread::sleep(Duration::from_millis(20));
    }
}

/// The attachments of a case, as a list shows them.
#[track_caller]
pub(super) fn of_case(client: &Client, case: &str) -> Vec<Value> {
    client.get(&format!("/v1/attachments?case_id={case}")).expect(200).items()
}
