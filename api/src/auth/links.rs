//! Links that carry their own permission: to one attachment, for a few minutes.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::hex;

/// The key that signs links. Every node has the same one.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkKey(…)")
    }
}

impl LinkKey {
    /// A new one.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// As it is kept.
    pub fn encode(&self) -> String {
        hex::encode(&self.0)
    }

    /// The one that [`LinkKey::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        hex::decode(text)?.try_into().ok().map(Self)
    }

    /// The signature of a link to `id` that is good until `expires`, in seconds since 1970.
    pub fn sign(&self, id: Uuid, expires: i64) -> String {
        self.mac(id, expires).map(|it| hex::encode(&it.finalize().into_bytes())).unwrap_or_default()
    }

    /// Whether the signature is that of this link. Takes as long for any other.
    pub fn signed(&self, id: Uuid, expires: i64, signature: &str) -> bool {
        let Some(signature) = hex::decode(signature) else { return false };
        self.mac(id, expires).is_some_and(|it| it.verify_slice(&signature).is_ok())
    }

    /// HMAC takes a key of any length: there is always one.
    fn mac(&self, id: Uuid, expires: i64) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(b"kefu attachment link 1\n");
        mac.update(id.as_bytes());
        mac.update(&expires.to_be_bytes());
        Some(mac)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_one_link_and_one_key() {
        let (key, id) = (LinkKey::random(), Uuid::from_u128(7));
        let signature = key.sign(id, 1_795_000_000);
        assert_eq!(signature.len(), 64);
        assert!(key.signed(id, 1_795_000_000, &signature));
        assert!(!key.signed(id, 1_795_000_001, &signature));
        assert!(!key.signed(Uuid::from_u128(8), 1_795_000_000, &signature));
        assert!(!LinkKey::random().signed(id, 1_795_000_000, &signature));
        let cut: String = signature.chars().skip(2).collect();
        for other in ["", "00", "zz", &cut] {
            assert!(!key.signed(id, 1_795_000_000, other), "{other}");
        }
        let again = LinkKey::decode(&key.encode()).unwrap();
        assert!(again.signed(id, 1_795_000_000, &signature));
    }
}
