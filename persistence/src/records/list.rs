//! Lists of records: narrowed, sorted, and no more of them than their reader may see.
//!
//! As with cases, what somebody may see is a union (this site, that site, what belongs to no site, what
//! is their own), and each part of it is read by its own index, no further than the page; the parts
//! are merged.

use crate::types::Uid;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate,
};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel::sqlite::Sqlite;
use kefu_domain::who::Reach;
use uuid::Uuid;

/// So many values are read one by one; of more, the whole list is read and filtered: they are then
/// most of it.
const PARTS: usize = 8;

/// One of the parts that a list is the union of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part {
    /// Whatever the filter leaves.
    Everything,
    /// What belongs to this site.
    Site(Uid),
    /// What belongs to no site: the whole organisation's.
    NoSite,
    /// What is this customer's.
    Customer(Uid),
    /// All that a reach shows, in one condition: to count, and where there would be too many parts.
    Shown(Shown),
}

/// A reach as one condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Shown {
    pub(crate) sites: Vec<Uid>,
    pub(crate) customer: Uid,
}

/// The parts to read for a list that is narrowed to `sites`, if there are any.
pub(crate) fn parts(reach: &Reach, sites: &[Uuid]) -> Vec<Part> {
    let few = (2..=PARTS).contains(&sites.len());
    if reach.all && few {
        return sites.iter().map(|site| Part::Site(Uid(*site))).collect();
    }
    if reach.all {
        return vec![Part::Everything];
    }
    let seen = reach.sites.iter().filter(|site| sites.is_empty() || sites.contains(site));
    let mut parts: Vec<Part> = seen.map(|site| Part::Site(Uid(*site))).collect();
    if parts.len() > PARTS {
        return vec![whole(reach)];
    }
    if sites.is_empty() {
        parts.push(Part::NoSite);
    }
    parts.extend(reach.customer.map(|customer| Part::Customer(Uid(customer))));
    parts
}

/// The same in one condition.
pub(crate) fn whole(reach: &Reach) -> Part {
    if reach.all {
        return Part::Everything;
    }
    let sites = reach.sites.iter().copied().map(Uid).collect();
    Part::Shown(Shown { sites, customer: Uid(reach.customer.unwrap_or(Uuid::nil())) })
}

/// The words of a search; each must be found.
pub(crate) fn words(q: Option<&str>) -> Vec<&str> {
    q.map(|q| q.split_whitespace().collect()).unwrap_or_default()
}

/// Holds where one of the columns has the word somewhere; `A` and `a` are the same.
#[derive(Debug, Clone)]
pub(crate) struct Holds {
    columns: &'static [&'static str],
    pattern: String,
}

