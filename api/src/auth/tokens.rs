//! Access tokens: JWT with EdDSA and nothing else.
//!
//! **Invariant.** The algorithm is fixed here; what a token's header says can only be refused.
//! **Invariant.** Expiry is judged by our clock, not by the library's.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{PoisonError, RwLock};

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use kefu_domain::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::KeyPair;
use crate::app::{Failure, NotSignedIn};

/// How long an access token lives, in seconds.
pub const TOKEN_SECONDS: u32 = 900;

const ISSUER: &str = "kefu";
const AUDIENCE: &str = "kefu-api";

/// How many checked tokens are remembered before all are forgotten.
const REMEMBERED: usize = 16_384;

#[derive(Serialize, Deserialize, Clone)]
struct Claims {
    sub: Uuid,
    sid: Uuid,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Whom a token speaks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The user.
    pub user: Uuid,
    /// The sign-in it comes from.
    pub session: Uuid,
}

/// A key pair and its time.
#[derive(Clone)]
pub struct TimedKey {
    /// The pair.
    pub pair: KeyPair,
    /// Since when it signs.
    pub signs_from: Timestamp,
    /// Until when what it has signed is accepted; `None`: it was not replaced.
    pub accepted_until: Option<Timestamp>,
}

/// The public half of a key that is accepted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    /// What tokens call it.
    pub kid: String,
    /// Its only coordinate, in base64url.
    pub x: String,
}

/// The keys, ready to sign and to check.
pub struct Keys {
    /// In the order in which they sign.
    signing: Vec<(String, Timestamp, EncodingKey)>,
    checking: BTreeMap<String, Checker>,
    validation: Validation,
    /// Tokens whose signature was checked: checking one costs more than everything else a request
    /// asks of us.
    checked: RwLock<HashMap<String, (String, Claims)>>,
}

struct Checker {
    key: DecodingKey,
    public: String,
    until: Option<Timestamp>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<_> = self.checking.keys().collect();
        f.debug_struct("Keys").field("kids", &kids).finish_non_exhaustive()
    }
}

impl Keys {
    /// Makes keys ready. An `Err`: one of them is none.
    pub fn new(mut keys: Vec<TimedKey>) -> Result<Self, Failure> {
        keys.sort_by(|a, b| (a.signs_from, &a.pair.kid).cmp(&(b.signs_from, &b.pair.kid)));
        let (mut signing, mut checking) = (Vec::new(), BTreeMap::new());
        for TimedKey { pair, signs_from, accepted_until } in keys {
            let KeyPair { kid, private, public } = pair;
            let key = DecodingKey::from_ed_components(&public)
                .map_err(|error| Failure::Broken(format!("a signing key: {error}")))?;
            signing.push((kid.clone(), signs_from, EncodingKey::from_ed_der(&private)));
            checking.insert(kid, Checker { key, public, until: accepted_until });
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self { signing, checking, validation, checked: RwLock::default() })
    }

