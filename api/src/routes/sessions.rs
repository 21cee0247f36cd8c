//! `/v1/sessions`, and the keys that access tokens can be checked with.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use crate::app::{App, Failure};
use crate::auth::PublicKey;
use crate::extract::{Change, Context, IfMatch, IfNoneMatch, Query, RawBody, Session, SignedIn};
use crate::params::SessionsQuery;
use crate::views::{JwkView, JwksView, SessionList, SessionView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_sessions).service(get_session).service(end_session).service(get_jwks);
}

/// List sign-ins
///
/// The caller's own that have not ended, newest first; with `user_id` those of a user whom the caller
/// keeps (`user.write`).
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    params(SessionsQuery),
    responses(
        (status = 200, description = "A page of sign-ins", body = SessionList),
        (status = 404, description = "There is no such user", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/sessions")]
async fn list_sessions(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    query: Query<SessionsQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_sessions(caller.0, current(&request), query.0).await?;
    Ok(listed(&request, page, SessionList::from))
}

/// Get a sign-in
///
/// One that has not ended: the caller's own, or of a user whom the caller keeps.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The sign-in's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The sign-in", body = SessionView)),
)]
#[get("/v1/sessions/{id}")]
async fn get_session(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show_session(caller.0, current(&request), id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// End a sign-in
///
/// Its refresh token and its access tokens are refused from now on, on every node within a second. API
/// keys may not.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The sign-in's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It has ended")),
)]
#[delete("/v1/sessions/{id}")]
async fn end_session(
    app: Data<App>,
    change: Change,
    _session: Session,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.end_session(request, id.into_inner(), expected.0).await?))
}

/// Get the public keys
///
/// What access tokens can be checked with (RFC 7517): Ed25519. A key is here before it signs, and until
/// the last token it has signed has run out.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "The keys", body = JwksView)),
)]
#[get("/.well-known/jwks.json")]
async fn get_jwks(app: Data<App>) -> HttpResponse {
    let keys = app.public_keys().into_iter().map(JwkView::from).collect();
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=5")).json(JwksView { keys })
}

impl From<PublicKey> for JwkView {
    fn from(key: PublicKey) -> Self {
        let PublicKey { kid, x } = key;
        Self { kty: "OKP", crv: "Ed25519", alg: "EdDSA", r#use: "sig", kid, x }
    }
}

/// The sign-in that asks; none where an API key does.
fn current(request: &HttpRequest) -> Option<Uuid> {
    Context::of(request)?.entrant.get()?.session
}
