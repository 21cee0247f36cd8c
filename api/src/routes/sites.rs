//! `/v1/sites`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Failure, Sent, Sites};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{ByView, Paging, SiteChanges, SiteDraft, SiteFilter};
use crate::views::{SiteList, SiteView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_site)
        .service(list_sites)
        .service(get_site)
        .service(change_site)
        .service(delete_site);
}

/// Create a site
///
/// A site works by packs of regulations and a calendar, and chooses the figures on which the documents differ.
#[utoipa::path(
    tag = "sites",
    extensions(("x-permission" = json!("site.write"))),
    request_body = SiteDraft,
    responses((status = 201, description = "The new site", body = SiteView)),
)]
#[post("/v1/sites")]
async fn create_site(
    app: Data<App>,
    change: Change,
    body: DraftBody<SiteDraft>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let answer = app.create::<Sites>(change.of(body.fingerprint), app.new_site(), sent).await?;
    Ok(written(answer))
}

/// List sites
///
/// Newest first. Shows the sites where the caller has a post.
#[utoipa::path(
    tag = "sites",
    extensions(("x-permission" = json!("site.read"))),
    params(SiteFilter, Paging, ByView),
    responses((status = 200, description = "A page of sites", body = SiteList)),
)]
#[get("/v1/sites")]
async fn list_sites(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Sites>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, SiteList::from))
}

/// Get a site
///
/// One site, if the caller has a post there.
#[utoipa::path(
    tag = "sites",
    extensions(("x-permission" = json!("site.read"))),
    params(("id" = Uuid, Path, description = "The site's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The site", body = SiteView)),
)]
#[get("/v1/sites/{id}")]
async fn get_site(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Sites>(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change a site
///
/// What is not named stays; `null` takes one of the `figures` away.
#[utoipa::path(
    tag = "sites",
    extensions(("x-permission" = json!("site.write"))),
    params(("id" = Uuid, Path, description = "The site's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (SiteChanges = "application/merge-patch+json"),
        (SiteChanges = "application/json"),
    )),
    responses((status = 200, description = "The site as it is now", body = SiteView)),
)]
#[patch("/v1/sites/{id}")]
async fn change_site(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<SiteChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let id = id.into_inner();
    let answer = app.change::<Sites>(request, id, expected.0, body.sent, |_| {}).await?;
    Ok(written(answer))
}

/// Delete a site
///
/// The site is hidden; cases and customers that name it keep doing so. Its code is free again.
#[utoipa::path(
    tag = "sites",
    extensions(("x-permission" = json!("site.write"))),
    params(("id" = Uuid, Path, description = "The site's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/sites/{id}")]
async fn delete_site(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Sites>(request, id.into_inner(), expected.0).await?;
    Ok(written(answer))
}
