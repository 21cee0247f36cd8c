//! The slow, obvious answer. It looks at the clocks on the wall minute by minute, asks of each
//! minute whether the shop is open, and walks. It shares nothing with the product but the time-zone
//! database and reads the definition itself.

use std::collections::HashMap;

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, Offset as _, TimeZone as _,
    Timelike as _,
};
use chrono_tz::Tz;
use kefu_domain::calendar::{Definition, Interval, SegmentKind};

/// Microseconds in a minute.
pub(crate) const MINUTE: i64 = 60_000_000;

/// The official days of CN, typed in once more: days off from–to, then days worked.
const OFF: [(&str, &str); 20] = [
    ("2024-01-01", "2024-01-01"),
    ("2024-02-10", "2024-02-17"),
    ("2024-04-04", "2024-04-06"),
    ("2024-05-01", "2024-05-05"),
    ("2024-06-10", "2024-06-10"),
    ("2024-09-15", "2024-09-17"),
    ("2024-10-01", "2024-10-07"),
    ("2025-01-01", "2025-01-01"),
    ("2025-01-28", "2025-02-04"),
    ("2025-04-04", "2025-04-06"),
    ("2025-05-01", "2025-05-05"),
    ("2025-05-31", "2025-06-02"),
    ("2025-10-01", "2025-10-08"),
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
];
const WORKED: &str = "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 \
    2024-10-12 2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 \
    2026-02-28 2026-05-09 2026-09-20 2026-10-10";

/// What governs a date, and its intervals in minutes from its midnight.
#[derive(Clone)]
struct Day {
    kind: SegmentKind,
    intervals: Vec<(i64, i64)>,
}

/// One minute of real time.
struct Minute {
    /// The latest the clocks on the wall have shown so far, in minutes without zones. An interval
    /// has begun when they have shown its start, and has ended when they have shown its end.
    wall: i64,
    /// Why it is closed, or `None` when it is open.
    closed: Option<SegmentKind>,
}

/// A calendar over a window of real time.
pub(crate) struct Oracle {
    zone: Tz,
    definition: Definition,
    days: HashMap<NaiveDate, Day>,
    first: i64,
    minutes: Vec<Minute>,
}

impl Oracle {
    /// Looks at every minute of `days` days from UTC midnight of `from`.
    pub(crate) fn new(definition: &Definition, from: NaiveDate, days: u32) -> Self {
        let zone = definition.time_zone.parse().unwrap();
        let first = from.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() / 60;
        let definition = definition.clone();
        let mut oracle = Self { zone, definition, days: HashMap::new(), first, minutes: vec![] };
        // A day earlier, so that the clocks have shown everything that they show before `from`.
        let mut shown = i64::MIN;
        let mut today = (i64::MIN, vec![]);
        for minute in first - 1_440..first + i64::from(days) * 1_440 {
            let offset = i64::from(oracle.offset(minute * 60));
            shown = shown.max((minute * 60 + offset).div_euclid(60));
            let (date, time) = (shown.div_euclid(1_440), shown.rem_euclid(1_440));
            if today.0 != date {
                today = (date, oracle.paint(date));
            }
            if minute >= first {
                let closed = today.1[usize::try_from(time).unwrap()];
                oracle.minutes.push(Minute { wall: shown, closed });
            }
        }
        oracle
    }

    /// Each minute of a date as the wall shows it: why it is closed, if it is.
    fn paint(&mut self, date: i64) -> Vec<Option<SegmentKind>> {
        let date = NaiveDate::from_epoch_days(i32::try_from(date).unwrap()).unwrap();
        let before = self.day(date.pred_opt().unwrap()).clone();
        let today = self.day(date);
        let closed = |time: i64| {
            let night = before.intervals.iter().any(|(_, close)| time + 1_440 < *close);
            let open = today.intervals.iter().any(|(open, close)| (*open..*close).contains(&time));
            (!night && !open).then_some(today.kind)
        };
        (0..1_440).map(closed).collect()
    }

