//! The cases that a metric is about, in the order in which they belong to its periods.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kefu_domain::case::Case;
use kefu_domain::metric::Over;
use uuid::Uuid;

use super::Scope;
use super::seen::Seen;
use crate::StoreError;
use crate::cases::Row;
use crate::conn::{Conn, on};
use crate::schema::cases;
use crate::types::{Time, Uid};

/// Which cases.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    /// In which stretch of time, of whom, where.
    pub scope: Scope,
    /// Of these procedures.
    pub procedures: Vec<String>,
    /// Whether they were opened or closed in it.
    pub over: Over,
    /// Not those at these sites.
    pub without: Vec<Uuid>,
}

/// At most `limit` of them, by when they were opened or closed, after the one at that instant.
pub fn counted(
    conn: &mut Conn,
    wanted: &Counted,
    after: Option<(DateTime<Utc>, Uuid)>,
    limit: i64,
) -> Result<Vec<Case>, StoreError> {
    let Scope { from, to, reach, sites, .. } = &wanted.scope;
    let (from, to) = (Time::from(*from), Time::from(*to));
    let after = after.map(|(at, id)| (Time::from(at), Uid(id)));
    let seen = Seen::new("cases.site_id", reach, sites, &wanted.without);
    macro_rules! of {
        ($column:expr) => {{
            let mut query = cases::table
                .filter(cases::procedure.eq_any(&wanted.procedures))
                .filter($column.ge(from))
                .filter($column.lt(to))
                .filter(seen)
                .into_boxed();
            if let Some((at, id)) = after {
                query = query.filter($column.ge(at)).filter($column.gt(at).or(cases::id.gt(id)));
            }
            query.order(($column.asc(), cases::id.asc())).limit(limit)
        }};
    }
    let rows: Vec<Row> = on!(conn, c => match wanted.over {
        Over::Opened => of!(cases::opened_at).select(Row::as_select()).load(c),
        Over::Closed => of!(cases::closed_at).select(Row::as_select()).load(c),
    })?;
    rows.into_iter().map(Case::try_from).collect()
}
