//! Bodies: of the right type, not too large, in time, JSON, and as the published schema says.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, web};
use kefu_domain::text::Text;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Context, faults};
use crate::app::Failure;
use crate::config::Limits;
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

/// A body of another type than JSON, or none.
#[derive(Debug)]
pub struct RawBody {
    /// The bytes.
    pub bytes: Bytes,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

type Reading<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

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

impl<T: DeserializeOwned> FromRequest for JsonBody<T> {
    type Error = Failure;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let (bytes, context) = read(&request, payload).await?;
            let sent: Value = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
            if let Some(schema) = context.operation().and_then(|it| it.body.as_ref()) {
                let faults = faults(schema, &sent);
                if !faults.is_empty() {
                    return Err(Failure::Invalid(faults));
                }
            }
            let value = deserialize(&sent)?;
            let fingerprint = fingerprint(&request, &bytes);
            Ok(Self { value, sent, fingerprint })
        })
    }
}

/// Reads what a schema has let through. What the schema cannot say (an instant out of range, say)
/// is a fault of the whole.
pub(crate) fn deserialize<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|error| {
        tracing::debug!(%error, "a body keeps its schema but cannot be read");
        Failure::invalid("", "invalid", "内容不符合要求。", "The content is not acceptable.")
    })
}

/// The whole body, if its type is taken, it is not too large and arrives in time.
async fn read(
    request: &HttpRequest,
    mut payload: Payload,
) -> Result<(Bytes, Rc<Context>), Failure> {
    let broken = || Failure::Broken("a request without its context".into());
    let context = Context::of(request).ok_or_else(broken)?;
    let limits = request.app_data::<Data<Server>>().map_or_else(Limits::default, |it| it.limits);
    let takes = context.operation().map(|it| it.media_types.as_slice()).unwrap_or_default();
    check_type(request, takes)?;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if announced.and_then(|it| it.parse().ok()).is_some_and(|it: usize| it > limits.body) {
        return Err(Failure::TooLarge { limit: limits.body });
    }
    let body = web::Payload::from_request(request, &mut payload).await;
    let body = body.map_err(|error| cut_off(&error))?;
    let reading = body.to_bytes_limited(limits.body);
    let bytes = match tokio::time::timeout(limits.body_time, reading).await {
        Ok(Ok(bytes)) => bytes.map_err(|error| cut_off(&error))?,
        Ok(Err(_)) => return Err(Failure::TooLarge { limit: limits.body }),
        Err(_) => return Err(Failure::TooSlow),
    };
    Ok((bytes, context))
}

fn check_type(request: &HttpRequest, takes: &[String]) -> Result<(), Failure> {
    if takes.is_empty() {
        return Ok(());
    }
    let given = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let given = given.and_then(|it| it.split(';').next()).unwrap_or_default().trim();
    if takes.iter().any(|it| it.eq_ignore_ascii_case(given)) {
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
