//! `/v1/auth` and `/v1/me`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::plain;
use crate::app::{App, Failure, Me, Tokens};
use crate::extract::{Context, JsonBody, SignedIn};
use crate::params::{GrantDraft, RefreshRequest, SignOut, TokenRequest};
use crate::views::{MeUser, MeView, TokenView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(create_token).service(refresh_token).service(sign_out).service(get_me);
}

/// Sign in
///
/// Gives an access token and a refresh token for a user name and a password. An unknown user and a
/// wrong password look the same. After five failures one has to wait, longer each time.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    request_body = TokenRequest,
    responses((status = 200, description = "Signed in", body = TokenView)),
)]
#[post("/v1/auth/token")]
async fn create_token(
    app: Data<App>,
    request: HttpRequest,
    body: JsonBody<TokenRequest>,
) -> Result<HttpResponse, Failure> {
    let peer = Context::of(&request).map(|it| it.peer.clone()).unwrap_or_default();
    let TokenRequest { username, password, expires_in } = body.value;
    let tokens = app.sign_in(username, password, &peer, expires_in).await?;
    Ok(plain(&TokenView::from(tokens)))
}

/// Stay signed in
///
/// Exchanges a refresh token for the next pair. It can be used once: using it again ends the whole
/// sign-in, because one of the two who used it had stolen it.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    request_body = RefreshRequest,
    responses((status = 200, description = "The next pair", body = TokenView)),
)]
#[post("/v1/auth/refresh")]
async fn refresh_token(
    app: Data<App>,
    body: JsonBody<RefreshRequest>,
) -> Result<HttpResponse, Failure> {
    let tokens = app.exchange(&body.value.refresh_token).await?;
    Ok(plain(&TokenView::from(tokens)))
}

/// Sign out
///
/// Ends the sign-in that the refresh token belongs to. The access token lives on for the minutes it
/// has left.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = SignOut,
    responses((status = 204, description = "Signed out")),
)]
#[post("/v1/auth/logout")]
async fn sign_out(
    app: Data<App>,
    caller: SignedIn,
    body: JsonBody<SignOut>,
) -> Result<HttpResponse, Failure> {
    app.sign_out(&caller, &body.value.refresh_token).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who am I
///
/// The caller, their roles, what these permit, and how far each reaches.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "The caller", body = MeView)),
)]
#[get("/v1/me")]
async fn get_me(app: Data<App>, caller: SignedIn) -> HttpResponse {
    plain(&MeView::from(app.me(caller.0)))
}

impl From<Tokens> for TokenView {
    fn from(tokens: Tokens) -> Self {
        let Tokens { access, seconds, refresh } = tokens;
        Self {
            access_token: access,
            token_type: "Bearer",
            expires_in: seconds,
            refresh_token: refresh,
        }
    }
}

impl From<Me> for MeView {
    fn from(me: Me) -> Self {
        let Me { caller, permissions } = me;
        let mut roles: Vec<_> = caller.grants.iter().map(|it| it.role.clone()).collect();
        roles.sort();
        roles.dedup();
        Self {
            user: MeUser {
                id: caller.user_id,
                username: caller.username.clone(),
                display_name: caller.display_name.clone(),
                team: caller.team.clone(),
            },
            roles,
            permissions: permissions.into_iter().collect(),
            scopes: caller.grants.iter().map(GrantDraft::from).collect(),
        }
    }
}
