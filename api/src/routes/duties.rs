//! `/v1/duties`: what has to be done again and again.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, shown, written};
use crate::app::{App, Duties, Failure};
use crate::extract::{Change, IfNoneMatch, JsonBody, Language, Query, SignedIn};
use crate::params::{ByView, DutyFilter, OccurrencesQuery, Paging, PauseDuty, ResumeDuty};
use crate::views::{DutyAtSite, DutyList, DutyOccurrenceList, DutyView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_duties)
        .service(get_duty)
        .service(list_duty_occurrences)
        .service(pause_duty)
        .service(resume_duty);
}

/// List duties
///
/// What the packs ask for again and again, and when it is next at each of the caller's sites. Whoever
/// reads everywhere sees the duties of packs that no site runs as well.
#[utoipa::path(
    tag = "duties",
    extensions(("x-permission" = json!("duty.read"))),
    params(DutyFilter, Paging, ByView),
    responses((status = 200, description = "A page of duties", body = DutyList)),
)]
#[get("/v1/duties")]
async fn list_duties(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Duties>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, DutyList::from))
}

/// Get a duty
///
/// One duty, and how it stands at the caller's sites.
#[utoipa::path(
    tag = "duties",
    extensions(("x-permission" = json!("duty.read"))),
    params(("code" = String, Path, description = "The duty", example = "property_weekly_service_report")),
    responses((status = 200, description = "The duty", body = DutyView)),
)]
#[get("/v1/duties/{code}")]
async fn get_duty(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    code: Path<String>,
) -> Result<HttpResponse, Failure> {
    Ok(shown(&app.get_duty(caller.0, language.0, &code).await?, &known))
}

/// List a duty's occurrences
///
/// Every time it arose, newest first, with the case that it opened and how that stands: `open`, `met`,
/// `late` or `missed`.
#[utoipa::path(
    tag = "duties",
    extensions(("x-permission" = json!("duty.read"))),
    params(
        ("code" = String, Path, description = "The duty", example = "property_weekly_service_report"),
        OccurrencesQuery,
    ),
    responses((status = 200, description = "A page of occurrences", body = DutyOccurrenceList)),
)]
#[get("/v1/duties/{code}/occurrences")]
async fn list_duty_occurrences(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    code: Path<String>,
    query: Query<OccurrencesQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_duty_occurrences(caller.0, code.into_inner(), query.0).await?;
    Ok(listed(&request, page, DutyOccurrenceList::from))
}

/// Pause a duty
///
/// It rests at one site: no case is opened there until it is resumed.
#[utoipa::path(
    tag = "duties",
    extensions(("x-permission" = json!("duty.manage"))),
    params(("code" = String, Path, description = "The duty", example = "property_weekly_service_report")),
    request_body = PauseDuty,
    responses((status = 200, description = "How it stands there now", body = DutyAtSite)),
)]
#[post("/v1/duties/{code}/pause")]
async fn pause_duty(
    app: Data<App>,
    change: Change,
    code: Path<String>,
    body: JsonBody<PauseDuty>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.pause_duty(request, code.into_inner(), body.value).await?))
}

/// Resume a duty
///
/// It arises again at the site. With `backfill`, what was missed opens its cases now, each with its own
/// deadline (the last 366 days, 1,000 at most); otherwise it is skipped.
#[utoipa::path(
    tag = "duties",
    extensions(("x-permission" = json!("duty.manage"))),
    params(("code" = String, Path, description = "The duty", example = "property_weekly_service_report")),
    request_body = ResumeDuty,
    responses((status = 200, description = "How it stands there now", body = DutyAtSite)),
)]
#[post("/v1/duties/{code}/resume")]
async fn resume_duty(
    app: Data<App>,
    change: Change,
    code: Path<String>,
    body: JsonBody<ResumeDuty>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    Ok(written(app.resume_duty(request, code.into_inner(), body.value).await?))
}
