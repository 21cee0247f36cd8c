//! The inbox: what each user has been told.

use crate::StoreError;
use crate::conn::{Conn, on, one};
use crate::page::{Cursor, Listed, Page};
use crate::schema::notifications;
use crate::types::{Json, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// A notice to one user.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// `UUIDv7`: newer is greater.
    pub id: Uuid,
    /// To whom.
    pub user_id: Uuid,
    /// About which case.
    pub case_id: Option<Uuid>,
    /// What kind of notice: `clock_breached`.
    pub kind: String,
    /// What else there is to say.
    pub data: Value,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
struct Row {
    id: Uid,
    user_id: Uid,
    case_id: Option<Uid>,
    kind: String,
    data: Json,
    created_at: Time,
    read_at: Option<Time>,
}

impl From<&Notification> for Row {
    fn from(notice: &Notification) -> Self {
        Self {
            id: Uid(notice.id),
            user_id: Uid(notice.user_id),
            case_id: notice.case_id.map(Uid),
            kind: notice.kind.clone(),
            data: Json(notice.data.clone()),
            created_at: Time::from(notice.created_at),
            read_at: notice.read_at.map(Time::from),
        }
    }
}

impl From<Row> for Notification {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.0,
            user_id: row.user_id.0,
            case_id: row.case_id.map(|id| id.0),
            kind: row.kind,
            data: row.data.0,
            created_at: row.created_at.0,
            read_at: row.read_at.map(|time| time.0),
        }
    }
}

/// Gives notices. On PostgreSQL many are one statement; on SQLite, where there is no way to save, the
/// statement for one stays prepared.
pub fn add(conn: &mut Conn, notices: &[Notification]) -> Result<(), StoreError> {
    let rows: Vec<Row> = notices.iter().map(Row::from).collect();
    match (conn, rows.as_slice()) {
        (Conn::Pg(c, _), rows @ [_, _, ..]) => {
            diesel::insert_into(notifications::table).values(rows).execute(c)?;
        }
        (conn, rows) => {
            for row in rows {
                on!(conn, c => diesel::insert_into(notifications::table).values(row).execute(c))?;
            }
        }
    }
    Ok(())
}

/// A user's notices, newest first; only those not read yet when `unread`.
pub fn list(
    conn: &mut Conn,
    user_id: Uuid,
    unread: bool,
    page: &Page,
) -> Result<Listed<Notification>, StoreError> {
    let rows: Vec<Row> = on!(conn, c => {
        let mut query = notifications::table
            .filter(notifications::user_id.eq(Uid(user_id)))
            .order(notifications::id.desc())
            .limit(page.look())
            .select(Row::as_select())
            .into_boxed();
        if unread {
            query = query.filter(notifications::read_at.is_null());
        }
        if let Some(after) = &page.after {
            query = query.filter(notifications::id.lt(Uid(after.id)));
        }
        query.load(c)
    })?;
    let total = if page.count { Some(count(conn, user_id, unread)?) } else { None };
    let items = rows.into_iter().map(Notification::from).collect();
    Ok(Listed::of(items, page, total, |notice: &Notification| Cursor::by_id(notice.id)))
}

/// How many notices a user has, or has not read yet.
pub fn count(conn: &mut Conn, user_id: Uuid, unread: bool) -> Result<i64, StoreError> {
    let all = notifications::table.filter(notifications::user_id.eq(Uid(user_id)));
    let count = if unread {
        on!(conn, c => all.filter(notifications::read_at.is_null()).count().get_result(c))
    } else {
        on!(conn, c => all.count().get_result(c))
    };
    count.map_err(StoreError::from)
}

/// Marks one of the user's notices as read; `false`: there is none such, or it was read before.
pub fn mark_read(
    conn: &mut Conn,
    user_id: Uuid,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let unread = notifications::table
        .filter(notifications::id.eq(Uid(id)))
        .filter(notifications::user_id.eq(Uid(user_id)))
        .filter(notifications::read_at.is_null());
    let read_at = notifications::read_at.eq(Time::from(now));
    one(on!(conn, c => diesel::update(unread).set(read_at).execute(c)))
}

/// Marks all of the user's notices as read; says how many were not.
pub fn mark_all_read(
    conn: &mut Conn,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let unread = notifications::table
        .filter(notifications::user_id.eq(Uid(user_id)))
        .filter(notifications::read_at.is_null());
    let read_at = notifications::read_at.eq(Time::from(now));
    on!(conn, c => diesel::update(unread).set(read_at).execute(c)).map_err(StoreError::from)
}

/// One of the user's notices.
pub fn find(conn: &mut Conn, user_id: Uuid, id: Uuid) -> Result<Option<Notification>, StoreError> {
    let query = notifications::table
        .filter(notifications::id.eq(Uid(id)))
        .filter(notifications::user_id.eq(Uid(user_id)));
    let row: Option<Row> =
        crate::conn::optional(on!(conn, c => query.select(Row::as_select()).get_result(c)))?;
    Ok(row.map(Notification::from))
}
