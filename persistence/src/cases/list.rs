//! Lists of cases: a range of an index, whatever the caller may see.
//!
//! Somebody who may see the cases of a site, of a team and his own sees their union. One query with
//! `OR` would read and sort all of it for each page; so each part is read by its own index, no further
//! than the page, and the parts are merged.

use super::{Filter, Sort};
use crate::StoreError;
use crate::conn::{Conn, on};
use crate::page::{Listed, Page};
use crate::schema::{case_helpers, cases};
use crate::search::{Matches, of_query};
use crate::types::{Json, Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use kefu_domain::who::{Place, Reach};
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// A case as lists show it.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = cases)]
pub struct Summary {
    id: Uid,
    /// What people call it.
    pub number: String,
    /// The procedure it follows …
    pub procedure: String,
    /// … in which version.
    pub procedure_version: i32,
    /// What kind of case it is.
    pub kind: String,
    /// Where in the procedure it is.
    pub state: String,
    /// How urgent it is.
    pub priority: String,
    /// How it came in.
    pub channel: String,
    /// What it is about, in a line.
    pub subject: String,
    fields: Json,
    site_id: Option<Uid>,
    customer_id: Option<Uid>,
    asset_id: Option<Uid>,
    parent_id: Option<Uid>,
    owner_id: Option<Uid>,
    assignee_id: Option<Uid>,
    transfer_to: Option<Uid>,
    opened_by: Option<Uid>,
    /// The team of whoever works on it.
    pub team: Option<String>,
    opened_at: Time,
    due_at: Time,
    closed_at: Option<Time>,
    /// How many events it has had.
    pub version: i32,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        impl Summary {
            $($(#[$doc])* pub fn $name(&self) -> Option<Uuid> { self.$name.map(|id| id.0) })+
        }
    };
}

ids! {
    /// Where.
    site_id,
    /// Who is served.
    customer_id,
    /// What it is about.
    asset_id,
    /// The case whose follow-up it is.
    parent_id,
    /// The first person who received the customer.
    owner_id,
    /// Who works on it now.
    assignee_id,
    /// To whom it is offered.
    transfer_to,
    /// Who opened it.
    opened_by,
}

impl Summary {
    /// Its identity.
    pub fn id(&self) -> Uuid {
        self.id.0
    }

    /// What its forms have been told.
    pub fn fields(&self) -> &Value {
        &self.fields.0
    }

    /// When it was opened.
    pub fn opened_at(&self) -> DateTime<Utc> {
        self.opened_at.0
    }

    /// The earliest deadline that still runs.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.due_at.unless_never()
    }

    /// When it was closed.
    pub fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at.map(|time| time.0)
    }

    /// What scopes look at.
    pub fn place(&self) -> Place<'_> {
        Place {
            site_id: self.site_id(),
            team: self.team.as_deref(),
            people: [self.opened_by(), self.owner_id(), self.assignee_id()],
            customer_id: self.customer_id(),
        }
    }

    fn key(&self, sort: Sort) -> (Time, Uid) {
        (if sort.is_due() { self.due_at } else { self.opened_at }, self.id)
    }
}

/// One of the parts that what somebody may see is the union of.
#[derive(Debug, Clone, PartialEq)]
enum Part {
    Everything,
    State(String),
    Sites(Vec<Uid>),
    Team(String, Option<Vec<Uid>>),
    Owner(Uid),
    Assignee(Uid),
    Opener(Uid),
    Offered(Uid),
    Helper(Uid),
    Customer(Uid),
}

/// So many sites (assignees, states) are read one by one; of more, the whole list is read and
/// filtered: they are then most of it.
const PARTS: usize = 8;

/// The cases that `filter` leaves and `reach` shows.
pub fn list(
    conn: &mut Conn,
    filter: &Filter,
    reach: &Reach,
    sort: Sort,
    page: &Page,
) -> Result<Listed<Summary>, StoreError> {
    let words = filter.q.as_deref().map(of_query);
    if words.as_ref().is_some_and(Vec::is_empty) {
        // Words were asked for, but there is none among what was typed.
        return Ok(Listed { items: Vec::new(), next: None, total: page.count.then_some(0) });
    }
    let words =
        words.map(|words| Matches::all(&words).planned(conn, sort.is_descending())).transpose()?;
    let asked = Asked { filter, words, sort, page };
    let parts = parts(reach, filter);
    let mut items = Vec::new();
    for part in &parts {
        items.extend(asked.rows(conn, part)?);
    }
    if parts.len() > 1 {
        items.sort_by_key(|summary| summary.key(sort));
        if sort.is_descending() {
            items.reverse();
        }
        items.dedup_by_key(|summary| summary.id);
    }
    let total = match (page.count, parts.as_slice()) {
        (false, _) => None,
        (true, [part]) => Some(asked.count(conn, part)?),
        (true, parts) => Some(asked.count_union(conn, parts)?),
    };
    Ok(Listed::of(items, page, total, |summary: &Summary| {
        let (at, id) = summary.key(sort);
        sort.cursor(at, id.0)
    }))
}

