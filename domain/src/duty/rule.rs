//! On which dates a duty arises: an RFC 5545 rule, counted from one fixed day.
//!
//! Only dates are asked of the rule. What the clocks on the wall show on them is for the site's
//! calendar to say, so that nothing depends on how a rule is counted across their changes.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime};
use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated, Validated};

use crate::text::Text;

/// The day every rule is counted from: a Monday, and the first of a year. A rule that names no day
/// means that one: each Monday, the first of the month, the first of January.
const FIRST: NaiveDate = match NaiveDate::from_ymd_opt(2001, 1, 1) {
    Some(date) => date,
    None => NaiveDate::MIN,
};

/// A rule whose dates can be counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    dates: RRule<Validated>,
    freq: Frequency,
    interval: u32,
}

impl Rule {
    /// Reads a rule.
    pub(super) fn parse(text: &str) -> Result<Self, Text> {
        let rule: RRule<Unvalidated> = text.parse().map_err(unreadable)?;
        let parts: Vec<&str> = text.split(';').filter_map(|it| it.split('=').next()).collect();
        let has = |part: &str| parts.iter().any(|it| it.trim().eq_ignore_ascii_case(part));
        let freq = rule.get_freq();
        if matches!(freq, Frequency::Hourly | Frequency::Minutely | Frequency::Secondly)
            || ["BYHOUR", "BYMINUTE", "BYSECOND"].into_iter().any(has)
        {
            return Err(Text::new(
                "规则只说哪一天；几点由 at 和 times 说",
                "a rule says on which days; `at` and `times` say when",
            ));
        }
        if ["COUNT", "UNTIL", "DTSTART"].into_iter().any(has) {
            return Err(Text::new(
                "例行任务没有起止：不写 COUNT、UNTIL 和 DTSTART",
                "a duty neither begins nor ends: no COUNT, UNTIL or DTSTART",
            ));
        }
        let interval = u32::from(rule.get_interval()).max(1);
        let rule = rule.validate(start(FIRST)).map_err(unreadable)?;
        let rule = Self { dates: rule, freq, interval };
        if rule.dates(FIRST).next().is_none() {
            return Err(Text::new("没有一天符合此规则", "no day is ever met by this rule"));
        }
        Ok(rule)
    }

    /// Its dates from `from` on, in order.
    pub(super) fn dates(&self, from: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        // The rule repeats itself after each of its intervals, so counting may begin with any of them.
        let set = RRuleSet::new(start(self.anchor(from))).limit().rrule(self.dates.clone());
        let dates = set.into_iter().map(|it| it.date_naive());
        dates.skip_while(move |it| *it < from)
    }

    /// The beginning of an interval that is at least one whole interval before `from`, or the first day.
    fn anchor(&self, from: NaiveDate) -> NaiveDate {
        let days = u32::try_from((from - FIRST).num_days()).unwrap_or(0);
        let years = u32::try_from(from.year() - FIRST.year()).unwrap_or(0);
        let step = self.interval;
        let before = |units: u32| (units / step).saturating_sub(1) * step;
        let anchor = match self.freq {
            Frequency::Yearly => FIRST.checked_add_months(Months::new(before(years) * 12)),
            Frequency::Monthly => {
                FIRST.checked_add_months(Months::new(before(years * 12 + from.month0())))
            }
            Frequency::Weekly => FIRST.checked_add_days(Days::new((before(days / 7) * 7).into())),
            _ => FIRST.checked_add_days(Days::new(before(days).into())),
        };
        anchor.unwrap_or(FIRST)
    }
}

fn start(date: NaiveDate) -> DateTime<Tz> {
    date.and_time(NaiveTime::MIN).and_utc().with_timezone(&Tz::UTC)
}

#[expect(clippy::needless_pass_by_value, reason = "map_err hands it over")]
fn unreadable(error: rrule::RRuleError) -> Text {
    let error = error.to_string();
    Text::new(format!("不是 RFC 5545 规则：{error}"), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const RULES: [&str; 16] = [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY",
        "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
        "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=20",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ];

    #[test]
    fn counting_from_anywhere_gives_the_dates_that_counting_from_the_first_day_gives() {
        for text in RULES {
            let rule = Rule::parse(text).unwrap();
            let all = RRuleSet::new(start(FIRST)).rrule(rule.dates.clone()).into_iter();
            let all: Vec<_> =
                all.map(|it| it.date_naive()).take_while(|it| it.year() < 2050).collect();
            for days in (0..10_000_u64).step_by(61) {
                let from = FIRST + Days::new(days);
                let found: Vec<_> = rule.dates(from).take(4).collect();
                let expected: Vec<_> =
                    all.iter().copied().filter(|it| *it >= from).take(4).collect();
                assert_eq!(found, expected, "{text} from {from}");
            }
        }
    }

    #[test]
    fn a_rule_that_names_no_day_means_the_first() {
        let first = |text: &str| Rule::parse(text).unwrap().dates(date("2026-11-03")).next();
        assert_eq!(first("FREQ=WEEKLY"), Some(date("2026-11-09")));
        assert_eq!(first("FREQ=MONTHLY;INTERVAL=3"), Some(date("2027-01-01")));
        assert_eq!(first("FREQ=YEARLY"), Some(date("2027-01-01")));
    }

    #[test]
    fn what_is_no_rule_of_days_is_refused() {
        for text in [
            "",
            "every friday",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=DAILY;COUNT=3",
            "FREQ=DAILY;UNTIL=20270101T000000Z",
            "FREQ=WEEKLY;BYMONTHDAY=3",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=DAILY;INTERVAL=0",
        ] {
            assert!(Rule::parse(text).is_err(), "{text}");
        }
    }
}
