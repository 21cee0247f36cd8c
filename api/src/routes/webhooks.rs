//! `/v1/webhooks`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use crate::app::{App, Failure, Sent, Webhooks};
use crate::extract::{Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Query, RawBody, SignedIn};
use crate::params::{RotateSecret, WebhookChanges, WebhookDraft, WebhooksQuery};
use crate::views::{DeliveryView, NewSecret, NewWebhook, WebhookList, WebhookView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_webhook)
        .service(list_webhooks)
        .service(get_webhook)
        .service(change_webhook)
        .service(delete_webhook)
        .service(ping_webhook)
        .service(rotate_webhook_secret);
}

/// Create a webhook
///
/// From now on the receiver is sent every event of these types that the caller may see, signed after
/// the Standard Webhooks specification. The secret is shown in this answer and never again. Needs
/// `event.read` as well; without a site it has to reach everywhere.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    request_body = WebhookDraft,
    responses((status = 201, description = "The new webhook and its secret", body = NewWebhook)),
)]
#[post("/v1/webhooks")]
async fn create_webhook(
    app: Data<App>,
    change: Change,
    body: DraftBody<WebhookDraft>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    Ok(written(app.create_webhook(change.of(body.fingerprint), sent).await?))
}

/// List webhooks
///
/// Newest first: the caller's own, and those of the sites where the caller may read them.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.read"))),
    params(WebhooksQuery),
    responses((status = 200, description = "A page of webhooks", body = WebhookList)),
)]
#[get("/v1/webhooks")]
async fn list_webhooks(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    query: Query<WebhooksQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_webhooks(caller.0, query.0).await?;
    Ok(listed(&request, page, WebhookList::from))
}

/// Get a webhook
///
/// One webhook, without its secret. A webhook of a site that is not the caller's is not there.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.read"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The webhook", body = WebhookView)),
)]
#[get("/v1/webhooks/{id}")]
async fn get_webhook(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Webhooks>(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change a webhook
///
/// What is not named stays, `null` takes away. Whoever changes the URL owns the webhook from then on.
/// Enabled again it goes on where it stopped, with all attempts before it.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (WebhookChanges = "application/merge-patch+json"),
        (WebhookChanges = "application/json"),
    )),
    responses((status = 200, description = "The webhook as it is now", body = WebhookView)),
)]
#[patch("/v1/webhooks/{id}")]
async fn change_webhook(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<WebhookChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.change_webhook(request, id.into_inner(), expected.0, body.sent).await?))
}

/// Delete a webhook
///
/// Nothing is sent any more, and what waited is forgotten.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/webhooks/{id}")]
async fn delete_webhook(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.remove::<Webhooks>(request, id.into_inner(), expected.0).await?))
}

/// Ping a webhook
///
/// Sends a message of the type `ping`, which means nothing: to see that it arrives.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 201, description = "The delivery, on its way", body = DeliveryView)),
)]
#[post("/v1/webhooks/{id}/ping")]
async fn ping_webhook(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.ping_webhook(request, id.into_inner()).await?))
}

/// Give a webhook another secret
///
/// Messages are signed with both secrets for `overlap`, so that a receiver can change over. The new
/// one is shown in this answer and never again.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body = RotateSecret,
    responses((status = 200, description = "The new secret", body = NewSecret)),
)]
#[post("/v1/webhooks/{id}/rotate-secret")]
async fn rotate_webhook_secret(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: JsonBody<RotateSecret>,
) -> Result<HttpResponse, Failure> {
    let overlap = body.value.overlap().ok_or_else(|| {
        let (zh, en) = ("最长 30 天。", "Must be 30 days at most.");
        Failure::invalid("/overlap", "span_too_long", zh, en)
    })?;
    let request = change.of(body.fingerprint);
    Ok(written(app.rotate_secret(request, id.into_inner(), overlap).await?))
}
