//! Bodies: of the right type, not too large, in time, JSON, and as the published schema says.

use std::future::Future;
use std::io::Read;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, web};
use flate2::read::MultiGzDecoder;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Context, faults, member};
use crate::app::Failure;
use crate::config::Limits;
use crate::faults::UNKNOWN_MEMBER;
use crate::server::Server;

/// A JSON body that keeps the operation's schema.
#[derive(Debug)]
pub struct JsonBody<T> {
    /// What it says.
    pub value: T,
    /// What it says, as it was sent: a merge patch tells `null` from nothing.
    pub sent: Value,
    /// SHA-256 of method, path and body: what an idempotency key stands for.
    pub fingerprint: [u8; 32],
}

/// A JSON body that can be read but may not keep its schema: for use cases that have more to say
/// about it, so that the caller learns of every fault at once.
#[derive(Debug)]
pub struct DraftBody<T> {
    /// What it says.
    pub value: T,
    /// What the schema finds wrong with it: whoever uses the value has to refuse it with these.
    pub faults: Vec<Fault>,
    /// What it says, as it was sent.
    pub sent: Value,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

/// A body of another type than JSON, or none.
#[derive(Debug)]
pub struct RawBody {
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

/// A file as a body, which may be larger and take longer than other bodies.
#[derive(Debug)]
pub struct FileBody {
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

impl RawBody {
    /// The body as text.
    pub fn text(&self) -> Result<String, Failure> {
        let text = String::from_utf8(self.bytes.to_vec()).ok().filter(|it| !it.contains('\0'));
        text.ok_or_else(|| {
            Failure::Unreadable(Text::new(
                "请求体不是 UTF-8 文本。",
                "The body is not text in UTF-8.",
            ))
        })
    }
}

impl FromRequest for RawBody {
    type Error = Failure;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let (bytes, _) = read(&request, payload).await?;
            let fingerprint = fingerprint(&request, &bytes);
            Ok(Self { bytes, fingerprint })
        })
    }
}

impl FromRequest for FileBody {
    type Error = Failure;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let Limits { import, file_time, .. } = limits(&request);
            let (bytes, _) = read_within(&request, payload, import, file_time).await?;
            let fingerprint = fingerprint(&request, &bytes);
            Ok(Self { bytes, fingerprint })
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Failure;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let draft = DraftBody::<T>::from_request(request, payload);
        Box::pin(async move {
            let DraftBody { value, faults, sent, fingerprint } = draft.await?;
            if faults.is_empty() {
                Ok(Self { value, sent, fingerprint })
            } else {
                Err(Failure::Invalid(faults))
            }
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for DraftBody<T> {
    type Error = Failure;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let (bytes, context) = read(&request, payload).await?;
            let sent: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
            let schema = context.operation().and_then(|it| it.body.as_ref());
            let unpublished = || Failure::Broken("a body that the contract does not have".into());
            let mut found = faults(schema.ok_or_else(unpublished)?, &sent);
            let schema_faults = found.len();
            no_nul(&sent, "", &mut found);
            if found.len() > schema_faults {
                // A use case would look such a text up, and the database would refuse the question.
                return Err(Failure::Invalid(found));
            }
            let mut known = sent.clone();
            for fault in found.iter().filter(|it| it.code == UNKNOWN_MEMBER) {
                remove(&mut known, &fault.pointer);
            }
            let value = match T::deserialize(&known) {
                Ok(value) => value,
                Err(_) if !found.is_empty() => return Err(Failure::Invalid(found)),
                Err(error) => return Err(not_acceptable(&error)),
            };
            let fingerprint = fingerprint(&request, &bytes);
            Ok(Self { value, faults: found, sent, fingerprint })
        })
    }
}

/// Takes away what an otherwise good body has too much, so that the rest can be looked at as well.
fn remove(value: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    if let Some(Value::Object(members)) = value.pointer_mut(parent) {
        members.remove(&name.replace("~1", "/").replace("~0", "~"));
    }
}

/// U+0000 is text in JSON and none in a database.
fn no_nul(value: &Value, at: &str, found: &mut Vec<Fault>) {
    match value {
        Value::String(text) if text.contains('\0') => {
            let detail = Text::new("不得含有 U+0000。", "Must not hold U+0000.");
            found.push(Fault::new(at, "format", detail));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                no_nul(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, item) in members {
                let at = member(at, name);
                if name.contains('\0') {
                    let detail = Text::new("不得含有 U+0000。", "Must not hold U+0000.");
                    found.push(Fault::new(at.clone(), "format", detail));
                }
                no_nul(item, &at, found);
            }
        }
        _ => {}
    }
}

