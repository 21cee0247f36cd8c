//! Who asks. Read from what the middleware `guard` found out.

use std::future::{Ready, ready};
use std::ops::Deref;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::Context;
use crate::app::{Caller, Failure, NotSignedIn};

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
        let caller = Context::of(request).and_then(|it| it.caller.get().cloned());
        ready(caller.map(Self).ok_or(Failure::Unauthenticated(NotSignedIn::NoToken)))
    }
}
