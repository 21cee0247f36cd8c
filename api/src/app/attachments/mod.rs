//! Attachments: files that belong to a case. Their bytes are in the storage, what is known of them
//! in the database, who may see them is said by the case.
//!
//! **Invariant.** One that belongs to a case is seen by those who see the case; one that belongs to
//! nothing yet is its uploader's alone.

mod content;
mod files;
mod forms;
mod intake;
mod sweep;

use std::sync::Arc;

use kefu_domain::case::{Attached, Command};
use kefu_domain::text::Text;
use kefu_persistence::records::attachments::{self, Attachment, Of};
use kefu_persistence::{Conn, Uid, blobs, cases};
use serde_json::Value;
use uuid::Uuid;

pub use content::{Content, Wanted};
pub use files::Files;
pub(super) use forms::Named;
pub use intake::{Intake, Received};

use super::cases::{desk, visible};
use super::records::{asked, change, page};
use super::{Answer, App, Caller, Effect, Expected, Failure, Moment, Page, Request, Shown};
use crate::params::{AttachmentChanges, AttachmentsQuery};
use crate::views::AttachmentView;

impl App {
    /// Makes an attachment of what has been received, of a case or of nothing yet.
    pub async fn attach(
        &self,
        request: Request,
        received: Received,
        case_id: Option<Uuid>,
    ) -> Result<Answer, Failure> {
        let id = received.id;
        let answer = self.write(request, move |conn, moment| {
            let row = row(received, moment);
            // From here on the bytes are held by it.
            if !blobs::claim(conn, row.id.0)? {
                return Err(Failure::Broken("an upload whose bytes have been swept".to_owned()));
            }
            let row = match case_id {
                Some(case_id) => {
                    let row = Attachment { case_id: Some(Uid(case_id)), ..row };
                    add_to_case(conn, moment, case_id, vec![attached(&row)], false)?;
                    row
                }
                None => row,
            };
            let row = attachments::insert(conn, row, change(moment))?;
            let location = format!("/v1/attachments/{}", row.id.0);
            Effect::created(location, row.version.into(), &AttachmentView::from(row))
        });
        let answer = answer.await;
        match &answer {
            Ok(answer) if !answer.replayed => {}
            // It may have been kept, or be kept by a repetition: what is not is swept.
            Err(Failure::Busy | Failure::Conflict | Failure::Broken(_)) => {}
            Ok(_) | Err(_) => drop(self.discard(id).await),
        }
        answer
    }

    /// What is known of one.
    pub async fn get_attachment(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
    ) -> Result<Shown<AttachmentView>, Failure> {
        self.read(move |conn| {
            let row = known(conn, &caller, id)?;
            Ok(Shown { version: row.version.into(), view: row.into() })
        })
        .await
    }

    /// Those of a case, or those that the caller has sent.
    pub async fn list_attachments(
        &self,
        caller: Arc<Caller>,
        query: AttachmentsQuery,
    ) -> Result<Page<AttachmentView>, Failure> {
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        let found = self
            .read(move |conn| {
                let of = match query.case_id {
                    Some(id) => Of::Case(visible(conn, &caller, id)?.id),
                    None => Of::Uploader(caller.user_id),
                };
                Ok(attachments::list(conn, of, &asked)?)
            })
            .await?;
        page(found, |row| Ok(row.into()))
    }

