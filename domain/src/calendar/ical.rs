//! Holidays from an iCalendar file (RFC 5545).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use icalendar::parser::{Component, Property, read_components, unfold};

use super::definition::Holiday;
use super::fault::Fault;

/// The most days one event may close.
const LONGEST: u64 = 366;

/// The deepest that components may be nested: a calendar, an event, an alarm, and some to spare.
/// The parser calls itself for each, so without a bound a text could use up the stack.
const DEEPEST: usize = 8;

/// The holidays in an iCalendar text, in order of date: each all-day event closes every day from
/// its start to the day before its end and is named by its summary. Two events on one date make one
/// holiday with both names.
///
/// Passed over, because they close nothing: events with a time of day, cancelled events, and the
/// make-up days that some published calendars mark with `X-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY`.
/// Refused, every one at its place (`/events/0/DTSTART`, counted from nought): an event that
/// repeats by rule, has no name, no date or a wrong one, or is longer than a year.
pub fn holidays(text: &str) -> Result<Vec<Holiday>, Vec<Fault>> {
    let unfolded = unfold(text.trim_start_matches('\u{feff}').trim_start());
    if depth(&unfolded) > DEEPEST {
        return Err(vec![not_icalendar("components within components within components")]);
    }
    let components = read_components(&unfolded).map_err(|error| vec![not_icalendar(&error)])?;
    if components.is_empty() || components.iter().any(|root| !is(root, "VCALENDAR")) {
        return Err(vec![not_icalendar("no VCALENDAR")]);
    }
    let events = components.iter().flat_map(|root| &root.components).filter(|it| is(it, "VEVENT"));
    let mut names: BTreeMap<NaiveDate, Vec<String>> = BTreeMap::new();
    let mut faults = Vec::new();
    for (index, event) in events.enumerate() {
        match read(event) {
            Ok(Some((name, dates))) => {
                for date in dates {
                    let known = names.entry(date).or_default();
                    if !known.contains(&name) {
                        known.push(name.clone());
                    }
                }
            }
            Ok(None) => {}
            Err((member, code, zh, en)) => {
                faults.push(Fault::new(format!("/events/{index}/{member}"), code, zh, en));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let holiday = |(date, names): (NaiveDate, Vec<String>)| Holiday {
        date: date.format("%Y-%m-%d").to_string(),
        name: names.join("、"),
    };
    Ok(names.into_iter().map(holiday).collect())
}

fn depth(unfolded: &str) -> usize {
    let starts = |line: &str, with: &str| {
        line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    let (mut depth, mut deepest) = (0_usize, 0);
    for line in unfolded.split(['\n', '\r']) {
        if starts(line, "BEGIN:") {
            depth += 1;
        } else if starts(line, "END:") {
            depth = depth.saturating_sub(1);
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Names are the same in capitals and without (RFC 5545 §2).
fn is(component: &Component<'_>, name: &str) -> bool {
    component.name.as_ref().eq_ignore_ascii_case(name)
}

fn find<'a>(event: &'a Component<'_>, name: &str) -> Option<&'a Property<'a>> {
    event.properties.iter().find(|it| it.name.as_ref().eq_ignore_ascii_case(name))
}

fn not_icalendar(why: &str) -> Fault {
    let why: String = why.chars().take(200).collect();
    let zh = format!("不是 iCalendar 文件:{why}");
    Fault::new("", "not_icalendar", zh, format!("not an iCalendar file: {why}"))
}

/// Member, code and the words in both languages.
type Wrong = (&'static str, &'static str, &'static str, &'static str);

/// The name and the dates of an all-day event; nothing for an event that closes no day.
fn read(event: &Component<'_>) -> Result<Option<(String, Vec<NaiveDate>)>, Wrong> {
    let value = |name| find(event, name).map(|property| property.val.as_ref());
    let worked = value("X-APPLE-SPECIAL-DAY") == Some("ALTERNATE-WORKDAY");
    if worked || value("STATUS") == Some("CANCELLED") {
        return Ok(None);
    }
    let missing = ("DTSTART", "missing_date", "事件没有日期", "the event has no date");
    let start = find(event, "DTSTART").ok_or(missing)?;
    if is_timed(start) {
        return Ok(None);
    }
    if find(event, "RRULE").or_else(|| find(event, "RDATE")).is_some() {
        let en = "an event that repeats is not imported: write out each date";
        return Err(("RRULE", "recurring_event", "不导入重复事件,请逐日列出", en));
    }
    let name = value("SUMMARY").map(one_line).filter(|name| !name.is_empty());
    let name =
        name.ok_or(("SUMMARY", "empty_name", "名称不能为空", "a holiday needs a summary"))?;
    let first = date(start, "DTSTART")?;
    let end = end(event, first)?;
    let length = u64::try_from(end.signed_duration_since(first).num_days());
    let length = length.ok().filter(|length| (1..=LONGEST).contains(length)).ok_or((
        "DTEND",
        "bad_range",
        "结束须晚于开始,且不超过 366 天",
        "a holiday ends after it starts, and within 366 days",
    ))?;
    let dates = (0..length).filter_map(|days| first.checked_add_days(Days::new(days)));
    Ok(Some((name, dates.collect())))
}

/// The day after the last: `DTEND`, or `DURATION` in days or weeks, or one day.
fn end(event: &Component<'_>, first: NaiveDate) -> Result<NaiveDate, Wrong> {
    if let Some(end) = find(event, "DTEND") {
        return date(end, "DTEND");
    }
    let Some(duration) = find(event, "DURATION") else {
        return first.succ_opt().ok_or(BAD_DURATION);
    };
    let text = duration.val.as_ref().strip_prefix('P').ok_or(BAD_DURATION)?;
    let (count, of) = match (text.strip_suffix('D'), text.strip_suffix('W')) {
        (Some(count), _) => (count, 1),
        (None, Some(count)) => (count, 7),
        (None, None) => return Err(BAD_DURATION),
    };
    let days = count.parse::<u32>().ok().map(|count| Days::new(u64::from(count) * of));
    days.and_then(|days| first.checked_add_days(days)).ok_or(BAD_DURATION)
}

const BAD_DURATION: Wrong = (
    "DURATION",
    "bad_range",
    "全天事件的时长须为整日或整周,例如 P1D",
    "an all-day event lasts whole days or weeks, as P1D",
);

/// Whether a start has a time of day. Without `VALUE=DATE` the form of the value tells.
fn is_timed(start: &Property<'_>) -> bool {
    start.val.as_ref().contains('T')
}

fn date(property: &Property<'_>, member: &'static str) -> Result<NaiveDate, Wrong> {
    let text = property.val.as_ref();
    let parsed = NaiveDate::parse_from_str(text, "%Y%m%d").ok().filter(|_| text.len() == 8);
    parsed.ok_or((
        member,
        "bad_date",
        "全天事件的日期须写作 YYYYMMDD",
        "an all-day event has dates written YYYYMMDD",
    ))
}

/// A text value on one line; the parser has undone the escapes.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
