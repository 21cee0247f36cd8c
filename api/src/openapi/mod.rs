//! The published contract, and what is derived from it at start: the table of operations that
//! tells strangers from callers, validates bodies and queries, and answers 405.
//!
//! **Invariant.** What is enforced is what is published: both come from [`document`].

mod complete;
mod examples;
mod links;
mod operations;
mod refusals;
mod schemas;
mod webhooks;

use actix_web::App;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;

pub use operations::{Found, Kind, Operation, Operations, Permission};

use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "kefu",
        description = "客服规范执行系统：按企业成文规范受理、流转、计时与考核。\n\nRuns the written \
                       regulations of a customer-service department: who answers, within how long, \
                       who must approve, when to call back. Every case lists the actions open to \
                       this caller now, each with the JSON Schema of its input.\n\nRules that hold \
                       for every operation: refusals are `application/problem+json` (RFC 9457); \
                       single resources carry an `ETag`; changes say `If-Match`; writes take an \
                       `Idempotency-Key`; lists are paged by opaque cursors.",
        contact(name = "kefu"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This server")),
    components(schemas(crate::problem::Problem, crate::problem::RefusedItem)),
    tags(
        (name = "auth", description = "登录与身份 · Signing in, and who one is"),
        (name = "api_keys", description = "API 密钥 · What integrators' programs come in with"),
        (name = "cases", description = "服务单 · Cases: what somebody asked for or that must be done"),
        (name = "attachments", description = "附件 · Files of cases"),
        (name = "procedures", description = "流程 · How each kind of case is handled"),
        (name = "calendars", description = "工作日历 · Working hours, holidays, make-up days, deadlines"),
        (name = "customers", description = "客户 · Who is served"),
        (name = "assets", description = "资产 · What customers own or use"),
        (name = "sites", description = "管理处 · Where; the unit of data scope"),
        (name = "users", description = "用户 · Who works here"),
        (name = "views", description = "视图 · Saved filters of lists"),
        (name = "roles", description = "角色 · What posts may do"),
        (name = "compliance", description = "条款与执行 · What the regulations ask for, and what became of it"),
        (name = "metrics", description = "指标 · Figures over cases, and what they are to be"),
        (name = "notifications", description = "通知 · What somebody should know"),
        (name = "duties", description = "例行任务 · What has to be done again and again"),
        (name = "events", description = "事件流 · Every change, gap-free and resumable"),
        (name = "webhooks", description = "推送订阅 · Telling other systems what happened"),
        (name = "sandbox", description = "沙箱 · The test clock"),
        (name = "system", description = "系统 · Health, figures, this document"),
    ),
)]
struct Base;

/// The whole OpenAPI 3.1 document, as published.
pub fn document() -> Value {
    let app = App::new().into_utoipa_app().openapi(Base::openapi());
    let (_, collected) = app.configure(routes::configure).split_for_parts();
    let mut document = serde_json::to_value(collected).unwrap_or_default();
    complete::complete(&mut document);
    webhooks::describe(&mut document);
    document
}

/// The document as it is committed: pretty, with a newline at the end.
pub fn printed() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
