//! Who may come in, kept in memory: the keys that sign tokens, API keys, and the sign-ins that were
//! ended while an access token of theirs may still be about.
//!
//! **Invariant.** A gate is never changed; a newer one takes its place when its revision in the
//! database has grown: at once after this node's own writes, within a second after another's.

mod key;
mod touched;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_persistence::records::api_keys;
use kefu_persistence::signing_keys::{self, SigningKey};
use kefu_persistence::{Conn, sessions, settings};
use uuid::Uuid;

pub(crate) use key::limits;
pub(super) use touched::{Touched, Used};

use super::{Book, Caller, Failure, NotSignedIn};
use crate::auth::{API_KEY, KeyPair, Keys, PublicKey, TOKEN_SECONDS, TimedKey, hash_of};
use key::Key;

/// How much longer than a token lives something about it is remembered: clocks differ a little.
pub(crate) const MARGIN: TimeDelta = TimeDelta::minutes(1);

/// Everything that is asked of a token or a key.
#[derive(Debug)]
pub(crate) struct Gate {
    revision: i64,
    stored: Vec<SigningKey>,
    keys: Arc<Keys>,
    api_keys: HashMap<[u8; 32], Key>,
    ended: HashSet<Uuid>,
}

/// Somebody who has come in.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// Who.
    pub caller: Arc<Caller>,
    /// The sign-in they come by; `None`: an API key.
    pub session: Option<Uuid>,
}

impl Gate {
    /// Reads who may come in. `outside` is a key pair that is not in the database; it signs.
    pub(crate) fn load(
        conn: &mut Conn,
        now: Timestamp,
        outside: Option<&KeyPair>,
        before: Option<&Self>,
    ) -> Result<Self, Failure> {
        let revision = settings::gate_revision(conn)?;
        let stored = signing_keys::all(conn)?;
        let keys = match before.filter(|it| it.stored == stored) {
            Some(before) => Arc::clone(&before.keys),
            None => Arc::new(Keys::new(timed(&stored, outside)?)?),
        };
        let mut keys_by_hash = HashMap::new();
        for row in api_keys::good(conn, now)? {
            let (hash, key) = Key::new(&row)?;
            keys_by_hash.insert(hash, key);
        }
        let since = now - TimeDelta::seconds(i64::from(TOKEN_SECONDS)) - MARGIN;
        let ended = sessions::ended_since(conn, since)?.into_iter().collect();
        Ok(Self { revision, stored, keys, api_keys: keys_by_hash, ended })
    }

    /// The revision it was read at.
    pub(super) fn revision(&self) -> i64 {
        self.revision
    }

    /// What signs and checks tokens.
    pub(super) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What others may check tokens with.
    pub(super) fn public_keys(&self, now: Timestamp) -> Vec<PublicKey> {
        self.keys.public(now)
    }

    /// Whoever a token or a key lets in.
    pub(super) fn admit(
        &self,
        token: &str,
        book: &Book,
        now: Timestamp,
    ) -> Result<Entrant, NotSignedIn> {
        if token.starts_with(API_KEY) {
            let key = self.api_keys.get(&hash_of(token)).filter(|it| it.expires_at > now);
            let key = key.ok_or(NotSignedIn::BadApiKey)?;
            let user = book.caller(key.user_id).ok_or(NotSignedIn::BadApiKey)?;
            return Ok(Entrant { caller: key.caller(user), session: None });
        }
        let holder = self.keys.check(token, now)?;
        if self.ended.contains(&holder.session) {
            return Err(NotSignedIn::EndedSession);
        }
        let caller = book.caller(holder.user).map(Arc::clone).ok_or(NotSignedIn::InvalidToken)?;
        Ok(Entrant { caller, session: Some(holder.session) })
    }
}

/// The stored keys with their times. One from outside signs after all others.
fn timed(stored: &[SigningKey], outside: Option<&KeyPair>) -> Result<Vec<TimedKey>, Failure> {
    let mut keys = Vec::new();
    for row in stored {
        let pair = KeyPair::stored(row.private_key.clone())?;
        let accepted_until = row.accepted_until.map(|it| it.0);
        keys.push(TimedKey { pair, signs_from: row.signs_from.0, accepted_until });
    }
    if let Some(pair) = outside {
        // A secret may stand for a key that was stored once.
        keys.retain(|it| it.pair.kid != pair.kid);
        for key in &mut keys {
            key.signs_from = Timestamp::UNIX_EPOCH;
        }
        let signs_from = Timestamp::UNIX_EPOCH + MARGIN;
        keys.push(TimedKey { pair: pair.clone(), signs_from, accepted_until: None });
    }
    Ok(keys)
}
