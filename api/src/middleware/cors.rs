//! Pages from other origins, as far as they are configured (Fetch standard, CORS).

use actix_cors::Cors;

/// What a page may send beside what every page may.
const SENT: [&str; 9] = [
    "Authorization",
    "Content-Type",
    "Accept-Language",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-Id",
    "Traceparent",
];

/// What a page may read beside what every page may.
const READ: [&str; 10] = [
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "X-Request-Id",
    "Idempotent-Replayed",
    "RateLimit",
    "RateLimit-Policy",
    "WWW-Authenticate",
    "Content-Disposition",
];

/// How long a browser may remember what a preflight has answered, in seconds.
const REMEMBERED: usize = 3600;

/// What pages of these origins may do; `*` is every origin. Cookies are never taken along: who asks is
/// said by the `Authorization` header alone.
pub fn cors(origins: &[String]) -> Cors {
    let known = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers(SENT)
        .expose_headers(READ)
        .max_age(REMEMBERED);
    if origins.iter().any(|it| it == "*") {
        return known.allow_any_origin();
    }
    origins.iter().fold(known, |cors, origin| cors.allowed_origin(origin))
}
