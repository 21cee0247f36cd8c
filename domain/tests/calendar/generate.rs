//! Random calendars, placed where something happens: a change of clocks, Spring Festival.

use chrono::{Days, NaiveDate};
use kefu_domain::calendar::{Definition, Holiday, Interval, Override, Week};
use kefu_domain::text::Text;
use proptest::prelude::*;

/// Zones, each with dates around which its clocks (or its holidays) do something.
const PLACES: [(&str, &[&str]); 11] = [
    (
        "Asia/Shanghai",
        &[
            "2024-02-10",
            "2024-10-01",
            "2025-01-28",
            "2025-10-01",
            "2026-02-15",
            "2026-10-01",
            "1986-05-04",
            "1991-09-15",
        ],
    ),
    ("Europe/Berlin", &["2024-03-31", "2025-10-26", "2026-03-29", "1980-04-06"]),
    ("America/New_York", &["2025-03-09", "2026-11-01", "2007-03-11"]),
    ("Australia/Lord_Howe", &["2025-04-06", "2025-10-05", "1981-03-01"]),
    ("Asia/Kathmandu", &["1986-01-01", "2026-04-14"]),
    ("America/Sao_Paulo", &["2017-10-15", "2018-02-18", "2018-11-04", "2019-02-17"]),
    ("America/St_Johns", &["2005-04-03", "2005-10-30", "1988-04-03"]),
    ("Pacific/Apia", &["2011-12-30", "2012-04-01"]),
    ("Africa/Casablanca", &["2025-02-23", "2025-04-06", "2026-03-22"]),
    ("Europe/Dublin", &["2025-03-30", "2025-10-26"]),
    ("UTC", &["2026-01-01"]),
];

/// The days of real time a calendar is looked at.
pub(crate) const WINDOW: u32 = 130;
/// Of these, where questions start: there is room on both sides.
pub(crate) const STARTS: std::ops::Range<i64> = 35..60;

/// A calendar and the date its window begins with.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) definition: Definition,
    pub(crate) from: NaiveDate,
}

/// Calendars without a fault.
pub(crate) fn calendars() -> impl Strategy<Value = Placed> {
    place().prop_flat_map(|(zone, from)| {
        // Nights end by `dawn` and days begin after it, so that nothing can overlap.
        let dawn = prop_oneof![Just(0_i64), Just(480), Just(1_439), 0..1_440_i64];
        (dawn, any::<bool>()).prop_flat_map(move |(dawn, national)| {
            assemble(zone, from, national, move || intervals(dawn).boxed())
        })
    })
}

/// Calendars with any intervals, which may overlap; without a national table.
pub(crate) fn careless_calendars() -> impl Strategy<Value = Placed> {
    let time = || prop_oneof![Just(0_i64), Just(720), (0..48_i64).prop_map(|half| half * 30)];
    let careless = move || {
        let some = proptest::collection::vec((time(), time()), 0..2);
        some.prop_map(|some| some.into_iter().map(|(a, b)| interval(a, b)).collect()).boxed()
    };
    place().prop_flat_map(move |(zone, from)| assemble(zone, from, false, careless))
}

fn place() -> impl Strategy<Value = (&'static str, NaiveDate)> {
    let places: Vec<_> =
        PLACES.iter().flat_map(|(zone, dates)| dates.iter().map(|date| (*zone, *date))).collect();
    (proptest::sample::select(places), 36..60_u64).prop_map(|((zone, date), before)| {
        (zone, date.parse::<NaiveDate>().unwrap() - Days::new(before))
    })
}

fn assemble(
    zone: &'static str,
    from: NaiveDate,
    national: bool,
    day: impl Fn() -> BoxedStrategy<Vec<Interval>>,
) -> impl Strategy<Value = Placed> {
    let week = [day(), day(), day(), day(), day(), day(), day()];
    let date = || (30..90_u64).prop_map(move |days| (from + Days::new(days)).to_string());
    let holidays = proptest::collection::btree_set(date(), 0..5);
    let overrides = proptest::collection::btree_map(date(), day(), 0..4);
    (week, day(), holidays, overrides).prop_map(move |(week, makeup, holidays, overrides)| {
        let [mon, tue, wed, thu, fri, sat, sun] = week;
        let names = ["甲", "乙"].into_iter().cycle();
        let holiday = |(date, name): (String, &str)| Holiday { date, name: name.to_owned() };
        let dated = |(date, intervals)| Override { date, intervals, name: None };
        let definition = Definition {
            code: "any".to_owned(),
            title: Text::new("任意", "Any"),
            time_zone: zone.to_owned(),
            national: national.then(|| "CN".to_owned()),
            week: Week { mon, tue, wed, thu, fri, sat, sun },
            makeup,
            holidays: holidays.into_iter().zip(names).map(holiday).collect(),
            overrides: overrides.into_iter().map(dated).collect(),
            version: None,
        };
        Placed { definition, from }
    })
}

/// Intervals of one day, apart: cut points between `dawn` and midnight, and perhaps a night that
/// ends by the next `dawn`. Half of the times lie where clocks are changed.
fn intervals(dawn: i64) -> impl Strategy<Value = Vec<Interval>> {
    let cut = prop_oneof![
        3 => dawn..1_440,
        2 => (dawn..1_440).prop_map(move |at| (at / 30 * 30).max(dawn)),
        3 => dawn..dawn.max(240) + 1,
    ];
    let cuts = proptest::collection::btree_set(cut, 0..=5);
    let night = proptest::option::weighted(0.4, 0..=dawn);
    let order = any::<bool>();
    (cuts, night, order).prop_map(|(cuts, night, reversed)| {
        let mut cuts: Vec<i64> = cuts.into_iter().filter(|cut| *cut < 1_440).collect();
        if cuts.len() % 2 == 1 {
            // The odd one begins an evening, or a night into the next day.
            cuts.push(1_440 + night.unwrap_or(0));
        }
        let mut all: Vec<_> = cuts.chunks(2).map(|pair| interval(pair[0], pair[1])).collect();
        if reversed {
            all.reverse();
        }
        all
    })
}

fn interval(open: i64, close: i64) -> Interval {
    let text = |at: i64| format!("{:02}:{:02}", at / 60, at % 60);
    // Midnight at the end has two spellings; an odd minute of opening takes the other.
    let close = match close {
        1_440 if open % 2 == 0 => "24:00".to_owned(),
        _ => text(close % 1_440),
    };
    Interval(text(open), close)
}
