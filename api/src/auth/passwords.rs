//! Argon2id on threads of its own bound: neither HTTP nor the database waits for it.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::app::Failure;

/// How many may wait for a hash (each takes some 25 ms of a core and 19 MiB) before the next is
/// sent away.
const QUEUE: usize = 64;

/// Makes and checks password hashes, as many at once as there are cores.
#[derive(Debug)]
pub struct Passwords {
    cores: Semaphore,
    waiting: AtomicUsize,
    /// The hash of no password: an unknown user costs the same time as a wrong password.
    nobody: String,
}

impl Passwords {
    /// A hasher for this machine.
    pub fn new() -> Result<Self, Failure> {
        let cores = available_parallelism().map_or(1, NonZero::get);
        let nobody = hash(&super::random_token())?;
        Ok(Self { cores: Semaphore::new(cores), waiting: AtomicUsize::new(0), nobody })
    }

    /// The hash to store: a PHC string with a salt of its own.
    pub async fn hash(&self, password: String) -> Result<String, Failure> {
        self.run(move || hash(&password)).await?
    }

    /// Whether the password is the one of this hash; `None` is nobody's hash, and takes as long.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, Failure> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.clone());
        Ok(self.run(move || verify(&password, &stored)).await? && known)
    }

    /// A hash of `what` that is as hard to guess from as a stored password; the same each time.
    pub async fn stretch(&self, what: [u8; 32], salt: [u8; 32]) -> Result<[u8; 32], Failure> {
        self.run(move || {
            let mut out = [0; 32];
            let done = Argon2::default().hash_password_into(&what, &salt, &mut out);
            done.map(|()| out).map_err(|error| Failure::Broken(format!("hashing: {error}")))
        })
        .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= QUEUE {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return Err(Failure::Busy);
        }
        let turn = self.cores.acquire().await;
        let done = spawn_blocking(work).await;
        drop(turn);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        done.map_err(|error| Failure::Broken(format!("hashing: {error}")))
    }
}

/// The hash of a password, for those who may wait: the command line.
pub(crate) fn hash(password: &str) -> Result<String, Failure> {
    let hash: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
    hash.map(|it| it.to_string()).map_err(|error| Failure::Broken(format!("hashing: {error}")))
}

fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|it| Argon2::default().verify_password(password.as_bytes(), &it).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_opens_its_hash() {
        let stored = hash("correct horse").unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("correct horse", &stored));
        assert!(!verify("correct horse ", &stored));
        assert!(!verify("correct horse", "nonsense"));
    }
}
