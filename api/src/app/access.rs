//! Signing in, staying signed in, signing out; and who a token speaks for.
//!
//! **Invariant.** All of it runs in real time, also under a test clock.
//! **Invariant.** A wrong password and an unknown user look the same and take as long.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use kefu_persistence::records::{Change, api_keys, users};
use kefu_persistence::sessions::{self, Ending, Session};
use kefu_persistence::tokens::{self, RefreshToken};
use kefu_persistence::{Conn, Uid};
use uuid::Uuid;

use super::doors::Doors;
use super::gate::Used;
use super::{App, Caller, Entrant, Failure, NotSignedIn};
use crate::auth::{Holder, PublicKey, TOKEN_SECONDS, hash_of, random_token};
use crate::ids::new_id;

/// How long a refresh token can be exchanged.
const REFRESH_DAYS: i64 = 30;

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

/// Where somebody signs in from.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their address.
    pub address: String,
    /// Their program, as it calls itself.
    pub agent: Option<String>,
}

impl App {
    /// Whom a token or an API key lets in.
    pub fn admit(&self, token: &str) -> Result<Entrant, NotSignedIn> {
        let now = self.clock.real_now();
        let entrant = self.gate().admit(token, &self.book(), now)?;
        if let Some(id) = entrant.caller.api_key {
            self.touched.note(Used::ApiKey(id), now);
        } else if let Some(id) = entrant.session {
            self.touched.note(Used::Session(id), now);
        }
        Ok(entrant)
    }

