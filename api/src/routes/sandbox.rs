//! `/v1/sandbox/clock`: the test clock, which only `kefu serve --sandbox` has.

use std::sync::Arc;

use actix_web::web::Data;
use actix_web::{HttpResponse, get, put};
use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{plain, written};
use crate::app::{App, Failure};
use crate::extract::{Change, JsonBody, SignedIn};
use crate::worker::{Moved, move_clock};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_sandbox_clock).service(set_sandbox_clock);
}

/// The test clock.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "now": "2026-11-23T01:00:00Z" }))]
pub(crate) struct SandboxClock {
    /// The instant it is.
    now: DateTime<Utc>,
}

/// Read the test clock
///
/// Only a server started with `--sandbox` has one; elsewhere this is not there.
#[utoipa::path(
    tag = "sandbox",
    extensions(("x-permission" = json!("signed_in"))),
    responses(
        (status = 200, description = "The instant it is", body = SandboxClock),
        (status = 404, description = "This is no sandbox", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/sandbox/clock")]
async fn get_sandbox_clock(app: Data<App>, _caller: SignedIn) -> Result<HttpResponse, Failure> {
    if !app.clock.is_sandbox() {
        return Err(Failure::NotFound);
    }
    Ok(plain(&SandboxClock { now: app.clock.now() }))
}

/// Move the test clock
///
/// Forward only. Everything that falls due on the way fires in order, each thing at its own
/// instant; the answer comes when all is quiet. Needs `settings.write`.
#[utoipa::path(
    tag = "sandbox",
    extensions(("x-permission" = json!("settings.write"))),
    request_body = SandboxClock,
    responses(
        (status = 200, description = "The instant it is now", body = SandboxClock),
        (status = 404, description = "This is no sandbox", body = crate::problem::Problem,
         content_type = "application/problem+json"),
    ),
)]
#[put("/v1/sandbox/clock")]
async fn set_sandbox_clock(
    app: Data<App>,
    change: Change,
    body: JsonBody<SandboxClock>,
) -> Result<HttpResponse, Failure> {
    if !app.clock.is_sandbox() {
        return Err(Failure::NotFound);
    }
    let request = change.of(body.fingerprint);
    let target = body.value.now.trunc_subsecs(6);
    let app = Arc::clone(&app.into_inner());
    match move_clock(&app, request, target).await? {
        Moved::There(answer) => Ok(written(answer)),
        Moved::Back => Err(Failure::invalid(
            "/now",
            "backwards",
            "测试时钟只能向前走。",
            "The test clock only moves forward.",
        )),
    }
}
