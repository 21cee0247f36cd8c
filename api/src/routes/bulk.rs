//! `/v1/cases/bulk`: many cases at once.

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::written;
use crate::app::{App, Failure};
use crate::extract::{Change, DraftBody, RequestId};
use crate::params::{BulkActions, BulkOpen};
use crate::views::BulkResults;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(open_cases).service(act_on_cases);
}

/// Open many cases
///
/// At most 1,000, each as `POST /v1/cases` opens one. Each item has its own result: a refusal is its
/// own and stops no other. With `atomic` one refusal refuses all: 422 with every refusal in `items`,
/// and nothing was done. The items are worked off in parts; repeated with the same `Idempotency-Key`
/// after a crash or a 503, parts that were done are answered as they were, the others are done now.
/// What was refused is sent again with another key.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in")), ("x-body-limit-factor" = json!(8))),
    request_body = BulkOpen,
    responses((status = 200, description = "What became of each", body = BulkResults)),
)]
#[post("/v1/cases/bulk")]
async fn open_cases(
    app: Data<App>,
    change: Change,
    instance: RequestId,
    body: DraftBody<BulkOpen>,
) -> Result<HttpResponse, Failure> {
    let bulk = body.value.bulk(body.faults, instance.0)?;
    app.bulk(change.of(body.fingerprint), bulk).await.map(written)
}

/// Take many actions
///
/// At most 1,000, each as `POST /v1/cases/{id}/actions/{action}` takes one; `version` is what
/// `If-Match` says there. Results, `atomic` and `Idempotency-Key` are as in `POST /v1/cases/bulk`.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in")), ("x-body-limit-factor" = json!(8))),
    request_body = BulkActions,
    responses((status = 200, description = "What became of each", body = BulkResults)),
)]
#[post("/v1/cases/bulk/actions")]
async fn act_on_cases(
    app: Data<App>,
    change: Change,
    instance: RequestId,
    body: DraftBody<BulkActions>,
) -> Result<HttpResponse, Failure> {
    let bulk = body.value.bulk(body.faults, instance.0)?;
    app.bulk(change.of(body.fingerprint), bulk).await.map(written)
}