    /// What others may check our tokens with.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.gate().public_keys(self.clock.real_now())
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
        visitor: Visitor,
        seconds: Option<u32>,
    ) -> Result<Tokens, Failure> {
        let now = self.clock.real_now();
        let doors = Doors::new(&username, &visitor.address);
        let looked = doors.clone();
        let user = self
            .read(move |conn| {
                looked.open(conn, now)?;
                Ok(users::find_by_username(conn, &username)?.filter(|it| it.active))
            })
            .await?;
        // Whoever signs in elsewhere has no password here.
        let hash = user.as_ref().map(|it| it.password_hash.clone()).filter(|it| !it.is_empty());
        let right = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.store.write(move |conn| doors.slam(conn, now)).await?;
            return Err(Failure::Unauthenticated(NotSignedIn::BadCredentials));
        };
        let beginning = self.beginning(user.id.0, "password", visitor);
        let begun = beginning.clone();
        self.store
            .write(move |conn| {
                doors.forget(conn)?;
                begun.once(conn)
            })
            .await?;
        self.begun(beginning, seconds).await
    }

    /// A new sign-in of a user, not stored yet.
    pub(super) fn beginning(&self, user: Uuid, method: &str, visitor: Visitor) -> Beginning {
        let now = self.clock.real_now();
        let id = new_id(now);
        let secret = random_token();
        let session = Session {
            id: Uid(id),
            user_id: Uid(user),
            method: method.to_owned(),
            address: visitor.address,
            user_agent: visitor.agent,
            created_at: now.into(),
            last_used_at: now.into(),
            expires_at: (now + TimeDelta::days(REFRESH_DAYS)).into(),
            ended_at: None,
        };
        let token = self.refresh_token(&secret, id, user);
        let change = Change { by: Some(user), at: self.clock.now() };
        Beginning { session, secret, token, change }
    }

    /// The tokens of a sign-in that was stored.
    pub(super) async fn begun(
        &self,
        beginning: Beginning,
        seconds: Option<u32>,
    ) -> Result<Tokens, Failure> {
        let holder = Holder { user: beginning.session.user_id.0, session: beginning.session.id.0 };
        // A user may have been made on another node a moment ago.
        if self.book().caller(holder.user).is_none() {
            self.refresh().await?;
        }
        self.tokens(holder, beginning.secret, seconds)
    }

    /// Exchanges a refresh token, which is good once. One that is used again was stolen, from the
    /// one or the other: the whole sign-in ends.
    pub async fn exchange(&self, refresh: &str, visitor: Visitor) -> Result<Tokens, Failure> {
        let now = self.clock.real_now();
        let hash = hash_of(refresh);
        let next = random_token();
        let fresh = self.refresh_token(&next, Uuid::nil(), Uuid::nil());
        let (book, at) = (self.book(), self.clock.now());
        let exchanged = self
            .store
            .write(move |conn| {
                let Some(old) = tokens::find_for_update(conn, &hash)? else {
                    return Ok(Exchanged::No);
                };
                let (family_id, user_id) = (old.family_id, old.user_id);
                if old.used_at.is_some() {
                    let change = Change { by: None, at };
                    sessions::end(conn, family_id, &Ending { reason: "reused", change, at: now })?;
                    return Ok(Exchanged::Reused);
                }
                let session = sessions::find(conn, family_id)?.filter(|it| it.ended_at.is_none());
                let over = old.revoked_at.is_some() || old.expires_at <= now;
                let Some(mut session) = session.filter(|_| !over) else { return Ok(Exchanged::No) };
                if book.caller(user_id).is_none() {
                    return Ok(Exchanged::No);
                }
                tokens::mark_used(conn, old.id, now)?;
                session.address = visitor.address;
                session.user_agent = visitor.agent;
                session.last_used_at = now.into();
                session.expires_at = fresh.expires_at.into();
                sessions::renew(conn, &session)?;
                tokens::insert(conn, &RefreshToken { family_id, user_id, ..fresh })?;
                Ok::<_, Failure>(Exchanged::For(Holder { user: user_id, session: family_id }))
            })
            .await?;
        let bad = Failure::Unauthenticated(NotSignedIn::BadRefreshToken);
        match exchanged {
            Exchanged::For(holder) => self.tokens(holder, next, None),
            Exchanged::No => Err(bad),
            Exchanged::Reused => {
                self.refresh().await?;
                Err(bad)
            }
        }
    }

    /// Ends the caller's sign-in, or the one that a refresh token belongs to, if it is the caller's.
    pub async fn sign_out(
        &self,
        caller: &Caller,
        session: Uuid,
        refresh: Option<String>,
    ) -> Result<(), Failure> {
        let (now, user) = (self.clock.real_now(), caller.user_id);
        let change = Change { by: Some(user), at: self.clock.now() };
        let ending = Ending { reason: "signed_out", change, at: now };
        self.store
            .write(move |conn| {
                let Some(refresh) = refresh else {
                    return Ok::<_, Failure>(sessions::end(conn, session, &ending)?);
                };
                let found = tokens::find_for_update(conn, &hash_of(&refresh))?;
                if let Some(token) = found.filter(|it| it.user_id == user) {
                    sessions::end(conn, token.family_id, &ending)?;
                }
                Ok(())
            })
            .await?;
        self.refresh().await
    }

    /// Writes down what was used since it was last asked.
    pub async fn note_used(&self) -> Result<(), Failure> {
        let used = self.touched.take();
        if used.is_empty() {
            return Ok(());
        }
        let write = move |conn: &mut Conn| {
            for (used, at) in used {
                match used {
                    Used::Session(id) => sessions::touch(conn, id, at)?,
                    Used::ApiKey(id) => api_keys::touch(conn, id, at)?,
                }
            }
            Ok(())
        };
        self.store.write(write).await
    }

    fn tokens(
        &self,
        holder: Holder,
        refresh: String,
        asked: Option<u32>,
    ) -> Result<Tokens, Failure> {
        let seconds = asked.unwrap_or(TOKEN_SECONDS).clamp(1, TOKEN_SECONDS);
        let access = self.gate().keys().issue(holder, self.clock.real_now(), seconds)?;
        Ok(Tokens { access, seconds, refresh })
    }

    fn refresh_token(&self, token: &str, family_id: Uuid, user_id: Uuid) -> RefreshToken {
        let now = self.clock.real_now();
        RefreshToken {
            id: new_id(now),
            family_id,
            user_id,
            token_hash: hash_of(token).to_vec(),
            issued_at: now,
            expires_at: now + TimeDelta::days(REFRESH_DAYS),
            used_at: None,
            revoked_at: None,
        }
    }
}

/// What became of a refresh token.
enum Exchanged {
    /// It was good.
    For(Holder),
    /// It was not.
    No,
    /// It had been used: its sign-in has ended.
    Reused,
}

/// A sign-in that begins: its session, and its first refresh token.
#[derive(Clone)]
pub(super) struct Beginning {
    session: Session,
    secret: String,
    token: RefreshToken,
    change: Change,
}

impl Beginning {
    /// The same for somebody who was found out only now.
    pub(super) fn of(mut self, user: Uuid) -> Self {
        self.session.user_id = Uid(user);
        self.token.user_id = user;
        self.change.by = Some(user);
        self
    }

    /// Stores it.
    pub(super) fn once(self, conn: &mut Conn) -> Result<(), Failure> {
        sessions::insert(conn, &self.session, self.change)?;
        Ok(tokens::insert(conn, &self.token)?)
    }
}
