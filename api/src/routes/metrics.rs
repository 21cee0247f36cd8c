//! `/v1/metrics`: figures over cases, and the cases behind them.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, shown};
use crate::app::{App, Failure};
use crate::extract::{IfNoneMatch, Language, Query, SignedIn};
use crate::params::{MetricCasesFilter, MetricFilter, MetricValuesFilter, Paging};
use crate::views::{MetricCaseList, MetricList, MetricValueList, MetricView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_metrics)
        .service(get_metric)
        .service(list_metric_values)
        .service(list_metric_cases);
}

/// List metrics
///
/// What the regulations count, and what it is to be, by code.
#[utoipa::path(
    tag = "metrics",
    extensions(("x-permission" = json!("metric.read"))),
    params(MetricFilter, Paging),
    responses((status = 200, description = "A page of metrics", body = MetricList)),
)]
#[get("/v1/metrics")]
async fn list_metrics(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_metrics(&looking(caller, language), query.0)?;
    Ok(listed(&request, page, MetricList::from))
}

/// Get a metric
///
/// How it is counted, over which cases, and what it is to be.
#[utoipa::path(
    tag = "metrics",
    extensions(("x-permission" = json!("metric.read"))),
    params(("code" = String, Path, description = "The metric", example = "complaints_in_time")),
    responses((status = 200, description = "The metric", body = MetricView)),
)]
#[get("/v1/metrics/{code}")]
async fn get_metric(
    app: Data<App>,
    _caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    code: Path<String>,
) -> Result<HttpResponse, Failure> {
    Ok(shown(&app.get_metric(language.0, &code)?, &known))
}

/// List a metric's values
///
/// A value for each period that touches the time asked for, oldest first; the running period if nothing
/// is said. Periods begin and end by the clocks on the wall: of the site, if one is asked for, else of
/// the organisation. Only cases that the caller's post reaches are counted.
#[utoipa::path(
    tag = "metrics",
    extensions(("x-permission" = json!("metric.read"))),
    params(
        ("code" = String, Path, description = "The metric", example = "complaints_in_time"),
        MetricValuesFilter, Paging,
    ),
    responses((status = 200, description = "A page of values", body = MetricValueList)),
)]
#[get("/v1/metrics/{code}/values")]
async fn list_metric_values(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    code: Path<String>,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_metric_values(&looking(caller, language), &code, query.0).await?;
    Ok(listed(&request, page, MetricValueList::from))
}

/// List the cases behind a metric's value
///
/// Those that the metric is about in a period, in the order in which they belong to it: `counted=true`
/// are the numerator of a rate, both together its denominator.
#[utoipa::path(
    tag = "metrics",
    extensions(("x-permission" = json!("metric.read"))),
    params(
        ("code" = String, Path, description = "The metric", example = "complaints_in_time"),
        MetricCasesFilter, Paging,
    ),
    responses((status = 200, description = "A page of cases", body = MetricCaseList)),
)]
#[get("/v1/metrics/{code}/cases")]
async fn list_metric_cases(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    code: Path<String>,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_metric_cases(&looking(caller, language), &code, query.0).await?;
    Ok(listed(&request, page, MetricCaseList::from))
}
