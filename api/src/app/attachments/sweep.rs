//! Sweeping: attachments that nobody has given to a case, and bytes that nothing holds.

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::records::{Change, attachments};
use kefu_persistence::{Conn, StoreError, blobs};

use crate::app::{App, Failure};

/// How long an attachment may belong to nothing, and an upload may take.
const PATIENCE: TimeDelta = TimeDelta::hours(24);

/// So many are looked at in one go.
const BATCH: i64 = 200;

impl App {
    /// Takes away what has been loose for a day; says how many blobs. Any number of nodes may do it
    /// at once.
    pub async fn sweep_attachments(&self) -> Result<usize, Failure> {
        let (now, real) = (self.clock.now(), self.clock.real_now());
        while self.store.write(move |conn| forget(conn, now, real)).await? == BATCH {}
        let (before, mut swept) = (real - PATIENCE, 0);
        loop {
            let noted = self.read(move |conn| Ok(blobs::noted(conn, before, BATCH)?)).await?;
            let mut taken = 0;
            for id in noted {
                // One that cannot be taken away now is in nobody's way, and stays noted.
                taken += usize::from(self.discard(id).await);
            }
            if taken == 0 {
                return Ok(swept);
            }
            swept += taken;
        }
    }
}

/// Deletes attachments that belong to nothing; their bytes are due at once.
fn forget(conn: &mut Conn, now: Timestamp, real: Timestamp) -> Result<i64, Failure> {
    let loose = attachments::loose(conn, now - PATIENCE, BATCH)?;
    for row in &loose {
        match attachments::delete(conn, row, Change { by: None, at: now }) {
            // Another node, or its sender, was faster.
            Err(StoreError::Stale) => continue,
            deleted => drop(deleted?),
        }
        blobs::note(conn, row.id.0, real - PATIENCE - PATIENCE)?;
    }
    Ok(i64::try_from(loose.len()).unwrap_or_default())
}
