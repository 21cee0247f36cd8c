//! Who asks. Read from what the middleware `guard` found out.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::USER_AGENT;
use actix_web::{FromRequest, HttpRequest};
use uuid::Uuid;

use super::Context;
use crate::app::{Caller, Failure, NotSignedIn, Visitor};

/// The caller of this request: taking it in a handler's signature *is* the authentication.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Arc<Caller>);

impl Deref for SignedIn {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = Context::of(request).and_then(|it| it.caller().cloned());
        ready(caller.map(Self).ok_or(Failure::Unauthenticated(NotSignedIn::NoToken)))
    }
}

/// The sign-in a request comes by: what API keys are refused.
#[derive(Clone, Copy, Debug)]
pub struct Session(pub Uuid);

impl FromRequest for Session {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = Context::of(request);
        let entrant = context.as_ref().and_then(|it| it.entrant.get());
        ready(match entrant.map(|it| it.session) {
            Some(Some(session)) => Ok(Self(session)),
            Some(None) => Err(Failure::NeedsSignIn),
            None => Err(Failure::Unauthenticated(NotSignedIn::NoToken)),
        })
    }
}

/// Where a sign-in comes from.
#[derive(Clone, Debug)]
pub struct CameFrom(pub Visitor);

/// How much of a program's name is kept.
const LONGEST_AGENT: usize = 300;

impl FromRequest for CameFrom {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let address = Context::of(request).map(|it| it.peer.clone()).unwrap_or_default();
        let agent = request.headers().get(USER_AGENT).and_then(|it| it.to_str().ok());
        let agent = agent.map(|it| it.chars().take(LONGEST_AGENT).collect());
        ready(Ok(Self(Visitor { address, agent })))
    }
}
