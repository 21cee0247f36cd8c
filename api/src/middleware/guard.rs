//! Who asks, how often, and whether they may at all. All of it before the body is read.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, AUTHORIZATION};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use tracing::Instrument;

use crate::app::{Entrant, Failure, NotSignedIn};
use crate::extract::Context;
use crate::faults::{UNKNOWN_MEMBER, member};
use crate::limit::Key;
use crate::openapi::{Found, Operation, Permission};
use crate::server::Server;
use crate::telemetry::SPANS;

/// Lets a request through to its operation, or answers 401, 403, 405 or 429. Where there are operations
/// of other methods only it answers itself: the router might find the address of a thing there.
pub async fn guard<B: MessageBody + 'static>(
    server: web::Data<Server>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let context = Context::of(&request);
    if let Some(Found::OtherMethods(methods)) = context.as_deref().map(|it| &it.found) {
        let answer = other_methods(request.method(), methods);
        return Ok(answered(request, answer.unwrap_or_else(HttpResponse::from_error)));
    }
    let refusal = match context.as_deref().and_then(|it| Some((it, it.operation()?))) {
        Some((context, operation)) => check(&server, &request, context, operation).err(),
        None => None,
    };
    match refusal {
        None => {
            let name = context.as_deref().and_then(Context::operation).map(|it| it.id.as_str());
            let span = tracing::info_span!(target: SPANS, "use_case", otel.name = name);
            let answered = next.call(request).instrument(span).await;
            answered.map(ServiceResponse::map_into_boxed_body)
        }
        Some(failure) => Ok(answered(request, HttpResponse::from_error(failure))),
    }
}

/// `ServiceRequest::into_response` would lose the failure that `problems` is to find.
fn answered(request: ServiceRequest, answer: HttpResponse) -> ServiceResponse<BoxBody> {
    ServiceResponse::new(request.into_parts().0, answer)
}

/// To OPTIONS the methods there are, to others 405 with them.
fn other_methods(asked: &Method, methods: &[&'static str]) -> Result<HttpResponse, Failure> {
    let mut allow = methods.to_vec();
    if allow.contains(&"GET") {
        allow.push("HEAD");
    }
    allow.push("OPTIONS");
    if asked == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((ALLOW, allow.join(", "))).finish());
    }
    Err(Failure::MethodNotAllowed { allow })
}

/// In this order: too many, who are you, may you do this kind of thing anywhere.
fn check(
    server: &Server,
    request: &ServiceRequest,
    context: &Context,
    operation: &Operation,
) -> Result<(), Failure> {
    if !operation.template.starts_with("/v1/") {
        return no_query(request, operation);
    }
    let entrant = match operation.permission {
        Permission::Public => None,
        Permission::SignedIn | Permission::Held(_) => Some(entrant(server, request)),
    };
    let key = match &entrant {
        Some(Ok(entrant)) => Key::User(entrant.caller.user_id),
        Some(Err(_)) | None => Key::Address(context.peer.clone()),
    };
    let standing = server.limiter.take(key, context.started);
    context.standing.set(standing);
    if let Some(retry_after) = standing.and_then(|it| it.wait) {
        return Err(Failure::TooManyRequests { retry_after });
    }
    let Some(entrant) = entrant.transpose().map_err(Failure::Unauthenticated)? else {
        return no_query(request, operation);
    };
    let entrant = context.entrant.get_or_init(|| entrant);
    match &operation.permission {
        Permission::Held(needs) if !entrant.caller.actor.holds(needs) => {
            Err(Failure::Forbidden { needs: needs.clone() })
        }
        // Nothing is called so, and a database that is asked for it refuses the question.
        _ if request.match_info().as_str().contains('\0') => Err(Failure::NotFound),
        _ => no_query(request, operation),
    }
}

/// An operation without query parameters refuses those it is given; the others look at theirs.
fn no_query(request: &ServiceRequest, operation: &Operation) -> Result<(), Failure> {
    let strict = operation.query_kinds.is_empty() && operation.template.starts_with("/v1/");
    if !strict || request.query_string().is_empty() {
        return Ok(());
    }
    let names = request.query_string().split('&').map(|it| it.split('=').next().unwrap_or(it));
    let detail = Text::new("没有这一项。", "There is no such member.");
    let fault = |name| Fault::new(member("", name), UNKNOWN_MEMBER, detail.clone());
    Err(Failure::Invalid(names.map(fault).collect()))
}

fn entrant(server: &Server, request: &ServiceRequest) -> Result<Entrant, NotSignedIn> {
    let header = request.headers().get(AUTHORIZATION).ok_or(NotSignedIn::NoToken)?;
    let header = header.to_str().ok().ok_or(NotSignedIn::InvalidToken)?;
    let (scheme, token) = header.split_once(' ').ok_or(NotSignedIn::InvalidToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NotSignedIn::NoToken);
    }
    server.app.admit(token.trim())
}
