//! Signing in: passwords, tokens, and how often one may try.

mod links;
mod passwords;
mod secrets;
mod throttle;
mod tokens;

pub use links::LinkKey;
pub use passwords::Passwords;
pub(crate) use passwords::hash as hash_password;
pub use secrets::{hash_of, random_password, random_token};
pub use throttle::delay;
pub use tokens::{Keys, StoredKeys, TOKEN_SECONDS};
