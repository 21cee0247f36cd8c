//! From a calendar as written to a calendar compiled, or every fault it has.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::definition::{Definition, Interval};
use super::fault::Fault;
use super::national;
use super::overlap;
use super::plan::{Cause, DAY, Exception, Hours, Plan};

/// The longest title or name, in characters.
const LONGEST_NAME: usize = 200;

/// The zone and the plan of `definition`, or every fault in it.
pub(super) fn compile(definition: &Definition) -> Result<(Tz, Plan), Vec<Fault>> {
    let mut compiler = Compiler::default();
    compiler.code_and_title(definition);
    let zone = compiler.zone(&definition.time_zone);
    compiler.week(definition);
    compiler.overrides(definition);
    compiler.holidays(definition);
    compiler.national(definition);
    let (plan, places) = compiler.plan();
    compiler.faults.extend(overlap::faults(&plan, &places));
    match zone {
        Some(zone) if compiler.faults.is_empty() => Ok((zone, plan)),
        _ => Err(compiler.faults),
    }
}

/// Hours read from one list, with the index each interval had in it.
#[derive(Clone, Default)]
struct Read {
    hours: Vec<Hours>,
    places: Places,
}

/// JSON pointers of the intervals of a day, in the order of its hours.
pub(super) type Places = Vec<String>;

/// The pointers of everything that a plan has hours for.
#[derive(Default)]
pub(super) struct AllPlaces {
    /// From Monday.
    pub(super) week: [Places; 7],
    /// One for each exception.
    pub(super) exceptions: Vec<Places>,
}

struct Dated {
    cause: Cause,
    name: Option<String>,
    read: Read,
}

#[derive(Default)]
struct Compiler {
    faults: Vec<Fault>,
    week: [Read; 7],
    dated: BTreeMap<i64, Dated>,
}

impl Compiler {
    fn fault(&mut self, pointer: &str, code: &'static str, zh: &str, en: &str) {
        self.faults.push(Fault::new(pointer, code, zh, en));
    }

    fn code_and_title(&mut self, definition: &Definition) {
        if !is_code(&definition.code) {
            let zh = "编码须以小写字母开头,只含小写字母、数字、_ 和 -,最多 64 个字符";
            let en = "a code starts with a lower-case letter and has lower-case letters, digits, \
                      `_` and `-` only, 64 characters at most";
            self.fault("/code", "bad_code", zh, en);
        }
        // It stands in addresses where a calendar's code does.
        if definition.code == "export" {
            let zh = "`export` 是接口自己的地址,请换一个编码";
            let en = "`export` is an address of the API's own; take another code";
            self.fault("/code", "reserved_code", zh, en);
        }
        for (pointer, text) in
            [("/title/zh", &definition.title.zh), ("/title/en", &definition.title.en)]
        {
            if text.trim().is_empty() {
                self.fault(pointer, "empty_title", "标题不能为空", "a title must say something");
            }
            self.length(pointer, text);
        }
    }

    fn zone(&mut self, name: &str) -> Option<Tz> {
        let zone = name.parse().ok();
        if zone.is_none() {
            let zh = "不是 IANA 时区名,例如 Asia/Shanghai";
            let en = "not an IANA time zone, as Asia/Shanghai";
            self.fault("/time_zone", "unknown_zone", zh, en);
        }
        zone
    }

    fn week(&mut self, definition: &Definition) {
        let mut week: [Read; 7] = Default::default();
        for (read, (day, intervals)) in week.iter_mut().zip(definition.week.days()) {
            *read = self.intervals(&format!("/week/{day}"), intervals);
        }
        self.week = week;
    }

    fn overrides(&mut self, definition: &Definition) {
        let mut seen = BTreeMap::new();
        for (index, item) in definition.overrides.iter().enumerate() {
            let pointer = format!("/overrides/{index}");
            if let Some(name) = &item.name {
                self.name(&pointer, name);
            }
            let read = self.intervals(&format!("{pointer}/intervals"), &item.intervals);
            let dated = Dated { cause: Cause::Override, name: item.name.clone(), read };
            if let Some(day) = self.date(&pointer, &item.date, &mut seen) {
                self.dated.insert(day, dated);
            }
        }
    }

    /// After the overrides, which beat them.
    fn holidays(&mut self, definition: &Definition) {
        let mut seen = BTreeMap::new();
        for (index, item) in definition.holidays.iter().enumerate() {
            let pointer = format!("/holidays/{index}");
            self.name(&pointer, &item.name);
            let name = Some(item.name.clone());
            let dated = Dated { cause: Cause::Holiday, name, read: Read::default() };
            if let Some(day) = self.date(&pointer, &item.date, &mut seen) {
                self.dated.entry(day).or_insert(dated);
            }
        }
    }

