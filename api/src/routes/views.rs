//! `/v1/views`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use crate::app::{App, Failure, Sent, Views};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{Paging, SavedViewChanges, SavedViewDraft, ViewFilter, ViewTotal};
use crate::views::{SavedView, SavedViewList};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_view)
        .service(list_views)
        .service(get_view)
        .service(change_view)
        .service(delete_view);
}

/// Save a view
///
/// A named filter of a list, with its order and columns: one's own, or shared with a role, a site or
/// everybody. Its filters are checked like the list's own parameters. `GET /v1/cases?view={id}` reads
/// the list by it.
#[utoipa::path(
    tag = "views",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = SavedViewDraft,
    responses((status = 201, description = "The new view", body = SavedView)),
)]
#[post("/v1/views")]
async fn create_view(
    app: Data<App>,
    change: Change,
    body: DraftBody<SavedViewDraft>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let row = app.new_view(&change.caller);
    let answer = app.create::<Views>(change.of(body.fingerprint), row, sent).await?;
    Ok(written(answer))
}

/// List views
///
/// The caller's own, and those shared with everybody, with a role of theirs or with a site of theirs
/// (whoever holds `view.share` everywhere sees all that is shared); with `totals=true` each with how many the caller would find by it.
#[utoipa::path(
    tag = "views",
    extensions(("x-permission" = json!("signed_in"))),
    params(ViewFilter, Paging),
    responses((status = 200, description = "A page of views", body = SavedViewList)),
)]
#[get("/v1/views")]
async fn list_views(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    filter: Query<ViewFilter>,
    paging: Query<Paging>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_views(caller.0, language.0, filter.0, &paging.0).await?;
    Ok(listed(&request, page, SavedViewList::from))
}

/// Get a view
///
/// One view; with `count=true` with how many the caller would find by it now.
#[utoipa::path(
    tag = "views",
    extensions(("x-permission" = json!("signed_in"))),
    params(
        ("id" = Uuid, Path, description = "The view's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11"),
        ViewTotal,
    ),
    responses((status = 200, description = "The view", body = SavedView)),
)]
#[get("/v1/views/{id}")]
async fn get_view(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    id: Path<Uuid>,
    query: Query<ViewTotal>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let count = query.0.count.unwrap_or_default();
    let found = app.get_view(caller.0, language.0, id.into_inner(), count).await?;
    // A total changes without the view.
    let known = if count { IfNoneMatch::default() } else { known };
    Ok(shown(&found, &known))
}

/// Change a view
///
/// What is not named stays, `null` takes away; a patch reaches into `filters`. What is shared is kept
/// by those who may share as widely.
#[utoipa::path(
    tag = "views",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The view's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (SavedViewChanges = "application/merge-patch+json"),
        (SavedViewChanges = "application/json"),
    )),
    responses((status = 200, description = "The view as it is now", body = SavedView)),
)]
#[patch("/v1/views/{id}")]
async fn change_view(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<SavedViewChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let id = id.into_inner();
    let answer = app.change::<Views>(request, id, expected.0, body.sent, |_| {}).await?;
    Ok(written(answer))
}

/// Delete a view
///
/// The list it was a view of stays as it is.
#[utoipa::path(
    tag = "views",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The view's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/views/{id}")]
async fn delete_view(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Views>(request, id.into_inner(), expected.0).await?;
    Ok(written(answer))
}