    /// A token for `holder`, good from `now` for so many seconds.
    pub fn issue(&self, holder: Holder, now: Timestamp, seconds: u32) -> Result<String, Failure> {
        let in_time = self.signing.iter().rev().find(|(_, from, _)| *from <= now);
        // Before the first one's time there is only that one.
        let (kid, _, key) = in_time
            .or(self.signing.first())
            .ok_or_else(|| Failure::Broken("no key signs tokens".into()))?;
        let now = now.timestamp();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.clone());
        let claims = Claims {
            sub: holder.user,
            sid: holder.session,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now,
            nbf: now,
            exp: now + i64::from(seconds),
        };
        encode(&header, &claims, key)
            .map_err(|error| Failure::Broken(format!("signing a token: {error}")))
    }

    /// Whom a token speaks for at `now`.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Holder, NotSignedIn> {
        let (kid, claims) = self.checked(token)?;
        let until = self.checking.get(&kid).ok_or(NotSignedIn::InvalidToken)?.until;
        if until.is_some_and(|it| it <= now) {
            return Err(NotSignedIn::InvalidToken);
        }
        let now = now.timestamp();
        if now >= claims.exp {
            return Err(NotSignedIn::ExpiredToken);
        }
        // Nodes' clocks differ a little.
        if now + 5 < claims.nbf {
            return Err(NotSignedIn::InvalidToken);
        }
        Ok(Holder { user: claims.sub, session: claims.sid })
    }

    /// The public halves that are accepted at `now`.
    pub fn public(&self, now: Timestamp) -> Vec<PublicKey> {
        let accepted = self.checking.iter().filter(|(_, it)| it.until.is_none_or(|at| at > now));
        accepted.map(|(kid, it)| PublicKey { kid: kid.clone(), x: it.public.clone() }).collect()
    }

    /// What a token says, and the key that has signed it.
    fn checked(&self, token: &str) -> Result<(String, Claims), NotSignedIn> {
        let known = self.checked.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(token) {
            return Ok(known.clone());
        }
        drop(known);
        let not_ours = |_| NotSignedIn::InvalidToken;
        let kid = decode_header(token).map_err(not_ours)?.kid.ok_or(NotSignedIn::InvalidToken)?;
        let checker = self.checking.get(&kid).ok_or(NotSignedIn::InvalidToken)?;
        let claims: Claims =
            decode(token, &checker.key, &self.validation).map_err(not_ours)?.claims;
        let mut known = self.checked.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(token.to_owned(), (kid.clone(), claims.clone()));
        Ok((kid, claims))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    fn start() -> Timestamp {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn key(signs_from: Timestamp, accepted_until: Option<Timestamp>) -> TimedKey {
        TimedKey { pair: KeyPair::random().unwrap(), signs_from, accepted_until }
    }

    const HOLDER: Holder = Holder { user: Uuid::from_u128(7), session: Uuid::from_u128(8) };

    #[test]
    fn a_token_is_good_for_its_time_under_its_key() {
        let now = start();
        let keys = Keys::new(vec![key(now, None)]).unwrap();
        let token = keys.issue(HOLDER, now, 900).unwrap();
        for _ in 0..2 {
            assert_eq!(keys.check(&token, now), Ok(HOLDER));
            let later = now + TimeDelta::seconds(900);
            assert_eq!(keys.check(&token, later), Err(NotSignedIn::ExpiredToken));
            let earlier = now - TimeDelta::seconds(6);
            assert_eq!(keys.check(&token, earlier), Err(NotSignedIn::InvalidToken));
        }
        let others = Keys::new(vec![key(now, None)]).unwrap();
        assert_eq!(others.check(&token, now), Err(NotSignedIn::InvalidToken));
    }

    #[test]
    fn a_new_key_signs_when_its_time_has_come_and_the_old_one_is_accepted_till_its_own() {
        let (now, minute) = (start(), TimeDelta::minutes(1));
        let (change, end) = (now + minute, now + minute * 20);
        let (old, new) = (key(now, Some(end)), key(change, None));
        let kid = |token: &str| decode_header(token).unwrap().kid.unwrap();
        let keys = Keys::new(vec![new.clone(), old.clone()]).unwrap();
        let before = keys.issue(HOLDER, now, 900).unwrap();
        assert_eq!(kid(&before), old.pair.kid);
        assert_eq!(kid(&keys.issue(HOLDER, change, 900).unwrap()), new.pair.kid);
        assert_eq!(keys.check(&before, now + minute * 14), Ok(HOLDER));
        assert_eq!(keys.public(change).len(), 2);
        assert_eq!(keys.public(end).len(), 1);
        let late = keys.issue(HOLDER, end, 900).unwrap();
        assert_eq!(keys.check(&late, end), Ok(HOLDER));
        assert_eq!(keys.check(&before, end), Err(NotSignedIn::InvalidToken), "its key is gone");
    }
}
