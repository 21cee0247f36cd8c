//! The obligations behind a number: newest first, a page at a time, from as many sources as a clause has.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use kefu_domain::compliance::{Source, Standing};
use uuid::Uuid;

use super::Scope;
use super::seen::Binds;
use super::shape::{Bounds, Key, Shape};
use crate::StoreError;
use crate::conn::{Conn, on};
use crate::page::{Cursor, Listed, Page};
use crate::types::{Time, Uid, sql};

/// Which obligations are listed.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// In which stretch of time, of whom, where.
    pub scope: Scope,
    /// From these sources; no obligation is in two of them.
    pub sources: Vec<Source>,
    /// Only those that stand so.
    pub standing: Option<Standing>,
    /// Not those at these sites.
    pub without: Vec<Uuid>,
}

/// One obligation.
#[derive(Debug, Clone, PartialEq)]
pub struct Obligation {
    /// Where it was found.
    pub source: Source,
    /// What tells it from others of its source.
    pub id: Uuid,
    /// The case it is on; an occurrence of a duty may have none.
    pub case_id: Option<Uuid>,
    /// What people call the case.
    pub number: Option<String>,
    /// The procedure the case follows.
    pub procedure: Option<String>,
    /// The promise; `None`: the case itself.
    pub clock: Option<String>,
    /// The how-manieth time the case makes it; 0 where it is no promise.
    pub run: i32,
    /// Where.
    pub site_id: Option<Uuid>,
    /// When it arose.
    pub started_at: DateTime<Utc>,
    /// Until when it is to be kept.
    pub due_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub stopped_at: Option<DateTime<Utc>>,
    /// How it stands.
    pub standing: Standing,
}

/// The order of this list in cursors.
const ORDER: u8 = 64;

/// A page of the obligations that are wanted.
pub fn list(
    conn: &mut Conn,
    wanted: &Wanted,
    page: &Page,
) -> Result<Listed<Obligation>, StoreError> {
    let (mut items, mut total) = (Vec::new(), 0);
    for source in &wanted.sources {
        let asked = Asked { wanted, source, page };
        let (shape, key) = Shape::of(source);
        items.extend(asked.rows(conn, shape, &key)?);
        total += if page.count { asked.count(conn, shape, &key)? } else { 0 };
    }
    items.sort_by_cached_key(|it| {
        std::cmp::Reverse((it.started_at, it.id, it.source.to_string(), it.run))
    });
    Ok(Listed::of(items, page, page.count.then_some(total), cursor))
}

/// Whether the cursor is of this list.
pub fn made(cursor: &Cursor) -> bool {
    cursor.order == ORDER && cursor.at().is_some()
}

fn cursor(it: &Obligation) -> Cursor {
    let at = it.started_at.timestamp_micros();
    Cursor { order: ORDER, at, id: it.id, text: format!("{} {}", it.run, it.source) }
}

/// Where the page before ended, for one source: at the same instant and id the greater name comes
/// first, and of the same name the later run.
#[derive(Debug, Clone, Copy)]
struct After {
    at: Time,
    id: Uid,
    /// At that instant, of that id, those whose run is less are left.
    below: i32,
}

impl After {
    fn of(page: &Page, source: &Source) -> Option<Self> {
        let after = page.after.as_ref()?;
        let (at, id) = (Time::from(after.at().unwrap_or_default()), Uid(after.id));
        let (run, last) = after.text.split_once(' ').unwrap_or(("0", &after.text));
        let below = match source.to_string().as_str().cmp(last) {
            std::cmp::Ordering::Less => i32::MAX,
            std::cmp::Ordering::Equal => run.parse().unwrap_or_default(),
            std::cmp::Ordering::Greater => i32::MIN,
        };
        Some(Self { at, id, below })
    }
}

struct Asked<'a> {
    wanted: &'a Wanted,
    source: &'a Source,
    page: &'a Page,
}

type Row = (Uid, String, String, Option<Uid>, Time, String, Time, Option<Time>, i32, String);

impl Asked<'_> {
    fn statement<S>(&self, shape: Shape, key: &Key, shown: S) -> Rows<S> {
        Rows {
            shape,
            bounds: Bounds::new(shape, &self.wanted.scope, &self.wanted.without),
            key: key.clone(),
            standing: self.wanted.standing.map(Standing::as_str),
            shown,
        }
    }

    fn rows(
        &self,
        conn: &mut Conn,
        shape: Shape,
        key: &Key,
    ) -> Result<Vec<Obligation>, StoreError> {
        let shown = Shown { after: After::of(self.page, self.source), limit: self.page.look() };
        let statement = self.statement(shape, key, shown);
        let rows: Vec<Row> = on!(conn, c => (&statement).load(c))?;
        Ok(rows.into_iter().map(|row| self.obligation(row)).collect())
    }

    fn count(&self, conn: &mut Conn, shape: Shape, key: &Key) -> Result<i64, StoreError> {
        let statement = self.statement(shape, key, Counted);
        on!(conn, c => (&statement).get_result(c)).map_err(StoreError::from)
    }

    fn obligation(&self, row: Row) -> Obligation {
        let (id, number, procedure, site_id, started_at, clock, due_at, stopped_at, run, standing) =
            row;
        Obligation {
            source: self.source.clone(),
            id: id.0,
            case_id: Some(id.0).filter(|_| !number.is_empty()),
            number: Some(number).filter(|it| !it.is_empty()),
            procedure: Some(procedure).filter(|it| !it.is_empty()),
            clock: Some(clock).filter(|it| !it.is_empty()),
            run,
            site_id: site_id.map(Uuid::from),
            started_at: started_at.0,
            due_at: due_at.unless_never(),
            stopped_at: stopped_at.map(|it| it.0),
            standing: Standing::from_word(&standing).unwrap_or(Standing::Open),
        }
    }
}

