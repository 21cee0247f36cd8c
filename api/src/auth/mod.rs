//! Signing in: passwords, tokens, providers, and how often one may try.

mod keys;
mod oidc;
mod passwords;
mod rules;
mod secrets;
mod throttle;
mod tokens;

pub use keys::KeyPair;
pub use oidc::{Identity, Provider, Sent, Unsuccessful};
pub use passwords::Passwords;
pub(crate) use passwords::hash as hash_password;
pub use rules::{Weakness, weakness};
pub use secrets::{API_KEY, api_key, hash_of, random_password, random_token};
pub use throttle::delay;
pub use tokens::{Holder, Keys, PublicKey, TOKEN_SECONDS, TimedKey};
