//! Whether the server lives, whether it can serve, and its figures.

use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::{App, Failure};
use crate::metrics::Figure;
use crate::problem::Problem;
use crate::server::Server;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_health).service(get_readiness).service(get_metrics);
}

/// That the process lives.
#[derive(Serialize, ToSchema, Debug)]
#[schema(example = json!({ "status": "alive" }))]
pub(crate) struct Health {
    /// Always `alive`.
    status: &'static str,
}

/// Is the process alive
///
/// Answers whenever the process can answer at all. Whether it can serve is `/readyz`.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "It is", body = Health)),
)]
#[get("/healthz")]
async fn get_health() -> Json<Health> {
    Json(Health { status: "alive" })
}

/// That the server can serve.
#[derive(Serialize, ToSchema, Debug)]
#[schema(example = json!({ "status": "ready" }))]
pub(crate) struct Readiness {
    /// Always `ready`: what is not is a problem.
    status: &'static str,
}

/// Can the server serve
///
/// For balancers: the database answers and has this program's schema, the timer worker is at work,
/// the disk has room. Names what is not ready: `/database`, `/migrations`, `/worker`, `/disk`.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "It can", body = Readiness),
        (status = 503, description = "It cannot: `errors` names the parts",
         body = Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/readyz")]
async fn get_readiness(app: Data<App>) -> Result<Json<Readiness>, Failure> {
    app.readiness().await?;
    Ok(Json(Readiness { status: "ready" }))
}

/// Figures for Prometheus
///
/// Requests by route and status, their latency, the database threads and their queues, timers due and
/// late, open cases by procedure and state, the process's memory and threads.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    responses((status = 200, description = "Prometheus' text format", body = String,
        content_type = "text/plain", example = "kefu_timers_late 0")),
)]
#[get("/metrics")]
async fn get_metrics(server: Data<Server>) -> HttpResponse {
    let mut figures = server.app.figures().await;
    let uptime = server.metrics.uptime().as_secs();
    figures.push(Figure::of("kefu_uptime_seconds", "How long the server has been there.", uptime));
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(server.metrics.text(&figures))
}