/// The parts to read. What the filter asks for anyway makes the others superfluous: whoever looks at
/// his own cases sees all of them.
fn parts(reach: &Reach, filter: &Filter) -> Vec<Part> {
    let asked = |site: &Uuid| filter.site_id.is_empty() || filter.site_id.contains(site);
    let sites: Vec<Uid> = reach.sites.iter().filter(|it| asked(it)).copied().map(Uid).collect();
    let own = |ids: &[Uuid]| matches!(ids, [id] if reach.own == Some(*id));
    let covered = reach.all
        || (!filter.site_id.is_empty()
            && filter.site_id.iter().all(|site| reach.sites.contains(site)))
        || own(&filter.owner_id)
        || own(&filter.assignee_id)
        || (reach.customer.is_some() && filter.customer_id == Vec::from_iter(reach.customer));
    if covered {
        return asked_for(filter);
    }
    let mut parts = Vec::new();
    if sites.len() > PARTS {
        parts.push(Part::Sites(sites));
    } else {
        parts.extend(sites.into_iter().map(|site| Part::Sites(vec![site])));
    }
    let within = reach.team_within.as_ref();
    let within = within.map(|sites| sites.iter().copied().map(Uid).collect::<Vec<_>>());
    parts.extend(reach.team.clone().map(|team| Part::Team(team, within)));
    if let Some(own) = reach.own.map(Uid) {
        parts.extend([
            Part::Assignee(own),
            Part::Owner(own),
            Part::Opener(own),
            Part::Offered(own),
            Part::Helper(own),
        ]);
    }
    parts.extend(reach.customer.map(|customer| Part::Customer(Uid(customer))));
    parts
}

/// Where everything that is asked for may be seen: a part for each of several values, as an index
/// has the rows of one value in order, not those of several.
fn asked_for(filter: &Filter) -> Vec<Part> {
    let some = |count: usize| (2..=PARTS).contains(&count);
    let Filter { site_id, assignee_id, state, .. } = filter;
    if some(site_id.len()) {
        site_id.iter().map(|site| Part::Sites(vec![Uid(*site)])).collect()
    } else if some(assignee_id.len()) {
        assignee_id.iter().map(|id| Part::Assignee(Uid(*id))).collect()
    } else if some(state.len()) && site_id.is_empty() && assignee_id.is_empty() {
        state.iter().cloned().map(Part::State).collect()
    } else {
        vec![Part::Everything]
    }
}

struct Asked<'a> {
    filter: &'a Filter,
    words: Option<Matches>,
    sort: Sort,
    page: &'a Page,
}

/// Narrows to one value, or to any of several.
macro_rules! any_of {
    ($query:ident, $filter:ident, $($column:ident),+) => {
        $($query = match $filter.$column.as_slice() {
            [] => $query,
            [word] => $query.filter(cases::$column.eq(word)),
            words => $query.filter(cases::$column.eq_any(words)),
        };)+
    };
}

/// The same for ids.
macro_rules! any_id {
    ($query:ident, $filter:ident, $($column:ident),+) => {
        $($query = match $filter.$column.as_slice() {
            [] => $query,
            [id] => $query.filter(cases::$column.eq(Uid(*id))),
            ids => $query.filter(cases::$column.eq_any(ids.iter().copied().map(Uid))),
        };)+
    };
}

/// The cases on which any of these people works beside the assignee.
#[diesel::dsl::auto_type(no_type_alias)]
fn helped(people: Vec<Uid>) -> _ {
    let theirs = case_helpers::table.filter(case_helpers::user_id.eq_any(people));
    theirs.select(case_helpers::case_id)
}

