//! Plain records: sites, customers, assets, users, roles, API keys, saved views. A row each, changed
//! by hand, and each change told in the log.
//!
//! **Invariant.** A record's version is the sequence of its last event. Its events, folded as merge
//! patches, give what [`Record::public`] says of the row; secrets are in neither.

pub mod api_keys;
pub mod assets;
pub mod customers;
mod granted;
mod list;
pub mod roles;
pub mod sites;
pub mod users;
pub mod views;
pub mod webhooks;

use crate::events::{NewEvent, append};
use crate::{Conn, StoreError, Time, merge};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Who changes a record, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// `None`: the server itself.
    pub by: Option<Uuid>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What all plain records have.
pub trait Record: Serialize + Clone {
    /// What the log calls it: `customer`.
    const AGGREGATE: &'static str;
    /// Whether nodes keep it in memory and must hear of a change.
    const CACHED: bool;

    /// The id its events go by.
    fn aggregate_id(&self) -> Uuid;
    /// The sequence of its last event.
    fn version(&self) -> i32;
    /// Whether it was deleted.
    fn is_deleted(&self) -> bool;
    /// Sets what storage keeps about the row itself.
    fn stamp(&mut self, version: i32, at: Time, deleted: bool);

    /// What the log and the API may say of it: without secrets, without nulls.
    fn public(&self) -> Result<Value, StoreError> {
        let value = serde_json::to_value(self);
        let Ok(value) = value else {
            return Err(StoreError::corrupt(Self::AGGREGATE, self.aggregate_id(), "row"));
        };
        Ok(merge::strip(value))
    }
}

/// Tells the log of a change that has just been written.
pub(crate) fn log<R: Record>(
    conn: &mut Conn,
    record: &R,
    what: &str,
    data: Value,
    change: Change,
) -> Result<(), StoreError> {
    let kind = format!("{}.{what}", R::AGGREGATE);
    let fact = NewEvent { kind, data, actor: change.by, at: change.at };
    let after = record.version() - 1;
    append(conn, R::AGGREGATE, record.aggregate_id(), after, None, &[fact])?;
    if R::CACHED {
        crate::settings::bump_revision(conn)?;
    }
    Ok(())
}

/// The data of a `deleted` event.
pub(crate) fn nothing() -> Value {
    json!({})
}

/// The fold of a record's log: what it is, and whether it was deleted.
pub(crate) fn fold(state: Option<(Value, bool)>, kind: &str, data: Value) -> Option<(Value, bool)> {
    match (kind.rsplit('.').next(), state) {
        (Some("created"), None) => Some((data, false)),
        (Some("changed"), Some((record, deleted))) => Some((merge::apply(record, &data), deleted)),
        (Some("deleted"), Some((record, _))) => Some((record, true)),
        (_, state) => state,
    }
}

/// The queries that all records have, in the module that names them.
macro_rules! record {
    ($record:ident, $table:ident, $key:ident, $key_type:ty, cached = $cached:literal) => {
        impl crate::records::Record for $record {
            const AGGREGATE: &'static str = AGGREGATE;
            const CACHED: bool = $cached;

            fn aggregate_id(&self) -> uuid::Uuid {
                aggregate_id(self)
            }

            fn version(&self) -> i32 {
                self.version
            }

            fn is_deleted(&self) -> bool {
                self.deleted_at.is_some()
            }

            fn stamp(&mut self, version: i32, at: crate::Time, deleted: bool) {
                if version == 1 {
                    self.created_at = at;
                }
                self.version = version;
                self.updated_at = at;
                self.deleted_at = deleted.then_some(at);
            }
        }

        /// Inserts the record at version 1 and logs it as created; answers it as stored.
        /// [`StoreError::Duplicate`] when its code or name is taken.
        pub fn insert(
            conn: &mut Conn,
            mut record: $record,
            change: Change,
        ) -> Result<$record, StoreError> {
            record.stamp(1, crate::Time::from(change.at), false);
            prepare(&mut record);
            on!(conn, c => diesel::insert_into($table::table).values(&record).execute(c))?;
            crate::records::log(conn, &record, "created", record.public()?, change)?;
            Ok(record)
        }

        /// Replaces the record read as `before` and logs the difference; answers it as stored.
        /// [`StoreError::Stale`] when it has changed since.
        pub fn update(
            conn: &mut Conn,
            before: &$record,
            after: $record,
            change: Change,
        ) -> Result<$record, StoreError> {
            let patch = crate::merge::diff(&before.public()?, &after.public()?);
            write(conn, before, after, false, change, ("changed", patch))
        }

        /// Hides the record and logs that. What refers to it keeps doing so.
        /// [`StoreError::Stale`] when it has changed since.
        pub fn delete(
            conn: &mut Conn,
            before: &$record,
            change: Change,
        ) -> Result<$record, StoreError> {
            let what = ("deleted", crate::records::nothing());
            write(conn, before, before.clone(), true, change, what)
        }

        fn write(
            conn: &mut Conn,
            before: &$record,
            mut after: $record,
            deleted: bool,
            change: Change,
            (what, data): (&str, serde_json::Value),
        ) -> Result<$record, StoreError> {
            after.created_at = before.created_at;
            after.stamp(before.version + 1, crate::Time::from(change.at), deleted);
            prepare(&mut after);
            let unchanged = $table::table
                .filter($table::$key.eq(&before.$key))
                .filter($table::version.eq(before.version))
                .filter($table::deleted_at.is_null());
            let written = on!(conn, c => diesel::update(unchanged).set(&after).execute(c));
            if !crate::conn::one(written)? {
                return Err(StoreError::Stale);
            }
            crate::records::log(conn, &after, what, data, change)?;
            Ok(after)
        }

        /// The record, unless there is none or it was deleted.
        pub fn find(conn: &mut Conn, $key: $key_type) -> Result<Option<$record>, StoreError> {
            Ok(find_any(conn, $key)?.filter(|record| record.deleted_at.is_none()))
        }

        /// The record, deleted or not: what old cases refer to is still shown.
        pub fn find_any(conn: &mut Conn, $key: $key_type) -> Result<Option<$record>, StoreError> {
            let query = $table::table.filter($table::$key.eq(key($key)));
            crate::conn::optional(
                on!(conn, c => query.select($record::as_select()).get_result(c)),
            )
        }

        /// Those with these keys, deleted or not, in no particular order; keys of none are left out.
        pub fn find_many(
            conn: &mut Conn,
            keys: &[$key_type],
        ) -> Result<Vec<$record>, StoreError> {
            let query = $table::table.filter($table::$key.eq_any(keys.iter().copied().map(key)));
            on!(conn, c => query.select($record::as_select()).load(c)).map_err(StoreError::from)
        }

        /// Rows in the order of their key, deleted ones too, after `after`: for `verify`.
        pub(crate) fn every(
            conn: &mut Conn,
            after: Option<&$record>,
            limit: i64,
        ) -> Result<Vec<$record>, StoreError> {
            let rows = on!(conn, c => {
                let mut query = $table::table
                    .order($table::$key)
                    .limit(limit)
                    .select($record::as_select())
                    .into_boxed();
                if let Some(after) = after {
                    query = query.filter($table::$key.gt(&after.$key));
                }
                query.load(c)
            });
            rows.map_err(StoreError::from)
        }
    };
}
pub(crate) use record;