    /// Gives one another name, or to a case.
    pub async fn change_attachment(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
        changes: AttachmentChanges,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let before = known(conn, moment.caller, id)?;
            expected.check(before.version.into())?;
            let mut after = before.clone();
            if let Some(name) = changes.name {
                may_remove(conn, moment, &before)?;
                after.name = crate::media::name(Some(&name));
            }
            match (before.case_id, changes.case_id) {
                (Some(old), Some(new)) if old.0 != new => return Err(elsewhere()),
                (None, Some(new)) => {
                    after.case_id = Some(Uid(new));
                    add_to_case(conn, moment, new, vec![attached(&after)], false)?;
                }
                (_, _) => {}
            }
            if after != before {
                after = attachments::update(conn, &before, after, change(moment))?;
            }
            Effect::changed(Some(after.version.into()), &AttachmentView::from(after))
        })
        .await
    }

    /// Takes one away: it is hidden; its bytes stay as long as a case's history needs them.
    pub async fn remove_attachment(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
    ) -> Result<Answer, Failure> {
        let kept_at = self.clock.real_now();
        self.write(request, move |conn, moment| {
            let row = known(conn, moment.caller, id)?;
            expected.check(row.version.into())?;
            match row.case_id {
                Some(case_id) => {
                    let case = cases::find(conn, case_id.0)?.ok_or(Failure::NotFound)?;
                    if mentions(case.fields.values(), &id.to_string()) {
                        return Err(in_use());
                    }
                    let command = Command::Detach {
                        attachment_id: id,
                        name: row.name.clone(),
                        uploaded_by: row.uploaded_by.0,
                    };
                    let actor = &moment.caller.actor;
                    desk(conn, moment).command(case_id.0, actor, None, command)?;
                }
                None => blobs::note(conn, id, kept_at)?,
            }
            attachments::delete(conn, &row, change(moment))?;
            Ok(Effect::gone())
        })
        .await
    }

    /// The largest file that is taken, in bytes.
    pub fn largest_attachment(&self) -> u64 {
        self.files.limit
    }

    /// Whether the caller may add something to a case: asked before the bytes are taken.
    pub async fn may_attach(&self, caller: Arc<Caller>, case_id: Uuid) -> Result<(), Failure> {
        self.read(move |conn| visible(conn, &caller, case_id).map(drop)).await
    }
}

/// The attachment, if the caller may know of it.
fn known(conn: &mut Conn, caller: &Caller, id: Uuid) -> Result<Attachment, Failure> {
    let row = attachments::find(conn, id)?.ok_or(Failure::NotFound)?;
    match row.case_id {
        Some(case_id) => visible(conn, caller, case_id.0).map(drop)?,
        None if row.uploaded_by.0 == caller.user_id => {}
        None => return Err(Failure::NotFound),
    }
    Ok(row)
}

/// Whoever may take it away may also name it.
fn may_remove(conn: &mut Conn, moment: &Moment<'_>, row: &Attachment) -> Result<(), Failure> {
    let Some(case_id) = row.case_id else { return Ok(()) };
    let case = cases::find(conn, case_id.0)?.ok_or(Failure::NotFound)?;
    let (actor, by) = (&moment.caller.actor, row.uploaded_by.0);
    if kefu_domain::case::may_detach(&case, actor, by) {
        return Ok(());
    }
    Err(Failure::Forbidden { needs: "case.edit".to_owned() })
}

/// Tells a case's timeline of files. `permitted`: an action that names them was.
pub(super) fn add_to_case(
    conn: &mut Conn,
    moment: &Moment<'_>,
    case_id: Uuid,
    files: Vec<Attached>,
    permitted: bool,
) -> Result<(), Failure> {
    let command = Command::Attach { files, permitted };
    let actor = &moment.caller.actor;
    desk(conn, moment).command(case_id, actor, None, command).map(drop)
}

fn row(received: Received, moment: &Moment<'_>) -> Attachment {
    let Received { id, name, media_type, size, sha256 } = received;
    Attachment {
        id: Uid(id),
        name,
        media_type,
        size,
        sha256,
        uploaded_by: Uid(moment.caller.user_id),
        ..Attachment::default()
    }
}

/// As a case's timeline tells of it.
pub(super) fn attached(row: &Attachment) -> Attached {
    Attached {
        attachment_id: row.id.0,
        name: row.name.clone(),
        media_type: row.media_type.clone(),
        size: row.size,
        sha256: row.sha256.clone(),
    }
}

/// Whether text is said anywhere in these values.
fn mentions<'a>(mut values: impl Iterator<Item = &'a Value>, text: &str) -> bool {
    values.any(|value| match value {
        Value::String(it) => it.eq_ignore_ascii_case(text),
        Value::Array(items) => mentions(items.iter(), text),
        Value::Object(members) => mentions(members.values(), text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    })
}

fn in_use() -> Failure {
    Failure::InUse(Text::new(
        "服务单的表单字段仍在引用该附件。",
        "A field of the case still names the attachment.",
    ))
}

fn elsewhere() -> Failure {
    Failure::invalid(
        "/case_id",
        "attached",
        "该附件已属于另一服务单。",
        "The attachment belongs to another case.",
    )
}