    /// After the calendar's own overrides and holidays, which beat the national table.
    fn national(&mut self, definition: &Definition) {
        let mut makeup = self.intervals("/makeup", &definition.makeup);
        if definition.makeup.is_empty() {
            makeup = self.week.first().cloned().unwrap_or_default();
        }
        let Some(country) = &definition.national else { return };
        let Some(days) = national::days(country) else {
            let zh = "没有这个国家的节假日表,现有:CN";
            let en = "no table of holidays for this country; there is one for: CN";
            return self.fault("/national", "unknown_national", zh, en);
        };
        for day in days {
            let (cause, read) = if day.works {
                (Cause::Override, makeup.clone())
            } else {
                (Cause::Holiday, Read::default())
            };
            let dated = Dated { cause, name: Some(day.name.zh.clone()), read };
            self.dated.entry(i64::from(day.date.to_epoch_days())).or_insert(dated);
        }
    }

    fn plan(&mut self) -> (Plan, AllPlaces) {
        let mut places = AllPlaces::default();
        let mut week: [Vec<Hours>; 7] = Default::default();
        let days = week.iter_mut().zip(&mut places.week);
        for (read, (hours, places)) in std::mem::take(&mut self.week).into_iter().zip(days) {
            (*hours, *places) = (read.hours, read.places);
        }
        let mut exceptions = Vec::with_capacity(self.dated.len());
        for (day, Dated { cause, name, read }) in std::mem::take(&mut self.dated) {
            exceptions.push(Exception { day, cause, name, hours: read.hours });
            places.exceptions.push(read.places);
        }
        (Plan::new(week, exceptions), places)
    }

    /// The intervals of one list in order of time; those that are no intervals become faults.
    fn intervals(&mut self, pointer: &str, intervals: &[Interval]) -> Read {
        let mut read = Vec::with_capacity(intervals.len());
        for (index, Interval(open, close)) in intervals.iter().enumerate() {
            let place = format!("{pointer}/{index}");
            let opens = seconds(open).filter(|at| *at < DAY);
            let closes = seconds(close);
            if opens.is_none() {
                let zh = "开始时间须写作 00:00 至 23:59";
                let en = "a start is written 00:00 to 23:59";
                self.fault(&format!("{place}/0"), "bad_time", zh, en);
            }
            if closes.is_none() {
                let zh = "结束时间须写作 00:00 至 24:00";
                let en = "an end is written 00:00 to 24:00";
                self.fault(&format!("{place}/1"), "bad_time", zh, en);
            }
            if let (Some(open), Some(close)) = (opens, closes) {
                let close = if close <= open { close + DAY } else { close };
                read.push((Hours { open, close }, place));
            }
        }
        read.sort_by_key(|(hours, _)| hours.open);
        let (hours, places) = read.into_iter().unzip();
        Read { hours, places }
    }

    /// The day a date names, unless it names none or one that the same list had before.
    fn date(&mut self, pointer: &str, text: &str, seen: &mut BTreeMap<i64, String>) -> Option<i64> {
        let pointer = format!("{pointer}/date");
        let Some(day) = epoch_day(text) else {
            let zh = "日期须写作 YYYY-MM-DD,且真实存在";
            self.fault(&pointer, "bad_date", zh, "a date is written YYYY-MM-DD, and exists");
            return None;
        };
        match seen.entry(day) {
            Entry::Vacant(vacant) => {
                vacant.insert(pointer);
                Some(day)
            }
            Entry::Occupied(first) => {
                let zh = format!("{text} 已在 {} 出现", first.get());
                let en = format!("{text} is already at {}", first.get());
                self.faults.push(Fault::new(pointer, "duplicate_date", zh, en));
                None
            }
        }
    }

    fn name(&mut self, pointer: &str, name: &str) {
        let pointer = format!("{pointer}/name");
        if name.trim().is_empty() {
            self.fault(&pointer, "empty_name", "名称不能为空", "a name must say something");
        }
        self.length(&pointer, name);
    }

    fn length(&mut self, pointer: &str, text: &str) {
        if text.chars().nth(LONGEST_NAME).is_some() {
            self.fault(pointer, "too_long", "最多 200 个字符", "200 characters at most");
        }
    }
}

fn is_code(code: &str) -> bool {
    let ordinary = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    code.len() <= 64
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.chars().all(ordinary)
}

/// Seconds from midnight of `HH:MM`, up to and with `24:00`.
fn seconds(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| -> Option<i64> {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (hour, minute) = (two(hour)?, two(minute)?);
    let whole = hour * 3_600 + minute * 60;
    (minute < 60 && whole <= DAY).then_some(whole)
}

/// The day a `YYYY-MM-DD` names, counted from 1970-01-01.
fn epoch_day(text: &str) -> Option<i64> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // The parser is lenient about width and sign; the format is not.
    let exact = date.format("%Y-%m-%d").to_string() == text && text.len() == 10;
    exact.then(|| i64::from(date.to_epoch_days()))
}
