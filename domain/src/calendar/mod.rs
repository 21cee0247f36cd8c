//! Working calendars: when an organisation is open, when a promise falls due, and why
//! (DESIGN §4.1).
//!
//! A calendar is a weekly pattern in a time zone, with holidays, overrides and a national table.
//! **An override beats a holiday, a holiday beats the weekly pattern**, and a calendar's own
//! overrides and holidays beat the national table. Everything here is pure and takes instants as
//! arguments. Instants are kept to the microsecond; anything finer is dropped.

mod compile;
mod dates;
mod days;
mod definition;
mod explain;
mod fault;
pub mod ical;
mod national;
mod openings;
mod overlap;
mod plan;
mod working;
mod zone;

use std::sync::{Arc, LazyLock};

use chrono_tz::Tz;

pub use definition::{Definition, Holiday, Interval, Override, Week};
pub use explain::{Explanation, Segment, SegmentKind};
pub use fault::Fault;

use crate::Timestamp;
use crate::text::Text;
use plan::Plan;
use zone::Zone;

/// A calendar, checked and compiled. Immutable, and cheap to clone.
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    definition: Definition,
    zone: Tz,
    plan: Plan,
}

/// The answer lies nowhere: the calendar does not open again (or had not opened before), or not
/// within a hundred years, or the instants lie outside the years 1 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the calendar has not enough working time within a hundred years")]
pub struct Unreachable;

impl PartialEq for Calendar {
    /// Two calendars are the same when they are written the same.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.definition == other.0.definition
    }
}

impl Eq for Calendar {}

impl Calendar {
    /// Checks and compiles a definition, or names every fault in it.
    pub fn new(definition: Definition) -> Result<Calendar, Vec<Fault>> {
        let (zone, plan) = compile::compile(&definition)?;
        Ok(Calendar(Arc::new(Inner { definition, zone, plan })))
    }

    /// The calendar every organisation has: `always`, 24 hours on 365 days. Its zone is
    /// Asia/Shanghai, which only dates (`7d`, `3wd`) can tell.
    pub fn always() -> Calendar {
        static ALWAYS: LazyLock<Calendar> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "constant; a test builds it")]
            Calendar::new(around_the_clock()).expect("a calendar without faults")
        });
        ALWAYS.clone()
    }

    /// Its name in requests.
    pub fn code(&self) -> &str {
        &self.0.definition.code
    }

    /// Which version it is; 1 for one that was never stored.
    pub fn version(&self) -> u32 {
        self.0.definition.version.unwrap_or(1)
    }

    /// The calendar as written.
    pub fn definition(&self) -> &Definition {
        &self.0.definition
    }

    /// Where its local times are.
    pub fn zone(&self) -> Tz {
        self.0.zone
    }

    fn plan(&self) -> &Plan {
        &self.0.plan
    }

    fn local(&self) -> Zone {
        Zone::new(self.0.zone)
    }
}

/// The first instant of a local date; `None` outside the years 1 to 9999.
pub(crate) fn midnight(date: chrono::NaiveDate, zone: Tz) -> Option<Timestamp> {
    let wall = date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_micros();
    timestamp(Zone::new(zone).resolve(wall)).ok()
}

fn around_the_clock() -> Definition {
    let all_day = vec![Interval("00:00".to_owned(), "24:00".to_owned())];
    Definition {
        code: "always".to_owned(),
        title: Text::new("全天候", "Around the clock"),
        time_zone: "Asia/Shanghai".to_owned(),
        national: None,
        week: Week {
            mon: all_day.clone(),
            tue: all_day.clone(),
            wed: all_day.clone(),
            thu: all_day.clone(),
            fri: all_day.clone(),
            sat: all_day.clone(),
            sun: all_day,
        },
        makeup: Vec::new(),
        holidays: Vec::new(),
        overrides: Vec::new(),
        version: None,
    }
}

/// The first instant of year 1 and the last of year 9999, in microseconds from 1970: what lies
/// outside has no local date that can be written down.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Microseconds from 1970, or nothing outside the years 1 to 9999.
fn micros(at: Timestamp) -> Result<i64, Unreachable> {
    Some(at.timestamp_micros()).filter(|at| INSTANTS.contains(at)).ok_or(Unreachable)
}

/// The same, for questions that always have an answer: what lies outside is moved to the edge.
fn clamped(at: Timestamp) -> i64 {
    at.timestamp_micros().clamp(*INSTANTS.start(), *INSTANTS.end())
}

fn timestamp(micros: i64) -> Result<Timestamp, Unreachable> {
    let within = Some(micros).filter(|at| INSTANTS.contains(at));
    within.and_then(Timestamp::from_timestamp_micros).ok_or(Unreachable)
}
