//! `/v1/webhooks/{id}/deliveries`: what was sent, and sending it again.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use crate::app::{App, Failure};
use crate::extract::{Change, IfNoneMatch, JsonBody, Query, RawBody, SignedIn};
use crate::params::{Again, DeliveriesQuery};
use crate::views::{DeliveryDetail, DeliveryList, DeliveryView, RedeliveredCount};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_deliveries)
        .service(get_delivery)
        .service(redeliver)
        .service(redeliver_range);
}

/// List deliveries
///
/// What was sent to a webhook or waits to be, newest first. Kept for 30 days.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.read"))),
    params(
        ("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"),
        DeliveriesQuery,
    ),
    responses((status = 200, description = "A page of deliveries", body = DeliveryList)),
)]
#[get("/v1/webhooks/{id}/deliveries")]
async fn list_deliveries(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    id: Path<Uuid>,
    query: Query<DeliveriesQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_deliveries(caller.0, id.into_inner(), query.0).await?;
    Ok(listed(&request, page, DeliveryList::from))
}

/// Get a delivery
///
/// With what is sent and every attempt: when, how long, what was answered.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.read"))),
    params(
        ("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"),
        ("delivery_id" = Uuid, Path, description = "The delivery's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e21"),
    ),
    responses((status = 200, description = "The delivery", body = DeliveryDetail)),
)]
#[get("/v1/webhooks/{id}/deliveries/{delivery_id}")]
async fn get_delivery(
    app: Data<App>,
    caller: SignedIn,
    path: Path<(Uuid, Uuid)>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let (id, delivery) = path.into_inner();
    let found = app.get_delivery(caller.0, id, delivery).await?;
    Ok(shown(&found, &known))
}

/// Send a delivery again
///
/// Whatever became of it: it is due now, with the same `webhook-id` and all attempts before it.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(
        ("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"),
        ("delivery_id" = Uuid, Path, description = "The delivery's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e21"),
    ),
    responses((status = 200, description = "The delivery, on its way", body = DeliveryView)),
)]
#[post("/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver")]
async fn redeliver(
    app: Data<App>,
    change: Change,
    path: Path<(Uuid, Uuid)>,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let (id, delivery) = path.into_inner();
    Ok(written(app.redeliver(change.of(body.fingerprint), id, delivery).await?))
}

/// Send a range of deliveries again
///
/// Everything planned in a stretch of time, or of that what stands so: after a receiver was out of
/// order, `{ "status": "failed" }`; after it lost what it had taken, without.
#[utoipa::path(
    tag = "webhooks",
    extensions(("x-permission" = json!("webhook.write"))),
    params(("id" = Uuid, Path, description = "The webhook's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body = Again,
    responses((status = 200, description = "How many", body = RedeliveredCount)),
)]
#[post("/v1/webhooks/{id}/redeliver")]
async fn redeliver_range(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: JsonBody<Again>,
) -> Result<HttpResponse, Failure> {
    if body.value.from >= body.value.to {
        let (zh, en) = ("to 应晚于 from。", "Must be later than `from`.");
        return Err(Failure::invalid("/to", "not_after", zh, en));
    }
    let request = change.of(body.fingerprint);
    Ok(written(app.redeliver_range(request, id.into_inner(), body.value).await?))
}
