//! What clients say about attachments.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A file to be attached.
#[derive(Deserialize, ToSchema, Debug)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "file": "(the bytes)" }))]
#[expect(dead_code, reason = "it is read as a stream; this is what the document says of it")]
pub struct UploadForm {
    /// The file, with its name. What it is, is judged by its content; a `Content-Type` that says
    /// otherwise is refused.
    #[schema(value_type = String, format = Binary, min_length = 1)]
    file: Vec<u8>,
}

/// What an upload belongs to.
#[derive(Deserialize, IntoParams, Debug, Clone, Copy)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The case it belongs to; without one it can be attached within a day.
    pub case_id: Option<Uuid>,
}

/// Changes of an attachment (JSON merge patch).
#[derive(Deserialize, Serialize, ToSchema, Debug, Clone)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "case_id": "0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", "name": "电梯.jpg" }))]
pub struct AttachmentChanges {
    /// What the file is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 150, nullable = false)]
    pub name: Option<String>,
    /// The case it belongs to from now on: once in an attachment's life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub case_id: Option<Uuid>,
}

/// What a list of attachments is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct AttachmentsQuery {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// The order: newest first.
    #[param(inline)]
    pub sort: Option<super::Newest>,
    /// Whether to count them all.
    pub count: Option<bool>,
    /// Those of this case; without it those that the caller has sent.
    pub case_id: Option<Uuid>,
}

/// What a download link carries.
#[derive(Deserialize, IntoParams, Debug, Clone)]
#[into_params(parameter_in = Query)]
pub struct ContentQuery {
    /// Until when it is good, in seconds since 1970.
    pub expires: i64,
    /// What makes it good.
    #[param(max_length = 128)]
    pub signature: String,
}
