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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Page, Store};
    use diesel::connection::InstrumentationEvent;
    use diesel::sql_types::Text as SqlText;
    use kefu_domain::who::Reach;
    use std::sync::{Arc, Mutex};

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = SqlText)]
        detail: String,
    }

    /// The plans of all statements that a list runs.
    fn plans(filter: &Filter, reach: &Reach, sort: Sort) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("plans.db");
        let store = Store::open(file.to_str().unwrap(), &Options::default()).unwrap();
        store.migrate().unwrap();
        let mut conn = store.connect().unwrap();
        let said = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&said);
        let listen = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();
                let text = text.split(" -- binds").next().unwrap_or_default().to_owned();
                told.lock().unwrap().push(text);
            }
        };
        if let Conn::Sqlite(c, _) = &mut conn {
            c.set_instrumentation(listen);
        }
        let after = sort.cursor(&Customer { name: "王".to_owned(), ..Customer::default() });
        let page = Page { after: Some(after), ..Page::first(50) };
        drop(list(&mut conn, filter, reach, sort, &page).unwrap());
        let said = said.lock().unwrap().clone();
        let Conn::Sqlite(c, _) = &mut conn else { return Vec::new() };
        let explain = |sql: &String| {
            let steps: Vec<Step> =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(c).unwrap();
            steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")
        };
        said.iter().map(explain).collect()
    }

    #[test]
    fn every_order_is_a_range_of_an_index_for_everybody_and_for_a_site() {
        let site = Uuid::from_u128(1);
        let of_site = Reach { sites: [site].into(), ..Reach::default() };
        let there = Filter { site_id: vec![site], ..Filter::default() };
        for (by, whole, part) in [
            (By::Created, "sqlite_autoindex_customers_1", "customers_site"),
            (By::Name, "customers_name", "customers_site_name"),
        ] {
            for descending in [false, true] {
                let sort = Sort { by, descending };
                for (filter, reach, index, count) in [
                    (&Filter::default(), &Reach::everything(), whole, 1),
                    (&Filter::default(), &of_site, part, 2),
                    (&there, &Reach::everything(), part, 1),
                ] {
                    let plans = plans(filter, reach, sort);
                    assert_eq!(plans.len(), count, "{plans:?}");
                    for plan in plans {
                        assert!(plan.contains(&format!("INDEX {index} (")), "{sort:?}: {plan}");
                        assert!(!plan.contains("TEMP B-TREE"), "{sort:?}: {plan}");
                    }
                }
            }
        }
    }
}
