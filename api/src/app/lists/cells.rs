//! An item of a list as a row of a table.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use kefu_domain::text::Lang;
use serde_json::Value;
use uuid::Uuid;

use super::columns::{Column, Kind, MEMBER, columns_of};
use crate::app::{Book, Failure};
use crate::faults::member;
use crate::params::ListName;
use crate::sheet::Cell;

/// What references are called: customers by name, assets by code.
#[derive(Debug, Clone, Default)]
pub struct Names(pub(in crate::app) HashMap<Uuid, String>);

/// A column that was asked for.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// One of the list's.
    Column(&'static Column),
    /// A member of `fields`.
    Member(String),
}

/// The columns asked for, by code; all of the list's if none is named.
pub(super) fn wanted(list: ListName, codes: &[String]) -> Result<Vec<Wanted>, Failure> {
    let columns = columns_of(list);
    if codes.is_empty() {
        return Ok(columns.iter().map(Wanted::Column).collect());
    }
    let mut wanted = Vec::new();
    let mut faults = Vec::new();
    for (index, code) in codes.iter().enumerate() {
        match find(columns, code) {
            Some(column) => wanted.push(column),
            None => faults.push(unknown(&format!("/columns/{index}"), columns)),
        }
    }
    if faults.is_empty() { Ok(wanted) } else { Err(Failure::Invalid(faults)) }
}

/// Whether a list has a column of that code.
pub(in crate::app) fn is_column(list: ListName, code: &str) -> bool {
    find(columns_of(list), code).is_some()
}

/// The fault of naming another.
pub(in crate::app) fn no_such_column(pointer: &str, list: ListName) -> kefu_domain::fault::Fault {
    unknown(pointer, columns_of(list))
}

fn find(columns: &'static [Column], code: &str) -> Option<Wanted> {
    let column = columns.iter().find(|it| it.code == code).map(Wanted::Column);
    let has_fields = || columns.iter().any(|it| it.code == "fields");
    column.or_else(|| {
        let name = code.strip_prefix(MEMBER).filter(|name| !name.is_empty() && has_fields());
        name.map(|name| Wanted::Member(name.to_owned()))
    })
}

fn unknown(pointer: &str, columns: &[Column]) -> kefu_domain::fault::Fault {
    let known: Vec<_> = columns.iter().map(|it| it.code).collect();
    let known = known.join(", ");
    let detail = kefu_domain::text::Text::new(
        format!("没有这一列，可选：{known}。"),
        format!("There is no such column; there are {known}."),
    );
    kefu_domain::fault::Fault::new(pointer, "unknown_column", detail)
}

/// The members of the references that the columns name.
pub(super) fn references(wanted: &[Wanted]) -> BTreeSet<&'static str> {
    let named = wanted.iter().filter_map(|it| match it {
        Wanted::Column(column) if matches!(column.kind, Kind::Customer | Kind::Asset) => {
            Some(column.member)
        }
        Wanted::Column(_) | Wanted::Member(_) => None,
    });
    named.collect()
}

impl Wanted {
    pub(super) fn code(&self) -> String {
        match self {
            Self::Column(column) => column.code.to_owned(),
            Self::Member(name) => format!("{MEMBER}{name}"),
        }
    }

    pub(super) fn heading(&self, lang: Lang) -> String {
        match self {
            Self::Column(column) => column.heading(lang).to_owned(),
            Self::Member(name) => format!("{MEMBER}{name}"),
        }
    }

    /// What it shows of an item.
    pub(super) fn cell(&self, item: &Value, book: &Book, names: &Names, lang: Lang) -> Cell {
        match self {
            Self::Member(name) => {
                plain(item.get("fields").and_then(|it| it.pointer(&member("", name))))
            }
            Self::Column(column) => {
                let value = item.pointer(&format!("/{}", column.member));
                let id = || value.and_then(Value::as_str).and_then(|it| it.parse().ok());
                match column.kind {
                    Kind::Text | Kind::Number | Kind::Flag | Kind::Json => plain(value),
                    Kind::Instant => instant(value),
                    Kind::Texts => texts(value),
                    Kind::Words => plain(value.and_then(|it| {
                        it.get(match lang {
                            Lang::Zh => "zh",
                            Lang::En => "en",
                        })
                    })),
                    Kind::Site => Cell::of(book.site_of(id()).map(|it| it.code.clone())),
                    Kind::Person => {
                        let caller = id().and_then(|id| book.caller(id));
                        Cell::of(caller.map(|it| it.display_name.clone()))
                    }
                    Kind::Customer | Kind::Asset => {
                        Cell::of(id().and_then(|id| names.0.get(&id).cloned()))
                    }
                }
            }
        }
    }
}

fn plain(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => Cell::Text(text.clone()),
        Some(Value::Bool(flag)) => Cell::Flag(*flag),
        Some(Value::Number(number)) => Cell::Number(number.to_string()),
        Some(Value::Object(members)) if members.is_empty() => Cell::Empty,
        Some(other) => Cell::Text(other.to_string()),
    }
}

fn instant(value: Option<&Value>) -> Cell {
    let text = value.and_then(Value::as_str);
    let instant = text.and_then(|it| it.parse::<DateTime<Utc>>().ok());
    instant.map_or(Cell::Empty, Cell::Instant)
}

fn texts(value: Option<&Value>) -> Cell {
    let texts = value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let texts: Vec<_> = texts.iter().filter_map(Value::as_str).collect();
    if texts.is_empty() { Cell::Empty } else { Cell::Text(texts.join(";")) }
}
