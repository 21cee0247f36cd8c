//! `/v1/compliance` and `/v1/clauses`: what the regulations ask for, and what became of it.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, shown};
use crate::app::{App, Clauses, Compliance, Failure};
use crate::extract::{IfNoneMatch, Language, Query, SignedIn};
use crate::params::{ByView, ClauseFilter, ComplianceFilter, ObligationFilter, Paging};
use crate::views::{ClauseList, ClauseView, ComplianceList, ObligationList};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_compliance)
        .service(list_obligations)
        .service(list_clauses)
        .service(get_clause);
}

/// List compliance
///
/// Clause by clause: the obligations that arose in the period, and how they stand now. An obligation is
/// a promise (clock) on a case, a case that a follow-up has opened, an occurrence of a duty, or a case as
/// such; each is counted once for a clause. Cancelled clocks do not count; a promise that a
/// reopened case makes again is another one. Only cases that the caller's
/// post reaches are counted, at sites that work by the clause's pack.
#[utoipa::path(
    tag = "compliance",
    extensions(("x-permission" = json!("compliance.read"))),
    params(ComplianceFilter, Paging, ByView),
    responses((status = 200, description = "A page of clauses", body = ComplianceList)),
)]
#[get("/v1/compliance")]
async fn list_compliance(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Compliance>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, ComplianceList::from))
}

/// List a clause's obligations
///
/// Those behind its numbers, newest first: with the same parameters there are as many as `GET
/// /v1/compliance` says, of the clause or, with `by`, of one of its enforcers.
#[utoipa::path(
    tag = "compliance",
    extensions(("x-permission" = json!("compliance.read"))),
    params(
        ("clause" = String, Path, description = "The clause", example = "R-001-308"),
        ObligationFilter, Paging,
    ),
    responses((status = 200, description = "A page of obligations", body = ObligationList)),
)]
#[get("/v1/compliance/{clause}/obligations")]
async fn list_obligations(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    clause: Path<String>,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_obligations(&looking(caller, language), &clause, query.0).await?;
    Ok(listed(&request, page, ObligationList::from))
}

/// List clauses
///
/// The sentences of the regulations that are loaded, each with what carries it out, by id.
#[utoipa::path(
    tag = "compliance",
    extensions(("x-permission" = json!("procedure.read"))),
    params(ClauseFilter, Paging, ByView),
    responses((status = 200, description = "A page of clauses", body = ClauseList)),
)]
#[get("/v1/clauses")]
async fn list_clauses(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Clauses>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, ClauseList::from))
}

/// Get a clause
///
/// What it says, where it comes from, and what carries it out: clocks with their spans.
#[utoipa::path(
    tag = "compliance",
    extensions(("x-permission" = json!("procedure.read"))),
    params(("id" = String, Path, description = "The clause", example = "R-001-308")),
    responses((status = 200, description = "The clause", body = ClauseView)),
)]
#[get("/v1/clauses/{id}")]
async fn get_clause(
    app: Data<App>,
    _caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    id: Path<String>,
) -> Result<HttpResponse, Failure> {
    Ok(shown(&app.get_clause(language.0, &id)?, &known))
}
