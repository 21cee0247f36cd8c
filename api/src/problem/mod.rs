//! Failures as clients see them: RFC 9457.
//!
//! **Invariant.** Status codes of refusals are written in [`code`] and nowhere else.
//! **Invariant.** What is told to clients never holds SQL, a path, a stack or a secret.

mod code;
mod render;

use kefu_domain::fault::Fault;
use kefu_domain::text::{Lang, Text};
use serde::Serialize;
use utoipa::ToSchema;

pub use code::{Code, Entry, Words, markdown};
pub use render::respond;

use crate::app::{Failure, NotSignedIn, Refused};

/// The media type of every refusal.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong (RFC 9457), and data to act on.
#[derive(Serialize, ToSchema, Debug)]
#[schema(example = json!({
    "type": "/problems/stale", "title": "内容已被他人修改", "status": 412,
    "detail": "If-Match 与当前版本不一致。请重新读取后再提交。", "instance": "0199c3f2a7b17c3e8d5a"
}))]
pub struct Problem {
    /// A stable relative URI; fetch it and it explains itself. Programs branch on it.
    pub r#type: String,
    /// Its short name, in the caller's language.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it, in the caller's language.
    pub detail: String,
    /// The request's id.
    pub instance: String,
    /// Every fault of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<FieldFault>>,
    /// The actions open to the caller now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_actions: Option<Vec<String>>,
    /// The permission that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_permission: Option<String>,
    /// The clause that forbids it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

/// One fault of the input.
#[derive(Serialize, ToSchema, Debug)]
#[schema(example = json!({ "pointer": "/username", "code": "required", "detail": "缺少此项。" }))]
pub struct FieldFault {
    /// Where: an RFC 6901 JSON pointer into the body, or `/name` of a query parameter.
    pub pointer: String,
    /// The line in the file, where a file was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// A stable word for programs.
    pub code: String,
    /// What to do about it, in the caller's language.
    pub detail: String,
}

/// A failure before it is put into the caller's language.
struct Told {
    code: Code,
    detail: Option<Text>,
    errors: Option<Vec<Fault>>,
    allowed_actions: Option<Vec<String>>,
    needs_permission: Option<String>,
    clause: Option<String>,
    retry_after: Option<u64>,
}

impl From<Code> for Told {
    fn from(code: Code) -> Self {
        Self {
            code,
            detail: None,
            errors: None,
            allowed_actions: None,
            needs_permission: None,
            clause: None,
            retry_after: None,
        }
    }
}

impl Problem {
    /// The problem a failure is, in `lang`, for the request `instance`.
    pub fn new(failure: &Failure, lang: Lang, instance: &str) -> Self {
        let told = tell(failure);
        let entry = told.code.entry();
        let detail = match &told.detail {
            Some(detail) => detail.get(lang),
            None => entry.explanation.get(lang),
        };
        let errors = told.errors.map(|faults| faults.iter().map(|it| field(it, lang)).collect());
        Self {
            r#type: told.code.uri(),
            title: entry.title.get(lang).to_owned(),
            status: entry.status,
            detail: detail.to_owned(),
            instance: instance.to_owned(),
            errors,
            allowed_actions: told.allowed_actions,
            needs_permission: told.needs_permission,
            clause: told.clause,
            retry_after: told.retry_after,
        }
    }
}

/// The status a failure answers with.
pub fn status(failure: &Failure) -> u16 {
    tell(failure).code.entry().status
}

fn field(fault: &Fault, lang: Lang) -> FieldFault {
    FieldFault {
        pointer: fault.pointer.clone(),
        line: fault.line,
        code: fault.code.to_owned(),
        detail: fault.detail.get(lang).to_owned(),
    }
}

/// Every failure's row in the table, and what goes with it.
fn tell(failure: &Failure) -> Told {
    match failure {
        Failure::Refused(refused) => refusal(refused),
        Failure::Invalid(faults) => Told { errors: Some(faults.clone()), ..Code::Invalid.into() },
        Failure::Unreadable(detail) => {
            Told { detail: Some(detail.clone()), ..Code::Unreadable.into() }
        }
        Failure::Unauthenticated(why) => not_signed_in(*why).into(),
        Failure::Forbidden { needs } => {
            Told { needs_permission: Some(needs.clone()), ..Code::Forbidden.into() }
        }
        Failure::NeedsSignIn => Code::NeedsSignIn.into(),
        Failure::Origin => Code::Origin.into(),
        Failure::ProviderUnavailable(_) => wait(Code::ProviderUnavailable, 5),
        Failure::NotFound => Code::NotFound.into(),
        Failure::NoRoute => Code::NoRoute.into(),
        Failure::MethodNotAllowed { .. } => Code::MethodNotAllowed.into(),
        Failure::TooSlow => Code::TooSlow.into(),
        Failure::TooLarge { limit } => {
            let detail = Text::new(
                format!("请求体超过 {limit} 字节。"),
                format!("The body is larger than {limit} bytes."),
            );
            Told { detail: Some(detail), ..Code::TooLarge.into() }
        }
        Failure::UnsupportedMediaType { takes } => {
            let detail =
                Text::new(format!("请求体应为 {takes}。"), format!("The body must be {takes}."));
            Told { detail: Some(detail), ..Code::UnsupportedMediaType.into() }
        }
        Failure::Duplicate(fault) => Told {
            detail: Some(fault.detail.clone()),
            errors: Some(vec![fault.clone()]),
            ..Code::Duplicate.into()
        },
        Failure::InUse(detail) => Told { detail: Some(detail.clone()), ..Code::InUse.into() },
        Failure::Stale => Code::Stale.into(),
        Failure::PreconditionRequired => Code::PreconditionRequired.into(),
        Failure::KeyReused => Code::KeyReused.into(),
        Failure::StillRunning => wait(Code::StillRunning, 1),
        Failure::TooManyRequests { retry_after } => wait(Code::TooManyRequests, *retry_after),
        Failure::SignInDelayed { retry_after } => wait(Code::SignInDelayed, *retry_after),
        Failure::NotReady(parts) => Told { errors: Some(parts.clone()), ..wait(Code::NotReady, 1) },
        Failure::Busy | Failure::Conflict => wait(Code::Busy, 1),
        Failure::Broken(_) => Code::Internal.into(),
    }
}

fn refusal(refused: &Refused) -> Told {
    Told {
        detail: Some(refused.detail.clone()),
        allowed_actions: refused.allowed_actions.clone(),
        needs_permission: refused.needs_permission.clone(),
        clause: refused.clause.clone(),
        ..refused.code.into()
    }
}

fn not_signed_in(why: NotSignedIn) -> Code {
    match why {
        NotSignedIn::NoToken => Code::Unauthenticated,
        NotSignedIn::InvalidToken => Code::InvalidToken,
        NotSignedIn::ExpiredToken => Code::ExpiredToken,
        NotSignedIn::BadCredentials => Code::BadCredentials,
        NotSignedIn::BadRefreshToken => Code::BadRefreshToken,
        NotSignedIn::EndedSession => Code::EndedSession,
        NotSignedIn::BadApiKey => Code::BadApiKey,
        NotSignedIn::BadState => Code::BadState,
        NotSignedIn::ProviderRefused => Code::ProviderRefused,
        NotSignedIn::UnknownIdentity => Code::UnknownIdentity,
    }
}

fn wait(code: Code, seconds: u64) -> Told {
    Told { retry_after: Some(seconds), ..code.into() }
}
