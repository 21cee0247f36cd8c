//! How many obligations of each source stand how, at each site.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Nullable, Text};
use kefu_domain::compliance::{Source, Standing, Tally};
use uuid::Uuid;

use super::Scope;
use super::seen::Binds;
use super::shape::{Bounds, Key, Shape};
use crate::StoreError;
use crate::conn::{Conn, on};
use crate::types::{Time, Uid, sql};

/// What was found of one source at one site, or without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Which source.
    pub source: Source,
    /// Where.
    pub site_id: Option<Uuid>,
    /// How many stand how.
    pub tally: Tally,
}

/// As one row has it: the three parts of the key, the site, how it stands, how many.
type Row = (String, String, String, Option<Uid>, String, i64);

/// How the obligations of these sources stand: one statement for each kind of source.
pub fn sums(
    conn: &mut Conn,
    scope: &Scope,
    sources: &BTreeSet<Source>,
) -> Result<Vec<Count>, StoreError> {
    let mut shapes: BTreeMap<Shape, HashMap<Key, &Source>> = BTreeMap::new();
    for source in sources {
        let (shape, key) = Shape::of(source);
        shapes.entry(shape).or_default().insert(key, source);
    }
    let mut found: HashMap<(&Source, Option<Uuid>), Tally> = HashMap::new();
    for (shape, wanted) in shapes {
        let firsts: BTreeSet<&String> = wanted.keys().map(|[first, ..]| first).collect();
        let firsts = firsts.into_iter().cloned().collect();
        let statement = Sums { shape, bounds: Bounds::new(shape, scope, &[]), firsts };
        let rows: Vec<Row> = on!(conn, c => (&statement).load(c))?;
        for (a, b, c, site, standing, count) in rows {
            let Some(source) = wanted.get(&[a, b, c]) else { continue };
            let tally = found.entry((source, site.map(Uuid::from))).or_default();
            match Standing::from_word(&standing) {
                Some(Standing::Met) => tally.met += count,
                Some(Standing::Late) => tally.late += count,
                Some(Standing::Open) | None => tally.open += count,
            }
        }
    }
    let found = found.into_iter();
    let found =
        found.map(|((source, site_id), tally)| Count { source: source.clone(), site_id, tally });
    Ok(found.collect())
}

#[derive(Debug)]
struct Sums {
    shape: Shape,
    bounds: Bounds,
    /// The first parts of the keys that are asked for: procedures.
    firsts: Vec<String>,
}

impl Query for &Sums {
    type SqlType = (Text, Text, Text, Nullable<sql::Id>, Text, BigInt);
}

impl<C> RunQueryDsl<C> for &Sums {}

/// The text differs by what is asked for, so a prepared statement goes by the text.
impl QueryId for Sums {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Binds> QueryFragment<DB> for Sums
where
    Uid: ToSql<sql::Id, DB>,
    Time: ToSql<sql::Ts, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        for column in self.shape.key() {
            out.push_sql("coalesce(");
            out.push_sql(column);
            out.push_sql(", ''), ");
        }
        out.push_sql(self.shape.site());
        out.push_sql(", ");
        self.shape.push_standing(&self.bounds, &mut out)?;
        out.push_sql(", count(*)");
        self.shape.push(&self.bounds, &mut out)?;
        let [first, ..] = self.shape.key();
        out.push_sql(" AND ");
        out.push_sql(first);
        out.push_sql(" IN (");
        for (index, code) in self.firsts.iter().enumerate() {
            out.push_sql(if index == 0 { "" } else { ", " });
            out.push_bind_param::<Text, _>(code.as_str())?;
        }
        out.push_sql(") GROUP BY 1, 2, 3, 4, 5");
        Ok(())
    }
}
