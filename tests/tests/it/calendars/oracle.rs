//! The obvious way to count: one minute after the other. Slow, and easy to believe.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde_json::Value;

/// A calendar as the API takes it, read naively.
pub(crate) struct Oracle {
    zone: Tz,
    calendar: Value,
}

/// Opening intervals of a day; an end at or before the start lies on the next day.
type Hours = Vec<(NaiveTime, NaiveTime)>;

impl Oracle {
    pub(crate) fn new(calendar: Value) -> Self {
        let zone = calendar["time_zone"].as_str().unwrap().parse().unwrap();
        Self { zone, calendar }
    }

    /// What `span` after `start` is.
    pub(crate) fn add(&self, start: DateTime<Utc>, span: &str) -> DateTime<Utc> {
        let digits = span.trim_end_matches(|it: char| it.is_ascii_alphabetic());
        let count: u32 = digits.parse().unwrap();
        match span.trim_start_matches(digits) {
            "m" => start + TimeDelta::minutes(count.into()),
            "h" => start + TimeDelta::hours(count.into()),
            "d" => self.same_time(start, |day| day + Days::new(count.into())),
            "w" => self.same_time(start, |day| day + Days::new(u64::from(count) * 7)),
            "M" => self.same_time(start, |day| day + chrono::Months::new(count)),
            "wm" => self.walk(start, count),
            "wh" => self.walk(start, count * 60),
            "wd" => self.close(start, count),
            unit => panic!("no unit {unit}"),
        }
    }

    /// The same local time on another day: in a gap the first instant after it, else the earlier.
    fn same_time(
        &self,
        start: DateTime<Utc>,
        day: impl Fn(NaiveDate) -> NaiveDate,
    ) -> DateTime<Utc> {
        let local = start.with_timezone(&self.zone).naive_local();
        let mut wanted = day(local.date()).and_time(local.time());
        loop {
            if let Some(found) = self.zone.from_local_datetime(&wanted).earliest() {
                return found.with_timezone(&Utc);
            }
            wanted = wanted.date().and_time(NaiveTime::MIN)
                + TimeDelta::minutes(
                    (wanted - wanted.date().and_time(NaiveTime::MIN)).num_minutes() + 1,
                );
        }
    }

    /// `minutes` of working time later.
    fn walk(&self, start: DateTime<Utc>, minutes: u32) -> DateTime<Utc> {
        let mut at = start;
        // Up to a whole minute, a working second at a time is not needed: hours are in minutes.
        let mut left = i64::from(minutes) * 60;
        while left > 0 {
            let next = at + TimeDelta::seconds(60 - at.timestamp().rem_euclid(60));
            if self.open(at) {
                let step = (next - at).num_seconds().min(left);
                left -= step;
                at += TimeDelta::seconds(step);
            } else {
                at = next;
            }
        }
        at
    }

    /// The end of the last interval of the `count`-th working day after the local day of `start`.
    fn close(&self, start: DateTime<Utc>, count: u32) -> DateTime<Utc> {
        let mut day = start.with_timezone(&self.zone).date_naive();
        let mut left = count;
        if count == 0 {
            while self.hours(day).is_empty() || self.end(day) <= start {
                day = day + Days::new(1);
            }
            return self.end(day);
        }
        while left > 0 {
            day = day + Days::new(1);
            left -= u32::from(!self.hours(day).is_empty());
        }
        self.end(day)
    }

    fn end(&self, day: NaiveDate) -> DateTime<Utc> {
        let (from, to) = *self.hours(day).iter().max().unwrap();
        let day = if to <= from { day + Days::new(1) } else { day };
        self.zone.from_local_datetime(&day.and_time(to)).earliest().unwrap().with_timezone(&Utc)
    }

    fn open(&self, at: DateTime<Utc>) -> bool {
        let local = at.with_timezone(&self.zone).naive_local();
        let (day, time) = (local.date(), local.time());
        let today =
            self.hours(day).iter().any(|(from, to)| time >= *from && (to <= from || time < *to));
        let yesterday = self.hours(day - Days::new(1));
        today || yesterday.iter().any(|(from, to)| to <= from && time < *to)
    }

    fn hours(&self, day: NaiveDate) -> Hours {
        let date = day.to_string();
        let dated = |list: &str| {
            let list = self.calendar[list].as_array().unwrap();
            list.iter().find(|it| it["date"] == date.as_str()).cloned()
        };
        if let Some(dated) = dated("overrides") {
            return intervals(&dated["intervals"]);
        }
        if dated("holidays").is_some() {
            return Vec::new();
        }
        let weekday = day.weekday().to_string().to_lowercase();
        intervals(&self.calendar["week"][weekday])
    }
}

fn intervals(list: &Value) -> Hours {
    let time = |it: &Value| NaiveTime::parse_from_str(it.as_str().unwrap(), "%H:%M").unwrap();
    list.as_array().unwrap().iter().map(|it| (time(&it[0]), time(&it[1]))).collect()
}
