//! `/v1/procedures`: read, check, publish.

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use kefu_domain::text::Text;
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, plain, shown, written};
use crate::app::{App, Draft, Failure, Procedures};
use crate::extract::{Change, Idempotency, IfNoneMatch, Language, Query, RawBody, SignedIn};
use crate::params::{ByView, Paging, ProcedureDraft, ProcedureFilter};
use crate::views::{ProcedureList, ProcedureView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_procedures)
        .service(publish_procedure)
        .service(check_procedure)
        .service(get_procedure)
        .service(get_procedure_version);
}

/// List procedures
///
/// The newest version of each, without its definition.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.read"))),
    params(ProcedureFilter, Paging, ByView),
    responses((status = 200, description = "A page", body = ProcedureList)),
)]
#[get("/v1/procedures")]
async fn list_procedures(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Procedures>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, ProcedureList::from))
}

/// Publish a procedure
///
/// A new version of its code, or the first. The body is the JSON model of a procedure file, or the
/// file itself as `application/toml`. It is checked whole: `errors` names every fault at its place
/// (and line, for a file). Running cases keep the version they were opened with.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.publish"))),
    request_body(
        description = "The procedure",
        content(
            (ProcedureDraft = "application/json", example = json!({
                "code": "wish", "title": { "zh": "心愿", "en": "Wish" }, "kind": "request",
                "number": "XY-{date}-{seq}", "opens": ["case.open"],
                "states": [{ "code": "made", "initial": true }, { "code": "granted", "final": true }],
                "actions": [{ "code": "grant", "from": ["made"], "to": "granted", "by": ["owner"] }],
            })),
            (String = "application/toml", example = "code = \"wish\"\nkind = \"request\"\n"),
        ),
    ),
    responses((status = 201, description = "The version", body = ProcedureView)),
)]
#[post("/v1/procedures")]
async fn publish_procedure(
    request: HttpRequest,
    app: Data<App>,
    change: Change,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let draft = draft(&request, &body)?;
    app.publish_procedure(change.of(body.fingerprint), draft).await.map(written)
}

/// Check a procedure
///
/// Everything that publishing would check, and nothing is kept: the procedure as it would be
/// published, or every fault at its place.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.publish"))),
    request_body(
        description = "The procedure",
        content(
            (ProcedureDraft = "application/json", example = json!({
                "code": "wish", "title": { "zh": "心愿", "en": "Wish" }, "kind": "request",
                "number": "XY-{date}-{seq}", "opens": ["case.open"],
                "states": [{ "code": "made", "initial": true }, { "code": "granted", "final": true }],
                "actions": [{ "code": "grant", "from": ["made"], "to": "granted", "by": ["owner"] }],
            })),
            (String = "application/toml", example = "code = \"wish\"\nkind = \"request\"\n"),
        ),
    ),
    responses((status = 200, description = "It has no fault", body = ProcedureView)),
)]
#[post("/v1/procedures/check")]
async fn check_procedure(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    _key: Idempotency,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let draft = draft(&request, &body)?;
    app.check_procedure(&caller.0, language.0, &draft).map(|it| plain(&it))
}

/// Read a procedure
///
/// Its newest version, with its definition.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.read"))),
    params(("code" = String, Path, description = "The procedure", example = "complaint")),
    responses((status = 200, description = "The procedure", body = ProcedureView)),
)]
#[get("/v1/procedures/{code}")]
async fn get_procedure(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    code: Path<String>,
) -> Result<HttpResponse, Failure> {
    Ok(shown(&app.get_procedure(&caller.0, language.0, &code, None)?, &known))
}

/// Read a version of a procedure
///
/// As it was published; versions never change.
#[utoipa::path(
    tag = "procedures",
    extensions(("x-permission" = json!("procedure.read"))),
    params(
        ("code" = String, Path, description = "The procedure", example = "complaint"),
        ("version" = u32, Path, description = "The version, from 1", example = 1),
    ),
    responses((status = 200, description = "The version", body = ProcedureView)),
)]
#[get("/v1/procedures/{code}/versions/{version}")]
async fn get_procedure_version(
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    known: IfNoneMatch,
    path: Path<(String, u32)>,
) -> Result<HttpResponse, Failure> {
    let (code, version) = path.into_inner();
    Ok(shown(&app.get_procedure(&caller.0, language.0, &code, Some(version))?, &known))
}

/// The body as a draft: a file, or the JSON model.
fn draft(request: &HttpRequest, body: &RawBody) -> Result<Draft, Failure> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    if kind.is_some_and(|it| it.starts_with("application/toml")) {
        let text = String::from_utf8(body.bytes.to_vec());
        return text.map(Draft::Toml).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::Unreadable(Text::new(
                format!("第 {at} 字节起不是 UTF-8。"),
                format!("The file is not UTF-8 from byte {at}."),
            ))
        });
    }
    let value = serde_json::from_slice(&body.bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::Unreadable(Text::new(
            format!("请求体第 {line} 行第 {column} 列不是合法的 JSON。"),
            format!("The body is not JSON at line {line}, column {column}."),
        ))
    })?;
    Ok(Draft::Json(value))
}
