//! Gives every refusal its problem document, in the caller's language and with the request's id;
//! a panic becomes one as well.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use actix_cors::CorsError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, http::StatusCode};

use crate::app::Failure;
use crate::extract::Context;
use crate::problem::{MEDIA_TYPE, respond};

/// Turns whatever refused this request into a problem document.
pub async fn problems<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(context) = Context::of(&request) else {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    };
    let answered = caught(next.call(request)).await;
    let response = match answered {
        Some(Ok(response)) => response.map_into_boxed_body(),
        Some(Err(error)) => return Err(error),
        None => return Err(Failure::Broken("a handler panicked".into()).into()),
    };
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(&response) {
        return Ok(response);
    }
    let failure = response.response().error().and_then(|it| it.as_error::<Failure>());
    match failure {
        Some(Failure::Broken(why)) => tracing::error!(request_id = %context.id, why, "broken"),
        Some(Failure::ProviderUnavailable(why)) => {
            tracing::warn!(request_id = %context.id, why, "the identity provider is not available");
        }
        _ => {}
    }
    let other_origin =
        response.response().error().is_some_and(|it| it.as_error::<CorsError>().is_some());
    let answer = match failure {
        Some(failure) => respond(failure, context.lang, &context.id),
        None if other_origin => respond(&Failure::Origin, context.lang, &context.id),
        None => respond(&of_status(status), context.lang, &context.id),
    };
    Ok(response.into_response(answer))
}

fn is_problem(response: &ServiceResponse) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|it| it.as_bytes() == MEDIA_TYPE.as_bytes())
}

/// What actix itself refuses, by its status.
fn of_status(status: StatusCode) -> Failure {
    match status {
        StatusCode::NOT_FOUND => Failure::NotFound,
        StatusCode::PAYLOAD_TOO_LARGE => Failure::TooLarge { limit: 0 },
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Failure::UnsupportedMediaType { takes: "application/json".into() }
        }
        it if it.is_client_error() => Failure::invalid("", "invalid", "请求无效。", "Not valid."),
        it => Failure::Broken(format!("answered {it} without a reason")),
    }
}

/// Runs a future; `None` if it panics.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(task))) {
        Ok(Poll::Ready(output)) => Poll::Ready(Some(output)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(None),
    })
    .await
}

/// Where no operation is.
pub async fn nowhere() -> Result<HttpResponse, Failure> {
    Err(Failure::NoRoute)
}
