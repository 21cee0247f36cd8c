//! Roles: named sets of permissions.

use super::{Change, Record as _, record};
use crate::chain::id_of_code;
use crate::conn::{Conn, on};
use crate::events::by_the_server;
use crate::schema::roles;
use crate::{Json, StoreError, Time};
use diesel::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A role, a post of a regulation.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = roles, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Role {
    /// What grants call it: `front_desk`.
    pub code: String,
    /// What people call it: `{ "zh", "en" }`.
    pub title: Json,
    /// What it may do: a list.
    pub permissions: Json,
    /// Clauses the post comes from: a list.
    pub clauses: Json,
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

const AGGREGATE: &str = "role";

record!(Role, roles, code, &str, cached = true);

fn aggregate_id(role: &Role) -> Uuid {
    id_of_code(AGGREGATE, &role.code)
}

fn key(code: &str) -> &str {
    code
}

fn prepare(_: &mut Role) {}

/// Every role that is not deleted, by code.
pub fn all(conn: &mut Conn) -> Result<Vec<Role>, StoreError> {
    let query = roles::table.filter(roles::deleted_at.is_null()).order(roles::code);
    on!(conn, c => query.select(Role::as_select()).load(c)).map_err(StoreError::from)
}

/// Every permission that the server itself has given a role, as the log tells; `None`: the role was made
/// by somebody.
pub fn given(conn: &mut Conn, code: &str) -> Result<Option<BTreeSet<String>>, StoreError> {
    let told = by_the_server(conn, id_of_code(AGGREGATE, code))?;
    if told.first().is_none_or(|it| it.sequence != 1) {
        return Ok(None);
    }
    let lists = told.iter().filter_map(|it| it.data.get("permissions")?.as_array());
    Ok(Some(lists.flatten().filter_map(|it| it.as_str()).map(str::to_owned).collect()))
}
