//! Duties at sites: how far each has been seen to, and when it arises next.
//!
//! **Invariant.** A duty's row and its one timer are written together, by [`insert`] and
//! [`update`]: where the row has a next instant and is not paused there is a timer, and nowhere else. Whoever lets a
//! duty arise holds the row, so that of many nodes one does.

mod occurrences;
mod row;
mod verify;

pub use occurrences::{Filter, Occurred, list, made, note, opened};

use crate::StoreError;
use crate::chain::id_of_code;
use crate::conn::{Conn, on, one, optional};
use crate::events::{NewEvent, append};
use crate::schema::duties;
use crate::timers::{self, Timer};
use crate::types::Uid;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kefu_domain::duty::Mark;
use uuid::Uuid;

pub(crate) use row::Row;
pub(crate) use verify::{differs, every};

/// What the log calls a duty at a site.
pub const AGGREGATE: &str = "duty";
/// The kind of the timers that belong to duties; their code is the duty's.
pub const TIMER: &str = "duty";

/// How a duty stands at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Its identity, made of both names.
    pub id: Uuid,
    /// The duty.
    pub duty: String,
    /// The site.
    pub site_id: Uuid,
    /// What decided when it arises, when that was last looked at; empty: the site has it no more.
    pub pattern: String,
    /// What was before this does not count.
    pub since: DateTime<Utc>,
    /// The last occurrence that has been seen to.
    pub done: Option<Mark>,
    /// When the next one is.
    pub next_at: Option<DateTime<Utc>>,
    /// Since when, by whom and why it rests.
    pub paused: Option<Pause>,
    /// How many events it has had.
    pub version: i32,
}

/// A duty that rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Who let it rest.
    pub by: Option<Uuid>,
    /// Why.
    pub why: String,
}

impl Standing {
    /// A duty that a site has from `since` on.
    pub fn new(duty: &str, site_id: Uuid, since: DateTime<Utc>) -> Self {
        Self {
            id: id_of_code(AGGREGATE, &format!("{duty}@{site_id}")),
            duty: duty.to_owned(),
            site_id,
            pattern: String::new(),
            since,
            done: None,
            next_at: None,
            paused: None,
            version: 0,
        }
    }

    /// Whether the site has the duty.
    pub fn runs(&self) -> bool {
        !self.pattern.is_empty()
    }
}

/// Makes known that a site has a duty. Of two nodes that do, the later leaves what the first has made.
pub fn insert(conn: &mut Conn, standing: &Standing) -> Result<(), StoreError> {
    let row = Row::of(standing);
    let inserted = on!(conn, c => diesel::insert_into(duties::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(c));
    if one(inserted)? { set_timer(conn, standing) } else { Ok(()) }
}

/// Writes how a duty stands that is held.
pub fn update(conn: &mut Conn, standing: &Standing) -> Result<(), StoreError> {
    let row = Row::of(standing);
    on!(conn, c => diesel::update(duties::table.find(row.id)).set(&row).execute(c))?;
    set_timer(conn, standing)
}

fn set_timer(conn: &mut Conn, standing: &Standing) -> Result<(), StoreError> {
    let due_at = standing.next_at.filter(|_| standing.paused.is_none());
    let Some(due_at) = due_at else {
        return timers::clear(conn, TIMER, standing.id, &standing.duty);
    };
    let timer = Timer {
        kind: TIMER.to_owned(),
        subject_id: standing.id,
        code: standing.duty.clone(),
        due_at,
        data: serde_json::json!({}),
    };
    timers::set(conn, &timer)
}

/// Tells the log what happened to a duty at a site; [`update`] it afterwards.
pub fn log(conn: &mut Conn, standing: &mut Standing, fact: NewEvent) -> Result<(), StoreError> {
    append(conn, AGGREGATE, standing.id, standing.version, None, &[fact])?;
    standing.version += 1;
    Ok(())
}

/// The duties of a site, had or had once; on PostgreSQL locked until the transaction ends.
pub fn of_site_for_update(conn: &mut Conn, site_id: Uuid) -> Result<Vec<Standing>, StoreError> {
    let query = duties::table.filter(duties::site_id.eq(Uid(site_id))).order(duties::duty);
    let rows: Vec<Row> = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().load(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).load(c),
    }?;
    rows.into_iter().map(Standing::try_from).collect()
}

/// A duty at a site, for a change.
pub fn find_for_update(
    conn: &mut Conn,
    duty: &str,
    site_id: Uuid,
) -> Result<Option<Standing>, StoreError> {
    let query =
        duties::table.filter(duties::duty.eq(duty)).filter(duties::site_id.eq(Uid(site_id)));
    let row = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().get_result(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).get_result(c),
    };
    optional(row)?.map(Standing::try_from).transpose()
}

/// The same for its timer, which does not wait: `None` also when somebody else holds it.
pub fn find_unlocked_for_update(conn: &mut Conn, id: Uuid) -> Result<Option<Standing>, StoreError> {
    let query = duties::table.find(Uid(id));
    let row = match conn {
        Conn::Pg(c, _) => query.select(Row::as_select()).for_update().skip_locked().get_result(c),
        Conn::Sqlite(c, _) => query.select(Row::as_select()).get_result(c),
    };
    optional(row)?.map(Standing::try_from).transpose()
}

/// How the duties stand that these sites have (`None`: all sites), by duty and site.
pub fn standing(conn: &mut Conn, sites: Option<&[Uuid]>) -> Result<Vec<Standing>, StoreError> {
    let rows: Vec<Row> = on!(conn, c => {
        let mut query = duties::table
            .filter(duties::pattern.ne(""))
            .order((duties::duty, duties::site_id))
            .select(Row::as_select())
            .into_boxed();
        if let Some(sites) = sites {
            query = query.filter(duties::site_id.eq_any(sites.iter().copied().map(Uid)));
        }
        query.load(c)
    })?;
    rows.into_iter().map(Standing::try_from).collect()
}

/// The site of a duty's log.
pub fn site_of(conn: &mut Conn, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let query = duties::table.find(Uid(id)).select(duties::site_id);
    let found: Option<Uid> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(found.map(Uuid::from))
}
