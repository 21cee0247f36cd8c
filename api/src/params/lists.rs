//! What every list has in common: which part of it, by which view, and how it is taken out as a file.

use kefu_persistence::Page;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::events::TypePattern;
use super::page::cursor;
use crate::app::{Failure, PAGE};

/// Which part of a list is asked for.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<usize>,
    /// Where the last page ended: its `next_cursor`. It belongs to the order it was given in.
    #[param(max_length = 2000)]
    pub cursor: Option<String>,
    /// Whether to count them all (`total`).
    pub count: Option<bool>,
}

/// By which saved view a list is narrowed.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ByView {
    /// A saved view of this list (`/v1/views`): its filters, order and columns hold where the request
    /// says nothing else.
    pub view: Option<Uuid>,
}

/// How a list is taken out as a file.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The kind of file; CSV if it is not said.
    #[param(inline)]
    pub format: Option<SheetFormat>,
    /// The columns, in this order; the view's, or all, if it is not said. `fields.<name>` is a column
    /// for that member of `fields`, where there is such a column.
    #[param(max_items = 100, explode = false)]
    pub columns: Vec<String>,
    /// Whether columns are headed in the caller's language, or by their codes.
    #[param(inline)]
    pub headings: Option<Headings>,
    /// The IANA time zone that instants are written in, as `2026-11-22 09:02:03`: `Asia/Shanghai`.
    /// Without one they are RFC 3339 in UTC.
    #[param(max_length = 64)]
    pub time_zone: Option<String>,
}

/// A kind of file that holds a table.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "snake_case")]
pub enum SheetFormat {
    /// Comma-separated values (RFC 4180), UTF-8 with a byte order mark.
    #[default]
    Csv,
    /// An Excel workbook with one sheet.
    Xlsx,
}

impl Paging {
    /// The names of its parameters.
    const NAMES: [&str; 3] = ["limit", "cursor", "count"];

    /// Takes its parameters out of a query; what is left is the filter.
    pub fn take(query: &mut Map<String, Value>) -> Result<Self, Failure> {
        taken(query, &Self::NAMES)
    }

    /// The same for storage.
    pub fn part(&self) -> Result<Page, Failure> {
        let limit = self.limit.unwrap_or(PAGE);
        let after = cursor(self.cursor.as_deref())?;
        Ok(Page { limit, after, count: self.count.unwrap_or_default() })
    }
}

impl ByView {
    /// Takes its parameter out of a query.
    pub fn take(query: &mut Map<String, Value>) -> Result<Self, Failure> {
        taken(query, &["view"])
    }
}

impl ExportQuery {
    const NAMES: [&str; 4] = ["format", "columns", "headings", "time_zone"];

    /// Takes its parameters out of a query; what is left is the filter.
    pub fn take(query: &mut Map<String, Value>) -> Result<Self, Failure> {
        taken(query, &Self::NAMES)
    }
}

fn taken<T: serde::de::DeserializeOwned>(
    query: &mut Map<String, Value>,
    names: &[&str],
) -> Result<T, Failure> {
    let own = names.iter().filter_map(|name| Some(((*name).to_owned(), query.remove(*name)?)));
    let own = Value::Object(own.collect());
    serde_json::from_value(own).map_err(|error| Failure::Broken(format!("a query: {error}")))
}

/// What a file of events is narrowed to.
#[derive(Deserialize, IntoParams, Debug, Clone, Default)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Only after this position; 0, from the first event on, if it is not said.
    #[param(minimum = 0)]
    pub after: Option<i64>,
    /// Only of these types, between commas: `case.opened,case.closed`.
    #[param(inline, max_items = 50, explode = false)]
    pub types: Vec<TypePattern>,
}

/// Somebody, or whoever asks: `me`.
#[derive(Deserialize, ToSchema, Debug, Clone, PartialEq, Eq)]
#[schema(pattern = "^(me|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$", example = "me")]
pub struct Who(String);

impl Who {
    /// Which user it is when this one asks.
    pub fn id(&self, me: Uuid) -> Uuid {
        // The pattern lets nothing else through; nobody has this id.
        if self.0 == "me" { me } else { self.0.parse().unwrap_or_default() }
    }
}

/// How the columns of a file are headed.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "snake_case")]
pub enum Headings {
    /// In the caller's language.
    #[default]
    Titles,
    /// By the codes that `columns` takes, which never change.
    Codes,
}

impl SheetFormat {
    /// How such a file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A list that can be saved as a view and taken out as a file.
#[derive(Serialize, Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// 服务单
    Cases,
    /// 客户
    Customers,
    /// 资产
    Assets,
    /// 管理处
    Sites,
    /// 用户
    Users,
    /// 角色
    Roles,
    /// 流程
    Procedures,
    /// 工作日历
    Calendars,
    /// 事件
    Events,
    /// 条款
    Clauses,
    /// 条款执行情况
    Compliance,
    /// 例行任务
    Duties,
}

impl ListName {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Cases,
        Self::Customers,
        Self::Assets,
        Self::Sites,
        Self::Users,
        Self::Roles,
        Self::Procedures,
        Self::Calendars,
        Self::Events,
        Self::Clauses,
        Self::Compliance,
        Self::Duties,
    ];

    /// The word for it, which is the last part of its address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cases => "cases",
            Self::Customers => "customers",
            Self::Assets => "assets",
            Self::Sites => "sites",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Procedures => "procedures",
            Self::Calendars => "calendars",
            Self::Events => "events",
            Self::Clauses => "clauses",
            Self::Compliance => "compliance",
            Self::Duties => "duties",
        }
    }
}
