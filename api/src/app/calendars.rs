//! Calendars: read, put, imported into; and what deadline a span comes to.

use std::sync::Arc;

use kefu_domain::Timestamp;
use kefu_domain::calendar::{self, Calendar, Definition, Holiday};
use kefu_domain::fault::Fault;
use kefu_domain::span::Span;
use kefu_domain::text::Text;
use kefu_persistence::Conn;
use kefu_persistence::events::id_of_code;
use kefu_persistence::published::{self, calendars};
use kefu_persistence::timers::{self, Timer};

use super::answer::{Answer, Effect, Page, Shown, shown};
use super::book::{ALWAYS, Published};
use super::cases::{RECOUNT, RETARGET, moves, without_deadline};
use super::lists::{Asker, Listing};
use super::records::refuse;
use super::shelf::{holds, shelf};
use super::{App, Book, Expected, Failure, Moment, Request, Sent};
use crate::params::{CalendarDraft, CalendarFilter, ListName, Paging};
use crate::views::{CalendarView, DeadlineView};

/// The permission to keep calendars.
const WRITE: &str = "calendar.write";

/// Calendars, as a list.
#[derive(Debug)]
pub struct Calendars;

impl Listing for Calendars {
    type Filter = CalendarFilter;
    type Item = CalendarView;

    const NAME: ListName = ListName::Calendars;
    const LOOK: &'static str = "calendar.read";
    const EXPORT: &'static str = "calendar.read";

    /// The newest version of each, by code.
    async fn page(
        app: &App,
        _: &Asker,
        filter: CalendarFilter,
        paging: &Paging,
    ) -> Result<Page<CalendarView>, Failure> {
        let book = app.book();
        let all = book.calendars().map(|it| CalendarView::new(&it.item, it.version));
        let mut all = all.collect::<Result<Vec<_>, _>>()?;
        all.retain(|it| holds(&format!("{} {}", it.code, it.title), filter.q.as_deref()));
        let asked = (paging.limit, paging.cursor.as_deref(), paging.count);
        shelf(all.into_iter(), |it| it.code.clone(), asked, |it| it)
    }
}

impl App {
    /// A calendar in its newest version.
    pub fn show_calendar(&self, code: &str) -> Result<Shown<CalendarView>, Failure> {
        let book = self.book();
        let Published { version, item } = book.calendar(code).ok_or(Failure::NotFound)?;
        Ok(Shown { view: CalendarView::new(item, *version)?, version: *version })
    }

    /// Puts a calendar: a new version of it, or the first. With `dry_run` nothing is stored.
    pub async fn put_calendar(
        &self,
        request: Request,
        code: String,
        expected: Option<Expected>,
        sent: Sent<CalendarDraft>,
        dry_run: bool,
    ) -> Result<Answer, Failure> {
        let Sent { value: draft, mut faults } = sent;
        if draft.code.as_ref().is_some_and(|it| *it != code) {
            let detail =
                Text::new("与地址中的编码不一致。", "This is not the code in the address.");
            faults.push(Fault::new("/code", "other_code", detail));
        }
        let definition = definition(&code, draft, &mut faults)?;
        let dry = if dry_run { Dry::Run } else { Dry::No };
        self.write(request, move |conn, moment| {
            allowed(moment, &code)?;
            let calendar = checked(definition, faults)?;
            let before = calendars::latest_version(conn, &code)?;
            if let Some(expected) = expected {
                expected.check(before.into())?;
            }
            publish(conn, moment, &calendar, before, dry)
        })
        .await
    }

    /// Adds the holidays of an iCalendar file to a calendar; those that are there stay.
    pub async fn import_holidays(
        &self,
        request: Request,
        code: String,
        expected: Option<Expected>,
        text: String,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let stored = calendars::find(conn, &code, None)?;
            let stored = match stored {
                Some(stored) => stored,
                None if code == ALWAYS => return Err(built_in()),
                None => return Err(Failure::NotFound),
            };
            allowed(moment, &code)?;
            if let Some(expected) = expected {
                expected.check(stored.version.into())?;
            }
            let holidays = calendar::ical::holidays(&text).map_err(|it| faults_of(it, ""))?;
            let mut definition: Definition = serde_json::from_value(stored.document)
                .map_err(|error| Failure::Broken(format!("calendars {code}: {error}")))?;
            add(&mut definition, holidays);
            let calendar = checked(Some(definition), Vec::new())?;
            publish(conn, moment, &calendar, stored.version, Dry::No)
        })
        .await
    }

    /// When a span that starts at an instant is used up, and how.
    pub fn deadline(
        &self,
        code: &str,
        start: Timestamp,
        span: &str,
    ) -> Result<DeadlineView, Failure> {
        let book: Arc<Book> = self.book();
        let calendar = book.calendar(code).ok_or(Failure::NotFound)?;
        let span: Span = span.parse().map_err(|error: kefu_domain::span::SpanError| {
            let zh =
                format!("不是时长：{span}。可用 30m、72h、7d、2w、1M、4wh、90wm、3wd 等写法。");
            Failure::invalid("/span", "bad_span", &zh, &error.to_string())
        })?;
        let explained = calendar.item.explain(start, span).ok().ok_or_else(|| {
            Failure::invalid(
                "/span",
                "unreachable",
                "按此日历一百年内无法用完该时长，或超出可计算的年份。",
                "The calendar has not enough working time for this span within a hundred years.",
            )
        })?;
        Ok(explained.into())
    }
}

/// Whether anything is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dry {
    /// It is.
    No,
    /// It is only shown.
    Run,
}

