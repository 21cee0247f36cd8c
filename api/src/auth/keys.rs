//! The keys that sign access tokens: Ed25519, so that others can check a token without being able to
//! make one.

use std::fmt;

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use sha2::{Digest, Sha256};

use crate::app::Failure;
use crate::hex;

/// What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410).
const PKCS8: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// A key pair.
#[derive(Clone)]
pub struct KeyPair {
    /// What tokens call it: made from the public half.
    pub kid: String,
    /// The private half, PKCS#8.
    pub private: Vec<u8>,
    /// The public half, as a JWK has it.
    pub public: String,
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl KeyPair {
    /// A new random one.
    pub fn random() -> Result<Self, Failure> {
        Self::of_seed(&rand::random())
    }

    /// The one that a secret from outside stands for: the same on every node.
    pub fn of_secret(secret: &str) -> Result<Self, Failure> {
        let mut hash = Sha256::new();
        hash.update("kefu access tokens\0");
        hash.update(secret);
        Self::of_seed(&hash.finalize().into())
    }

    /// One that was stored.
    pub fn stored(private: Vec<u8>) -> Result<Self, Failure> {
        let broken = |why| Failure::Broken(format!("a signing key: {why}"));
        let key = EncodingKey::from_ed_der(&private);
        let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA);
        let AlgorithmParameters::OctetKeyPair(parameters) =
            jwk.map_err(|error| broken(error.to_string()))?.algorithm
        else {
            return Err(broken("not Ed25519".to_owned()));
        };
        let public = parameters.x;
        let digest: [u8; 32] = Sha256::digest(&public).into();
        let kid = hex::encode(digest.get(..8).unwrap_or_default());
        Ok(Self { kid, private, public })
    }

    fn of_seed(seed: &[u8; 32]) -> Result<Self, Failure> {
        Self::stored(PKCS8.iter().chain(seed).copied().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_always_stands_for_the_same_key_and_a_random_one_for_no_other() {
        let (one, two) = (KeyPair::of_secret("a").unwrap(), KeyPair::of_secret("a").unwrap());
        assert_eq!((&one.kid, &one.public), (&two.kid, &two.public));
        assert_eq!(KeyPair::stored(one.private.clone()).unwrap().kid, one.kid);
        assert_ne!(KeyPair::random().unwrap().kid, KeyPair::random().unwrap().kid);
        assert!(KeyPair::stored(b"nonsense".to_vec()).is_err());
    }
}