/// A boxed query over the cases that `$asked` and `$part` leave.
macro_rules! matching {
    ($asked:expr, $part:expr) => {{
        let filter = $asked.filter;
        let mut query = cases::table.into_boxed();
        any_of!(query, filter, procedure, kind, state, priority, channel, team);
        any_id!(query, filter, site_id, customer_id, asset_id, owner_id, assignee_id);
        any_id!(query, filter, transfer_to, opened_by, parent_id);
        match filter.assigned {
            Some(true) => query = query.filter(cases::assignee_id.is_not_null()),
            Some(false) => query = query.filter(cases::assignee_id.is_null()),
            None => {}
        }
        match filter.open {
            Some(true) => query = query.filter(cases::closed_at.is_null()),
            Some(false) => query = query.filter(cases::closed_at.is_not_null()),
            None => {}
        }
        match filter.overdue {
            Some((true, now)) => {
                query = query.filter(cases::due_at.lt(Time::from(now)));
                query = query.filter(cases::closed_at.is_null());
            }
            Some((false, now)) => {
                let in_time = cases::due_at.ge(Time::from(now));
                query = query.filter(in_time.or(cases::closed_at.is_not_null()));
            }
            None => {}
        }
        if let Some(from) = filter.due_from {
            query = query.filter(cases::due_at.ge(Time::from(from)));
            query = query.filter(cases::due_at.lt(Time::NEVER));
        }
        if let Some(before) = filter.due_before {
            query = query.filter(cases::due_at.lt(Time::from(before)));
        }
        if let Some(from) = filter.opened_from {
            query = query.filter(cases::opened_at.ge(Time::from(from)));
        }
        if let Some(to) = filter.opened_to {
            query = query.filter(cases::opened_at.lt(Time::from(to)));
        }
        if let Some(from) = filter.closed_from {
            query = query.filter(cases::closed_at.ge(Time::from(from)));
        }
        if let Some(to) = filter.closed_to {
            query = query.filter(cases::closed_at.lt(Time::from(to)));
        }
        if !filter.helper_id.is_empty() {
            let ids = filter.helper_id.iter().copied().map(Uid).collect();
            query = query.filter(cases::id.eq_any(helped(ids)));
        }
        if let Some(words) = &$asked.words {
            query = query.filter(words.clone());
        }
        match $part {
            Part::Everything => query,
            Part::State(state) => query.filter(cases::state.eq(state)),
            Part::Sites(sites) => match sites.as_slice() {
                [site] => query.filter(cases::site_id.eq(*site)),
                sites => query.filter(cases::site_id.eq_any(sites.to_vec())),
            },
            Part::Team(team, None) => query.filter(cases::team.eq(team)),
            Part::Team(team, Some(sites)) => {
                query.filter(cases::team.eq(team)).filter(cases::site_id.eq_any(sites.clone()))
            }
            Part::Owner(id) => query.filter(cases::owner_id.eq(*id)),
            Part::Assignee(id) => query.filter(cases::assignee_id.eq(*id)),
            Part::Opener(id) => query.filter(cases::opened_by.eq(*id)),
            Part::Offered(id) => query.filter(cases::transfer_to.eq(*id)),
            Part::Helper(id) => query.filter(cases::id.eq_any(helped(vec![*id]))),
            Part::Customer(id) => query.filter(cases::customer_id.eq(*id)),
        }
    }};
}

/// Those after the cursor, in order. The first condition bounds the index range; the second leaves
/// out rows at the same instant that were shown.
macro_rules! page_of {
    ($query:expr, $asked:expr, $column:expr) => {{
        let (mut query, sort) = ($query, $asked.sort);
        if let Some(after) = &$asked.page.after {
            let (at, id) = (Time::from(after.at().unwrap_or_default()), Uid(after.id));
            query = if sort.is_descending() {
                query.filter($column.le(at)).filter($column.lt(at).or(cases::id.lt(id)))
            } else {
                query.filter($column.ge(at)).filter($column.gt(at).or(cases::id.gt(id)))
            };
        }
        if sort.is_descending() {
            query.order(($column.desc(), cases::id.desc()))
        } else {
            query.order(($column.asc(), cases::id.asc()))
        }
    }};
}

