//! Every time a duty arose, and the case that it opened.

use crate::StoreError;
use crate::conn::{Conn, on, one};
use crate::page::{Cursor, Listed, Page};
use crate::schema::duty_occurrences as table;
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

/// A duty that arose.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = table, treat_none_as_default_value = false)]
pub struct Occurred {
    /// Its identity.
    pub id: Uid,
    /// The duty.
    pub duty: String,
    /// The site.
    pub site_id: Uid,
    /// When it arose.
    pub occurs_at: Time,
    /// Which it was on its day, from 1.
    pub n: i32,
    /// Until when it is to be done.
    pub due_at: Time,
    /// The promise that counts on its case: the one that takes the span the duty gives.
    pub clock: Option<String>,
    /// The case; none where none could be opened.
    pub case_id: Option<Uid>,
    /// When it was noted, which is later after an outage.
    pub created_at: Time,
}

/// What a list of occurrences is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// The duty.
    pub duty: String,
    /// Only at these sites; `None`: at all.
    pub sites: Option<Vec<Uuid>>,
    /// Only those at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// The order of the list: newest first.
const NEWEST: u8 = 41;

/// Notes an occurrence; says whether it is new.
pub fn note(conn: &mut Conn, occurred: &Occurred) -> Result<bool, StoreError> {
    let key = (table::duty, table::site_id, table::occurs_at, table::n);
    one(on!(conn, c => diesel::insert_into(table::table)
        .values(occurred)
        .on_conflict(key)
        .do_nothing()
        .execute(c)))
}

/// Says which case an occurrence opened.
pub fn opened(conn: &mut Conn, id: Uid, case_id: Uuid) -> Result<(), StoreError> {
    let set = table::case_id.eq(Some(Uid(case_id)));
    on!(conn, c => diesel::update(table::table.find(id)).set(set).execute(c))?;
    Ok(())
}

/// The occurrences of a duty, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Listed<Occurred>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = table::table.filter(table::duty.eq(&filter.duty)).into_boxed();
            match filter.sites.as_deref() {
                Some([site]) => query = query.filter(table::site_id.eq(Uid(*site))),
                Some(sites) => {
                    query = query.filter(table::site_id.eq_any(sites.iter().copied().map(Uid)));
                }
                None => {}
            }
            if let Some(from) = filter.from {
                query = query.filter(table::occurs_at.ge(Time::from(from)));
            }
            if let Some(to) = filter.to {
                query = query.filter(table::occurs_at.lt(Time::from(to)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some((at, id)) = page.after.as_ref().and_then(|it| Some((it.at()?, it.id))) {
            let (at, id) = (Time::from(at), Uid(id));
            query = query
                .filter(table::occurs_at.le(at))
                .filter(table::occurs_at.lt(at).or(table::id.lt(id)));
        }
        query
            .order((table::occurs_at.desc(), table::id.desc()))
            .limit(page.look())
            .select(Occurred::as_select())
            .load(c)
    })?;
    Ok(Listed::of(rows, page, total, cursor))
}

fn cursor(row: &Occurred) -> Cursor {
    let at = row.occurs_at.0.timestamp_micros();
    Cursor { order: NEWEST, at, id: row.id.0, text: String::new() }
}

/// Whether a cursor is one of this list.
pub fn made(cursor: &Cursor) -> bool {
    cursor.order == NEWEST
}
