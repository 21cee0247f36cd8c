//! The only reader of the system's clock. Everything else takes `now` as an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};
use kefu_domain::Timestamp;

/// Where `now` comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A sandbox's test clock: microseconds since the epoch. It moves only when it is told to.
    Sandbox(Arc<AtomicI64>),
}

impl Clock {
    /// A test clock that starts at `now`.
    pub fn sandbox(now: Timestamp) -> Self {
        Self::Sandbox(Arc::new(AtomicI64::new(now.timestamp_micros())))
    }

    /// The instant it is, to the microsecond (what both databases can hold).
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system_now(),
            Self::Sandbox(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// The system's instant, also in a sandbox: tokens and sign-in delays run in real time, so
    /// that moving the test clock by weeks signs nobody out.
    pub fn real_now(&self) -> Timestamp {
        system_now()
    }

    /// Moves a test clock; it never goes back. `false` where there is no test clock or it would
    /// have to go back.
    pub fn advance_to(&self, now: Timestamp) -> bool {
        match self {
            Self::System => false,
            Self::Sandbox(micros) => {
                let now = now.timestamp_micros();
                micros.fetch_max(now, Ordering::SeqCst) <= now
            }
        }
    }

    /// Whether this is a test clock.
    pub fn is_sandbox(&self) -> bool {
        matches!(self, Self::Sandbox(_))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
fn system_now() -> Timestamp {
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_test_clock_moves_only_forward() {
        let start = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let clock = Clock::sandbox(start);
        assert_eq!(clock.now(), start);
        assert!(clock.advance_to(start + TimeDelta::hours(1)));
        assert!(!clock.advance_to(start));
        assert_eq!(clock.now(), start + TimeDelta::hours(1));
    }

    #[test]
    fn now_is_never_finer_than_a_microsecond() {
        assert_eq!(Clock::System.now().timestamp_subsec_nanos() % 1_000, 0);
    }
}
