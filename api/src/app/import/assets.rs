//! Assets from a table. Without an identity, a row means the asset of its kind with its code.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::{assets, customers};
use kefu_persistence::{Conn, Json, Page, Uid};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::columns::Target;
use super::customers::site;
use super::{Importing, Saying};
use crate::app::{Assets, Book, Failure, Moment};
use crate::params::ListName;

/// The column that names a customer by telephone number.
const PHONE: &str = "customer_phone";

impl Importing for Assets {
    const LIST: ListName = ListName::Assets;
    const SAID: &'static [&'static str] =
        &["id", "kind", "code", "name", "customer_id", PHONE, "site", "site_id", "fields"];

    fn fresh(id: Uuid) -> assets::Asset {
        assets::Asset { id: Uid(id), fields: Json(json!({})), ..assets::Asset::default() }
    }

    fn id(row: &assets::Asset) -> Uuid {
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
            Target::Column("fields") => {
                let Ok(Value::Object(more)) = serde_json::from_str(text) else {
                    let detail = Text::new("应为 JSON 对象。", "Must be a JSON object.");
                    return Err(("type", detail));
                };
                add(said, more);
            }
            Target::Column(code) => {
                said.insert((*code).to_owned(), json!(text));
            }
            Target::Member(name) => {
                add(said, Map::from_iter([(name.clone(), json!(text))]));
            }
            Target::Nothing => {}
        }
        Ok(())
    }

    /// A customer is found by their telephone number, at the asset's site if the row names one.
    fn resolve(
        conn: &mut Conn,
        moment: &Moment<'_>,
        said: &mut Map<String, Value>,
    ) -> Result<Result<(), Fault>, Failure> {
        let Some(Value::String(phone)) = said.remove(PHONE) else { return Ok(Ok(())) };
        let site = said.get("site_id").and_then(Value::as_str).and_then(|it| it.parse().ok());
        let site_id = site.into_iter().collect();
        let filter = customers::Filter { phone: Some(phone), site_id, ..Default::default() };
        let reach = moment.caller.actor.reach_of_records("customer.read");
        let sort = customers::Sort::default();
        let found = customers::list(conn, &filter, &reach, sort, &Page::first(2))?.items;
        let fault = |code, zh: &str, en: &str| {
            Ok(Err(Fault::new(format!("/{PHONE}"), code, Text::new(zh, en))))
        };
        match found.as_slice() {
            [one] => {
                said.entry("customer_id").or_insert_with(|| json!(one.id));
                Ok(Ok(()))
            }
            [] => fault(
                "unknown_customer",
                "没有这个电话的客户。",
                "There is no customer with this telephone number.",
            ),
            _ => fault(
                "ambiguous",
                "有多个客户使用这个电话，请用 customer_id 列指明。",
                "Several customers have this telephone number; name the one meant in `customer_id`.",
            ),
        }
    }

    fn key(said: &Map<String, Value>) -> Option<String> {
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        Some(key(text("kind")?, text("code")?))
    }

    fn key_of(row: &assets::Asset) -> String {
        key(&row.kind, &row.code)
    }

    fn by_ids(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<assets::Asset>, Failure> {
        let mut found = assets::find_many(conn, ids)?;
        found.retain(|it| it.deleted_at.is_none());
        Ok(found)
    }

    fn by_keys(
        conn: &mut Conn,
        said: &[&Map<String, Value>],
    ) -> Result<Vec<assets::Asset>, Failure> {
        let codes = said.iter().filter_map(|it| it.get("code")?.as_str());
        let codes: Vec<_> = codes.map(str::to_owned).collect();
        Ok(assets::find_by_codes(conn, &codes)?)
    }
}

fn key(kind: &str, code: &str) -> String {
    format!("{kind}\0{code}")
}

/// Adds to what has been said of `fields` so far.
fn add(said: &mut Map<String, Value>, more: Map<String, Value>) {
    let mut fields = match said.remove("fields") {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    fields.extend(more);
    said.insert("fields".to_owned(), Value::Object(fields));
}
