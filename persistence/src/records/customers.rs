//! Customers: who is served.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::page::{Cursor, Listed, Page};
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

/// What a list of customers is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those with this name.
    pub name: Option<String>,
    /// Only people, or only organisations.
    pub kind: Option<String>,
    /// Only those with this telephone number.
    pub phone: Option<String>,
    /// Only those with this e-mail address.
    pub email: Option<String>,
    /// Only those of this level.
    pub level: Option<String>,
    /// Only those of this site.
    pub site_id: Option<Uuid>,
    /// Only those of these sites; `None`: of all.
    pub within: Option<Vec<Uuid>>,
}

/// Customers, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Listed<Customer>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = customers::table.filter(customers::deleted_at.is_null()).into_boxed();
            if let Some(name) = &filter.name {
                query = query.filter(customers::name.eq(name));
            }
            if let Some(kind) = &filter.kind {
                query = query.filter(customers::kind.eq(kind));
            }
            if let Some(phone) = &filter.phone {
                query = query.filter(customers::phone.eq(phone));
            }
            if let Some(email) = &filter.email {
                query = query.filter(customers::email.eq(email));
            }
            if let Some(level) = &filter.level {
                query = query.filter(customers::level.eq(level));
            }
            if let Some(site_id) = filter.site_id {
                query = query.filter(customers::site_id.eq(Uid(site_id)));
            }
            if let Some(within) = &filter.within {
                query = query.filter(customers::site_id.eq_any(within.iter().copied().map(Uid)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = page.after {
            query = query.filter(customers::id.lt(Uid(after.id)));
        }
        query.order(customers::id.desc()).limit(page.look()).select(Customer::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Customer| Cursor::by_id(row.id.0)))
}
