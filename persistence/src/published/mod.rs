//! What is published in versions and never changed afterwards: calendars and procedures. Publishing
//! makes a new version; what runs keeps the one it began with.

use crate::StoreError;
use crate::chain::id_of_code;
use crate::conn::Conn;
use crate::events::{NewEvent, append};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// One version of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// What it is called.
    pub code: String,
    /// 1, 2, 3 …
    pub version: i32,
    /// The document.
    pub document: Value,
    /// What it was made from, as it was handed in; may be empty.
    pub source: String,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// By whom; `None`: it came with the program.
    pub published_by: Option<Uuid>,
}

/// Logs a version that has just been inserted. Its sequence is the version.
fn announce(conn: &mut Conn, aggregate: &str, new: &Published) -> Result<(), StoreError> {
    let what = if new.version == 1 { "created" } else { "changed" };
    let fact = NewEvent {
        kind: format!("{aggregate}.{what}"),
        data: serde_json::json!({
            "code": new.code, "version": new.version, "document": new.document,
        }),
        actor: new.published_by,
        at: new.published_at,
    };
    let id = id_of_code(aggregate, &new.code);
    append(conn, aggregate, id, new.version - 1, None, &[fact])?;
    crate::settings::bump_revision(conn)
}

macro_rules! published {
    ($(#[$doc:meta])* $module:ident, $aggregate:literal) => {
        $(#[$doc])*
        pub mod $module {
            use super::{Published, announce};
            use crate::conn::{Conn, on, optional};
            use crate::schema::$module as table;
            use crate::{Json, StoreError, Time, Uid};
            use diesel::prelude::*;

            pub(crate) const AGGREGATE: &str = $aggregate;

            #[derive(Queryable, Selectable, Insertable)]
            #[diesel(table_name = table, treat_none_as_default_value = false)]
            struct Row {
                code: String,
                version: i32,
                document: Json,
                source: String,
                published_at: Time,
                published_by: Option<Uid>,
            }

            impl From<Row> for Published {
                fn from(row: Row) -> Self {
                    Self {
                        code: row.code,
                        version: row.version,
                        document: row.document.0,
                        source: row.source,
                        published_at: row.published_at.0,
                        published_by: row.published_by.map(|id| id.0),
                    }
                }
            }

            /// Publishes a version, which is one more than [`latest_version`], and logs it.
            /// [`StoreError::Stale`] when it is not, [`StoreError::Duplicate`] when somebody else was
            /// faster.
            pub fn publish(conn: &mut Conn, new: &Published) -> Result<(), StoreError> {
                if latest_version(conn, &new.code)? != new.version - 1 {
                    return Err(StoreError::Stale);
                }
                let row = Row {
                    code: new.code.clone(),
                    version: new.version,
                    document: Json(new.document.clone()),
                    source: new.source.clone(),
                    published_at: Time::from(new.published_at),
                    published_by: new.published_by.map(Uid),
                };
                on!(conn, c => diesel::insert_into(table::table).values(&row).execute(c))?;
                announce(conn, AGGREGATE, new)
            }

            /// The newest version's number; 0: there is none.
            pub fn latest_version(conn: &mut Conn, code: &str) -> Result<i32, StoreError> {
                let query =
                    table::table.filter(table::code.eq(code)).select(diesel::dsl::max(table::version));
                let version: Option<i32> = on!(conn, c => query.get_result(c))?;
                Ok(version.unwrap_or(0))
            }

            /// One version; `None` asks for the newest.
            pub fn find(
                conn: &mut Conn,
                code: &str,
                version: Option<i32>,
            ) -> Result<Option<Published>, StoreError> {
                let version = match version {
                    Some(version) => version,
                    None => latest_version(conn, code)?,
                };
                let query = table::table.find((code, version));
                let row: Option<Row> =
                    optional(on!(conn, c => query.select(Row::as_select()).get_result(c)))?;
                Ok(row.map(Published::from))
            }

            /// The newest version of each, by code.
            pub fn latest(conn: &mut Conn) -> Result<Vec<Published>, StoreError> {
                let newest = table::table
                    .group_by(table::code)
                    .select((table::code, diesel::dsl::max(table::version)))
                    .order(table::code);
                let newest: Vec<(String, Option<i32>)> = on!(conn, c => newest.load(c))?;
                let mut all = Vec::with_capacity(newest.len());
                for (code, version) in newest {
                    all.extend(find(conn, &code, version)?);
                }
                Ok(all)
            }

            /// Every version of one, newest first.
            pub fn versions(conn: &mut Conn, code: &str) -> Result<Vec<Published>, StoreError> {
                let query =
                    table::table.filter(table::code.eq(code)).order(table::version.desc());
                let rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
                Ok(rows.into_iter().map(Published::from).collect())
            }

            /// All versions of all, for `verify`.
            pub(crate) fn every(conn: &mut Conn) -> Result<Vec<Published>, StoreError> {
                let query = table::table.order((table::code, table::version));
                let rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
                Ok(rows.into_iter().map(Published::from).collect())
            }
        }
    };
}

published! {
    /// Working calendars.
    calendars, "calendar"
}
published! {
    /// Procedures.
    procedures, "procedure"
}
