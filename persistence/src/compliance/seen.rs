//! What somebody may see, as one condition: reports add up everything, so there is no page to keep short.

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text};
use kefu_domain::who::Reach;
use uuid::Uuid;

use crate::types::{Uid, sql};

/// What both databases can bind that reports bind.
pub(super) trait Binds: Backend + HasSqlType<sql::Id> + HasSqlType<sql::Ts> {}

impl<DB: Backend + HasSqlType<sql::Id> + HasSqlType<sql::Ts>> Binds for DB {}

/// Holds for what a reach shows, at the sites that are asked for and not at some others.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    site_column: &'static str,
    all: bool,
    sites: Vec<Uid>,
    team: Option<(String, Option<Vec<Uid>>)>,
    people: Option<Uid>,
    customer: Option<Uid>,
    asked: Vec<Uid>,
    without: Vec<Uid>,
}

impl Seen {
    /// `site_column` is where the site is said; the rest is the case's.
    pub(super) fn new(
        site_column: &'static str,
        reach: &Reach,
        asked: &[Uuid],
        without: &[Uuid],
    ) -> Self {
        let ids = |ids: &std::collections::BTreeSet<Uuid>| ids.iter().copied().map(Uid).collect();
        let team = reach.team.clone().map(|it| (it, reach.team_within.as_ref().map(ids)));
        Self {
            site_column,
            all: reach.all,
            sites: ids(&reach.sites),
            team,
            people: reach.own.map(Uid),
            customer: reach.customer.map(Uid),
            asked: asked.iter().copied().map(Uid).collect(),
            without: without.iter().copied().map(Uid).collect(),
        }
    }

    pub(super) fn push<'b, DB: Binds>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        Uid: ToSql<sql::Id, DB>,
        str: ToSql<Text, DB>,
    {
        out.push_sql("(");
        if self.all {
            out.push_sql("1 = 1");
        } else {
            self.push_reach(out)?;
        }
        out.push_sql(")");
        if !self.asked.is_empty() {
            out.push_sql(" AND ");
            out.push_sql(self.site_column);
            out.push_sql(" IN (");
            push_ids(&self.asked, out)?;
            out.push_sql(")");
        }
        if !self.without.is_empty() {
            out.push_sql(" AND (");
            out.push_sql(self.site_column);
            out.push_sql(" IS NULL OR ");
            out.push_sql(self.site_column);
            out.push_sql(" NOT IN (");
            push_ids(&self.without, out)?;
            out.push_sql("))");
        }
        Ok(())
    }

    fn push_reach<'b, DB: Binds>(&'b self, out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        Uid: ToSql<sql::Id, DB>,
        str: ToSql<Text, DB>,
    {
        out.push_sql("1 = 0");
        if !self.sites.is_empty() {
            out.push_sql(" OR ");
            out.push_sql(self.site_column);
            out.push_sql(" IN (");
            push_ids(&self.sites, out)?;
            out.push_sql(")");
        }
        if let Some((team, within)) = &self.team {
            out.push_sql(" OR (cases.team = ");
            out.push_bind_param::<Text, _>(team.as_str())?;
            if let Some(sites) = within {
                out.push_sql(" AND cases.site_id IN (");
                push_ids(sites, out)?;
                out.push_sql(")");
            }
            out.push_sql(")");
        }
        if let Some(own) = &self.people {
            for column in ["opened_by", "owner_id", "assignee_id"] {
                out.push_sql(" OR cases.");
                out.push_sql(column);
                out.push_sql(" = ");
                out.push_bind_param::<sql::Id, _>(own)?;
            }
        }
        if let Some(customer) = &self.customer {
            out.push_sql(" OR cases.customer_id = ");
            out.push_bind_param::<sql::Id, _>(customer)?;
        }
        Ok(())
    }
}

fn push_ids<'b, DB: Binds>(ids: &'b [Uid], out: &mut AstPass<'_, 'b, DB>) -> QueryResult<()>
where
    Uid: ToSql<sql::Id, DB>,
{
    for (index, id) in ids.iter().enumerate() {
        if index > 0 {
            out.push_sql(", ");
        }
        out.push_bind_param::<sql::Id, _>(id)?;
    }
    Ok(())
}

/// The text differs by what is asked for, so a prepared statement goes by the text.
impl QueryId for Seen {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Seen {
    type SqlType = Bool;
}
impl ValidGrouping<()> for Seen {
    type IsAggregate = is_aggregate::No;
}
impl<T> SelectableExpression<T> for Seen {}
impl<T> AppearsOnTable<T> for Seen {}

impl<DB: Binds> QueryFragment<DB> for Seen
where
    Uid: ToSql<sql::Id, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(");
        self.push(&mut out)?;
        out.push_sql(")");
        Ok(())
    }
}