/// Stores the next version, and shows it.
fn publish(
    conn: &mut Conn,
    moment: &Moment<'_>,
    calendar: &Calendar,
    before: i32,
    dry: Dry,
) -> Result<Effect, Failure> {
    let version = before + 1;
    let mut view = CalendarView::new(calendar, version.into())?;
    let (book, now) = (moment.book, moment.now);
    let next = versioned(calendar, version)?;
    refuse(without_deadline(conn, book, &next, now)?)?;
    if dry == Dry::Run {
        view.moves = Some(moves(conn, book, &next, now)?);
        return Effect::changed(Some(before.into()), &view);
    }
    let new = published::Published {
        code: calendar.code().to_owned(),
        version,
        document: shown(calendar.definition())?,
        source: String::new(),
        published_at: moment.now,
        published_by: Some(moment.caller.user_id),
    };
    calendars::publish(conn, &new)?;
    // The worker gives running clocks their new deadlines, a part at a time; a change that comes
    // meanwhile begins anew.
    timers::set(
        conn,
        &Timer {
            kind: RETARGET.to_owned(),
            subject_id: id_of_code("calendar", &new.code),
            code: new.code.clone(),
            due_at: moment.now,
            data: serde_json::json!({ "version": version }),
        },
    )?;
    // So do the duties that go by it.
    timers::set(
        conn,
        &Timer {
            kind: RECOUNT.to_owned(),
            subject_id: id_of_code("calendar", &new.code),
            code: new.code.clone(),
            due_at: moment.now,
            data: serde_json::json!({ "version": version }),
        },
    )?;
    let effect = if before == 0 {
        Effect::created(format!("/v1/calendars/{}", new.code), version.into(), &view)?
    } else {
        Effect::changed(Some(version.into()), &view)?
    };
    Ok(effect.changing_rules())
}

/// The calendar as it will be read again: with its version.
fn versioned(calendar: &Calendar, version: i32) -> Result<Calendar, Failure> {
    let mut definition = calendar.definition().clone();
    definition.version = u32::try_from(version).ok();
    checked(Some(definition), Vec::new())
}

/// Calendars are the whole organisation's.
fn allowed(moment: &Moment<'_>, code: &str) -> Result<(), Failure> {
    if !moment.caller.may_everywhere(WRITE) {
        return Err(Failure::Forbidden { needs: WRITE.to_owned() });
    }
    if code == ALWAYS { Err(built_in()) } else { Ok(()) }
}

fn built_in() -> Failure {
    Failure::InUse(Text::new(
        "always（全年全天）是内置日历，不可修改。",
        "The calendar `always` is built in and stays as it is.",
    ))
}

/// The definition a draft comes to. Its intervals are pairs; one that is none is a fault.
fn definition(
    code: &str,
    draft: CalendarDraft,
    faults: &mut Vec<Fault>,
) -> Result<Option<Definition>, Failure> {
    let mut value = shown(&CalendarDraft { code: Some(code.to_owned()), ..draft })?;
    let before = faults.len();
    for list in [
        "/week/mon",
        "/week/tue",
        "/week/wed",
        "/week/thu",
        "/week/fri",
        "/week/sat",
        "/week/sun",
        "/makeup",
    ] {
        pairs(&mut value, list, faults);
    }
    let overrides = value.get("overrides").and_then(|it| it.as_array()).map_or(0, Vec::len);
    for index in 0..overrides {
        pairs(&mut value, &format!("/overrides/{index}/intervals"), faults);
    }
    if faults.len() > before {
        return Ok(None);
    }
    let definition = serde_json::from_value(value);
    definition.map(Some).map_err(|error| Failure::Broken(format!("a calendar's draft: {error}")))
}

fn pairs(value: &mut serde_json::Value, list: &str, faults: &mut Vec<Fault>) {
    let intervals = value.pointer(list).and_then(|it| it.as_array());
    for (index, interval) in intervals.into_iter().flatten().enumerate() {
        if interval.as_array().map_or(0, Vec::len) != 2 {
            let detail = Text::new("应为 [\"开始\", \"结束\"]。", "Must be [\"start\", \"end\"].");
            faults.push(Fault::new(format!("{list}/{index}"), "bad_interval", detail));
        }
    }
}

/// The calendar, with every fault of its schema and of its own at once.
fn checked(definition: Option<Definition>, mut faults: Vec<Fault>) -> Result<Calendar, Failure> {
    let calendar = definition.map(Calendar::new);
    match calendar {
        Some(Ok(calendar)) => refuse(faults).map(|()| calendar),
        Some(Err(own)) => {
            let named: Vec<_> = faults.iter().map(|it| it.pointer.clone()).collect();
            let own = own.into_iter().filter(|it| !named.contains(&it.pointer));
            faults.extend(own.map(|it| Fault::new(it.pointer, it.code, it.detail)));
            Err(Failure::Invalid(faults))
        }
        None => Err(Failure::Invalid(faults)),
    }
}

fn faults_of(faults: Vec<calendar::Fault>, under: &str) -> Failure {
    let faults = faults.into_iter();
    let faults = faults.map(|it| Fault::new(format!("{under}{}", it.pointer), it.code, it.detail));
    Failure::Invalid(faults.collect())
}

/// Puts holidays in, in order of their dates; a date that is there keeps its name.
fn add(definition: &mut Definition, holidays: Vec<Holiday>) {
    for holiday in holidays {
        if !definition.holidays.iter().any(|it| it.date == holiday.date) {
            definition.holidays.push(holiday);
        }
    }
    definition.holidays.sort_by(|a, b| a.date.cmp(&b.date));
}
