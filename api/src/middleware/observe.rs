//! The outermost: makes the request's context, and tells about it afterwards.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, VARY,
};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use kefu_domain::text::Lang;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::extract::{Context, language};
use crate::ids::new_id;
use crate::problem::MEDIA_TYPE;
use crate::proxies;
use crate::server::Server;
use crate::telemetry::{SPANS, traces};

/// Takes the request's id and language, and logs and counts it when it is answered.
pub async fn observe<B: MessageBody>(
    server: web::Data<Server>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let context = Rc::new(Context {
        id: request_id(request.headers(), &server),
        lang: language(request.headers()),
        started: Instant::now(),
        peer: peer(&request, &server),
        // Spelled as the router reads it: `%63` is a `c` to both.
        found: server.operations.find(request.method(), request.match_info().as_str()),
        entrant: OnceCell::new(),
        standing: Cell::new(None),
    });
    request.extensions_mut().insert(Rc::clone(&context));
    let method = request.method().clone();
    let route = context.operation().map_or("-", |it| it.template.as_str());
    let span = span(&request, &context, route);
    let mut response = next.call(request).instrument(span.clone()).await?;
    headers(response.headers_mut(), &context);
    languages(response.headers_mut(), &context);
    let status = response.status().as_u16();
    let user = context.caller().map(|it| it.username.as_str());
    span.record("http.response.status_code", status);
    span.record("enduser.id", user);
    if status >= 500 {
        span.record("otel.status_code", "ERROR");
    }
    let took = context.started.elapsed();
    server.metrics.answered(method.as_str(), route, status, took);
    tracing::info!(
        request_id = %context.id,
        trace_id = traces::trace_id(&span),
        user,
        api_key = context.caller().and_then(|it| it.api_key).map(tracing::field::display),
        method = %method,
        route,
        status,
        duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    Ok(response)
}

/// The address it comes from.
fn peer(request: &ServiceRequest, server: &Server) -> String {
    let forwarded = request.headers().get_all("x-forwarded-for");
    // Iterated from both ends, which the header map's iterator is not.
    let forwarded: Vec<_> = forwarded.filter_map(|it| it.to_str().ok()).collect();
    let peer = request.peer_addr().map(|it| it.ip());
    proxies::origin(peer, forwarded.into_iter(), &server.trusted_proxies)
}

/// The request as traces show it, under its route, in the caller's trace where there is one. Named
/// by OpenTelemetry's conventions for HTTP servers.
fn span(request: &ServiceRequest, context: &Context, route: &str) -> Span {
    let method = request.method();
    let span = tracing::info_span!(
        target: SPANS,
        "request",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = request.path(),
        client.address = context.peer,
        enduser.id = Empty,
        kefu.request_id = context.id,
    );
    traces::continues(&span, request.headers());
    span
}

/// Requests as the rest of the program knows them. HEAD is GET whose body the connection leaves out.
/// Whoever accepts no encoding that there is gets none (RFC 9110, 12.5.3 leaves that open): a refusal
/// would be read no better.
pub async fn received<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let refuses = |it: &HeaderValue| {
        let said: String = it.to_str().unwrap_or_default().to_ascii_lowercase();
        let said: String = said.chars().filter(|it| !it.is_whitespace()).collect();
        said.contains("identity;q=0") || said.contains("*;q=0")
    };
    if request.headers().get(ACCEPT_ENCODING).is_some_and(refuses) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    next.call(request).await
}

/// The caller's id where it is sane, else one of our own.
fn request_id(headers: &HeaderMap, server: &Server) -> String {
    let sane = |it: &&str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        (1..=128).contains(&it.len()) && it.bytes().all(known)
    };
    let given = headers.get("x-request-id").and_then(|it| it.to_str().ok()).filter(sane);
    given.map_or_else(|| new_id(server.app.clock.real_now()).to_string(), str::to_owned)
}

/// What every answer carries.
fn headers(headers: &mut HeaderMap, context: &Context) {
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-request-id", &context.id);
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "no-referrer");
    if let Some(it) = context.standing.get() {
        set("ratelimit-policy", &format!("\"default\";q={};w=60", it.quota));
        set("ratelimit", &format!("\"default\";r={};t={}", it.left, it.whole_in));
    }
}

/// In which language titles, labels and details are, where there are any.
fn languages(headers: &mut HeaderMap, context: &Context) {
    let problem = |it: &HeaderValue| it.as_bytes() == MEDIA_TYPE.as_bytes();
    let translated = context
        .operation()
        .is_some_and(|it| it.template.starts_with("/v1/") || it.template.starts_with("/problems/"));
    if headers.get(CONTENT_TYPE).is_some_and(|it| translated || problem(it)) {
        let language = match context.lang {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        };
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language));
        headers.append(VARY, HeaderValue::from_static("accept-language"));
    }
}
