//! `/v1/assets`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Assets, Failure, Sent};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{AssetChanges, AssetDraft, AssetFilter, ByView, Paging};
use crate::views::{AssetList, AssetView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_asset)
        .service(list_assets)
        .service(get_asset)
        .service(change_asset)
        .service(delete_asset);
}

/// Create an asset
///
/// Puts on file what a customer owns or uses: a flat, a shop, a meter, a key.
#[utoipa::path(
    tag = "assets",
    extensions(("x-permission" = json!("asset.write"))),
    request_body = AssetDraft,
    responses((status = 201, description = "The new asset", body = AssetView)),
)]
#[post("/v1/assets")]
async fn create_asset(
    app: Data<App>,
    change: Change,
    body: DraftBody<AssetDraft>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let answer = app.create::<Assets>(change.of(body.fingerprint), app.new_asset(), sent).await?;
    Ok(written(answer))
}

/// List assets
///
/// Newest first. Shows the assets of the sites where the caller may read them.
#[utoipa::path(
    tag = "assets",
    extensions(("x-permission" = json!("asset.read"))),
    params(AssetFilter, Paging, ByView),
    responses((status = 200, description = "A page of assets", body = AssetList)),
)]
#[get("/v1/assets")]
async fn list_assets(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Assets>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, AssetList::from))
}

/// Get an asset
///
/// One asset. An asset of a site that is not the caller's is not there.
#[utoipa::path(
    tag = "assets",
    extensions(("x-permission" = json!("asset.read"))),
    params(("id" = Uuid, Path, description = "The asset's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The asset", body = AssetView)),
)]
#[get("/v1/assets/{id}")]
async fn get_asset(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Assets>(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change an asset
///
/// What is not named stays, `null` takes away; a patch reaches into `fields`.
#[utoipa::path(
    tag = "assets",
    extensions(("x-permission" = json!("asset.write"))),
    params(("id" = Uuid, Path, description = "The asset's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (AssetChanges = "application/merge-patch+json"),
        (AssetChanges = "application/json"),
    )),
    responses((status = 200, description = "The asset as it is now", body = AssetView)),
)]
#[patch("/v1/assets/{id}")]
async fn change_asset(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<AssetChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let id = id.into_inner();
    let answer = app.change::<Assets>(request, id, expected.0, body.sent, |_| {}).await?;
    Ok(written(answer))
}

/// Delete an asset
///
/// The asset is hidden; cases that name it keep doing so. Its code is free again.
#[utoipa::path(
    tag = "assets",
    extensions(("x-permission" = json!("asset.write"))),
    params(("id" = Uuid, Path, description = "The asset's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/assets/{id}")]
async fn delete_asset(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Assets>(request, id.into_inner(), expected.0).await?;
    Ok(written(answer))
}
