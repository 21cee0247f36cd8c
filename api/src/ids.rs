//! The only maker of ids: `UUIDv7` at the clock's instant, strictly increasing within a process.

use std::sync::Mutex;
use std::sync::PoisonError;

use kefu_domain::Timestamp;
use uuid::{Builder, Uuid};

/// The last id given out.
static LAST: Mutex<u128> = Mutex::new(0);

/// A new id, greater than every id this process made before.
///
/// Its first 48 bits are the millisecond of `now`; the rest is random. Two in one millisecond (or
/// after the clock went back) differ by a random step, so that they still count upwards.
pub fn new_id(now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    // The topmost random bit stays free: steps within a millisecond have room to count up.
    let mut random: [u8; 10] = rand::random();
    random[2] &= 0b0001_1111;
    let fresh = Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let id = if fresh > *last { fresh } else { *last + 1 + u128::from(rand::random::<u32>()) };
    *last = id;
    Uuid::from_u128(id)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    #[test]
    fn ids_count_upwards_within_a_millisecond_and_when_the_clock_goes_back() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let ids: Vec<_> = (0..10_000)
            .map(|it| new_id(if it % 2 == 0 { now } else { now - TimeDelta::days(1) }))
            .collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
