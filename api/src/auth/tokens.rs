//! Access tokens: JWT with HS256 and nothing else.
//!
//! **Invariant.** The algorithm is fixed here; what a token's header says can only be refused.
//! **Invariant.** Expiry is judged by our clock, not by the library's.

use std::collections::BTreeMap;
use std::fmt;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use kefu_domain::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secrets::{hash_of, random_token};
use crate::app::{Failure, NotSignedIn};
use crate::hex;

/// How long an access token lives, in seconds.
pub const TOKEN_SECONDS: u32 = 900;

const ISSUER: &str = "kefu";
const AUDIENCE: &str = "kefu-api";

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// The keys as they are stored: one signs, all are accepted, so that they can be rotated.
#[derive(Serialize, Deserialize, Clone)]
pub struct StoredKeys {
    /// The key that signs.
    active: String,
    /// Key ids and their secrets.
    keys: BTreeMap<String, String>,
}

impl StoredKeys {
    /// One new random key.
    pub fn random() -> Self {
        Self::of(&random_token())
    }

    /// One key that was given from outside.
    pub fn of(secret: &str) -> Self {
        let active = hex::encode(hash_of(secret).get(..4).unwrap_or_default());
        Self { keys: BTreeMap::from([(active.clone(), secret.to_owned())]), active }
    }
}

/// The keys, ready to sign and to check.
pub struct Keys {
    active: String,
    signing: EncodingKey,
    checking: BTreeMap<String, DecodingKey>,
    validation: Validation,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("active", &self.active).finish_non_exhaustive()
    }
}

impl Keys {
    /// Makes stored keys ready. An `Err`: the active one is not among them.
    pub fn new(stored: &StoredKeys) -> Result<Self, Failure> {
        let secret = stored.keys.get(&stored.active);
        let secret = secret.ok_or_else(|| Failure::Broken("no active token key".into()))?;
        let checking = stored
            .keys
            .iter()
            .map(|(kid, secret)| (kid.clone(), DecodingKey::from_secret(secret.as_bytes())));
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Ok(Self {
            active: stored.active.clone(),
            signing: EncodingKey::from_secret(secret.as_bytes()),
            checking: checking.collect(),
            validation,
        })
    }

    /// A token for `user`, good from `now` for so many seconds.
    pub fn issue(&self, user: Uuid, now: Timestamp, seconds: u32) -> Result<String, Failure> {
        let now = now.timestamp();
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(self.active.clone());
        let claims = Claims {
            sub: user,
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            iat: now,
            nbf: now,
            exp: now + i64::from(seconds),
        };
        encode(&header, &claims, &self.signing)
            .map_err(|error| Failure::Broken(format!("signing a token: {error}")))
    }

    /// Whom a token speaks for at `now`.
    pub fn check(&self, token: &str, now: Timestamp) -> Result<Uuid, NotSignedIn> {
        let not_ours = |_| NotSignedIn::InvalidToken;
        let header = decode_header(token).map_err(not_ours)?;
        let key = header.kid.as_deref().and_then(|kid| self.checking.get(kid));
        let key = key.ok_or(NotSignedIn::InvalidToken)?;
        let claims: Claims = decode(token, key, &self.validation).map_err(not_ours)?.claims;
        let now = now.timestamp();
        if now >= claims.exp {
            return Err(NotSignedIn::ExpiredToken);
        }
        // Nodes' clocks differ a little.
        if now + 5 < claims.nbf {
            return Err(NotSignedIn::InvalidToken);
        }
        Ok(claims.sub)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn a_token_is_good_for_its_time_under_its_key() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let user = Uuid::from_u128(7);
        let keys = Keys::new(&StoredKeys::random()).unwrap();
        let token = keys.issue(user, now, 900).unwrap();
        assert_eq!(keys.check(&token, now), Ok(user));
        let later = now + TimeDelta::seconds(900);
        assert_eq!(keys.check(&token, later), Err(NotSignedIn::ExpiredToken));
        let earlier = now - TimeDelta::seconds(6);
        assert_eq!(keys.check(&token, earlier), Err(NotSignedIn::InvalidToken));
        let others = Keys::new(&StoredKeys::random()).unwrap();
        assert_eq!(others.check(&token, now), Err(NotSignedIn::InvalidToken));
    }

    #[test]
    fn a_token_signed_before_the_keys_were_rotated_is_still_good() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let mut stored = StoredKeys::random();
        let token = Keys::new(&stored).unwrap().issue(Uuid::from_u128(7), now, 900).unwrap();
        let StoredKeys { active, keys } = StoredKeys::random();
        stored.keys.extend(keys);
        stored.active = active;
        assert_eq!(Keys::new(&stored).unwrap().check(&token, now), Ok(Uuid::from_u128(7)));
    }
}
