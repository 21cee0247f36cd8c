//! What the arithmetic takes for granted about the time-zone database.

use chrono::{DateTime, Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};

const DAY: i64 = 86_400;

fn offset(zone: Tz, seconds: i64) -> i32 {
    let at = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
    zone.offset_from_utc_datetime(&at).fix().local_minus_utc()
}

/// Two looks five days apart that agree mean that nothing changed in between.
#[test]
fn no_zone_changes_and_changes_back_within_five_days() {
    let (from, to) = (-5_844 * DAY, 47_482 * DAY); // 1954 to 2099
    for zone in TZ_VARIANTS {
        let mut days = (from..to).step_by(43_200).map(|at| (at, offset(zone, at)));
        let (_, mut held) = days.next().unwrap();
        let mut changed = i64::MIN / 2;
        for (at, now) in days {
            if now != held {
                assert!(at - changed > 5 * DAY, "{zone} changes twice around {at}");
                (held, changed) = (now, at);
            }
        }
    }
}
