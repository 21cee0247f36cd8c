//! Zones whose clocks change.

use chrono::TimeDelta;
use chrono_tz::America::{New_York, Sao_Paulo, St_Johns};
use chrono_tz::Australia::Lord_Howe;
use chrono_tz::Europe::Berlin;
use chrono_tz::Pacific::Apia;
use kefu_domain::calendar::Calendar;
use serde_json::json;

use crate::support::{calendar, daily, due, local, span, utc};

fn nights(zone: &str) -> Calendar {
    calendar(daily(zone, &json!([["22:00", "06:00"]])))
}

#[test]
fn a_night_over_the_spring_change_is_an_hour_shorter_and_over_autumns_longer() {
    let berlin = nights("Europe/Berlin");
    let worked = |from, to| berlin.between(local(Berlin, from), local(Berlin, to));
    let spring = worked("2026-03-28 12:00", "2026-03-29 12:00");
    assert_eq!(spring, TimeDelta::hours(7));
    let autumn = worked("2026-10-24 12:00", "2026-10-25 12:00");
    assert_eq!(autumn, TimeDelta::hours(9));
    due(&berlin, "2026-03-28 22:00", "7wh", "2026-03-29 06:00");
    due(&berlin, "2026-10-24 22:00", "9wh", "2026-10-25 06:00");
    let new_york = nights("America/New_York");
    let at = |text| local(New_York, text);
    let spring = new_york.between(at("2026-03-07 12:00"), at("2026-03-08 12:00"));
    assert_eq!(spring, TimeDelta::hours(7));
    let autumn = new_york.between(at("2026-10-31 12:00"), at("2026-11-01 12:00"));
    assert_eq!(autumn, TimeDelta::hours(9));
}

#[test]
fn lord_howe_changes_by_half_an_hour() {
    let island = nights("Australia/Lord_Howe");
    let at = |text| local(Lord_Howe, text);
    let spring = island.between(at("2025-10-04 12:00"), at("2025-10-05 12:00"));
    assert_eq!(spring, TimeDelta::minutes(7 * 60 + 30));
    let autumn = island.between(at("2026-04-04 12:00"), at("2026-04-05 12:00"));
    assert_eq!(autumn, TimeDelta::minutes(8 * 60 + 30));
    due(&island, "2025-10-04 02:15", "1d", "2025-10-05 02:30"); // in the gap: its end
}

#[test]
fn the_same_local_time_in_a_gap_is_its_end_and_in_an_overlap_the_earlier() {
    let berlin = nights("Europe/Berlin");
    due(&berlin, "2026-03-28 02:30:30", "1d", "2026-03-29 03:00");
    due(&berlin, "2026-03-22 02:30", "1w", "2026-03-29 03:00");
    due(&berlin, "2026-02-28 02:30", "1M", "2026-03-28 02:30");
    let overlap = berlin.add(local(Berlin, "2026-10-24 02:30"), span("1d")).unwrap();
    assert_eq!(overlap, utc("2026-10-25T00:30:00Z"));
    let back = berlin.subtract(local(Berlin, "2026-10-26 02:30"), span("1d")).unwrap();
    assert_eq!(back, utc("2026-10-25T00:30:00Z"));
    let second = utc("2026-10-25T01:30:00Z");
    assert_eq!(berlin.add(second, span("0d")), Ok(second), "no time is no time");
    // Elapsed time does not care.
    due(&berlin, "2026-03-28 12:00", "24h", "2026-03-29 13:00");
    due(&berlin, "2026-03-28 12:00", "1d", "2026-03-29 12:00");
}

#[test]
fn an_interval_in_the_gap_vanishes_and_one_in_the_overlap_is_taken_once() {
    let early = calendar(daily("Europe/Berlin", &json!([["02:00", "03:00"]])));
    let at = |text| local(Berlin, text);
    let gap = early.between(at("2026-03-29 00:00"), at("2026-03-30 00:00"));
    assert_eq!(gap, TimeDelta::zero());
    due(&early, "2026-03-28 02:30", "1wh", "2026-03-30 02:30");
    // From the first 02:00 to 03:00: two real hours; ended by the first 02:30: half of one.
    let whole = early.between(at("2026-10-25 00:00"), at("2026-10-26 00:00"));
    assert_eq!(whole, TimeDelta::hours(2));
    let half = calendar(daily("Europe/Berlin", &json!([["02:00", "02:30"]])));
    let taken = half.between(at("2026-10-25 00:00"), at("2026-10-26 00:00"));
    assert_eq!(taken, TimeDelta::minutes(30));
}

#[test]
fn midnight_itself_may_be_missing_or_come_twice() {
    let all_day = json!([["00:00", "24:00"]]);
    let brazil = calendar(daily("America/Sao_Paulo", &all_day));
    // 2018-11-04 began at 01:00; 2018-02-17 had its last hour twice.
    let day = |date: &str| {
        let noon = local(Sao_Paulo, &format!("{date} 12:00"));
        let before = brazil.subtract(noon, span("0wd")).unwrap();
        brazil.between(before, brazil.add(noon, span("0wd")).unwrap())
    };
    assert_eq!(day("2018-11-04"), TimeDelta::hours(23));
    assert_eq!(day("2018-02-17"), TimeDelta::hours(25));
    // St John's went from 00:01 back to 23:01 of the day before.
    let newfoundland = calendar(daily("America/St_Johns", &json!([["00:00", "00:30"]])));
    let from = local(St_Johns, "2005-10-29 12:00");
    let worked = newfoundland.between(from, from + TimeDelta::days(1));
    assert_eq!(worked, TimeDelta::minutes(90), "from the first midnight to the only half past");
}

#[test]
fn a_date_that_never_was() {
    // Samoa had no 30 December 2011.
    let samoa = calendar(daily("Pacific/Apia", &json!([["09:00", "17:00"]])));
    due(&samoa, "2011-12-29 10:00", "1d", "2011-12-31 00:00");
    due(&samoa, "2011-12-29 16:00", "2wh", "2011-12-31 10:00");
    let at = |text| local(Apia, text);
    let worked = samoa.between(at("2011-12-29 00:00"), at("2012-01-01 00:00"));
    assert_eq!(worked, TimeDelta::hours(16));
}
