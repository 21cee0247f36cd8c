//! Use cases' answers as HTTP answers: status, `ETag`, `Location`, `Link`.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ETAG, LINK, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use crate::app::{Answer, Asker, Outcome, Page, Purpose, Shown};
use crate::extract::{IfNoneMatch, Language, SignedIn};

/// The answer to a write.
pub(super) fn written(answer: Answer) -> HttpResponse {
    let Answer { outcome, body, location, version, replayed } = answer;
    let status = StatusCode::from_u16(outcome.status()).unwrap_or(StatusCode::OK);
    let mut response = private(status);
    if let Some(location) = location {
        response.insert_header((LOCATION, location));
    }
    if let Some(version) = version {
        response.insert_header((ETAG, tag(version)));
    }
    if replayed {
        response.insert_header(("Idempotent-Replayed", "true"));
    }
    match outcome {
        Outcome::Gone => response.finish(),
        Outcome::Created | Outcome::Changed => response.content_type("application/json").body(body),
    }
}

/// One resource, or 304 if the caller has it.
pub(super) fn shown<T: Serialize>(shown: &Shown<T>, known: &IfNoneMatch) -> HttpResponse {
    let tag = tag(shown.version);
    if known.has(&tag) {
        return private(StatusCode::NOT_MODIFIED).insert_header((ETAG, tag)).finish();
    }
    private(StatusCode::OK).insert_header((ETAG, tag)).json(&shown.view)
}

/// What is read anew each time and has no version.
pub(super) fn plain(view: &impl Serialize) -> HttpResponse {
    private(StatusCode::OK).json(view)
}

/// A page as `list` shows it, with a link to the next one.
pub(super) fn listed<T, L: Serialize>(
    request: &HttpRequest,
    page: Page<T>,
    list: impl FnOnce(Page<T>) -> L,
) -> HttpResponse {
    let mut response = private(StatusCode::OK);
    if let Some(cursor) = &page.next_cursor {
        let others = request.query_string().split('&');
        let others = others.filter(|it| !it.is_empty() && !it.starts_with("cursor="));
        let query: Vec<_> = others.map(str::to_owned).chain([format!("cursor={cursor}")]).collect();
        let link = format!("<{}?{}>; rel=\"next\"", request.path(), query.join("&"));
        response.insert_header((LINK, link));
    }
    response.json(list(page))
}

/// Somebody who looks at a list.
pub(super) fn looking(caller: SignedIn, language: Language) -> Asker {
    Asker { caller: caller.0, lang: language.0, purpose: Purpose::Look }
}

/// The entity tag of a version.
pub(super) fn tag(version: i64) -> String {
    format!("\"{version}\"")
}

/// Everything under `/v1` is about people or for them: nobody on the way keeps it.
fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, "no-store"));
    response
}
