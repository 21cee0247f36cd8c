//! Whether the server lives, whether it can serve, and its figures.

use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_health);
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
async fn get_health() -> web::Json<Health> {
    web::Json(Health { status: "alive" })
}
