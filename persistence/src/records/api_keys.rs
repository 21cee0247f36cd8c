//! API keys: what integrators' programs come in with. Of the secret only a hash is kept.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::page::{Cursor, Listed, Page};
use crate::schema::api_keys;
use crate::{Json, StoreError, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A key, without its secret.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = api_keys, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct ApiKey {
    /// `UUIDv7`.
    pub id: Uid,
    /// The user it acts for.
    pub user_id: Uid,
    /// What people call it.
    pub name: Option<String>,
    /// How its secret begins, for people to tell it by.
    pub hint: String,
    /// SHA-256 of the secret. Never in the log.
    #[serde(skip)]
    pub secret_hash: Vec<u8>,
    /// What it may do at most: a list.
    pub permissions: Json,
    /// How far it reaches at most: `own`, `team`, `site`, `all`.
    pub scope: String,
    /// The one site it reaches, if it is kept to one.
    pub site_id: Option<Uid>,
    /// Until when it is good.
    pub expires_at: Time,
    /// When it was last used, to the minute.
    #[serde(skip)]
    pub last_used_at: Option<Time>,
    /// The sequence of its last event.
    #[serde(skip)]
    pub version: i32,
    /// When it was made.
    #[serde(skip)]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(skip)]
    pub updated_at: Time,
    /// When it was revoked.
    #[serde(skip)]
    pub deleted_at: Option<Time>,
}

const AGGREGATE: &str = "api_key";

record!(ApiKey, api_keys, id, Uuid, cached = false);

fn aggregate_id(key: &ApiKey) -> Uuid {
    key.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut ApiKey) {}

/// Every key that is good at `now`: nodes keep them in memory.
pub fn good(conn: &mut Conn, now: DateTime<Utc>) -> Result<Vec<ApiKey>, StoreError> {
    let query = api_keys::table
        .filter(api_keys::deleted_at.is_null())
        .filter(api_keys::expires_at.gt(Time::from(now)));
    on!(conn, c => query.select(ApiKey::as_select()).load(c)).map_err(StoreError::from)
}

/// The keys of one user that were not revoked.
pub fn of_user(conn: &mut Conn, user_id: Uuid) -> Result<Vec<ApiKey>, StoreError> {
    let query = api_keys::table
        .filter(api_keys::user_id.eq(Uid(user_id)))
        .filter(api_keys::deleted_at.is_null())
        .order(api_keys::id);
    on!(conn, c => query.select(ApiKey::as_select()).load(c)).map_err(StoreError::from)
}

/// Notes that a key was used. That is no change of the key: it has no version and no event.
pub fn touch(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let used = api_keys::last_used_at.eq(Time::from(now));
    on!(conn, c => diesel::update(api_keys::table.find(Uid(id))).set(used).execute(c))?;
    Ok(())
}

/// The keys of one user, or of all, newest first.
pub fn list(
    conn: &mut Conn,
    user_id: Option<Uuid>,
    page: &Page,
) -> Result<Listed<ApiKey>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = api_keys::table.filter(api_keys::deleted_at.is_null()).into_boxed();
            if let Some(user_id) = user_id {
                query = query.filter(api_keys::user_id.eq(Uid(user_id)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = &page.after {
            query = query.filter(api_keys::id.lt(Uid(after.id)));
        }
        query.order(api_keys::id.desc()).limit(page.look()).select(ApiKey::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &ApiKey| Cursor::by_id(row.id.0)))
}
