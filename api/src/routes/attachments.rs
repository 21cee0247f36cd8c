//! `/v1/attachments`: send, look at, give to a case, fetch, take away.

use std::sync::Arc;

use actix_web::http::header::ETAG;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::answers::{listed, shown, written};
use super::saved::{saved, wanted};
use crate::app::{App, Failure, Intake, Received};
use crate::extract::{Change, IfMatch, IfNoneMatch, JsonBody, Query, SignedIn, Upload};
use crate::params::{AttachmentChanges, AttachmentsQuery, ContentQuery, UploadForm, UploadQuery};
use crate::problem::Problem;
use crate::views::{AttachmentLink, AttachmentList, AttachmentView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(upload_attachment)
        .service(list_attachments)
        .service(get_attachment)
        .service(change_attachment)
        .service(delete_attachment)
        .service(link_to_attachment)
        .service(get_attachment_content);
}

/// Send a file
///
/// One file in `multipart/form-data`, stored while it arrives. With `case_id` it is added to the
/// case; whoever may comment on a case may add to it. Without, it is the sender's alone until it is
/// given to a case: by `PATCH`, or by naming it in a form's field of the format `attachment`; after a
/// day it is forgotten. What the file is, is judged by its content.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(UploadQuery),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "What is known of it", body = AttachmentView),
        (status = 404, description = "There is no such case", body = Problem,
         content_type = "application/problem+json"),
    ),
)]
#[post("/v1/attachments")]
async fn upload_attachment(
    app: Data<App>,
    change: Change,
    query: Query<UploadQuery>,
    mut upload: Upload,
) -> Result<HttpResponse, Failure> {
    let case_id = query.0.case_id;
    if let Some(case_id) = case_id {
        app.may_attach(Arc::clone(&change.caller), case_id).await?;
    }
    upload.begin(app.largest_attachment()).await?;
    let mut intake = app.intake(upload.name().as_deref(), upload.declared()).await?;
    let received = match receive(&mut upload, &mut intake).await {
        Ok(received) => received,
        Err(failure) => {
            app.give_up(intake).await;
            return Err(failure);
        }
    };
    let Received { name, media_type, sha256, .. } = &received;
    let request = change.of(upload.fingerprint(name, media_type, sha256));
    app.attach(request, received, case_id).await.map(written)
}

async fn receive(upload: &mut Upload, intake: &mut Intake) -> Result<Received, Failure> {
    while let Some(bytes) = upload.next().await? {
        intake.take(bytes).await?;
    }
    intake.whole().await
}

/// List attachments
///
/// Those of a case, or those that the caller has sent; newest first.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(AttachmentsQuery),
    responses(
        (status = 200, description = "A page", body = AttachmentList),
        (status = 404, description = "There is no such case", body = Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/attachments")]
async fn list_attachments(
    request: HttpRequest,
    app: Data<App>,
    caller: SignedIn,
    query: Query<AttachmentsQuery>,
) -> Result<HttpResponse, Failure> {
    let page = app.list_attachments(Arc::clone(&caller.0), query.0).await?;
    Ok(listed(&request, page, AttachmentList::from))
}

/// Read what is known of a file
///
/// For those who see its case; one that belongs to nothing yet is its sender's alone.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The attachment")),
    responses((status = 200, description = "What is known of it", body = AttachmentView)),
)]
#[get("/v1/attachments/{id}")]
async fn get_attachment(
    app: Data<App>,
    caller: SignedIn,
    known: IfNoneMatch,
    id: Path<Uuid>,
) -> Result<HttpResponse, Failure> {
    let attachment = app.get_attachment(Arc::clone(&caller.0), *id).await?;
    Ok(shown(&attachment, &known))
}

/// Name a file, or give it to a case
///
/// A JSON merge patch. It is given to a case once; a file of a case is renamed by its sender, or by
/// those who may correct the case's record.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The attachment")),
    request_body(content(
        (AttachmentChanges = "application/merge-patch+json"),
        (AttachmentChanges = "application/json"),
    )),
    responses((status = 200, description = "What is known of it now", body = AttachmentView)),
)]
#[patch("/v1/attachments/{id}")]
async fn change_attachment(
    app: Data<App>,
    change: Change,
    expected: IfMatch,
    id: Path<Uuid>,
    body: JsonBody<AttachmentChanges>,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.change_attachment(request, *id, expected.0, body.value).await.map(written)
}

/// Take a file away
///
/// It is hidden; the case's timeline keeps that it was there. Its sender, or those who may correct
/// the case's record. What a field of the case names stays.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The attachment")),
    responses((status = 204, description = "It is gone")),
)]
#[delete("/v1/attachments/{id}")]
async fn delete_attachment(
    app: Data<App>,
    change: Change,
    expected: IfMatch,
    id: Path<Uuid>,
    body: crate::extract::RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.remove_attachment(request, *id, expected.0).await.map(written)
}

/// Make a link to a file's bytes
///
/// Good for a few minutes for whoever has it: it carries its own permission, so that a browser can
/// follow it without a token.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("signed_in"))),
    params(("id" = Uuid, Path, description = "The attachment")),
    responses((status = 200, description = "The link", body = AttachmentLink)),
)]
#[post("/v1/attachments/{id}/link")]
async fn link_to_attachment(
    app: Data<App>,
    change: Change,
    id: Path<Uuid>,
    body: crate::extract::RawBody,
) -> Result<HttpResponse, Failure> {
    let request = change.of(body.fingerprint);
    app.link_to_attachment(request, *id).await.map(written)
}

/// Fetch a file's bytes
///
/// What a link leads to: no token is asked for, the signature is the permission. Always to be saved,
/// never to be shown in place: whatever it is, it goes out as bytes. One range of bytes may be asked for.
#[utoipa::path(
    tag = "attachments",
    extensions(("x-permission" = json!("public"))),
    params(("id" = Uuid, Path, description = "The attachment"), ContentQuery),
    responses(
        (status = 200, description = "All of it", content_type = "application/octet-stream",
         body = String, example = json!("(the bytes)")),
        (status = 206, description = "The range asked for", content_type = "application/octet-stream",
         body = String, example = json!("(the bytes)")),
        (status = 403, description = "The link is not good, or no longer", body = Problem,
         content_type = "application/problem+json"),
        (status = 416, description = "There are no such bytes", body = Problem,
         content_type = "application/problem+json"),
    ),
)]
#[get("/v1/attachments/{id}/content")]
async fn get_attachment_content(
    request: HttpRequest,
    app: Data<App>,
    known: IfNoneMatch,
    id: Path<Uuid>,
    query: Query<ContentQuery>,
) -> Result<HttpResponse, Failure> {
    let ContentQuery { expires, signature } = query.0;
    let attachment = app.linked_attachment(*id, expires, &signature).await?;
    let tag = format!("\"{}\"", attachment.sha256);
    if known.has(&tag) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag)).finish());
    }
    let content = app.content(attachment, wanted(&request, &tag)).await?;
    Ok(saved(content, tag))
}
