//! `/v1/auth` and `/v1/me`.

use actix_web::web::Data;
use actix_web::{HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{plain, written};
use crate::app::{App, Failure, Me, PasswordChange, Tokens};
use crate::extract::{CameFrom, Change, JsonBody, Session, SignedIn};
use crate::params::{GrantDraft, NewPassword, RefreshRequest, SignOut, TokenRequest};
use crate::views::{MeUser, MeView, TokenView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(create_token)
        .service(refresh_token)
        .service(sign_out)
        .service(get_me)
        .service(change_my_password);
}

/// Sign in
///
/// Gives an access token and a refresh token for a user name and a password. An unknown user and a
/// wrong password look the same. After five failures one has to wait, longer each time. An
/// `Idempotency-Key` is not looked at here: answers that hold secrets are not kept.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    request_body = TokenRequest,
    responses((status = 200, description = "Signed in", body = TokenView)),
)]
#[post("/v1/auth/token")]
async fn create_token(
    app: Data<App>,
    from: CameFrom,
    body: JsonBody<TokenRequest>,
) -> Result<HttpResponse, Failure> {
    let TokenRequest { username, password, expires_in } = body.value;
    let tokens = app.sign_in(username, password, from.0, expires_in).await?;
    Ok(plain(&TokenView::from(tokens)))
}

/// Stay signed in
///
/// Exchanges a refresh token for the next pair. It can be used once: using it again ends the whole
/// sign-in, because one of the two who used it had stolen it. An `Idempotency-Key` is not looked at
/// here: answers that hold secrets are not kept.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    request_body = RefreshRequest,
    responses((status = 200, description = "The next pair", body = TokenView)),
)]
#[post("/v1/auth/refresh")]
async fn refresh_token(
    app: Data<App>,
    from: CameFrom,
    body: JsonBody<RefreshRequest>,
) -> Result<HttpResponse, Failure> {
    let tokens = app.exchange(&body.value.refresh_token, from.0).await?;
    Ok(plain(&TokenView::from(tokens)))
}

/// Sign out
///
/// Ends the sign-in that asks, or the one of the caller's that the refresh token belongs to: with it its
/// access tokens end, on every node within a second. Doing it again does nothing, so an
/// `Idempotency-Key` is not looked at.
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
    session: Session,
    body: JsonBody<SignOut>,
) -> Result<HttpResponse, Failure> {
    app.sign_out(&caller, session.0, body.value.refresh_token).await?;
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

/// Change one's own password
///
/// The other sign-ins end, this one stays. A wrong old password counts as a failed sign-in. Somebody who
/// signs in by an identity provider has no password here.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = NewPassword,
    responses((status = 204, description = "The new password holds")),
)]
#[post("/v1/me/password")]
async fn change_my_password(
    app: Data<App>,
    change: Change,
    session: Session,
    from: CameFrom,
    body: JsonBody<NewPassword>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let NewPassword { old_password, new_password } = body.value;
    let sent = PasswordChange {
        old: old_password,
        new: new_password,
        session: session.0,
        address: from.0.address,
    };
    Ok(written(app.change_password(request, sent).await?))
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
            api_key_id: caller.api_key,
        }
    }
}
