//! How many requests a caller may make: the generic cell rate algorithm, in memory, one number per
//! caller. Each node counts on its own.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::extract::Standing;

/// Who is counted.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Key {
    /// A user, from wherever.
    User(Uuid),
    /// An address, before anybody has signed in.
    Address(String),
}

/// A shard forgets callers it owes nothing once it holds so many.
const SHARD_LIMIT: usize = 4_096;

/// The limit and where every caller stands.
#[derive(Debug)]
pub struct Limiter {
    quota: u32,
    burst: u32,
    epoch: Instant,
    hasher: RandomState,
    /// For each caller the instant at which none of their requests counts any more.
    shards: [Mutex<HashMap<Key, Duration>>; 16],
}

impl Limiter {
    /// `quota` requests a minute, `burst` of them at once; a quota of 0 is no limit.
    pub fn new(quota: u32, burst: u32) -> Self {
        Self {
            quota,
            burst: burst.max(1),
            epoch: Instant::now(),
            hasher: RandomState::new(),
            shards: Default::default(),
        }
    }

    /// Counts one request at `now`, unless it is one too many. `None`: there is no limit.
    pub fn take(&self, key: Key, now: Instant) -> Option<Standing> {
        let interval = Duration::from_mins(1).checked_div(self.quota)?;
        let window = interval * self.burst;
        let now = now.saturating_duration_since(self.epoch);
        let hash = self.hasher.hash_one(&key);
        let shard = self.shards.get(usize::try_from(hash % 16).unwrap_or_default())?;
        let mut callers = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if callers.len() >= SHARD_LIMIT {
            callers.retain(|_, counted_until| *counted_until > now);
        }
        let counted_until = callers.get(&key).copied().unwrap_or_default().max(now);
        let next = counted_until + interval;
        let wait = next.saturating_sub(now).checked_sub(window).filter(|it| !it.is_zero());
        if wait.is_none() {
            callers.insert(key, next);
        }
        let used = if wait.is_none() { next } else { counted_until }.saturating_sub(now);
        let left = window.saturating_sub(used).as_nanos() / interval.as_nanos().max(1);
        Some(Standing {
            quota: self.quota,
            left: u64::try_from(left).unwrap_or_default(),
            whole_in: seconds(used),
            wait: wait.map(seconds),
        })
    }
}

/// Whole seconds, rounded up.
fn seconds(span: Duration) -> u64 {
    span.as_secs() + u64::from(span.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_counts() {
        let limiter = Limiter::new(60, 3);
        let start = Instant::now() + Duration::from_secs(1);
        let key = || Key::Address("::1".into());
        let left: Vec<_> = (0..3).map(|_| limiter.take(key(), start).unwrap().left).collect();
        assert_eq!(left, [2, 1, 0]);
        assert_eq!(limiter.take(key(), start).unwrap().wait, Some(1));
        assert_eq!(limiter.take(Key::Address("::2".into()), start).unwrap().wait, None);
        let later = start + Duration::from_secs(1);
        assert_eq!(limiter.take(key(), later).unwrap().wait, None);
        assert_eq!(limiter.take(key(), later).unwrap().wait, Some(1));
    }

    #[test]
    fn a_quota_of_nought_is_no_limit() {
        assert_eq!(Limiter::new(0, 1).take(Key::Address("::1".into()), Instant::now()), None);
    }
}