/// Rows of one source, or their number: what differs is `shown`.
#[derive(Debug)]
struct Rows<S> {
    shape: Shape,
    bounds: Bounds,
    key: Key,
    standing: Option<&'static str>,
    shown: S,
}

/// A page of them.
#[derive(Debug)]
struct Shown {
    after: Option<After>,
    limit: i64,
}

/// How many there are.
#[derive(Debug)]
struct Counted;

impl Query for &Rows<Shown> {
    type SqlType = (
        sql::Id,
        Text,
        Text,
        Nullable<sql::Id>,
        sql::Ts,
        Text,
        sql::Ts,
        Nullable<sql::Ts>,
        Integer,
        Text,
    );
}

impl Query for &Rows<Counted> {
    type SqlType = BigInt;
}

impl<C, S> RunQueryDsl<C> for &Rows<S> {}

/// The text differs by what is asked for, so a prepared statement goes by the text.
impl<S> QueryId for Rows<S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S> Rows<S> {
    fn push<'b, DB: Binds>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        Uid: ToSql<sql::Id, DB>,
        Time: ToSql<sql::Ts, DB>,
        str: ToSql<Text, DB>,
    {
        self.shape.push(&self.bounds, out)?;
        for (column, value) in self.shape.key().into_iter().zip(&self.key) {
            if column != "''" {
                out.push_sql(" AND ");
                out.push_sql(column);
                out.push_sql(" = ");
                out.push_bind_param::<Text, _>(value.as_str())?;
            }
        }
        if let Some(standing) = self.standing {
            out.push_sql(" AND (");
            self.shape.push_standing(&self.bounds, out)?;
            out.push_sql(") = ");
            out.push_bind_param::<Text, _>(standing)?;
        }
        Ok(())
    }
}

impl<DB: Binds> QueryFragment<DB> for Rows<Counted>
where
    Uid: ToSql<sql::Id, DB>,
    Time: ToSql<sql::Ts, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT count(*)");
        self.push(&mut out)
    }
}

impl<DB: Binds + diesel::sql_types::HasSqlType<BigInt> + diesel::sql_types::HasSqlType<Integer>>
    QueryFragment<DB> for Rows<Shown>
where
    i32: ToSql<Integer, DB>,
    Uid: ToSql<sql::Id, DB>,
    Time: ToSql<sql::Ts, DB>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let (at, id, run) = (self.shape.at(), self.shape.id(), self.shape.run());
        for part in ["SELECT ", id, ", coalesce(cases.number, ''), coalesce(cases.procedure, ''), "]
        {
            out.push_sql(part);
        }
        for part in [self.shape.site(), ", ", at, ", ", self.shape.columns(), ", ", run, ", "] {
            out.push_sql(part);
        }
        self.shape.push_standing(&self.bounds, &mut out)?;
        self.push(&mut out)?;
        if let Some(after) = &self.shown.after {
            // The first condition bounds the range of the index; the second leaves out what was shown.
            out.push_sql(" AND ");
            out.push_sql(at);
            out.push_sql(" <= ");
            out.push_bind_param::<sql::Ts, _>(&after.at)?;
            out.push_sql(" AND (");
            out.push_sql(at);
            out.push_sql(" < ");
            out.push_bind_param::<sql::Ts, _>(&after.at)?;
            out.push_sql(" OR ");
            out.push_sql(id);
            out.push_sql(" < ");
            out.push_bind_param::<sql::Id, _>(&after.id)?;
            out.push_sql(" OR (");
            out.push_sql(id);
            out.push_sql(" = ");
            out.push_bind_param::<sql::Id, _>(&after.id)?;
            out.push_sql(" AND ");
            out.push_sql(run);
            out.push_sql(" < ");
            out.push_bind_param::<Integer, _>(&after.below)?;
            out.push_sql("))");
        }
        out.push_sql(" ORDER BY ");
        // `0 DESC` would be the place of a column.
        let last = if run == "0" { "" } else { ", clocks.run DESC" };
        for part in [at, " DESC, ", id, " DESC", last, " LIMIT "] {
            out.push_sql(part);
        }
        out.push_bind_param::<BigInt, _>(&self.shown.limit)
    }
}
