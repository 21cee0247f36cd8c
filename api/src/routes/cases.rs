//! `/v1/cases`: open, list, read, correct, act, comment, look back.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, looking, plain, shown, written};
use crate::app::{App, Cases, Failure};
use crate::extract::{Change, IfMatch, IfNoneMatch, JsonBody, Language, Query, SignedIn};
use crate::params::{
    ActionInput, ByView, CaseFilter, CasePatch, NewComment, OpenCase, PageFilter, Paging,
};
use crate::views::{CaseList, CaseView, CommentList, CommentView, EventList, ExplanationView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(open_case)
        .service(list_cases)
        .service(get_case)
        .service(edit_case)
        .service(act_on_case)
        .service(comment_on_case)
        .service(list_case_comments)
        .service(list_case_events)
        .service(explain_case_clock);
}

/// Open a case
///
/// The procedure's newest version is used and kept. Whoever opens it is its owner (首问负责人);
/// its clocks start. Who may open it is said by the procedure's `opens`.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    request_body = OpenCase,
    responses((status = 201, description = "The case", body = CaseView)),
)]
#[post("/v1/cases")]
async fn open_case(
    app: Data<App>,
    change: Change,
    body: JsonBody<OpenCase>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.open_case(request, body.value.into()).await.map(written)
}

/// List cases
///
/// Those the caller may see, a page at a time. Filters are combined with "and"; of several values
/// between commas one must hold.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(CaseFilter, Paging, ByView),
    responses((status = 200, description = "A page", body = CaseList)),
)]
#[get("/v1/cases")]
async fn list_cases(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Cases>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, CaseList::from))
}

/// Read a case
///
/// Everything about it, with its clocks and the actions open to the caller now, each with the
/// JSON Schema of its input. No other action succeeds.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The case")),
    responses((status = 200, description = "The case", body = CaseView)),
)]
#[get("/v1/cases/{id}")]
async fn get_case(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    id: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let case = app.get_case(Arc::clone(&caller.0), language.0, *id).await?;
    Ok(shown(&case, &known))
}

/// Correct a case's record
///
/// A JSON merge patch. Deadlines that depend on what changed are counted anew from their start,
/// keeping what was paused. Owner, assignee, or `case.edit`.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The case")),
    request_body(content(
        (CasePatch = "application/merge-patch+json"),
        (CasePatch = "application/json"),
    )),
    responses((status = 200, description = "The case after it", body = CaseView)),
)]
#[patch("/v1/cases/{id}")]
async fn edit_case(
    app: Data<App>,
    change: Change,
    expected: IfMatch,
    id: Path<Uuid>,
    body: JsonBody<CasePatch>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.edit_case(request, *id, expected.0, body.value.into()).await.map(written)
}

/// Take an action
///
/// One of those listed in the case's `actions`: the body is what its `form` asks for, and `note`
/// if there is something to add.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(
        ("id" = Uuid, Path, description = "The case"),
        ("action" = String, Path, description = "The action's code", example = "answer"),
    ),
    request_body(content = ActionInput, example = json!({
        "solution": "已更换曳引机轴承", "told_by": "phone", "note": "客户表示满意",
    })),
    responses((status = 200, description = "The case after it", body = CaseView)),
)]
#[post("/v1/cases/{id}/actions/{action}")]
async fn act_on_case(
    app: Data<App>,
    change: Change,
    expected: IfMatch,
    path: Path<(Uuid, String)>,
    body: JsonBody<ActionInput>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    let (id, action) = path.into_inner();
    app.act_on_case(request, id, expected.0, action, body.value.0).await.map(written)
}

/// Comment on a case
///
/// Goes into its timeline and is found by nobody who may not see the case.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The case")),
    request_body = NewComment,
    responses((status = 201, description = "The comment", body = CommentView)),
)]
#[post("/v1/cases/{id}/comments")]
async fn comment_on_case(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: JsonBody<NewComment>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.comment_on_case(request, *id, body.value.text).await.map(written)
}

/// List a case's comments
///
/// Oldest first.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The case"), PageFilter),
    responses((status = 200, description = "A page", body = CommentList)),
)]
#[get("/v1/cases/{id}/comments")]
async fn list_case_comments(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    filter: Query<PageFilter>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_case_comments(Arc::clone(&caller.0), *id, filter.0.stretch(*id)?).await?;
    Ok(listed(&request, page, CommentList::from))
}

/// List a case's events
///
/// Its timeline: everything that happened to it, oldest first.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The case"), PageFilter),
    responses((status = 200, description = "A page", body = EventList)),
)]
#[get("/v1/cases/{id}/events")]
async fn list_case_events(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    id: Path<Uuid>,
    filter: Query<PageFilter>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_case_events(Arc::clone(&caller.0), *id, filter.0.stretch(*id)?).await?;
    Ok(listed(&request, page, EventList::from))
}

/// Explain a deadline
///
/// The segments from the clock's start to its deadline: which time counted, and why the rest did
/// not. They follow each other without a gap.
#[utoipa::path(
    tag = "cases",
    extensions(("x-permission" = json!("signed_in"))),
    params(
        ("id" = Uuid, Path, description = "The case"),
        ("clock" = String, Path, description = "The clock's code", example = "resolution"),
    ),
    responses((status = 200, description = "How the deadline comes about", body = ExplanationView)),
)]
#[get("/v1/cases/{id}/clocks/{clock}/explanation")]
async fn explain_case_clock(
    app: Data<App>,
    caller: SignedIn,
    path: Path<(Uuid, String)>,
) -> Result<HttpResponse, Failure> {
    let (id, clock) = path.into_inner();
    app.explain_clock(Arc::clone(&caller.0), id, clock).await.map(|it| plain(&it))
}
