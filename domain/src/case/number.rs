//! Case numbers: `TS-{date}-{seq}`.

use chrono::NaiveDate;

/// The key under which a procedure's numbers are counted: one count a day where the pattern has
/// `{date}`, one for ever where it has not.
pub fn number_key(pattern: &str, date: NaiveDate) -> String {
    pattern.replace("{date}", &date.format("%Y%m%d").to_string())
}

/// The number itself. `sequence` counts from 1 and is written with at least six digits.
pub fn number(pattern: &str, date: NaiveDate, sequence: i64) -> String {
    number_key(pattern, date).replace("{seq}", &format!("{sequence:06}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_day_and_its_place_in_it() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        assert_eq!(number("TS-{date}-{seq}", date, 184), "TS-20261122-000184");
        assert_eq!(number_key("TS-{date}-{seq}", date), "TS-20261122-{seq}");
    }
}
