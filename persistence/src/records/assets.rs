//! Assets: what a customer owns or uses.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on, optional};
use crate::page::{Cursor, Listed, Page};
use crate::schema::assets;
use crate::{Json, StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A flat, a shop, a meter, a key …
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = assets, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Asset {
    /// `UUIDv7`.
    pub id: Uid,
    /// What it is: `unit`.
    pub kind: String,
    /// Its name among its kind, unique there among those not deleted.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub customer_id: Option<Uid>,
    /// Where it is.
    pub site_id: Option<Uid>,
    /// What its kind asks for.
    pub fields: Json,
    /// The sequence of its last event.
    #[serde(skip)]
    pub version: i32,
    /// When it was made.
    #[serde(skip)]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(skip)]
    pub updated_at: Time,
    /// When it was deleted.
    #[serde(skip)]
    pub deleted_at: Option<Time>,
}

const AGGREGATE: &str = "asset";

record!(Asset, assets, id, Uuid, cached = false);

fn aggregate_id(asset: &Asset) -> Uuid {
    asset.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut Asset) {}

/// The asset of that kind with that code.
pub fn find_by_code(conn: &mut Conn, kind: &str, code: &str) -> Result<Option<Asset>, StoreError> {
    let query = assets::table
        .filter(assets::kind.eq(kind))
        .filter(assets::code.eq(code))
        .filter(assets::deleted_at.is_null());
    optional(on!(conn, c => query.select(Asset::as_select()).get_result(c)))
}

/// What a list of assets is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only with this code.
    pub code: Option<String>,
    /// Only with this name.
    pub name: Option<String>,
    /// Only this customer's.
    pub customer_id: Option<Uuid>,
    /// Only of this site.
    pub site_id: Option<Uuid>,
    /// Only those of these sites; `None`: of all.
    pub within: Option<Vec<Uuid>>,
}

/// Assets, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Listed<Asset>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = assets::table.filter(assets::deleted_at.is_null()).into_boxed();
            if let Some(kind) = &filter.kind {
                query = query.filter(assets::kind.eq(kind));
            }
            if let Some(code) = &filter.code {
                query = query.filter(assets::code.eq(code));
            }
            if let Some(name) = &filter.name {
                query = query.filter(assets::name.eq(name));
            }
            if let Some(customer_id) = filter.customer_id {
                query = query.filter(assets::customer_id.eq(Uid(customer_id)));
            }
            if let Some(site_id) = filter.site_id {
                query = query.filter(assets::site_id.eq(Uid(site_id)));
            }
            if let Some(within) = &filter.within {
                query = query.filter(assets::site_id.eq_any(within.iter().copied().map(Uid)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = page.after {
            query = query.filter(assets::id.lt(Uid(after.id)));
        }
        query.order(assets::id.desc()).limit(page.look()).select(Asset::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Asset| Cursor::by_id(row.id.0)))
}
