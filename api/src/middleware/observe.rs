//! The outermost: makes the request's context, and tells about it afterwards.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::extract::{Context, language};
use crate::ids::new_id;
use crate::proxies;
use crate::server::Server;

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
        found: server.operations.find(request.method(), request.path()),
        entrant: OnceCell::new(),
        standing: Cell::new(None),
    });
    request.extensions_mut().insert(Rc::clone(&context));
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    headers(response.headers_mut(), &context);
    let status = response.status().as_u16();
    let route = context.operation().map_or("-", |it| it.template.as_str());
    let took = context.started.elapsed();
    server.metrics.answered(method.as_str(), route, status, took);
    tracing::info!(
        request_id = %context.id,
        user = context.caller().map(|it| it.username.as_str()),
        api_key = context.caller().and_then(|it| it.api_key).map(tracing::field::display),
        method = %method,
        route,
        status,
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
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
