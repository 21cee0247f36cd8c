//! Forgetting what nobody needs any more. All of it lives in real time, also under a test clock.

use chrono::TimeDelta;
use kefu_persistence::{Conn, deliveries, idempotency, identities, sessions, signing_keys, tokens};

use super::oidc::AWAY;
use super::{App, Failure};

/// How long answers are kept for their idempotency keys: twice what is promised.
const ANSWERS: TimeDelta = TimeDelta::hours(48);

/// How long ended refresh tokens, sign-ins and keys, and failed sign-ins are kept.
const ENDED: TimeDelta = TimeDelta::hours(24);

/// How long it is kept what was sent to webhooks.
const DELIVERIES: TimeDelta = TimeDelta::days(30);

/// How many deliveries are forgotten in one transaction: people's writes stand in the same queue.
const AT_ONCE: i64 = 500;

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
        let mut swept = self.store.write(sweep).await?;
        loop {
            let some = move |conn: &mut Conn| {
                Ok::<_, Failure>(deliveries::sweep(conn, now - DELIVERIES, AT_ONCE)?)
            };
            let forgotten = self.store.write(some).await?;
            swept += forgotten;
            if i64::try_from(forgotten).unwrap_or_default() < AT_ONCE {
                return Ok(swept);
            }
        }
    }
}
