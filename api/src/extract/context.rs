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

/// The language of `Accept-Language` (RFC 9110, 12.5.4) that the caller likes best of those that kefu
/// speaks, the first of equals; Chinese if they name none of them. `zh-Hans-CN` is Chinese, `en-GB`
/// English, `*` whatever has not been named.
pub fn language(headers: &HeaderMap) -> Lang {
    let mut wishes = Vec::new();
    for header in headers.get_all(ACCEPT_LANGUAGE).filter_map(|it| it.to_str().ok()) {
        wishes.extend(header.split(',').filter_map(wish));
    }
    let named = |lang| wishes.iter().any(|(it, _)| *it == Some(lang));
    let mut best = (0.0, Lang::Zh);
    for (lang, weight) in &wishes {
        let rest = [Lang::Zh, Lang::En].into_iter().find(|it| !named(*it));
        if let Some(lang) = lang.or(rest)
            && *weight > best.0
        {
            best = (*weight, lang);
        }
    }
    best.1
}

/// One range of the header: the language (none for `*`) and how well it is liked. Ranges of other
/// languages and what cannot be read are no wish.
fn wish(range: &str) -> Option<(Option<Lang>, f32)> {
    let mut parts = range.split(';');
    let tag = parts.next()?.trim();
    let weight = parts.find_map(|it| it.trim().strip_prefix("q=")).unwrap_or("1");
    let weight = weight.trim().parse::<f32>().ok().filter(|it| (0.0..=1.0).contains(it))?;
    let lang = match tag.split('-').next()?.to_ascii_lowercase().as_str() {
        "zh" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        "*" => None,
        _ => return None,
    };
    Some((lang, weight))
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

/// The request's id, for handlers whose answers hold problems.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

impl FromRequest for RequestId {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(Context::of(request).map(|it| it.id.clone()).unwrap_or_default())))
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
        assert_eq!(of("zh-Hans-CN"), Lang::Zh);
        assert_eq!(of("EN-us ; q=0.9, zh;q=0.5"), Lang::En);
        assert_eq!(of("en;q=0, zh;q=0.1"), Lang::Zh);
        assert_eq!(of("zh;q=0, *;q=0.5"), Lang::En);
        assert_eq!(of("*"), Lang::Zh);
        assert_eq!(of("en;q=nonsense, en;q=2, enm, zha"), Lang::Zh);
        assert_eq!(of("en, zh"), Lang::En);
    }
}
