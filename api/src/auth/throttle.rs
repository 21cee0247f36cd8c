//! How long one has to wait after so many failed sign-ins.

use chrono::TimeDelta;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 5;

/// What one waits after the fifth failure; it doubles with each one more …
const FIRST: i64 = 2;

/// … up to this.
const LONGEST: i64 = 15 * 60;

/// The wait after `failures` failed sign-ins in a row; `None` while they are few.
pub fn delay(failures: u32) -> Option<TimeDelta> {
    let over = failures.checked_sub(FREE)?;
    let seconds = FIRST.checked_shl(over).filter(|it| (1..LONGEST).contains(it) && over < 10);
    Some(TimeDelta::seconds(seconds.unwrap_or(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_at_the_fifth_failure_and_doubles() {
        let seconds = |failures| delay(failures).map(|it| it.num_seconds());
        assert_eq!(seconds(4), None);
        assert_eq!(seconds(5), Some(2));
        assert_eq!(seconds(6), Some(4));
        assert_eq!(seconds(13), Some(512));
        assert_eq!(seconds(14), Some(900));
        assert_eq!(seconds(4_000_000), Some(900));
    }
}
