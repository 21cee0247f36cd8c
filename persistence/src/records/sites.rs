//! Sites (管理处, 门店): where work is done; the unit of data scope.

use super::list::list;
use super::{Change, Record as _, record};
use crate::conn::{Conn, on, optional};
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

list! {
    Site, sites;
    narrowed {
        /// Only with this code.
        code: text,
        /// Only with this name.
        name: text,
        /// Only those that work by this calendar.
        calendar: text,
        /// Only these.
        within: by(Vec<Uuid> => these),
    }
    found by &["name", "code"];
    sorted {
        /// Its name.
        Name 1 name,
        /// Its short name.
        Code 2 code,
    }
    scope everybody;
    sites |_| &[];
}

fn these(ids: &[Uuid]) -> diesel::dsl::EqAny<sites::id, Vec<Uid>> {
    sites::id.eq_any(ids.iter().copied().map(Uid).collect::<Vec<_>>())
}
