//! Assets: what a customer owns or uses.

use super::list::list;
use super::{Change, Record as _, record};
use crate::conn::{Conn, on, optional};
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

/// Those with one of these codes, of whatever kind.
pub fn find_by_codes(conn: &mut Conn, codes: &[String]) -> Result<Vec<Asset>, StoreError> {
    let query = assets::table
        .filter(assets::code.eq_any(codes))
        .filter(assets::deleted_at.is_null())
        .order(assets::id);
    on!(conn, c => query.select(Asset::as_select()).load(c)).map_err(StoreError::from)
}

list! {
    Asset, assets;
    narrowed {
        /// Only of these kinds.
        kind: texts,
        /// Only with this code.
        code: text,
        /// Only with this name.
        name: text,
        /// Only these customers'.
        customer_id: ids,
        /// Only of these sites.
        site_id: ids,
        /// Only those made at this instant or later.
        created_from: from,
        /// Only those made before this instant.
        created_to: to,
    }
    found by &["name", "code"];
    sorted {
        /// Its name.
        Name 1 name,
        /// Its code.
        Code 2 code,
    }
    scope customer_of_site;
    sites |filter| &filter.site_id;
}