impl Asked<'_> {
    fn rows(&self, conn: &mut Conn, part: &Part) -> Result<Vec<Summary>, StoreError> {
        let look = self.page.look();
        let rows = on!(conn, c => {
            let query = matching!(self, part);
            let query = if self.sort.is_due() {
                page_of!(query, self, cases::due_at)
            } else {
                page_of!(query, self, cases::opened_at)
            };
            query.limit(look).select(Summary::as_select()).load(c)
        });
        rows.map_err(StoreError::from)
    }

    fn count(&self, conn: &mut Conn, part: &Part) -> Result<i64, StoreError> {
        on!(conn, c => matching!(self, part).count().get_result(c)).map_err(StoreError::from)
    }

    /// Parts overlap, so their numbers do not add up: the rows' own numbers are counted, each once.
    fn count_union(&self, conn: &mut Conn, parts: &[Part]) -> Result<i64, StoreError> {
        let mut seen = HashSet::new();
        for part in parts {
            let seqs: Vec<i64> = on!(conn, c => matching!(self, part).select(cases::seq).load(c))?;
            seen.extend(seqs);
        }
        Ok(i64::try_from(seen.len()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Store};
    use diesel::debug_query;
    use diesel::sql_types::Text;
    use diesel::sqlite::Sqlite;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    /// How SQLite would read a later page of this list.
    fn plan(conn: &mut Conn, filter: &Filter, part: &Part, sort: Sort) -> String {
        let after = sort.cursor(Time::default(), Uuid::nil());
        let page = Page { after: Some(after), ..Page::first(50) };
        let words = filter.q.as_deref().map(|q| Matches::all(&of_query(q)));
        let asked = Asked { filter, words, sort, page: &page };
        let query = matching!(asked, part);
        let sql = if sort.is_due() {
            let query = page_of!(query, asked, cases::due_at).limit(51);
            debug_query::<Sqlite, _>(&query.select(Summary::as_select())).to_string()
        } else {
            let query = page_of!(query, asked, cases::opened_at).limit(51);
            debug_query::<Sqlite, _>(&query.select(Summary::as_select())).to_string()
        };
        let sql = sql.split(" -- binds").next().unwrap_or_default();
        let Conn::Sqlite(c, _) = conn else { return String::new() };
        let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<Step> = explain.load(c).unwrap();
        steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn long_lists_are_ranges_of_an_index_in_either_order() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("plans.db");
        let store = Store::open(file.to_str().unwrap(), &Options::default()).unwrap();
        store.migrate().unwrap();
        let mut conn = store.connect().unwrap();
        let id = vec![Uuid::from_u128(1)];
        let with = Filter::default;
        let state = vec!["registered".to_owned()];
        let several = vec!["a".to_owned(), "b".to_owned()];
        let long = [
            ("", with(), Part::Everything),
            ("site_", Filter { site_id: id.clone(), ..with() }, Part::Everything),
            ("assignee_", Filter { assignee_id: id.clone(), ..with() }, Part::Everything),
            ("state_", Filter { state, ..with() }, Part::Everything),
            ("state_", Filter { state: several, ..with() }, Part::State("a".to_owned())),
            ("site_", with(), Part::Sites(vec![Uid::default()])),
            ("assignee_", with(), Part::Assignee(Uid::default())),
        ];
        for (index, filter, part) in &long {
            for (word, sort) in Sort::WORDS {
                let column = if sort.is_due() { "due" } else { "opened" };
                let plan = plan(&mut conn, filter, part, sort);
                assert!(plan.contains(&format!("INDEX cases_{index}{column} (")), "{word}: {plan}");
                assert!(!plan.contains("TEMP B-TREE"), "{word}: {plan}");
            }
        }
        let short = [
            ("owner", Filter { owner_id: id.clone(), ..with() }, Part::Everything),
            ("customer", Filter { customer_id: id.clone(), ..with() }, Part::Everything),
            ("asset", Filter { asset_id: id.clone(), ..with() }, Part::Everything),
            ("parent", Filter { parent_id: id.clone(), ..with() }, Part::Everything),
            ("opener", with(), Part::Opener(Uid::default())),
            ("transfer", with(), Part::Offered(Uid::default())),
            ("team", with(), Part::Team("a".to_owned(), None)),
        ];
        for (index, filter, part) in &short {
            for (word, sort) in Sort::WORDS {
                let plan = plan(&mut conn, filter, part, sort);
                assert!(plan.contains(&format!("INDEX cases_{index} (")), "{word}: {plan}");
                assert_eq!(plan.contains("TEMP B-TREE"), sort.is_due(), "{word}: {plan}");
            }
        }
        let overdue = Filter { overdue: Some((true, DateTime::UNIX_EPOCH)), ..with() };
        let plan = plan(&mut conn, &overdue, &Part::Everything, Sort::Due);
        assert!(plan.contains("INDEX cases_open_due ("), "{plan}");
    }
}
