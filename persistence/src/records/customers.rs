//! Customers: who is served.

use super::list::list;
use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::schema::customers;
use crate::{StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A customer: a person or an organisation.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = customers, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Customer {
    /// `UUIDv7`.
    pub id: Uid,
    /// What they are called.
    pub name: String,
    /// `person` or `organisation`.
    pub kind: String,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Where they are.
    pub address: Option<String>,
    /// The site that serves them.
    pub site_id: Option<Uid>,
    /// How confidential their file is.
    pub level: Option<String>,
    /// What else is worth knowing.
    pub notes: Option<String>,
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

const AGGREGATE: &str = "customer";

record!(Customer, customers, id, Uuid, cached = false);

fn aggregate_id(customer: &Customer) -> Uuid {
    customer.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut Customer) {}

/// Those with one of these names, oldest first.
pub fn find_by_names(conn: &mut Conn, names: &[String]) -> Result<Vec<Customer>, StoreError> {
    let query = customers::table
        .filter(customers::name.eq_any(names))
        .filter(customers::deleted_at.is_null())
        .order(customers::id);
    on!(conn, c => query.select(Customer::as_select()).load(c)).map_err(StoreError::from)
}

list! {
    Customer, customers;
    narrowed {
        /// Only with this name.
        name: text,
        /// Only people, or only organisations.
        kind: texts,
        /// Only with this telephone number.
        phone: text,
        /// Only with this e-mail address.
        email: text,
        /// Only of these levels.
        level: texts,
        /// Only of these sites.
        site_id: ids,
        /// Only those made at this instant or later.
        created_from: from,
        /// Only those made before this instant.
        created_to: to,
    }
    found by &["name", "phone", "email", "address"];
    sorted {
        /// What they are called.
        Name 1 name,
    }
    scope site_of_customer;
    sites |filter| &filter.site_id;
}
