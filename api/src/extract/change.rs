//! Who asks for a change: caller, language and idempotency key at once.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use kefu_domain::text::Lang;

use super::{Context, Idempotency, SignedIn};
use crate::app::{Caller, Failure, Request};

/// Everything about a change but its body.
#[derive(Clone, Debug)]
pub struct Change {
    /// Who asks.
    pub caller: Arc<Caller>,
    /// In which language they are answered.
    pub lang: Lang,
    /// The idempotency key, if they sent one.
    pub key: Option<String>,
}

impl Change {
    /// The request, with what its key stands for.
    pub fn of(self, fingerprint: [u8; 32]) -> Request {
        let Self { caller, lang, key } = self;
        Request { caller, lang, key, fingerprint }
    }
}

impl FromRequest for Change {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let mut read = || {
            let caller = SignedIn::from_request(request, payload).into_inner()?.0;
            let Idempotency(key) = Idempotency::from_request(request, payload).into_inner()?;
            let lang = Context::of(request).map(|it| it.lang).unwrap_or_default();
            Ok(Self { caller, lang, key })
        };
        ready((read)())
    }
}
