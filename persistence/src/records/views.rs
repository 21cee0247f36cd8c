//! Saved views: a named filter of a list, kept for its owner or shared with others.

use super::list::list;
use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::schema::views;
use crate::{Json, StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A saved view of a list.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = views, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct View {
    /// `UUIDv7`.
    pub id: Uid,
    /// Which list it is a view of: `cases`.
    pub resource: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub owner_id: Uid,
    /// With whom it is shared: `private`, `role`, `site`, `all`.
    pub shared: String,
    /// The role it is shared with.
    pub role: Option<String>,
    /// The site it is shared with.
    pub site_id: Option<Uid>,
    /// What the list is narrowed to: its query parameters by name.
    pub filters: Json,
    /// In which order.
    pub sort: Option<String>,
    /// The columns it shows: a list of codes.
    #[serde(rename = "columns")]
    pub shown: Json,
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

const AGGREGATE: &str = "view";

record!(View, views, id, Uuid, cached = false);

fn aggregate_id(view: &View) -> Uuid {
    view.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut View) {}

/// Who looks for views: theirs are seen, those shared in a way that they see whatever it is shared
/// with, and those shared with a role or a site of theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Reader {
    /// The user.
    pub user_id: Uuid,
    /// The ways of sharing whose views they all see: `all`, and for those who keep what is shared every
    /// way but `private`.
    pub shared: Vec<String>,
    /// Their roles.
    pub roles: Vec<String>,
    /// Their sites.
    pub sites: Vec<Uuid>,
}

list! {
    View, views;
    narrowed {
        /// Only those of these lists.
        resource: texts,
        /// Only these users' own.
        owner_id: ids,
        /// Only those shared in these ways.
        shared: texts,
        /// Only those that this reader sees.
        seen_by: by(Reader => seen),
    }
    found by &["name"];
    sorted {
        /// What people call it.
        Name 1 name,
    }
    scope everybody;
    sites |_| &[];
}

#[diesel::dsl::auto_type]
fn seen(reader: &Reader) -> _ {
    let owner: Uid = Uid(reader.user_id);
    let shared: Vec<String> = reader.shared.clone();
    let roles: Vec<String> = reader.roles.clone();
    let sites: Vec<Uid> = reader.sites.iter().copied().map(Uid).collect();
    views::owner_id
        .eq(owner)
        .or(views::shared.eq_any(shared))
        .or(views::role.eq_any(roles))
        .or(views::site_id.eq_any(sites))
}