    fn offset(&self, seconds: i64) -> i32 {
        let utc = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
        self.zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
    }

    /// The local date and time of an instant in microseconds.
    fn local(&self, at: i64) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_micros(at).unwrap().naive_utc();
        self.zone.from_utc_datetime(&utc).naive_local()
    }

    /// What governs a date: an override, a holiday, the table of CN, the week.
    fn day(&mut self, date: NaiveDate) -> &Day {
        let definition = &self.definition;
        self.days.entry(date).or_insert_with(|| govern(definition, date))
    }

    fn at(&self, minute: i64) -> Option<&Minute> {
        self.minutes.get(usize::try_from(minute - self.first).ok()?)
    }

    fn is_open_minute(&self, minute: i64) -> Option<bool> {
        self.at(minute).map(|it| it.closed.is_none())
    }

    /// What a closed minute is, `Counted` when it is open; `None` outside the window.
    pub(crate) fn kind(&self, minute: i64) -> Option<SegmentKind> {
        self.at(minute).map(|it| it.closed.unwrap_or(SegmentKind::Counted))
    }

    /// Whether the minute around an instant is open.
    pub(crate) fn is_open(&self, at: i64) -> Option<bool> {
        self.is_open_minute(at.div_euclid(MINUTE))
    }

    /// Walks forward until `left` microseconds of open time are used up; `None` when the window
    /// ends before.
    pub(crate) fn add_working(&self, start: i64, mut left: i64) -> Option<i64> {
        let mut at = start;
        loop {
            let minute = at.div_euclid(MINUTE);
            let end = (minute + 1) * MINUTE;
            if self.is_open_minute(minute)? {
                if left <= end - at {
                    return Some(at + left);
                }
                left -= end - at;
            }
            at = end;
        }
    }

    /// Walks backward likewise.
    pub(crate) fn subtract_working(&self, end: i64, mut left: i64) -> Option<i64> {
        let mut at = end;
        loop {
            let minute = (at - 1).div_euclid(MINUTE);
            let begin = minute * MINUTE;
            if self.is_open_minute(minute)? {
                if left <= at - begin {
                    return Some(at - left);
                }
                left -= at - begin;
            }
            at = begin;
        }
    }

    /// The open time in `[a, b)`.
    pub(crate) fn between(&self, a: i64, b: i64) -> Option<i64> {
        let (mut at, mut worked) = (a, 0);
        while at < b {
            let minute = at.div_euclid(MINUTE);
            let end = ((minute + 1) * MINUTE).min(b);
            worked += if self.is_open_minute(minute)? { end - at } else { 0 };
            at = end;
        }
        Some(worked)
    }

    /// The end of the Nth working day after (or, when `step` is -1, before) an instant's date.
    pub(crate) fn working_days(&mut self, at: i64, count: u32, step: i64) -> Option<i64> {
        let mut date = self.local(at).date();
        if count == 0 {
            let close = self.close(date);
            let today = close.filter(|close| if step > 0 { at < *close } else { *close <= at });
            if today.is_some() {
                return today;
            }
        }
        let mut left = count.max(1);
        while left > 0 {
            date = if step > 0 { date.succ_opt()? } else { date.pred_opt()? };
            self.at(minutes(date.and_time(chrono::NaiveTime::MIN)))?; // still in the window
            left -= u32::from(!self.day(date).intervals.is_empty());
        }
        self.close(date)
    }

    fn close(&mut self, date: NaiveDate) -> Option<i64> {
        let last = self.day(date).intervals.iter().map(|(_, close)| *close).max()?;
        let wall = minutes(date.and_time(chrono::NaiveTime::MIN)) + last;
        self.shown(wall).map(|minute| minute * MINUTE)
    }

    /// The first minute at which the clocks have shown `wall`.
    fn shown(&self, wall: i64) -> Option<i64> {
        let index = self.minutes.partition_point(|it| it.wall < wall);
        (index > 0 && index < self.minutes.len())
            .then(|| self.first + i64::try_from(index).unwrap())
    }

    /// The same local time `days` days later or earlier.
    pub(crate) fn days_later(&self, at: i64, days: i64) -> Option<i64> {
        let local = self.local(at);
        let by = Days::new(days.unsigned_abs());
        let date = if days < 0 { local.date() - by } else { local.date() + by };
        self.on(date, at, days == 0)
    }

    /// The same local time `months` months later or earlier, on the last day of a shorter month.
    pub(crate) fn months_later(&self, at: i64, months: i32) -> Option<i64> {
        let local = self.local(at).date();
        let month = local.year() * 12 + i32::try_from(local.month0()).unwrap() + months;
        let (year, month) =
            (month.div_euclid(12), u32::try_from(month.rem_euclid(12)).unwrap() + 1);
        let mut days = (1..=local.day()).rev();
        let date = days.find_map(|day| NaiveDate::from_ymd_opt(year, month, day))?;
        self.on(date, at, months == 0)
    }

    /// The instant that shows the local time of `at` on another date.
    fn on(&self, date: NaiveDate, at: i64, stays: bool) -> Option<i64> {
        if stays {
            return Some(at);
        }
        let time = self.local(at).time();
        let wall = minutes(date.and_time(time));
        let minute = self.shown(wall)?;
        let missing = minutes(self.local(minute * MINUTE)) != wall;
        Some(minute * MINUTE + if missing { 0 } else { at.rem_euclid(MINUTE) })
    }

    /// The minutes that two intervals claim at once, over the window as the wall shows it.
    pub(crate) fn overlaps(definition: &Definition, from: NaiveDate, days: u32) -> bool {
        let mut claimed = std::collections::HashSet::new();
        from.iter_days().take(usize::try_from(days).unwrap()).any(|date| {
            let midnight = minutes(date.and_time(chrono::NaiveTime::MIN));
            let mut intervals = govern(definition, date).intervals.into_iter();
            intervals.any(|(open, close)| (open..close).any(|at| !claimed.insert(midnight + at)))
        })
    }
}

