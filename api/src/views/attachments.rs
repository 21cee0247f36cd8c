//! Attachments as clients see them.

use chrono::{DateTime, Utc};
use kefu_persistence::records::attachments::Attachment;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::list;

/// What is known of a file.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!(super::examples::attachment()))]
pub struct AttachmentView {
    /// Its identity.
    pub id: Uuid,
    /// The case it belongs to.
    #[schema(required)]
    pub case_id: Option<Uuid>,
    /// What the file is called.
    pub name: String,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes it has.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Who sent it.
    pub uploaded_by: Uuid,
    /// Its version.
    pub version: i32,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

list!(
    /// A page of attachments.
    AttachmentList,
    AttachmentView
);

/// A link to a file's bytes. Whoever has it may fetch them until it expires.
#[derive(Serialize, ToSchema, Debug, Clone)]
#[schema(example = json!({
    "url": "/v1/attachments/0199c3f2-0000-7000-8000-00000000000c/content?expires=1795000000&signature=5f0c0f4e",
    "expires_at": "2026-11-22T02:05:00Z",
}))]
pub struct AttachmentLink {
    /// Where, on this server.
    pub url: String,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl From<Attachment> for AttachmentView {
    fn from(row: Attachment) -> Self {
        let Attachment { id, case_id, name, media_type, size, sha256, uploaded_by, .. } = row;
        Self {
            id: id.0,
            case_id: case_id.map(|it| it.0),
            name,
            media_type,
            size,
            sha256,
            uploaded_by: uploaded_by.0,
            version: row.version,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        }
    }
}
