//! Sweeping: attachments that nobody has given to a case, and bytes that nothing holds.

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::records::{Change, attachments};
use kefu_persistence::{Conn, blobs};

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
        let mut swept = 0;
        loop {
            let before = real - PATIENCE;
            let noted = self.read(move |conn| Ok(blobs::noted(conn, before, BATCH)?)).await?;
            for id in &noted {
                // One that cannot be taken away stays noted, and is in nobody's way for long.
                self.files.storage.remove(*id).await?;
                let id = *id;
                self.store.write(move |conn| Ok::<_, Failure>(blobs::claim(conn, id)?)).await?;
                swept += 1;
            }
            if noted.is_empty() {
                return Ok(swept);
            }
        }
    }
}

/// Deletes attachments that belong to nothing; their bytes are due at once.
fn forget(conn: &mut Conn, now: Timestamp, real: Timestamp) -> Result<i64, Failure> {
    let loose = attachments::loose(conn, now - PATIENCE, BATCH)?;
    for row in &loose {
        attachments::delete(conn, row, Change { by: None, at: now })?;
        blobs::note(conn, row.id.0, real - PATIENCE - PATIENCE)?;
    }
    Ok(i64::try_from(loose.len()).unwrap_or_default())
}
