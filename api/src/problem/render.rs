//! A failure as an HTTP answer.

use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use kefu_domain::text::Lang;

use super::{MEDIA_TYPE, Problem, status};
use crate::app::Failure;

/// The whole answer: body, `Retry-After`, `Allow`, `WWW-Authenticate`.
pub fn respond(failure: &Failure, lang: Lang, instance: &str) -> HttpResponse {
    let problem = Problem::new(failure, lang, instance);
    let mut answer = HttpResponse::build(code(problem.status));
    answer.content_type(MEDIA_TYPE).insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(seconds) = problem.retry_after {
        answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    match failure {
        Failure::MethodNotAllowed { allow } => {
            answer.insert_header((header::ALLOW, allow.join(", ")));
        }
        Failure::Unauthenticated(_) => {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"kefu\""));
        }
        Failure::NoSuchRange { size } => {
            answer.insert_header((header::CONTENT_RANGE, format!("bytes */{size}")));
        }
        _ => {}
    }
    answer.body(serde_json::to_string(&problem).unwrap_or_default())
}

fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Failure {}

/// What actix does with a failure on its own: the status. The middleware `problems` gives it its
/// body, because only there the caller's language and the request's id are known.
impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        code(status(self))
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
