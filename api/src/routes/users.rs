//! `/v1/users`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Failure, Sent, Users};
use crate::extract::{
    Change, DraftBody, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody, SignedIn,
};
use crate::params::{ByView, NewUser, Paging, UserChanges, UserFilter};
use crate::views::{UserList, UserView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_user)
        .service(list_users)
        .service(get_user)
        .service(change_user)
        .service(delete_user);
}

/// Create a user
///
/// A user has roles, and each reaches so far. Nobody gives a role with a permission they do not have themselves.
#[utoipa::path(
    tag = "users",
    extensions(("x-permission" = json!("user.write"))),
    request_body = NewUser,
    responses((status = 201, description = "The new user", body = UserView)),
)]
#[post("/v1/users")]
async fn create_user(
    app: Data<App>,
    change: Change,
    body: DraftBody<NewUser>,
) -> Result<HttpResponse, Failure> {
    let sent = Sent { value: body.value, faults: body.faults };
    let answer = app.create_user(change.of(body.fingerprint), sent).await?;
    Ok(written(answer))
}

/// List users
///
/// Newest first. Passwords go in and never come out.
#[utoipa::path(
    tag = "users",
    extensions(("x-permission" = json!("user.read"))),
    params(UserFilter, Paging, ByView),
    responses((status = 200, description = "A page of users", body = UserList)),
)]
#[get("/v1/users")]
async fn list_users(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Users>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, UserList::from))
}

/// Get a user
///
/// One user. Everybody may read themselves.
#[utoipa::path(
    tag = "users",
    extensions(("x-permission" = json!("user.read"))),
    params(("id" = Uuid, Path, description = "The user's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 200, description = "The user", body = UserView)),
)]
#[get("/v1/users/{id}")]
async fn get_user(
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    let found = app.show::<Users>(caller.0, id.into_inner()).await?;
    Ok(shown(&found, &known))
}

/// Change a user
///
/// What is not named stays, `null` takes away, `grants` is replaced whole. A new password or `active: false` ends every sign-in.
#[utoipa::path(
    tag = "users",
    extensions(("x-permission" = json!("user.write"))),
    params(("id" = Uuid, Path, description = "The user's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    request_body(content(
        (UserChanges = "application/merge-patch+json"),
        (UserChanges = "application/json"),
    )),
    responses((status = 200, description = "The user as it is now", body = UserView)),
)]
#[patch("/v1/users/{id}")]
async fn change_user(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: JsonBody<UserChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let id = id.into_inner();
    let answer = app.change_user(request, id, expected.0, body.sent).await?;
    Ok(written(answer))
}

/// Delete a user
///
/// The user is hidden and cannot sign in any more; what they did stays theirs. Their user name is free again.
#[utoipa::path(
    tag = "users",
    extensions(("x-permission" = json!("user.write"))),
    params(("id" = Uuid, Path, description = "The user's identity", example = "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/users/{id}")]
async fn delete_user(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    expected: IfMatch,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let answer = app.remove::<Users>(request, id.into_inner(), expected.0).await?;
    Ok(written(answer))
}
