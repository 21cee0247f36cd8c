//! Bytes in the storage that no attachment holds.
//!
//! **Invariant.** An id is noted here before its first byte is stored, and taken away in the
//! transaction that makes the attachment: whatever breaks between, the bytes are known and swept.

use crate::StoreError;
use crate::conn::{Conn, on, one};
use crate::schema::loose_blobs;
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

/// Notes that the bytes of that id are held by nothing.
pub fn note(conn: &mut Conn, id: Uuid, since: DateTime<Utc>) -> Result<(), StoreError> {
    let row = (loose_blobs::id.eq(Uid(id)), loose_blobs::since.eq(Time::from(since)));
    on!(conn, c => diesel::insert_into(loose_blobs::table).values(row).execute(c))?;
    Ok(())
}

/// Takes the note away; `false`: there was none (any more).
pub fn claim(conn: &mut Conn, id: Uuid) -> Result<bool, StoreError> {
    let row = loose_blobs::table.find(Uid(id));
    one(on!(conn, c => diesel::delete(row).execute(c)))
}

/// The ids noted before `before`, the oldest first.
pub fn noted(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    let query = loose_blobs::table
        .filter(loose_blobs::since.lt(Time::from(before)))
        .order((loose_blobs::since, loose_blobs::id))
        .limit(limit)
        .select(loose_blobs::id);
    let ids: Vec<Uid> = on!(conn, c => query.load(c))?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}
