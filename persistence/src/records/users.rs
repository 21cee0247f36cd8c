//! Users: who works with kefu.

use super::granted::Granted;
use super::list::list;
use super::{Change, Record as _, record};
use crate::conn::{Conn, on, optional};
use crate::schema::users;
use crate::{Json, StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// Somebody who can log in.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = users, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct User {
    /// `UUIDv7`.
    pub id: Uid,
    /// What they log in with, as they write it.
    pub username: String,
    /// The same in lower case, unique among users that are not deleted; set by storage.
    #[serde(skip)]
    pub username_key: String,
    /// Their password, hashed. Never in the log.
    #[serde(skip)]
    pub password_hash: String,
    /// What people call them.
    pub display_name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their team.
    pub team: Option<String>,
    /// The customer they are, where customers have accounts.
    pub customer_id: Option<Uid>,
    /// Whether they may log in.
    pub active: bool,
    /// Their roles: a list of `{ role, scope, site_id? }`.
    pub grants: Json,
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

const AGGREGATE: &str = "user";

record!(User, users, id, Uuid, cached = true);

fn aggregate_id(user: &User) -> Uuid {
    user.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(user: &mut User) {
    user.username_key = fold_case(&user.username);
}

/// User names that differ only in case are one.
fn fold_case(username: &str) -> String {
    username.to_lowercase()
}

/// The user who logs in with that name, in whatever case it is written.
pub fn find_by_username(conn: &mut Conn, username: &str) -> Result<Option<User>, StoreError> {
    let query = users::table
        .filter(users::username_key.eq(fold_case(username)))
        .filter(users::deleted_at.is_null());
    optional(on!(conn, c => query.select(User::as_select()).get_result(c)))
}

/// Every user that is not deleted: a department has few, and nodes keep them in memory.
pub fn all(conn: &mut Conn) -> Result<Vec<User>, StoreError> {
    let query = users::table.filter(users::deleted_at.is_null()).order(users::id);
    on!(conn, c => query.select(User::as_select()).load(c)).map_err(StoreError::from)
}

/// How many users there are; none: the server has just been installed.
pub fn count(conn: &mut Conn) -> Result<i64, StoreError> {
    let query = users::table.filter(users::deleted_at.is_null()).count();
    on!(conn, c => query.get_result(c)).map_err(StoreError::from)
}

list! {
    User, users;
    narrowed {
        /// Only the one who logs in with this name, in whatever case it is written.
        username: by(String => named),
        /// Only those called this.
        display_name: text,
        /// Only of these teams.
        team: texts,
        /// Only those who may log in, or may not.
        active: flag,
        /// Only those who are this customer.
        customer_id: ids,
        /// Only those who have one of these roles.
        role: by(Vec<String> => with_role),
        /// Only those who have a post at one of these sites.
        site_id: by(Vec<Uuid> => with_site),
    }
    found by &["username", "display_name", "email", "phone"];
    sorted {
        /// What they log in with.
        Username 1 username_key,
        /// What people call them.
        Name 2 display_name,
    }
    scope everybody;
    sites |_| &[];
}

fn named(username: &str) -> diesel::dsl::Eq<users::username_key, String> {
    users::username_key.eq(fold_case(username))
}

fn with_role(roles: &[String]) -> Granted {
    Granted::new("role", roles.iter().cloned())
}

fn with_site(sites: &[Uuid]) -> Granted {
    Granted::new("site_id", sites.iter().map(Uuid::to_string))
}
