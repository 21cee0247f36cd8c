//! Random secrets, and how they are kept.

use rand::distr::{Distribution, Uniform};
use sha2::{Digest, Sha256};

use crate::hex;

/// 256 random bits as 64 hexadecimal digits.
pub fn random_token() -> String {
    hex::encode(&rand::random::<[u8; 32]>())
}

/// What every API key begins with: nothing else does.
pub const API_KEY: &str = "kefu_";

/// The secret of a new API key.
pub fn api_key() -> String {
    format!("{API_KEY}{}", random_token())
}

/// What is stored of a random token: its SHA-256. A token of 256 random bits needs no salt.
pub fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A password to be typed by a person: 20 characters without those that look alike, 100 bits.
pub fn random_password() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789X";
    let mut random = rand::rng();
    let mut password = String::new();
    let Ok(letter) = Uniform::new(0, LETTERS.len()) else { return random_token() };
    for place in 0..20 {
        if place > 0 && place % 5 == 0 {
            password.push('-');
        }
        let letter = letter.sample(&mut random);
        password.extend(LETTERS.get(letter).copied().map(char::from));
    }
    password
}
