//! Customers from a table. Without an identity, a row means the customer of the same site with the same
//! name and telephone number, or, where it gives no number, the same name and address.

use kefu_domain::text::Text;
use kefu_persistence::records::customers;
use kefu_persistence::{Conn, Uid};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::columns::Target;
use super::{Importing, Saying};
use crate::app::{Book, Customers, Failure};
use crate::params::ListName;

impl Importing for Customers {
    const LIST: ListName = ListName::Customers;
    const SAID: &'static [&'static str] =
        &["id", "name", "kind", "phone", "email", "address", "site", "site_id", "level", "notes"];

    fn fresh(id: Uuid) -> customers::Customer {
        customers::Customer { id: Uid(id), ..customers::Customer::default() }
    }

    fn id(row: &customers::Customer) -> Uuid {
        row.id.0
    }

    fn say(
        said: &mut Map<String, Value>,
        column: &Target,
        text: &str,
        book: &Book,
    ) -> Result<(), Saying> {
        match column {
            Target::Column("site") => site(said, text, book)?,
            Target::Column("kind") => {
                let kind = match text {
                    "个人" | "Person" => "person",
                    "单位" | "企业" | "Organisation" | "organization" => "organisation",
                    other => other,
                };
                said.insert("kind".to_owned(), json!(kind));
            }
            Target::Column(code) => {
                said.insert((*code).to_owned(), json!(text));
            }
            Target::Member(_) | Target::Nothing => {}
        }
        Ok(())
    }

    fn key(said: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        Some(key(
            text("name")?,
            text("phone"),
            text("address"),
            text("site_id").unwrap_or_default(),
        ))
    }

    fn key_of(row: &customers::Customer) -> String {
        let site = row.site_id.map(|it| it.0.to_string()).unwrap_or_default();
        key(&row.name, row.phone.as_deref(), row.address.as_deref(), &site)
    }

    fn by_ids(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<customers::Customer>, Failure> {
        let mut found = customers::find_many(conn, ids)?;
        found.retain(|it| it.deleted_at.is_none());
        Ok(found)
    }

    fn by_keys(
        conn: &mut Conn,
        said: &[&Map<String, Value>],
    ) -> Result<Vec<customers::Customer>, Failure> {
        let names = said.iter().filter_map(|it| it.get("name")?.as_str());
        let names: Vec<_> = names.map(str::to_owned).collect();
        Ok(customers::find_by_names(conn, &names)?)
    }
}

fn key(name: &str, phone: Option<&str>, address: Option<&str>, site: &str) -> String {
    let site = site.to_lowercase();
    match phone {
        Some(phone) => format!("{site}\0{name}\0phone\0{phone}"),
        None => format!("{site}\0{name}\0address\0{}", address.unwrap_or_default()),
    }
}

/// A site by its short name.
pub(super) fn site(said: &mut Map<String, Value>, code: &str, book: &Book) -> Result<(), Saying> {
    let found = book.sites().find(|it| it.1.code == code).map(|it| it.0);
    let Some(id) = found else {
        let detail = Text::new("没有这个管理处（编码）。", "There is no site with this code.");
        return Err(("unknown_site", detail));
    };
    // Where both are given they say the same; the identity counts.
    said.entry("site_id").or_insert_with(|| json!(id));
    Ok(())
}
