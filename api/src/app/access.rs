//! Signing in, staying signed in, signing out; and who a token speaks for.
//!
//! **Invariant.** All of it runs in real time, also under a test clock.
//! **Invariant.** A wrong password and an unknown user look the same and take as long.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::Conn;
use kefu_persistence::records::users;
use kefu_persistence::tokens::{self, RefreshToken};
use uuid::Uuid;

use super::{App, Caller, Failure, NotSignedIn};
use crate::auth::{TOKEN_SECONDS, delay, hash_of, random_token};
use crate::ids::new_id;

/// How long a refresh token can be exchanged.
const REFRESH_DAYS: i64 = 30;

/// Failures this old no longer count.
const FORGET_HOURS: i64 = 1;

/// Failures from one address beyond those of one account: many people share an address.
const ADDRESS_FREE: u32 = 45;

/// What a sign-in is given.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The access token.
    pub access: String,
    /// How long it lives, in seconds.
    pub seconds: u32,
    /// The refresh token.
    pub refresh: String,
}

/// Who one is, and what one may do.
#[derive(Clone, Debug)]
pub struct Me {
    /// The caller.
    pub caller: Arc<Caller>,
    /// What their roles permit, somewhere at least.
    pub permissions: BTreeSet<String>,
}

impl App {
    /// Who a token speaks for.
    pub fn caller_of(&self, token: &str) -> Result<Arc<Caller>, NotSignedIn> {
        let user = self.keys.check(token, self.clock.real_now())?;
        self.book().caller(user).map(Arc::clone).ok_or(NotSignedIn::InvalidToken)
    }

    /// Who the caller is.
    pub fn me(&self, caller: Arc<Caller>) -> Me {
        let powers = caller.actor.powers.iter();
        let permissions = powers.flat_map(|it| it.permissions.iter().cloned()).collect();
        Me { caller, permissions }
    }

    /// Signs somebody in.
    pub async fn sign_in(
        &self,
        username: String,
        password: String,
        peer: &str,
        seconds: Option<u32>,
    ) -> Result<Tokens, Failure> {
        let now = self.clock.real_now();
        let doors = Doors::new(&username, peer);
        let looked = doors.clone();
        let user = self
            .read(move |conn| {
                looked.open(conn, now)?;
                Ok(users::find_by_username(conn, &username)?.filter(|it| it.active))
            })
            .await?;
        let hash = user.as_ref().map(|it| it.password_hash.clone());
        let right = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.store.write(move |conn| doors.slam(conn, now)).await?;
            return Err(Failure::Unauthenticated(NotSignedIn::BadCredentials));
        };
        // A user may have been made on another node a moment ago.
        if self.book().caller(user.id.0).is_none() {
            self.refresh().await?;
        }
        let refresh = random_token();
        let token = self.refresh_token(&refresh, None, user.id.0);
        self.store
            .write(move |conn| {
                tokens::clear_attempts(conn, &doors.account)?;
                Ok::<_, Failure>(tokens::insert(conn, &token)?)
            })
            .await?;
        self.tokens(user.id.0, refresh, seconds)
    }

    /// Exchanges a refresh token, which is good once. One that is used again was stolen, from the
    /// one or the other: the whole family ends.
    pub async fn exchange(&self, refresh: &str) -> Result<Tokens, Failure> {
        let now = self.clock.real_now();
        let hash = hash_of(refresh);
        let next = random_token();
        let fresh = self.refresh_token(&next, None, Uuid::nil());
        let book = self.book();
        let exchanged = self
            .store
            .write(move |conn| {
                let Some(old) = tokens::find_for_update(conn, &hash)? else { return Ok(None) };
                if old.used_at.is_some() {
                    tokens::revoke_family(conn, old.family_id, now)?;
                    return Ok(None);
                }
                let over = old.revoked_at.is_some() || old.expires_at <= now;
                if over || book.caller(old.user_id).is_none() {
                    return Ok(None);
                }
                tokens::mark_used(conn, old.id, now)?;
                let (family_id, user_id) = (old.family_id, old.user_id);
                tokens::insert(conn, &RefreshToken { family_id, user_id, ..fresh })?;
                Ok::<_, Failure>(Some(user_id))
            })
            .await?;
        let bad = Failure::Unauthenticated(NotSignedIn::BadRefreshToken);
        self.tokens(exchanged.ok_or(bad)?, next, None)
    }

    /// Ends the sign-in that a refresh token belongs to, if it is the caller's.
    pub async fn sign_out(&self, caller: &Caller, refresh: &str) -> Result<(), Failure> {
        let (now, user, hash) = (self.clock.real_now(), caller.user_id, hash_of(refresh));
        self.store
            .write(move |conn| {
                let found = tokens::find_for_update(conn, &hash)?;
                if let Some(token) = found.filter(|it| it.user_id == user) {
                    tokens::revoke_family(conn, token.family_id, now)?;
                }
                Ok(())
            })
            .await
    }

    fn tokens(&self, user: Uuid, refresh: String, asked: Option<u32>) -> Result<Tokens, Failure> {
        let seconds = asked.unwrap_or(TOKEN_SECONDS).clamp(1, TOKEN_SECONDS);
        let access = self.keys.issue(user, self.clock.real_now(), seconds)?;
        Ok(Tokens { access, seconds, refresh })
    }

    fn refresh_token(&self, token: &str, family: Option<Uuid>, user: Uuid) -> RefreshToken {
        let now = self.clock.real_now();
        let id = new_id(now);
        RefreshToken {
            id,
            family_id: family.unwrap_or(id),
            user_id: user,
            token_hash: hash_of(token).to_vec(),
            issued_at: now,
            expires_at: now + TimeDelta::days(REFRESH_DAYS),
            used_at: None,
            revoked_at: None,
        }
    }
}

/// What failed sign-ins are counted under.
#[derive(Clone)]
struct Doors {
    account: String,
    address: String,
}

impl Doors {
    fn new(username: &str, peer: &str) -> Self {
        let account = format!("account:{}", username.to_lowercase());
        Self { account, address: format!("address:{peer}") }
    }

    /// Refuses while either is shut.
    fn open(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
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
    fn slam(&self, conn: &mut Conn, now: Timestamp) -> Result<(), Failure> {
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
}
