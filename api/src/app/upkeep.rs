//! Forgetting what nobody needs any more. All of it lives in real time, also under a test clock.

use chrono::TimeDelta;
use kefu_persistence::{Conn, idempotency, identities, sessions, signing_keys, tokens};

use super::oidc::AWAY;
use super::{App, Failure};

/// How long answers are kept for their idempotency keys: twice what is promised.
const ANSWERS: TimeDelta = TimeDelta::hours(48);

/// How long ended refresh tokens, sign-ins and keys, and failed sign-ins are kept.
const ENDED: TimeDelta = TimeDelta::hours(24);

impl App {
    /// Forgets old answers, ended tokens, sign-ins and keys, and failed sign-ins; says how many. Any number of nodes may
    /// do it at once.
    pub async fn sweep(&self) -> Result<usize, Failure> {
        let now = self.clock.real_now();
        let sweep = move |conn: &mut Conn| {
            let answers = idempotency::sweep(conn, now - ANSWERS)?;
            let ended = tokens::sweep(conn, now - ENDED)?;
            let failed = tokens::sweep_attempts(conn, now - ENDED)?;
            let sessions = sessions::sweep(conn, now - ENDED)?;
            let keys = signing_keys::sweep(conn, now - ENDED)?;
            let starts = identities::sweep(conn, now - AWAY)?;
            Ok::<_, Failure>(answers + ended + failed + sessions + keys + starts)
        };
        self.store.write(sweep).await
    }
}
