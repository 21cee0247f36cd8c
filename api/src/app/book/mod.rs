//! The regulations in force and the people who work by them, kept in memory. A request needs no
//! query to know who asks, and a decision none to know what holds.
//!
//! **Invariant.** A book is never changed; a newer one takes its place when the settings' revision
//! has grown.

mod duties;
mod load;
mod people;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;
use kefu_domain::case::Calendars;
use kefu_domain::pack::{Library, Names};
use kefu_domain::procedure::Procedure;
use kefu_domain::span::Span;
use kefu_domain::text::Text;
use kefu_domain::who::{KERNEL_PERMISSIONS, Role};
use serde_json::Value;
use uuid::Uuid;

use super::Caller;

use duties::Duties;
pub(in crate::app) use duties::SECRET as DUTY_SECRET;

/// The calendar every organisation has.
pub const ALWAYS: &str = "always";

/// The role of the built-in administrator.
pub const ADMIN: &str = "admin";

/// Everything that holds now.
#[derive(Debug)]
pub struct Book {
    revision: i64,
    library: Arc<Library>,
    callers: HashMap<Uuid, Arc<Caller>>,
    roles: BTreeMap<String, Role>,
    sites: BTreeMap<Uuid, Site>,
    calendars: BTreeMap<String, Published<Calendar>>,
    procedures: BTreeMap<String, BTreeMap<u32, Arc<Procedure>>>,
    duties: Arc<Duties>,
}

/// A site, as rules see it.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its short name.
    pub code: String,
    /// The packs it works by.
    pub packs: Vec<String>,
    /// The calendar it works by.
    pub calendar: String,
    /// The figures its packs fix, and those it has chosen, by `procedure.figure`.
    pub figures: BTreeMap<String, Span>,
    /// As conditions see it.
    pub seen: Value,
}

/// The newest version of something published.
#[derive(Debug, Clone)]
pub struct Published<T> {
    /// Its version, from 1; 0 is built in.
    pub version: i64,
    /// What it is.
    pub item: T,
}

impl Book {
    /// The settings' revision it was read at.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The packs that are loaded.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The site of that id.
    pub fn site_of(&self, id: Option<Uuid>) -> Option<&Site> {
        self.sites.get(&id?)
    }

    /// Every site.
    pub fn sites(&self) -> impl Iterator<Item = (Uuid, &Site)> {
        self.sites.iter().map(|(id, site)| (*id, site))
    }

    /// The date where a site is, by its calendar's time zone; by `always`' where it has none.
    pub fn local_date(&self, site_id: Option<Uuid>, now: Timestamp) -> NaiveDate {
        self.local_time(site_id, now).date()
    }

    /// The time by the clocks on the wall where a site is, by the same time zone.
    pub fn local_time(&self, site_id: Option<Uuid>, now: Timestamp) -> NaiveDateTime {
        now.with_timezone(&self.zone(site_id)).naive_local()
    }

    /// The time zone of a site; the organisation's where it has none.
    pub fn zone(&self, site_id: Option<Uuid>) -> Tz {
        let calendar = self.site_of(site_id).and_then(|it| self.calendar(&it.calendar));
        let zone = calendar.or_else(|| self.calendar("office")).map(|it| it.item.zone());
        zone.unwrap_or(Tz::UTC)
    }

    /// The time zone of what is asked for at these sites: of the one, else the organisation's.
    pub fn zone_of(&self, sites: &[Uuid]) -> Tz {
        self.zone(if let [site] = sites { Some(*site) } else { None })
    }

    /// The newest version of a calendar.
    pub fn calendar(&self, code: &str) -> Option<&Published<Calendar>> {
        self.calendars.get(code)
    }

    /// Every calendar, by code.
    pub fn calendars(&self) -> impl Iterator<Item = &Published<Calendar>> {
        self.calendars.values()
    }

    /// The newest version of a procedure.
    pub fn procedure(&self, code: &str) -> Option<Arc<Procedure>> {
        self.procedures.get(code)?.last_key_value().map(|(_, it)| Arc::clone(it))
    }

    /// One version of a procedure.
    pub fn procedure_version(&self, code: &str, version: u32) -> Option<Arc<Procedure>> {
        self.procedures.get(code)?.get(&version).map(Arc::clone)
    }

    /// The newest version of every procedure, by code.
    pub fn procedures(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.values().filter_map(|it| it.last_key_value().map(|(_, newest)| newest))
    }

    /// The role of that code.
    pub fn role(&self, code: &str) -> Option<&Role> {
        self.roles.get(code)
    }

    /// What a procedure may refer to.
    pub fn names(&self) -> Names {
        let mut names = self.library.names();
        names.procedures.extend(self.procedures.keys().cloned());
        names.calendars.extend(self.calendars.keys().cloned());
        names.roles.extend(self.roles.keys().cloned());
        names.permissions.extend(self.permissions().into_keys());
        names
    }

    /// Every permission a role can hold, with what people call it.
    pub fn permissions(&self) -> BTreeMap<String, Text> {
        let kernel = KERNEL_PERMISSIONS.iter().map(|it| (it.code.to_owned(), it.title()));
        let packs = self.library.permissions.values();
        kernel.chain(packs.map(|it| (it.code.clone(), it.title.clone()))).collect()
    }

    /// The codes of the packs a site can work by.
    pub fn packs(&self) -> BTreeSet<&str> {
        self.library.packs.iter().map(|it| it.code.as_str()).collect()
    }
}

impl Calendars for Book {
    fn find(&self, code: &str) -> Option<&Calendar> {
        self.calendar(code).map(|it| &it.item)
    }
}
