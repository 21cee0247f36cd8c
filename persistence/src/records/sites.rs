//! Sites (管理处, 门店): where work is done; the unit of data scope.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on, optional};
use crate::page::{Cursor, Listed, Page};
use crate::schema::sites;
use crate::{Json, StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A site.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = sites, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Site {
    /// `UUIDv7`.
    pub id: Uid,
    /// Its short name, unique among sites that are not deleted.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The packs of regulations it works by: a list of codes.
    pub packs: Json,
    /// Its calendar's code.
    pub calendar: String,
    /// Figures that the site has chosen itself, by `procedure.figure`.
    pub figures: Json,
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

const AGGREGATE: &str = "site";

record!(Site, sites, id, Uuid, cached = true);

fn aggregate_id(site: &Site) -> Uuid {
    site.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut Site) {}

/// The site with that code.
pub fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<Site>, StoreError> {
    let query = sites::table.filter(sites::code.eq(code)).filter(sites::deleted_at.is_null());
    optional(on!(conn, c => query.select(Site::as_select()).get_result(c)))
}

/// Every site that is not deleted: there are few, and nodes keep them in memory.
pub fn all(conn: &mut Conn) -> Result<Vec<Site>, StoreError> {
    let query = sites::table.filter(sites::deleted_at.is_null()).order(sites::id);
    on!(conn, c => query.select(Site::as_select()).load(c)).map_err(StoreError::from)
}

/// What a list of sites is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only the one with this code.
    pub code: Option<String>,
    /// Only those with this name.
    pub name: Option<String>,
    /// Only these; `None`: all.
    pub within: Option<Vec<Uuid>>,
}

/// Sites, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Listed<Site>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = sites::table.filter(sites::deleted_at.is_null()).into_boxed();
            if let Some(code) = &filter.code {
                query = query.filter(sites::code.eq(code));
            }
            if let Some(name) = &filter.name {
                query = query.filter(sites::name.eq(name));
            }
            if let Some(within) = &filter.within {
                query = query.filter(sites::id.eq_any(within.iter().copied().map(Uid)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = page.after {
            query = query.filter(sites::id.lt(Uid(after.id)));
        }
        query.order(sites::id.desc()).limit(page.look()).select(Site::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |site: &Site| Cursor::by_id(site.id.0)))
}
