//! Headers with a meaning of their own: versions and idempotency.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};

use crate::app::{Expected, Failure};

/// `Idempotency-Key`, if there is one.
#[derive(Clone, Debug)]
pub struct Idempotency(pub Option<String>);

/// The longest key.
const LONGEST_KEY: usize = 200;

impl FromRequest for Idempotency {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(key) = request.headers().get("idempotency-key") else {
            return ready(Ok(Self(None)));
        };
        let sane = |it: &&str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._~:/-".contains(&byte);
            (1..=LONGEST_KEY).contains(&it.len()) && it.bytes().all(known)
        };
        ready(match key.to_str().ok().filter(sane) {
            Some(key) => Ok(Self(Some(key.to_owned()))),
            None => Err(Failure::invalid(
                "/Idempotency-Key",
                "format",
                "Idempotency-Key 应为 1–200 个字符：字母、数字及 . _ ~ : / -。",
                "Idempotency-Key must be 1–200 characters of A–Z a–z 0–9 . _ ~ : / -.",
            )),
        })
    }
}

/// `If-Match`, which must be there.
#[derive(Clone, Debug)]
pub struct IfMatch(pub Expected);

impl FromRequest for IfMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(expected(request).and_then(|it| it.ok_or(Failure::PreconditionRequired)).map(Self))
    }
}

impl IfMatch {
    /// `If-Match` where it is not required.
    pub fn optional(request: &HttpRequest) -> Result<Option<Expected>, Failure> {
        expected(request)
    }
}

/// Strong tags only: a weak one, or one that none of our answers carried, matches no version.
fn expected(request: &HttpRequest) -> Result<Option<Expected>, Failure> {
    let mut tags = Vec::new();
    for value in request.headers().get_all(IF_MATCH) {
        for tag in value.to_str().unwrap_or_default().split(',').map(str::trim) {
            if tag == "*" {
                return Ok(Some(Expected::Any));
            }
            tags.push(tag.to_owned());
        }
    }
    if tags.is_empty() {
        return Ok(None);
    }
    let versions: Vec<_> = tags.iter().filter_map(|it| version(it)).collect();
    if versions.is_empty() { Err(Failure::Stale) } else { Ok(Some(Expected::OneOf(versions))) }
}

fn version(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// `If-None-Match`: the tags the caller has.
#[derive(Clone, Debug, Default)]
pub struct IfNoneMatch(Vec<String>);

impl IfNoneMatch {
    /// Whether the caller has what carries this tag (weak comparison, RFC 9110 §13.1.2).
    pub fn has(&self, tag: &str) -> bool {
        self.0.iter().any(|it| it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag)
    }
}

impl FromRequest for IfNoneMatch {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(tags(request, &IF_NONE_MATCH))))
    }
}

fn tags(request: &HttpRequest, name: &HeaderName) -> Vec<String> {
    let values = request.headers().get_all(name).filter_map(|it| it.to_str().ok());
    values.flat_map(|it| it.split(',')).map(|it| it.trim().to_owned()).collect()
}
