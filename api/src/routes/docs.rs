//! The contract, the pages that explain it, and the problems that explain themselves.

use actix_web::web::{self, Data};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::Failure;
use crate::extract::{IfNoneMatch, Language};
use crate::problem::Code;
use crate::server::Server;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(get_openapi).service(get_procedure_schema).service(get_problem);
}

/// Swagger UI at `/docs/`, from files inside the program.
pub fn documentation(config: &mut web::ServiceConfig) {
    // One closed list of tags with a search box; every operation ready to be tried out; a token that
    // survives reloading; no page-long list of schemas at the end.
    let page = utoipa_swagger_ui::Config::from("/openapi.json")
        .doc_expansion("none")
        .filter(true)
        .try_it_out_enabled(true)
        .persist_authorization(true)
        .display_request_duration(true)
        .deep_linking(true)
        .show_common_extensions(true)
        .default_models_expand_depth(-1)
        .validator_url("none");
    let ui = SwaggerUi::new("/docs/{_:.*}").config(page);
    config.service(web::redirect("/docs", "/docs/")).service(ui);
}

/// Get the contract
///
/// The OpenAPI 3.1 document of this server.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "The document", body = Object, content_type = "application/json",
         example = json!({ "openapi": "3.1.0", "info": { "title": "kefu" } })),
        (status = 304, description = "Not changed since `If-None-Match`"),
    ),
)]
#[get("/openapi.json")]
async fn get_openapi(server: Data<Server>, known: IfNoneMatch) -> HttpResponse {
    let mut answer = if known.has(&server.document_tag) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header(("ETag", server.document_tag.as_str()));
    answer.insert_header(("Cache-Control", "no-cache"));
    if known.has(&server.document_tag) {
        return answer.finish();
    }
    answer.content_type("application/json").body(server.document.clone())
}

/// Get the schema of a procedure file
///
/// JSON Schema 2020-12 of the files that `POST /v1/procedures` takes, for editors: TOML or JSON.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    responses(
        (status = 200, description = "The schema", body = Object, content_type = "application/json",
         example = json!({ "title": "Procedure", "type": "object" })),
    ),
)]
#[get("/schemas/procedure.json")]
async fn get_procedure_schema() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-cache"))
        .content_type("application/json")
        .body(kefu_domain::procedure::SCHEMA)
}

/// What a problem's `type` means.
#[derive(Serialize, ToSchema, Debug)]
#[schema(example = json!({
    "type": "/problems/stale", "status": 412, "title": "内容已被他人修改",
    "explanation": "If-Match 与当前版本不一致。请重新读取后再提交。"
}))]
pub(crate) struct ProblemPage {
    /// The problem's `type`.
    r#type: String,
    /// The HTTP status it comes with.
    status: u16,
    /// Its short name.
    title: String,
    /// What it means and what to do about it.
    explanation: String,
}

/// Explain a problem
///
/// Every problem's `type` is an address of this kind: fetch it and it explains itself, in the
/// language asked for.
#[utoipa::path(
    tag = "system",
    extensions(("x-permission" = json!("public"))),
    params(("code" = String, Path, description = "The last segment of the problem's `type`", example = "stale")),
    responses((status = 200, description = "What it means", body = ProblemPage)),
)]
#[get("/problems/{code}")]
async fn get_problem(
    code: web::Path<String>,
    language: Language,
) -> Result<web::Json<ProblemPage>, Failure> {
    let code = Code::find(&code).ok_or(Failure::NotFound)?;
    let entry = code.entry();
    Ok(web::Json(ProblemPage {
        r#type: code.uri(),
        status: entry.status,
        title: entry.title.get(language.0).to_owned(),
        explanation: entry.explanation.get(language.0).to_owned(),
    }))
}
