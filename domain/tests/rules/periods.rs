//! The periods of metrics, against a walk over every minute.

use chrono::{DateTime, Datelike as _, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use kefu_domain::metric::{Period, Stretch, how_many, stretches};
use proptest::prelude::*;

const PERIODS: [Period; 5] =
    [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn labels(period: Period, zone: Tz, from: &str, to: &str) -> Vec<String> {
    stretches(period, zone, at(from), at(to)).map(|it| it.label).collect()
}

#[test]
fn a_month_begins_at_midnight_where_the_site_is() {
    let zone = Tz::Asia__Shanghai;
    let found: Vec<_> =
        stretches(Period::Month, zone, at("2026-11-01T00:00:00Z"), at("2026-11-30T16:00:00Z"))
            .collect();
    let november = Stretch {
        label: "2026-11".to_owned(),
        from: at("2026-10-31T16:00:00Z"),
        to: at("2026-11-30T16:00:00Z"),
    };
    assert_eq!(found, std::slice::from_ref(&november));
    assert_eq!(Period::Month.named("2026-11", zone), Some(november));
    let just =
        labels(Period::Month, zone, "2026-10-31T15:59:59.999999Z", "2026-11-30T16:00:00.000001Z");
    assert_eq!(just, ["2026-10", "2026-11", "2026-12"], "they touch three");
}

#[test]
fn every_kind_of_period_has_its_name() {
    let zone = Tz::Asia__Shanghai;
    let of = |period| labels(period, zone, "2027-01-01T00:00:00Z", "2027-01-01T00:00:00.000001Z");
    assert_eq!(of(Period::Day), ["2027-01-01"]);
    assert_eq!(of(Period::Week), ["2026-W53"], "a Friday of the week that began in December");
    assert_eq!(of(Period::Month), ["2027-01"]);
    assert_eq!(of(Period::Quarter), ["2027-Q1"]);
    assert_eq!(of(Period::Year), ["2027"]);
    for (period, wrong) in [
        (Period::Day, "2026-02-30"),
        (Period::Day, "2026-2-3"),
        (Period::Week, "2026-W54"),
        (Period::Month, "2026-13"),
        (Period::Month, "2026"),
        (Period::Quarter, "2026-Q5"),
        (Period::Quarter, "2026-Q0"),
        (Period::Year, "26"),
        (Period::Year, ""),
    ] {
        assert_eq!(period.named(wrong, zone), None, "{wrong}");
    }
}

#[test]
fn nothing_touches_no_time() {
    let at = at("2026-11-22T00:00:00Z");
    for period in PERIODS {
        assert_eq!(stretches(period, Tz::UTC, at, at).count(), 0);
        assert_eq!(how_many(period, Tz::UTC, at, at - TimeDelta::days(1)), 0);
    }
}

/// What the wall's calendar says of an instant, as a period.
fn said(period: Period, zone: Tz, at: DateTime<Utc>) -> (i32, u32) {
    let local = at.with_timezone(&zone);
    match period {
        Period::Day => (local.year(), local.ordinal()),
        Period::Week => (local.iso_week().year(), local.iso_week().week()),
        Period::Month => (local.year(), local.month()),
        Period::Quarter => (local.year(), (local.month() - 1) / 3),
        Period::Year => (local.year(), 0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Periods follow each other without a gap, hold the time asked for, and change where the calendar
    /// on the wall does, and nowhere else; also over changes of the clocks.
    #[test]
    fn periods_are_those_of_the_calendar_on_the_wall(
        start in 0_i64..2_000_000_000,
        minutes in 1_i64..60 * 24 * 40,
        kind in 0_usize..5,
        zone in prop::sample::select(vec![
            Tz::Asia__Shanghai, Tz::Europe__Berlin, Tz::America__Santiago, Tz::Australia__Lord_Howe,
        ]),
    ) {
        let period = PERIODS[kind];
        let from = Utc.timestamp_opt(start, 0).unwrap();
        let to = from + TimeDelta::minutes(minutes);
        let found: Vec<_> = stretches(period, zone, from, to).collect();
        prop_assert_eq!(found.len(), how_many(period, zone, from, to));
        prop_assert!(found[0].from <= from && from < found[0].to);
        let last = found.last().unwrap();
        prop_assert!(last.from < to && to <= last.to);
        for pair in found.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        for it in &found {
            prop_assert_eq!(period.named(&it.label, zone), Some(it.clone()));
            let own = said(period, zone, it.from);
            prop_assert_ne!(own, said(period, zone, it.from - TimeDelta::microseconds(1)));
            prop_assert_eq!(own, said(period, zone, it.to - TimeDelta::microseconds(1)));
        }
        let mut instant = from;
        while instant < to {
            let holds = found.iter().filter(|it| it.from <= instant && instant < it.to).count();
            prop_assert_eq!(holds, 1);
            let own = found.iter().find(|it| it.from <= instant && instant < it.to).unwrap();
            prop_assert_eq!(said(period, zone, instant), said(period, zone, own.from));
            instant += TimeDelta::minutes(37);
        }
    }
}
