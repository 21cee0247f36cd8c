//! Official public holidays and make-up working days, as data in `packs/national/`.
//! Adding a year is adding a file there and a line to [`FILES`].

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::text::Text;

/// Country code and file, oldest first.
const FILES: [(&str, &str); 3] = [
    ("CN", include_str!("../../packs/national/cn-2024.toml")),
    ("CN", include_str!("../../packs/national/cn-2025.toml")),
    ("CN", include_str!("../../packs/national/cn-2026.toml")),
];

/// One date that a national table governs.
#[derive(Debug)]
pub(super) struct NationalDay {
    /// The date.
    pub(super) date: NaiveDate,
    /// Whether it is worked (a make-up day) or closed (a holiday).
    pub(super) works: bool,
    /// What the day is called.
    pub(super) name: Text,
}

/// Every date the table of `country` governs, or nothing when there is no such table.
pub(super) fn days(country: &str) -> Option<&'static [NationalDay]> {
    static TABLES: LazyLock<Vec<(&'static str, Vec<NationalDay>)>> = LazyLock::new(load);
    TABLES.iter().find(|(code, _)| *code == country).map(|(_, days)| days.as_slice())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    year: i32,
    holidays: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Text,
    from: NaiveDate,
    to: NaiveDate,
    #[serde(default)]
    work: Vec<NaiveDate>,
    #[serde(default)]
    work_name: Text,
}

fn load() -> Vec<(&'static str, Vec<NationalDay>)> {
    let mut tables: Vec<(&'static str, Vec<NationalDay>)> = Vec::new();
    for (country, text) in FILES {
        let days = parse(text);
        match tables.iter_mut().find(|(code, _)| *code == country) {
            Some((_, known)) => known.extend(days),
            None => tables.push((country, days)),
        }
    }
    tables
}

fn parse(text: &str) -> Vec<NationalDay> {
    #[expect(clippy::expect_used, reason = "compiled in; a test below reads every file")]
    let file: File = toml::from_str(text).expect("a national table that is shipped is well formed");
    let mut days = Vec::new();
    for Entry { name, from, to, work, work_name } in file.holidays {
        let off = from.iter_days().take_while(|date| *date <= to);
        days.extend(off.map(|date| NationalDay { date, works: false, name: name.clone() }));
        let made_up = work.into_iter();
        days.extend(made_up.map(|date| NationalDay { date, works: true, name: work_name.clone() }));
    }
    debug_assert!(days.iter().all(|day| chrono::Datelike::year(&day.date) == file.year));
    days
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chrono::{Datelike as _, Weekday};

    use super::*;

    #[test]
    fn every_shipped_table_is_sound() {
        let days = days("CN").unwrap();
        let dates: BTreeSet<NaiveDate> = days.iter().map(|day| day.date).collect();
        assert_eq!(dates.len(), days.len(), "a date is governed once");
        for day in days {
            assert!(!day.name.zh.is_empty() && !day.name.en.is_empty(), "{} is named", day.date);
            let weekend = matches!(day.date.weekday(), Weekday::Sat | Weekday::Sun);
            assert!(!day.works || weekend, "{} is worked, so it is a weekend day", day.date);
        }
    }

    #[test]
    fn the_years_have_the_days_that_were_announced() {
        let count = |year, works| {
            let days = days("CN").unwrap().iter();
            days.filter(|day| day.date.year() == year && day.works == works).count()
        };
        assert_eq!([count(2024, false), count(2024, true)], [28, 8]);
        assert_eq!([count(2025, false), count(2025, true)], [28, 5]);
        assert_eq!([count(2026, false), count(2026, true)], [33, 6]);
        assert!(days("US").is_none());
    }
}
