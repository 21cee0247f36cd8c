//! `/v1/auth/oidc`: signing in by an OpenID Connect provider, for browsers (`GET`, by redirects) and
//! for pages that are programs (`POST`).

use actix_web::http::header::{CACHE_CONTROL, COOKIE, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::plain;
use crate::app::{App, Failure, NotSignedIn, Returned};
use crate::extract::{CameFrom, JsonBody};
use crate::params::{OidcReturn, OidcReturnQuery};
use crate::views::{OidcStartView, TokenView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(start_oidc).service(finish_oidc).service(begin_oidc).service(complete_oidc);
}

/// The cookie that ties a sign-in to the browser that began it.
const TIE: &str = "kefu_oidc";

/// Sign in by the identity provider
///
/// Sends a browser to the OpenID Connect provider that is configured (`KEFU_OIDC_ISSUER`), with state,
/// nonce and PKCE, and ties the sign-in to it by a cookie. Where none is configured this is not there.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 302, description = "To the provider's page",
         headers(("Location" = String, description = "The provider's page"))),
        (status = 404, description = "No provider is configured", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/auth/oidc/start")]
async fn start_oidc(app: Data<App>) -> Result<HttpResponse, Failure> {
    let begun = app.begin_oidc(true).await?;
    let tie = begun.browser.unwrap_or_default();
    Ok(HttpResponse::Found()
        .insert_header((LOCATION, begun.url))
        .insert_header((SET_COOKIE, cookie(&app, &tie, 600)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish())
}

/// Come back from the identity provider
///
/// Where the provider sends the browser back to: answers the same tokens as a sign-in by password. The
/// state is good once, for ten minutes, and only in the browser that was sent.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    params(OidcReturnQuery),
    responses(
        (status = 200, description = "Signed in", body = TokenView),
        (status = 404, description = "No provider is configured", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/auth/oidc/callback")]
async fn finish_oidc(
    app: Data<App>,
    request: HttpRequest,
    from: CameFrom,
) -> Result<HttpResponse, Failure> {
    // Providers add what they like to the address, so it is not held to the declared parameters.
    let query = web::Query::<OidcReturnQuery>::from_query(request.query_string());
    let OidcReturnQuery { code, state, error } = query.map(|it| it.0).unwrap_or_default();
    let bad = Failure::Unauthenticated(NotSignedIn::BadState);
    let back = Returned {
        state: state.ok_or(bad)?,
        code: code.filter(|_| error.is_none()),
        browser: Some(tie(&request).unwrap_or_default()),
    };
    let tokens = app.finish_oidc(back, from.0).await?;
    let mut answer = plain(&TokenView::from(tokens));
    if let Ok(over) = HeaderValue::from_str(&cookie(&app, "", 0)) {
        answer.headers_mut().insert(SET_COOKIE, over);
    }
    Ok(answer)
}

/// Sign in by the identity provider, from a page
///
/// For a page that is a program: answers where to send the browser, and the state it comes back with.
/// The page keeps the state, compares it with the one in the address it is called back at
/// (`KEFU_OIDC_REDIRECT_URL`), and hands both over with `POST /v1/auth/oidc/callback`.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "Where to go", body = OidcStartView),
        (status = 404, description = "No provider is configured", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[post("/v1/auth/oidc/start")]
async fn begin_oidc(app: Data<App>) -> Result<HttpResponse, Failure> {
    let begun = app.begin_oidc(false).await?;
    Ok(plain(&OidcStartView { authorization_url: begun.url, state: begun.state }))
}

/// Come back from the identity provider, to a page
///
/// Hands over what the provider has added to the page's address; answers the same tokens as a sign-in by
/// password. The state is good once, for ten minutes.
#[utoipa::path(
    tag = "auth",
    extensions(("x-permission" = json!("public"))),
    request_body = OidcReturn,
    responses(
        (status = 200, description = "Signed in", body = TokenView),
        (status = 404, description = "No provider is configured", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[post("/v1/auth/oidc/callback")]
async fn complete_oidc(
    app: Data<App>,
    from: CameFrom,
    body: JsonBody<OidcReturn>,
) -> Result<HttpResponse, Failure> {
    let OidcReturn { code, state } = body.value;
    let back = Returned { state, code: Some(code), browser: None };
    Ok(plain(&TokenView::from(app.finish_oidc(back, from.0).await?)))
}

fn cookie(app: &App, value: &str, seconds: u32) -> String {
    let secure = if app.is_behind_tls() { "; Secure" } else { "" };
    format!("{TIE}={value}; Path=/v1/auth/oidc; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

/// What the browser has kept.
fn tie(request: &HttpRequest) -> Option<String> {
    let cookies = request.headers().get_all(COOKIE).filter_map(|it| it.to_str().ok());
    let mut pairs = cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(name, _)| *name == TIE).map(|(_, value)| value.to_owned())
}
