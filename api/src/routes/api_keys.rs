//! `/v1/api-keys`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use crate::app::{App, Failure, Sent};
use crate::extract::{Change, DraftBody, IfMatch, IfNoneMatch, Query, RawBody, Session, SignedIn};
use crate::params::{ApiKeysQuery, NewApiKey};
use crate::views::{ApiKeyList, ApiKeyView, NewApiKeyView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_api_key)
        .service(list_api_keys)
        .service(get_api_key)
        .service(revoke_api_key);
}

/// Make an API key
///
/// For the caller, or with `user_id` for a user whom the caller keeps (`user.write`): give each program
/// a user of its own, and the log tells who did what. The key acts for that user: it may do what is
/// named here and what the user may at that moment, as far as the narrower of the two reaches. Nobody
/// names a permission they do not have. The secret is in this answer only. API keys make no API keys.
#[utoipa::path(
    tag = "api_keys",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = NewApiKey,
    responses(
        (status = 201, description = "The key and its secret", body = NewApiKeyView),
        (status = 404, description = "There is no such user", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[post("/v1/api-keys")]
async fn create_api_key(
    app: Data<App>,
    change: Change,
    _session: Session,
    body: DraftBody<NewApiKey>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    Ok(written(app.create_api_key(change.of(body.fingerprint), sent).await?))
}

/// List API keys
///
/// The caller's own that were not revoked, newest first; with `user_id` those of a user whom the caller
/// keeps (`user.write`). Secrets are never shown again.
#[utoipa::path(
    tag = "api_keys",
    extensions(("x-permission" = json!("signed_in"))),
    params(ApiKeysQuery),
    responses(
        (status = 200, description = "A page of API keys", body = ApiKeyList),
        (status = 404, description = "There is no such user", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/api-keys")]
async fn list_api_keys(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    query: Query<ApiKeysQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_api_keys(caller.0, query.0).await?;
    Ok(listed(&request, page, ApiKeyList::from))
}

/// Get an API key
///
/// One that was not revoked: the caller's own, or of a user whom the caller keeps.
#[utoipa::path(
    tag = "api_keys",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The key's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The key", body = ApiKeyView)),
)]
#[get("/v1/api-keys/{id}")]
async fn get_api_key(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show_api_key(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Revoke an API key
///
/// It is refused from now on, on every node within a second. API keys may not.
#[utoipa::path(
    tag = "api_keys",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The key's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is revoked")),
)]
#[delete("/v1/api-keys/{id}")]
async fn revoke_api_key(
    app: Data<App>,
    change: Change,
    _session: Session,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.revoke_api_key(request, id.into_inner(), expected.0).await?))
}
