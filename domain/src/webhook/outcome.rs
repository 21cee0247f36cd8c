//! What an attempt comes to, and when the next one is made.

use chrono::TimeDelta;

use crate::Timestamp;

/// The pauses after the first attempt, the second, and so on, in seconds: those of the Standard
/// Webhooks specification. Without any jitter they add up to 75 hours and a half.
const PAUSES: [i64; 9] =
    [5, 5 * 60, 30 * 60, 2 * 3_600, 5 * 3_600, 10 * 3_600, 14 * 3_600, 20 * 3_600, 24 * 3_600];

/// How often something is tried at most.
pub const ATTEMPTS: usize = PAUSES.len() + 1;

/// The longest pause a receiver can ask for.
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// What a receiver answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; `None`: it did not answer.
    pub status: Option<u16>,
    /// How long it asks to be left alone.
    pub retry_after: Option<TimeDelta>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It was taken: nothing.
    Delivered,
    /// The receiver is gone for good (410): nothing is sent there any more.
    Gone,
    /// It is tried again.
    Again(Timestamp),
    /// It was the last attempt.
    GiveUp,
}

/// What follows from the attempt that ended at `now`, the `tries`-th. `jitter`, 0 to 1000, makes the
/// pause up to a tenth longer, never shorter, so that what failed together is not repeated together.
pub fn next(now: Timestamp, tries: usize, answer: Answer, jitter: u16) -> Next {
    match answer.status {
        Some(200..300) => return Next::Delivered,
        Some(410) => return Next::Gone,
        _ => {}
    }
    let Some(seconds) = PAUSES.get(tries.saturating_sub(1)) else { return Next::GiveUp };
    // A second is a thousand milliseconds; a tenth of one is a hundred: jitter counts tenths of those.
    let pause = TimeDelta::milliseconds(seconds * (1_000 + i64::from(jitter.min(1_000)) / 10));
    let asked = answer.retry_after.unwrap_or_default().min(LONGEST);
    Next::Again(now + pause.max(asked))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn start() -> Timestamp {
        DateTime::from_timestamp(1_795_000_000, 0).unwrap()
    }

    fn answered(status: u16) -> Answer {
        Answer { status: Some(status), retry_after: None }
    }

    /// When each attempt is made, if all of them fail.
    fn schedule(jitter: u16) -> Vec<Timestamp> {
        let mut made = vec![start()];
        while let Next::Again(at) = next(*made.last().unwrap(), made.len(), answered(503), jitter) {
            made.push(at);
        }
        made
    }

    #[test]
    fn ten_attempts_are_spread_over_at_least_three_days() {
        for jitter in [0, 1, 500, 1_000, u16::MAX] {
            let made = schedule(jitter);
            assert_eq!(made.len(), ATTEMPTS);
            assert!(made.len() >= 10);
            assert!(made[made.len() - 1] - made[0] >= TimeDelta::hours(72));
            let pauses: Vec<_> = made.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(pauses.is_sorted(), "each is longer than the one before: {pauses:?}");
        }
    }

    #[test]
    fn jitter_makes_a_pause_longer_by_a_tenth_at_most() {
        let (plain, most) = (schedule(0), schedule(1_000));
        assert_eq!(plain[1] - plain[0], TimeDelta::seconds(5));
        assert_eq!(most[1] - most[0], TimeDelta::milliseconds(5_500));
        assert_eq!(schedule(u16::MAX), most);
        assert_ne!(schedule(500), most);
    }

    #[test]
    fn what_was_taken_is_not_repeated_and_what_is_gone_is_not_tried_again() {
        for status in [200, 201, 204, 299] {
            assert_eq!(next(start(), 1, answered(status), 0), Next::Delivered);
        }
        assert_eq!(next(start(), 1, answered(410), 0), Next::Gone);
        for status in [100, 301, 302, 307, 400, 401, 404, 429, 500, 503] {
            assert!(matches!(next(start(), 1, answered(status), 0), Next::Again(_)), "{status}");
        }
        assert!(matches!(next(start(), 1, Answer::default(), 0), Next::Again(_)));
        assert_eq!(next(start(), ATTEMPTS, Answer::default(), 0), Next::GiveUp);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_pause_but_not_for_a_shorter_one_or_for_ever() {
        let asking =
            |seconds| Answer { status: Some(429), retry_after: Some(TimeDelta::seconds(seconds)) };
        let at = |tries, seconds| match next(start(), tries, asking(seconds), 0) {
            Next::Again(at) => at - start(),
            other => panic!("{other:?}"),
        };
        assert_eq!(at(1, 120), TimeDelta::minutes(2));
        assert_eq!(at(1, 1), TimeDelta::seconds(5));
        assert_eq!(at(1, 30 * 86_400), TimeDelta::hours(24));
        assert_eq!(at(9, 120), TimeDelta::hours(24));
    }
}
