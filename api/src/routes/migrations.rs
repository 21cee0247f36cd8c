//! `/v1/procedures/{code}/migrations`: running cases to another version.

use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::written;
use crate::app::{App, Failure};
use crate::extract::{Change, JsonBody};
use crate::params::NewMigration;
use crate::views::MigrationReport;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(migrate_cases);
}

/// Move cases to another version
///
/// Publishing a version leaves running cases on theirs. This moves those that are chosen, or says with
/// `dry_run` which would move and what keeps the others. A case moves when its state (or the one that
/// `states` names for it) is there in the new version and not final, its fields fit the new form, and
/// nothing waits that the new version does not have. Promises that both versions make go on from when
/// they began. At most `limit` cases a request: go on with `after` until `next_after` is `null`.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.publish"))),
    params(("code" = String, Path, description = "The procedure", example = "complaint")),
    request_body = NewMigration,
    responses((status = 200, description = "What became of each", body = MigrationReport)),
)]
#[post("/v1/procedures/{code}/migrations")]
async fn migrate_cases(
    app: Data<App>,
    change: Change,
    code: Path<String>,
    body: JsonBody<NewMigration>,
) -> Result<HttpResponse, Failure> {
    let code = code.into_inner();
    app.migrate_cases(change.of(body.fingerprint), code, body.value).await.map(written)
}
