//! What is known of a request from its first moment to its log line.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use kefu_domain::text::Lang;
use std::future::{Ready, ready};

use crate::app::{Caller, Entrant, Failure};
use crate::openapi::{Found, Operation};

/// A request's context, made by the outermost middleware.
#[derive(Debug)]
pub struct Context {
    /// The request's id.
    pub id: String,
    /// The caller's language.
    pub lang: Lang,
    /// When it came in.
    pub started: Instant,
    /// The address it came from.
    pub peer: String,
    /// What is at its address.
    pub found: Found,
    /// Who asks, once that is known, and by which sign-in.
    pub entrant: OnceCell<Entrant>,
    /// How the caller stands with the limit, where there is one.
    pub standing: Cell<Option<Standing>>,
}

/// How a caller stands with the limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Requests a minute.
    pub quota: u32,
    /// Requests left now.
    pub left: u64,
    /// Seconds until none is counted any more.
    pub whole_in: u64,
    /// Seconds to wait, if this request is one too many.
    pub wait: Option<u64>,
}

impl Context {
    /// The operation asked for, if the address and method have one.
    pub fn operation(&self) -> Option<&Arc<Operation>> {
        match &self.found {
            Found::Operation(operation) => Some(operation),
            Found::OtherMethods(_) | Found::Nothing => None,
        }
    }

    /// Who asks, once that is known.
    pub fn caller(&self) -> Option<&Arc<Caller>> {
        self.entrant.get().map(|it| &it.caller)
    }

    /// The context of a request.
    pub fn of(request: &impl HttpMessage) -> Option<Rc<Self>> {
        request.extensions().get::<Rc<Self>>().cloned()
    }
}

/// The first language of `Accept-Language` that kefu speaks; Chinese otherwise.
pub fn language(headers: &HeaderMap) -> Lang {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, Lang::Zh);
    for range in header.split(',') {
        let (tag, weight) = range.split_once(";q=").unwrap_or((range, "1"));
        let weight = weight.trim().parse::<f32>().unwrap_or(0.0);
        let lang = match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, lang);
        }
    }
    best.1
}

/// The caller's language, for handlers.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

impl FromRequest for Language {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Context::of(request).map(|it| it.lang).unwrap_or_default())))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn the_language_is_the_best_liked_of_those_spoken() {
        let of = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(text));
            language(&headers)
        };
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
        assert_eq!(of("en"), Lang::En);
        assert_eq!(of("en-GB,zh-CN;q=0.8"), Lang::En);
        assert_eq!(of("fr, zh-CN;q=0.9, en;q=0.8"), Lang::Zh);
        assert_eq!(of("fr"), Lang::Zh);
    }
}
