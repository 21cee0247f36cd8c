//! How often one may try a password: counted for each account and for each address, in the database,
//! so that every node counts alike.

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::{Conn, tokens};

use super::Failure;
use crate::auth::delay;

/// Failures this old no longer count.
const FORGET_HOURS: i64 = 1;

/// Failures from one address beyond those of one account: many people share an address.
const ADDRESS_FREE: u32 = 45;

/// What failed sign-ins are counted under.
#[derive(Clone)]
pub(super) struct Doors {
    account: String,
    address: String,
}

impl Doors {
    pub(super) fn new(username: &str, peer: &str) -> Self {
        let account = format!("account:{}", username.to_lowercase());
        Self { account, address: format!("address:{peer}") }
    }

    /// Refuses while either is shut.
    pub(super) fn open(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
        for key in [&self.account, &self.address] {
            let until = tokens::attempts(conn, key)?.and_then(|it| it.blocked_until);
            if let Some(until) = until.filter(|it| *it > now) {
                let seconds = (until - now).num_seconds() + 1;
                let retry_after = u64::try_from(seconds).unwrap_or(1);
                return Err(Failure::SignInDelayed { retry_after });
            }
        }
        Ok(())
    }

    /// Counts a failure under both, and shuts what has had too many.
    pub(super) fn slam(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
        let forget = now - TimeDelta::hours(FORGET_HOURS);
        for (key, free) in [(&self.account, 0), (&self.address, ADDRESS_FREE)] {
            let failures = tokens::count_failure(conn, key, now, forget)?;
            let over = u32::try_from(failures).unwrap_or_default().saturating_sub(free);
            if let Some(wait) = delay(over) {
                tokens::block(conn, key, now + wait)?;
            }
        }
        Ok(())
    }

    /// Forgets the failures of the account: somebody has shown that it is theirs.
    pub(super) fn forget(&self, conn: &mut Conn) -> Result<(), Failure> {
        Ok(tokens::clear_attempts(conn, &self.account)?)
    }
}
