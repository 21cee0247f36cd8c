//! Links to the bytes, and the bytes.

use std::ops::Range;
use std::sync::Arc;

use chrono::DateTime;
use kefu_persistence::records::attachments::{self, Attachment};
use uuid::Uuid;

use super::known;
use crate::app::{Answer, App, Effect, Failure, Request};
use crate::storage::{BlobStream, StorageError};
use crate::views::AttachmentLink;

/// Which part of a file somebody wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// From the first byte to the last, both included; the last may be open.
    From(u64, Option<u64>),
    /// So many of the last bytes.
    Last(u64),
}

/// Bytes on their way out, and what they are.
pub struct Content {
    /// What the file is called.
    pub name: String,
    /// How many bytes all of it has.
    pub size: u64,
    /// Which of them these are.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BlobStream,
}

impl App {
    /// A link to the bytes, good for a few minutes for whoever has it.
    pub async fn link_to_attachment(&self, request: Request, id: Uuid) -> Result<Answer, Failure> {
        let expires_at = self.clock.real_now() + self.files.link;
        let expires = expires_at.timestamp();
        let signature = self.files.links.sign(id, expires);
        self.write(request, move |conn, moment| {
            known(conn, moment.caller, id)?;
            let url =
                format!("/v1/attachments/{id}/content?expires={expires}&signature={signature}");
            let expires_at = DateTime::from_timestamp(expires, 0).unwrap_or(expires_at);
            Effect::changed(None, &AttachmentLink { url, expires_at })
        })
        .await
    }

    /// What a link leads to, if it is good.
    pub async fn linked_attachment(
        &self,
        id: Uuid,
        expires: i64,
        signature: &str,
    ) -> Result<Attachment, Failure> {
        let good = self.files.links.signed(id, expires, signature);
        if !good || expires <= self.clock.real_now().timestamp() {
            return Err(Failure::LinkRefused);
        }
        self.read(move |conn| attachments::find(conn, id)?.ok_or(Failure::NotFound)).await
    }

    /// The bytes of an attachment, or a part of them.
    pub async fn content(&self, row: Attachment, wanted: Wanted) -> Result<Content, Failure> {
        let size = u64::try_from(row.size).unwrap_or_default();
        let range = range(wanted, size).ok_or(Failure::NoSuchRange { size })?;
        let part = (wanted != Wanted::Whole).then(|| range.clone());
        let files = Arc::clone(&self.files);
        let bytes = match files.storage.read(row.id.0, part).await {
            Err(StorageError::Missing) => {
                return Err(Failure::Broken(format!("the bytes of {} are lost", row.id.0)));
            }
            found => found?,
        };
        Ok(Content { name: row.name, size, range, bytes })
    }
}

/// The bytes that are wanted of so many; `None`: there are none of those.
fn range(wanted: Wanted, size: u64) -> Option<Range<u64>> {
    let range = match wanted {
        Wanted::Whole => return Some(0..size),
        Wanted::From(first, None) => first..size,
        Wanted::From(first, Some(last)) => first..last.saturating_add(1).min(size),
        Wanted::Last(count) => size.saturating_sub(count)..size,
    };
    (range.start < range.end).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_what_there_is_of_it() {
        for (wanted, expected) in [
            (Wanted::Whole, Some(0..10)),
            (Wanted::From(0, Some(3)), Some(0..4)),
            (Wanted::From(4, None), Some(4..10)),
            (Wanted::From(4, Some(99)), Some(4..10)),
            (Wanted::Last(3), Some(7..10)),
            (Wanted::Last(99), Some(0..10)),
            (Wanted::From(10, None), None),
            (Wanted::From(5, Some(4)), None),
            (Wanted::Last(0), None),
        ] {
            assert_eq!(range(wanted, 10), expected, "{wanted:?}");
        }
    }
}