/// Reads what a schema has let through.
pub(crate) fn deserialize<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|error| not_acceptable(&error))
}

/// What a schema cannot say (an instant out of range, say) is a fault of the whole.
fn not_acceptable(error: &serde_json::Error) -> Failure {
    tracing::debug!(%error, "a body keeps its schema but cannot be read");
    Failure::invalid("", "invalid", "内容不符合要求。", "The content is not acceptable.")
}

/// The whole body, if its type is taken, it is not too large and arrives in time.
async fn read(request: &HttpRequest, payload: Payload) -> Result<(Bytes, Rc<Context>), Failure> {
    let Limits { body, body_time, .. } = limits(request);
    read_within(request, payload, body, body_time).await
}

fn limits(request: &HttpRequest) -> Limits {
    request.app_data::<Data<Server>>().map_or_else(Limits::default, |it| it.limits)
}

async fn read_within(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
    time: Duration,
) -> Result<(Bytes, Rc<Context>), Failure> {
    let broken = || Failure::Broken("a request without its context".into());
    let context = Context::of(request).ok_or_else(broken)?;
    let takes = context.operation().map(|it| it.media_types.as_slice()).unwrap_or_default();
    check_type(request, takes)?;
    let factor = context.operation().map_or(1, |it| it.body_limit_factor);
    let limit = limit.saturating_mul(factor);
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if announced.and_then(|it| it.parse().ok()).is_some_and(|it: usize| it > limit) {
        return Err(Failure::TooLarge { limit });
    }
    let body = web::Payload::from_request(request, &mut payload).await;
    let body = body.map_err(|error| cut_off(&error))?;
    let reading = body.to_bytes_limited(limit);
    let bytes = match tokio::time::timeout(time, reading).await {
        Ok(Ok(bytes)) => bytes.map_err(|error| cut_off(&error))?,
        Ok(Err(_)) => return Err(Failure::TooLarge { limit }),
        Err(_) => return Err(Failure::TooSlow),
    };
    Ok((unpacked(request, bytes, limit)?, context))
}

/// The body as it was before its `Content-Encoding`. It may not grow over the limit: what a small
/// body unpacks to is never held whole.
fn unpacked(request: &HttpRequest, bytes: Bytes, limit: usize) -> Result<Bytes, Failure> {
    let encoding = request.headers().get(CONTENT_ENCODING);
    let encoding = encoding.map(|it| it.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    match encoding.as_deref() {
        None | Some("" | "identity") => return Ok(bytes),
        Some("gzip" | "x-gzip") => {}
        Some(_) => {
            return Err(Failure::UnsupportedMediaType { takes: "Content-Encoding: gzip".into() });
        }
    }
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes.as_ref()).take(most).read_to_end(&mut unpacked).map_err(|error| {
        tracing::debug!(%error, "a body cannot be unpacked");
        Failure::Unreadable(Text::new("请求体不是合法的 gzip。", "The body is not gzip."))
    })?;
    if unpacked.len() > limit { Err(Failure::TooLarge { limit }) } else { Ok(unpacked.into()) }
}

fn check_type(request: &HttpRequest, takes: &[String]) -> Result<(), Failure> {
    if takes.is_empty() {
        return Ok(());
    }
    let given = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let mut parts = given.unwrap_or_default().split(';').map(str::trim);
    let given = parts.next().unwrap_or_default();
    let utf8 = parts.all(|it| match it.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
        }
        _ => true,
    });
    if utf8 && takes.iter().any(|it| it.eq_ignore_ascii_case(given)) {
        Ok(())
    } else {
        Err(Failure::UnsupportedMediaType { takes: takes.join(", ") })
    }
}

fn unreadable(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    Failure::Unreadable(Text::new(
        format!("请求体第 {line} 行第 {column} 列不是合法的 JSON。"),
        format!("The body is not JSON at line {line}, column {column}."),
    ))
}

fn cut_off(error: &actix_web::Error) -> Failure {
    tracing::debug!(%error, "a body was cut off");
    Failure::Unreadable(Text::new("请求体不完整。", "The body is not complete."))
}

fn fingerprint(request: &HttpRequest, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(request.uri().to_string());
    hash.update([0]);
    hash.update(body);
    hash.finalize().into()
}
