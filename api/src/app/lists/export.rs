//! A list as a file: read a page at a time, so that its length costs time and no memory.
//!
//! **Invariant.** A file holds what the list would show, where the permission to export reaches too.
//! **Invariant.** That it was made is in the log before its first byte leaves.

use std::sync::Arc;

use chrono_tz::Tz;
use kefu_domain::text::Text;
use kefu_persistence::Conn;
use kefu_persistence::events::{NewEvent, append};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::cells::{Wanted, references, wanted};
use super::{Asker, Listing};
use crate::app::{App, Failure};
use crate::ids::new_id;
use crate::params::{ByView, ExportQuery, Headings, Paging, SheetFormat};
use crate::sheet::{Cell, Packed, Style, Unwritable, Workbook};

/// What the log calls a file that was made of a list.
const AGGREGATE: &str = "export";

/// As many as a page of the list may hold.
const PAGE: usize = 200;

/// A file about to be made.
#[derive(Debug)]
pub struct Export<L: Listing> {
    /// Its name.
    pub name: String,
    /// What kind of file it is.
    pub format: SheetFormat,
    /// How instants are written.
    pub style: Style,
    /// Its rows.
    pub walk: Walk<L>,
}

/// A list on its way into a file.
#[derive(Debug)]
pub struct Walk<L: Listing> {
    app: Arc<App>,
    asker: Asker,
    filter: L::Filter,
    columns: Vec<Wanted>,
    headings: Headings,
    id: Uuid,
    rows: u64,
    at: At,
}

/// Where a walk is.
#[derive(Debug)]
enum At {
    /// Before the headings.
    Head,
    /// After this cursor; at the first page without one.
    Page(Option<String>),
    /// At the end.
    End,
}

impl<L: Listing> Export<L> {
    /// Checks what is asked for and notes that it is done.
    pub async fn start(
        app: Arc<App>,
        asker: Asker,
        mut query: Map<String, Value>,
    ) -> Result<Self, Failure> {
        if !asker.caller.actor.holds(L::LOOK) {
            return Err(Failure::Forbidden { needs: L::LOOK.to_owned() });
        }
        let (wish, by) = (ExportQuery::take(&mut query)?, ByView::take(&mut query)?);
        let style = Style { zone: zone(wish.time_zone.as_deref())? };
        let said = query.clone();
        let (filter, seen) = app.filter::<L>(&asker.caller, query, by.view).await?;
        let codes = if wish.columns.is_empty() { seen } else { wish.columns };
        let columns = wanted(L::NAME, &codes)?;
        // What the list itself refuses is refused before the file begins.
        let first = Paging { limit: Some(1), ..Paging::default() };
        L::page(&app, &asker, filter.clone(), &first).await?;
        let format = wish.format.unwrap_or_default();
        let headings = wish.headings.unwrap_or_default();
        let now = app.clock.now();
        let (id, list) = (new_id(now), L::NAME.word());
        let name = format!("{list}-{}.{}", now.format("%Y-%m-%d"), format.extension());
        let walk = Walk { app, asker, filter, columns, headings, id, rows: 0, at: At::Head };
        let columns: Vec<_> = walk.columns.iter().map(Wanted::code).collect();
        walk.note(
            "started",
            json!({
                "list": list, "format": format, "query": said, "view": by.view, "columns": columns,
            }),
        )
        .await?;
        Ok(Self { name, format, style, walk })
    }
}

impl<L: Listing> Walk<L> {
    /// The next rows, the headings first; nothing at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<Vec<Cell>>>, Failure> {
        let cursor = match &mut self.at {
            At::End => return Ok(None),
            At::Head => {
                self.at = At::Page(None);
                return Ok(Some(vec![self.head()]));
            }
            At::Page(cursor) => cursor.take(),
        };
        let paging = Paging { limit: Some(PAGE), cursor, ..Paging::default() };
        let page = L::page(&self.app, &self.asker, self.filter.clone(), &paging).await?;
        let items = page.items.iter().map(crate::app::answer::shown);
        let items = items.collect::<Result<Vec<_>, _>>()?;
        self.rows += u64::try_from(items.len()).unwrap_or_default();
        let members = references(&self.columns);
        let names = L::names(&self.app, &self.asker, &members, &items).await?;
        let (book, lang) = (self.app.book(), self.asker.lang);
        let row = |item| self.columns.iter().map(|it| it.cell(item, &book, &names, lang)).collect();
        let rows: Vec<Vec<Cell>> = items.iter().map(row).collect();
        self.at = match page.next_cursor {
            Some(cursor) => At::Page(Some(cursor)),
            None => At::End,
        };
        if matches!(self.at, At::End) {
            self.note("finished", json!({ "rows": self.rows })).await?;
        }
        Ok(Some(rows))
    }

    /// All of it as a workbook.
    pub async fn workbook(mut self, style: Style) -> Result<Packed, Failure> {
        let mut book = Workbook::new(style).map_err(unwritable)?;
        while let Some(rows) = self.next().await? {
            book.write(&rows).map_err(unwritable)?;
        }
        // Packing takes a core for a while; a thread of its own does not hold others up.
        let packed = tokio::task::spawn_blocking(move || book.finish()).await;
        packed.map_err(|error| Failure::Broken(error.to_string()))?.map_err(unwritable)
    }

    fn head(&self) -> Vec<Cell> {
        let heading = |it: &Wanted| match self.headings {
            Headings::Titles => Cell::Text(it.heading(self.asker.lang)),
            Headings::Codes => Cell::Text(it.code()),
        };
        self.columns.iter().map(heading).collect()
    }

    /// Tells the log.
    async fn note(&self, what: &str, data: Value) -> Result<(), Failure> {
        let (id, kind) = (self.id, format!("{AGGREGATE}.{what}"));
        let after = i32::from(what != "started");
        let (actor, at) = (Some(self.asker.caller.user_id), self.app.clock.now());
        let fact = NewEvent { kind, data, actor, at };
        let write = move |conn: &mut Conn| {
            append(conn, AGGREGATE, id, after, None, &[fact]).map(drop).map_err(Failure::from)
        };
        self.app.store.write(write).await
    }
}

fn unwritable(why: Unwritable) -> Failure {
    match why {
        Unwritable::TooLong => Failure::invalid(
            "/format",
            "too_many_rows",
            "超过工作表的最大行数，请改用 CSV 或缩小范围。",
            "There are more rows than a sheet can have; take CSV or narrow the list.",
        ),
        Unwritable::Broken(why) => Failure::Broken(why),
    }
}

fn zone(name: Option<&str>) -> Result<Option<Tz>, Failure> {
    let zone = name.map(|it| it.parse::<Tz>().map_err(|_unknown| no_such_zone())).transpose();
    zone.map_err(|fault| Failure::Invalid(vec![fault]))
}

fn no_such_zone() -> kefu_domain::fault::Fault {
    let detail = Text::new(
        "没有这个时区，应为 IANA 名称，如 Asia/Shanghai。",
        "There is no such time zone; it is an IANA name such as Asia/Shanghai.",
    );
    kefu_domain::fault::Fault::new("/time_zone", "unknown_time_zone", detail)
}
