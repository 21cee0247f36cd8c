//! `/v1/roles`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Failure, Roles, Sent};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{ByView, NewRole, Paging, RoleChanges, RoleFilter};
use crate::views::{RoleList, RoleView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_role)
        .service(list_roles)
        .service(get_role)
        .service(change_role)
        .service(delete_role);
}

/// Create a role
///
/// A role is a named set of permissions. Nobody makes a role with a permission they do not have themselves.
#[utoipa::path(
    tag = "roles",
    extensions(("x-permission" = json!("role.write"))),
    request_body = NewRole,
    responses((status = 201, description = "The new role", body = RoleView)),
)]
#[post("/v1/roles")]
async fn create_role(
    app: Data<App>,
    change: Change,
    body: DraftBody<NewRole>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let answer = app.create_role(change.of(body.fingerprint), sent).await?;
    Ok(written(answer))
}

/// List roles
///
/// By code. The posts of the loaded packs are among them.
#[utoipa::path(
    tag = "roles",
    extensions(("x-permission" = json!("role.read"))),
    params(RoleFilter, Paging, ByView),
    responses((status = 200, description = "A page of roles", body = RoleList)),
)]
#[get("/v1/roles")]
async fn list_roles(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Roles>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, RoleList::from))
}

/// Get a role
///
/// One role with its permissions.
#[utoipa::path(
    tag = "roles",
    extensions(("x-permission" = json!("role.read"))),
    params(("code" = String, Path, description = "The role's code", example = "front_desk")),
    responses((status = 200, description = "The role", body = RoleView)),
)]
#[get("/v1/roles/{code}")]
async fn get_role(
    app: Data<App>,
    caller: SignedIn,
    code: Path<String>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Roles>(caller.0, code.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change a role
///
/// What is not named stays; lists are replaced whole. It holds from the next request on.
#[utoipa::path(
    tag = "roles",
    extensions(("x-permission" = json!("role.write"))),
    params(("code" = String, Path, description = "The role's code", example = "front_desk")),
    request_body(content(
        (RoleChanges = "application/merge-patch+json"),
        (RoleChanges = "application/json"),
    )),
    responses((status = 200, description = "The role as it is now", body = RoleView)),
)]
#[patch("/v1/roles/{code}")]
async fn change_role(
    app: Data<App>,
    change: Change,
    code: Path<String>,
    expected: IfMatch,
    body: JsonBody<RoleChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let code = code.into_inner();
    let answer = app.change::<Roles>(request, code, expected.0, body.sent, |_| {}).await?;
    Ok(written(answer))
}

/// Delete a role
///
/// A role that somebody has stays.
#[utoipa::path(
    tag = "roles",
    extensions(("x-permission" = json!("role.write"))),
    params(("code" = String, Path, description = "The role's code", example = "front_desk")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/roles/{code}")]
async fn delete_role(
    app: Data<App>,
    change: Change,
    code: Path<String>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Roles>(request, code.into_inner(), expected.0).await?;
    Ok(written(answer))
}
