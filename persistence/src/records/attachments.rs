//! Attachments: files that belong to a case, or to nothing yet.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::page::{Cursor, Listed, Page};
use crate::schema::attachments;
use crate::{StoreError, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// What is known of a file; its bytes are in the storage, by its id.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = attachments, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Attachment {
    /// `UUIDv7`.
    pub id: Uid,
    /// The case it belongs to.
    pub case_id: Option<Uid>,
    /// What the file is called.
    pub name: String,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Who sent it.
    pub uploaded_by: Uid,
    /// The sequence of its last event.
    #[serde(skip)]
    pub version: i32,
    /// When it was made.
    #[serde(skip)]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(skip)]
    pub updated_at: Time,
    /// When it was deleted.
    #[serde(skip)]
    pub deleted_at: Option<Time>,
}

const AGGREGATE: &str = "attachment";

record!(Attachment, attachments, id, Uuid, cached = false);

fn aggregate_id(attachment: &Attachment) -> Uuid {
    attachment.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut Attachment) {}

/// What a list of attachments is narrowed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Those of this case.
    Case(Uuid),
    /// Those that this user has sent, whatever they belong to.
    Uploader(Uuid),
}

/// Attachments, newest first.
pub fn list(conn: &mut Conn, of: Of, page: &Page) -> Result<Listed<Attachment>, StoreError> {
    macro_rules! matching {
        () => {{
            let query = attachments::table.filter(attachments::deleted_at.is_null()).into_boxed();
            match of {
                Of::Case(id) => query.filter(attachments::case_id.eq(Uid(id))),
                Of::Uploader(id) => query.filter(attachments::uploaded_by.eq(Uid(id))),
            }
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = &page.after {
            query = query.filter(attachments::id.lt(Uid(after.id)));
        }
        query.order(attachments::id.desc()).limit(page.look()).select(Attachment::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Attachment| Cursor::by_id(row.id.0)))
}

/// Those sent before `before` that belong to no case, the oldest first.
pub fn loose(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Attachment>, StoreError> {
    let query = attachments::table
        .filter(attachments::case_id.is_null())
        .filter(attachments::deleted_at.is_null())
        .filter(attachments::created_at.lt(Time::from(before)))
        .order((attachments::created_at, attachments::id))
        .limit(limit);
    on!(conn, c => query.select(Attachment::as_select()).load(c)).map_err(StoreError::from)
}