/// Minutes from 1970 on a calendar without zones.
fn minutes(local: NaiveDateTime) -> i64 {
    let days = i64::from(local.date().to_epoch_days());
    days * 1_440 + i64::from(local.hour()) * 60 + i64::from(local.minute())
}

fn govern(definition: &Definition, date: NaiveDate) -> Day {
    let text = date.format("%Y-%m-%d").to_string();
    let week = &definition.week;
    let weekday = date.weekday().num_days_from_monday();
    let (_, usual) = week.days()[usize::try_from(weekday).unwrap()];
    let makeup = if definition.makeup.is_empty() { &week.mon } else { &definition.makeup };
    let cn = definition.national.is_some();
    let (kind, intervals) = if let Some(it) = definition.overrides.iter().find(|it| it.date == text)
    {
        (SegmentKind::Override, it.intervals.as_slice())
    } else if definition.holidays.iter().any(|it| it.date == text) {
        (SegmentKind::Holiday, [].as_slice())
    } else if cn && WORKED.split_whitespace().any(|worked| worked == text) {
        (SegmentKind::Override, makeup.as_slice())
    } else if cn && OFF.iter().any(|(from, to)| *from <= text.as_str() && text.as_str() <= *to) {
        (SegmentKind::Holiday, [].as_slice())
    } else {
        (SegmentKind::Closed, usual)
    };
    Day { kind, intervals: intervals.iter().map(interval).collect() }
}

fn interval(Interval(open, close): &Interval) -> (i64, i64) {
    let minute = |text: &str| -> i64 {
        let parts: Vec<i64> = text.split(':').map(|part| part.parse().unwrap()).collect();
        parts[0] * 60 + parts[1]
    };
    let (open, close) = (minute(open), minute(close));
    (open, if close <= open { close + 1_440 } else { close })
}