impl Holds {
    pub(crate) fn new(columns: &'static [&'static str], word: &str) -> Self {
        let mut pattern = String::from("%");
        for c in word.chars() {
            if matches!(c, '%' | '_' | '\\') {
                pattern.push('\\');
            }
            pattern.push(c.to_ascii_lowercase());
        }
        pattern.push('%');
        Self { columns, pattern }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>, collate: &str) -> QueryResult<()>
    where
        DB: diesel::backend::Backend + diesel::sql_types::HasSqlType<Text>,
        str: diesel::serialize::ToSql<Text, DB>,
    {
        for (index, column) in self.columns.iter().enumerate() {
            out.push_sql(if index == 0 { "(lower(coalesce(" } else { " OR lower(coalesce(" });
            out.push_sql(column);
            out.push_sql(", '')");
            out.push_sql(collate);
            out.push_sql(") LIKE ");
            out.push_bind_param::<Text, _>(self.pattern.as_str())?;
            out.push_sql(" ESCAPE '\\'");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// The text differs by columns, so a prepared statement goes by the text.
impl QueryId for Holds {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Holds {
    type SqlType = Bool;
}
impl ValidGrouping<()> for Holds {
    type IsAggregate = is_aggregate::No;
}
impl<T> SelectableExpression<T> for Holds {}
impl<T> AppearsOnTable<T> for Holds {}

/// Only the letters of ASCII are folded, as SQLite does it.
impl QueryFragment<Pg> for Holds {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk(out, " COLLATE \"C\"")
    }
}

impl QueryFragment<Sqlite> for Holds {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.walk(out, "")
    }
}

/// The filter, the orders and the list of one kind of record, in the module that names its table.
///
/// `narrowed` lists the members of the filter: `text` one value, `texts` and `ids` any of several,
/// `flag` yes or no, `from` and `to` instants, `by f` a condition that `f` makes. `sorted` lists the
/// orders beside that by age, each with a number that its cursors carry, and its column. `scope` says
/// what a reach is compared with.
macro_rules! list {
    (
        $record:ident, $table:ident;
        narrowed { $($(#[$doc:meta])* $member:ident: $how:ident $(($($of:tt)+))?,)+ }
        found by $words:expr;
        sorted { $($(#[$order_doc:meta])* $by:ident $number:literal $column:ident,)+ }
        scope $scope:ident;
        sites $sites:expr;
    ) => {
        /// What a list is narrowed to; everything given must hold.
        #[derive(Debug, Clone, Default, PartialEq)]
        pub struct Filter {
            $($(#[$doc])* pub $member: crate::records::list::list!(@type $how $(($($of)+))?),)+
            /// Only those where each of these words is found.
            pub q: Option<String>,
        }

        /// What a list is sorted by; ties are broken by id in the same direction.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub enum By {
            /// When it was made.
            #[default]
            Created,
            $($(#[$order_doc])* $by,)+
        }

        /// The order of a list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Sort {
            /// By what.
            pub by: By,
            /// The greatest first.
            pub descending: bool,
        }

        /// Newest first.
        impl Default for Sort {
            fn default() -> Self {
                Self { by: By::Created, descending: true }
            }
        }

        impl Sort {
            fn order(self) -> u8 {
                let number = match self.by {
                    By::Created => 0,
                    $(By::$by => $number,)+
                };
                number * 2 + u8::from(!self.descending)
            }

            /// Whether the cursor was made by a list in this order.
            pub fn made(self, cursor: &crate::page::Cursor) -> bool {
                cursor.order == self.order() && cursor.at == 0
            }

            fn key(self, row: &$record) -> (&str, crate::Uid) {
                let text = match self.by {
                    By::Created => "",
                    $(By::$by => row.$column.as_str(),)+
                };
                (text, row.id)
            }

            fn cursor(self, row: &$record) -> crate::page::Cursor {
                let (text, id) = self.key(row);
                let (order, text) = (self.order(), text.to_owned());
                crate::page::Cursor { order, at: 0, id: id.0, text }
            }
        }

        /// Those that `filter` leaves and `reach` shows.
        pub fn list(
            conn: &mut Conn,
            filter: &Filter,
            reach: &kefu_domain::who::Reach,
            sort: Sort,
            page: &crate::page::Page,
        ) -> Result<crate::page::Listed<$record>, StoreError> {
            use crate::records::list::{Holds, Part, parts, whole, words};
            macro_rules! matching {
                ($part:expr) => {{
                    let mut query = $table::table.filter($table::deleted_at.is_null()).into_boxed();
                    $(crate::records::list::list!(
                        @narrow query, $table, $member, filter.$member, $how $(($($of)+))?
                    );)+
                    for word in words(filter.q.as_deref()) {
                        query = query.filter(Holds::new($words, word));
                    }
                    crate::records::list::list!(@scope $scope, query, $table, $part)
                }};
            }
            let sites: fn(&Filter) -> &[Uuid] = $sites;
            let parts = parts(reach, sites(filter));
            let mut rows: Vec<$record> = Vec::new();
            for part in &parts {
                let found: Vec<$record> = on!(conn, c => {
                    let query = matching!(part);
                    let query = match sort.by {
                        By::Created => crate::records::list::list!(@page query, $table, sort, page),
                        $(By::$by => {
                            crate::records::list::list!(@page query, $table, sort, page, $column)
                        })+
                    };
                    query.limit(page.look()).select($record::as_select()).load(c)
                })?;
                rows.extend(found);
            }
            if parts.len() > 1 {
                rows.sort_by(|a, b| sort.key(a).cmp(&sort.key(b)));
                if sort.descending {
                    rows.reverse();
                }
                rows.dedup_by_key(|row| row.id);
            }
            let total = match (page.count, parts.as_slice()) {
                (false, _) => None,
                (true, [part]) => Some(on!(conn, c => matching!(part).count().get_result(c))?),
                (true, _) => {
                    let part = &whole(reach);
                    Some(on!(conn, c => matching!(part).count().get_result(c))?)
                }
            };
            Ok(crate::page::Listed::of(rows, page, total, |row: &$record| sort.cursor(row)))
        }
    };

    (@type text) => { Option<String> };
    (@type texts) => { Vec<String> };
    (@type ids) => { Vec<Uuid> };
    (@type flag) => { Option<bool> };
    (@type from) => { Option<chrono::DateTime<chrono::Utc>> };
    (@type to) => { Option<chrono::DateTime<chrono::Utc>> };
    (@type by ($type:ty => $make:path)) => { Option<$type> };

    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, text) => {
        if let Some(value) = &$value {
            $query = $query.filter($table::$member.eq(value));
        }
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, flag) => {
        if let Some(value) = $value {
            $query = $query.filter($table::$member.eq(value));
        }
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, texts) => {
        $query = match $value.as_slice() {
            [] => $query,
            [one] => $query.filter($table::$member.eq(one)),
            some => $query.filter($table::$member.eq_any(some)),
        };
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, ids) => {
        $query = match $value.as_slice() {
            [] => $query,
            [one] => $query.filter($table::$member.eq(crate::Uid(*one))),
            some => $query.filter($table::$member.eq_any(some.iter().copied().map(crate::Uid))),
        };
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, from) => {
        if let Some(value) = $value {
            $query = $query.filter($table::created_at.ge(crate::Time::from(value)));
        }
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, to) => {
        if let Some(value) = $value {
            $query = $query.filter($table::created_at.lt(crate::Time::from(value)));
        }
    };
    (@narrow $query:ident, $table:ident, $member:ident, $value:expr, by ($type:ty => $make:path)) => {
        if let Some(value) = &$value {
            $query = $query.filter($make(value));
        }
    };

    (@scope customer_of_site, $query:ident, $table:ident, $part:expr) => {
        crate::records::list::list!(@sites $query, $table, $part, customer_id)
    };
    (@scope site_of_customer, $query:ident, $table:ident, $part:expr) => {
        crate::records::list::list!(@sites $query, $table, $part, id)
    };
    (@scope everybody, $query:ident, $table:ident, $part:expr) => {
        match $part {
            Part::Everything | Part::NoSite | Part::Customer(_) | Part::Site(_) | Part::Shown(_) => {
                $query
            }
        }
    };
    (@sites $query:ident, $table:ident, $part:expr, $customer:ident) => {
        match $part {
            Part::Everything => $query,
            Part::Site(site) => $query.filter($table::site_id.eq(*site)),
            Part::NoSite => $query.filter($table::site_id.is_null()),
            Part::Customer(customer) => $query.filter($table::$customer.eq(*customer)),
            Part::Shown(shown) => $query.filter(
                $table::site_id
                    .is_null()
                    .or($table::site_id.eq_any(shown.sites.clone()))
                    .or($table::$customer.eq(shown.customer)),
            ),
        }
    };

    // Those after the cursor, in order: the first condition bounds the range of the index, the second
    // leaves out what was shown of rows that are alike.
    (@page $query:ident, $table:ident, $sort:ident, $page:ident) => {{
        let mut query = $query;
        if let Some(after) = &$page.after {
            let id = crate::Uid(after.id);
            query = if $sort.descending {
                query.filter($table::id.lt(id))
            } else {
                query.filter($table::id.gt(id))
            };
        }
        if $sort.descending { query.order($table::id.desc()) } else { query.order($table::id.asc()) }
    }};
    (@page $query:ident, $table:ident, $sort:ident, $page:ident, $column:ident) => {{
        let mut query = $query;
        if let Some(after) = &$page.after {
            let (text, id) = (after.text.clone(), crate::Uid(after.id));
            query = if $sort.descending {
                query
                    .filter($table::$column.le(text.clone()))
                    .filter($table::$column.lt(text).or($table::id.lt(id)))
            } else {
                query
                    .filter($table::$column.ge(text.clone()))
                    .filter($table::$column.gt(text).or($table::id.gt(id)))
            };
        }
        if $sort.descending {
            query.order(($table::$column.desc(), $table::id.desc()))
        } else {
            query.order(($table::$column.asc(), $table::id.asc()))
        }
    }};
}
pub(crate) use list;
