//! `/v1/notifications`: the caller's inbox.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, written};
use crate::app::{App, Failure};
use crate::extract::{Change, Language, Query, RawBody, SignedIn};
use crate::params::{InboxQuery, cursor, page_limit};
use crate::views::{NotificationList, NotificationView, ReadCount};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_notifications).service(read_all_notifications).service(read_notification);
}

/// List the inbox
///
/// What the caller should know, newest first, and how much of it is unread.
#[utoipa::path(
    tag = "notifications",
    extensions(("x-permission" = json!("signed_in"))),
    params(InboxQuery),
    responses((status = 200, description = "A page", body = NotificationList)),
)]
#[get("/v1/notifications")]
async fn list_notifications(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    language: Language,
    filter: Query<InboxQuery>,
) -> Result<HttpResponse, Failure> {
    let InboxQuery { unread, limit, cursor: text, count } = filter.0;
    let after = cursor(text.as_deref())?;
    let limit = page_limit(limit);
    let only = unread.unwrap_or(false);
    let caller = Arc::clone(&caller.0);
    let (count, lang) = (count.unwrap_or(false), language.0);
    let inbox = app.list_notifications(caller, only, limit, after, count, lang).await?;
    let unread = inbox.unread;
    Ok(listed(&request, inbox.page, |page| NotificationList {
        items: page.items,
        unread,
        next_cursor: page.next_cursor,
        total: page.total,
    }))
}

/// Mark an entry as read
///
/// Reading it again changes nothing.
#[utoipa::path(
    tag = "notifications",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The entry")),
    responses((status = 200, description = "The entry", body = NotificationView)),
)]
#[post("/v1/notifications/{id}/read")]
async fn read_notification(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    app.read_notification(change.of(body.fingerprint), *id).await.map(written)
}

/// Mark the whole inbox as read
///
/// Says how many entries had not been.
#[utoipa::path(
    tag = "notifications",
    extensions(("x-permission" = json!("signed_in"))),
    responses((status = 200, description = "How many", body = ReadCount)),
)]
#[post("/v1/notifications/read")]
async fn read_all_notifications(
    app: Data<App>,
    change: Change,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    app.read_all_notifications(change.of(body.fingerprint)).await.map(written)
}
