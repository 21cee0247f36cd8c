//! Plain records (sites, customers, assets, users, roles): created, read, changed and taken away
//! the same way. What is each one's own is said in its [`Resource`].

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::patch::merge;
use kefu_persistence::records::Change;
use kefu_persistence::{Conn, Cursor, Listed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::answer::{Answer, Effect, Page, Shown, shown};
use super::{App, Book, Caller, Expected, Failure, Moment, Request};
use crate::faults::faults;
use crate::params::Paging;

/// What one kind of record is.
pub trait Resource: 'static {
    /// What it is found by.
    type Key: Clone + Send + 'static;
    /// As it is stored.
    type Row: Clone + Send + 'static;
    /// What clients say of it, whole.
    type Draft: Serialize + DeserializeOwned + Clone + Send + 'static;
    /// As clients see it.
    type View: Serialize + Send + 'static;

    /// Where they are: `/v1/customers`.
    const PATH: &'static str;
    /// The permission to read them.
    const READ: &'static str;
    /// The permission to keep them.
    const WRITE: &'static str;
    /// Whether the book holds them.
    const IN_BOOK: bool = false;

    /// The published schema of a draft.
    fn schema() -> &'static Validator;
    /// The record of that key.
    fn find(conn: &mut Conn, key: &Self::Key) -> Result<Option<Self::Row>, Failure>;
    /// Stores a new one.
    fn insert(conn: &mut Conn, row: Self::Row, change: Change) -> Result<Self::Row, Failure>;
    /// Stores a change.
    fn update(
        conn: &mut Conn,
        before: &Self::Row,
        after: Self::Row,
        change: Change,
    ) -> Result<Self::Row, Failure>;
    /// Hides one.
    fn delete(conn: &mut Conn, row: &Self::Row, change: Change) -> Result<(), Failure>;
    /// Its version.
    fn version(row: &Self::Row) -> i64;
    /// Its place under [`Self::PATH`].
    fn place(row: &Self::Row) -> String;
    /// What clients said of it: what a change changes.
    fn draft(row: &Self::Row) -> Result<Self::Draft, Failure>;
    /// The row as a draft would have it.
    fn apply(row: &mut Self::Row, draft: Self::Draft) -> Result<(), Failure>;
    /// What else is wrong with a draft: references to nothing, names that are taken.
    fn check(
        conn: &mut Conn,
        moment: &Moment<'_>,
        draft: &Self::Draft,
        before: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure>;
    /// Whether the caller may know of it.
    fn may_read(caller: &Caller, row: &Self::Row) -> bool;
    /// Whether the caller may keep it as it is.
    fn may_write(caller: &Caller, book: &Book, row: &Self::Row) -> Result<bool, Failure>;
    /// What a new one brings with it, in the same transaction.
    fn made(_conn: &mut Conn, _moment: &Moment<'_>, _row: &Self::Row) -> Result<(), Failure> {
        Ok(())
    }
    /// What a change brings with it, in the same transaction.
    fn after(
        _conn: &mut Conn,
        _moment: &Moment<'_>,
        _before: &Self::Row,
        _after: Option<&Self::Row>,
    ) -> Result<(), Failure> {
        Ok(())
    }
    /// As clients see it.
    fn view(row: Self::Row) -> Result<Self::View, Failure>;
}

/// What a client sent, and what its schema found wrong with it.
#[derive(Clone, Debug)]
pub struct Sent<T> {
    /// What it says.
    pub value: T,
    /// What the schema found.
    pub faults: Vec<Fault>,
}

/// The code of a fault that is about something being there already.
pub(super) const TAKEN: &str = "taken";

/// How a [`Resource`] that is found by its id is stored when its module of persistence does all of it.
macro_rules! stored_by_id {
    ($rows:ident) => {
        fn find(
            conn: &mut kefu_persistence::Conn,
            key: &uuid::Uuid,
        ) -> Result<Option<Self::Row>, $crate::app::Failure> {
            Ok($rows::find(conn, *key)?)
        }

        fn insert(
            conn: &mut kefu_persistence::Conn,
            row: Self::Row,
            change: kefu_persistence::records::Change,
        ) -> Result<Self::Row, $crate::app::Failure> {
            Ok($rows::insert(conn, row, change)?)
        }

        fn update(
            conn: &mut kefu_persistence::Conn,
            before: &Self::Row,
            after: Self::Row,
            change: kefu_persistence::records::Change,
        ) -> Result<Self::Row, $crate::app::Failure> {
            Ok($rows::update(conn, before, after, change)?)
        }

        fn delete(
            conn: &mut kefu_persistence::Conn,
            row: &Self::Row,
            change: kefu_persistence::records::Change,
        ) -> Result<(), $crate::app::Failure> {
            Ok($rows::delete(conn, row, change).map(drop)?)
        }

        fn version(row: &Self::Row) -> i64 {
            row.version.into()
        }

        fn place(row: &Self::Row) -> String {
            row.id.0.to_string()
        }
    };
}
pub(super) use stored_by_id;

impl App {
    /// Creates a record: `row` is a new one without anything said of it yet.
    pub async fn create<R: Resource>(
        &self,
        request: Request,
        row: R::Row,
        sent: Sent<R::Draft>,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let Sent { value: draft, mut faults } = sent;
            let mut row = row;
            R::apply(&mut row, draft.clone())?;
            allowed::<R>(moment, &row)?;
            faults.extend(R::check(conn, moment, &draft, None)?);
            refuse(faults)?;
            let row = R::insert(conn, row, change(moment))?;
            R::made(conn, moment, &row)?;
            let location = format!("{}/{}", R::PATH, R::place(&row));
            let effect = Effect::created(location, R::version(&row), &R::view(row)?)?;
            Ok(marked::<R>(effect))
        })
        .await
    }

    /// Shows one record, if the caller may know of it.
    pub async fn show<R: Resource>(
        &self,
        caller: std::sync::Arc<Caller>,
        key: R::Key,
    ) -> Result<Shown<R::View>, Failure> {
        self.read(move |conn| {
            let row = R::find(conn, &key)?.filter(|row| R::may_read(&caller, row));
            let row = row.ok_or(Failure::NotFound)?;
            Ok(Shown { version: R::version(&row), view: R::view(row)? })
        })
        .await
    }

    /// Changes a record as a merge patch says. `amend` puts in what the patch cannot say itself.
    pub async fn change<R: Resource>(
        &self,
        request: Request,
        key: R::Key,
        expected: Expected,
        patch: Value,
        amend: impl FnOnce(&mut R::Draft) + Clone + Send + 'static,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let before = known::<R>(conn, moment, &key)?;
            expected.check(R::version(&before))?;
            let mut value = shown(&R::draft(&before)?)?;
            merge(&mut value, &patch);
            let mut found = faults(R::schema(), &value);
            let mut draft: R::Draft = match serde_json::from_value(value) {
                Ok(draft) => draft,
                Err(_) if !found.is_empty() => return Err(Failure::Invalid(found)),
                Err(error) => return Err(Failure::Broken(format!("a draft: {error}"))),
            };
            amend(&mut draft);
            let mut after = before.clone();
            R::apply(&mut after, draft.clone())?;
            allowed::<R>(moment, &after)?;
            found.extend(R::check(conn, moment, &draft, Some(&before))?);
            refuse(found)?;
            let after = R::update(conn, &before, after, change(moment))?;
            R::after(conn, moment, &before, Some(&after))?;
            let effect = Effect::changed(Some(R::version(&after)), &R::view(after)?)?;
            Ok(marked::<R>(effect))
        })
        .await
    }

    /// Takes a record away: it is hidden, and what refers to it keeps doing so.
    pub async fn remove<R: Resource>(
        &self,
        request: Request,
        key: R::Key,
        expected: Expected,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let row = known::<R>(conn, moment, &key)?;
            expected.check(R::version(&row))?;
            R::delete(conn, &row, change(moment))?;
            R::after(conn, moment, &row, None)?;
            Ok(marked::<R>(Effect::gone()))
        })
        .await
    }
}

/// A record the caller may know of and keep.
fn known<R: Resource>(
    conn: &mut Conn,
    moment: &Moment<'_>,
    key: &R::Key,
) -> Result<R::Row, Failure> {
    let row = R::find(conn, key)?.filter(|row| R::may_read(moment.caller, row));
    let row = row.ok_or(Failure::NotFound)?;
    allowed::<R>(moment, &row)?;
    Ok(row)
}

/// Refuses what is not the caller's to keep.
fn allowed<R: Resource>(moment: &Moment<'_>, row: &R::Row) -> Result<(), Failure> {
    if R::may_write(moment.caller, moment.book, row)? {
        Ok(())
    } else {
        Err(Failure::Forbidden { needs: R::WRITE.to_owned() })
    }
}

fn marked<R: Resource>(effect: Effect) -> Effect {
    if R::IN_BOOK { effect.changing_rules() } else { effect }
}

/// Who changes a record, and when, as the log has it.
pub(super) fn change(moment: &Moment<'_>) -> Change {
    Change { by: Some(moment.caller.user_id), at: moment.now }
}

/// Refuses with every fault; where the only one is that something is there already, with that.
pub(super) fn refuse(mut faults: Vec<Fault>) -> Result<(), Failure> {
    faults.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    match faults.as_slice() {
        [] => Ok(()),
        [only] if only.code == TAKEN => Err(Failure::Duplicate(only.clone())),
        _ => Err(Failure::Invalid(faults)),
    }
}

/// A page of rows as clients see them.
pub(super) fn page<R, V>(
    listed: Listed<R>,
    view: impl Fn(R) -> Result<V, Failure>,
) -> Result<Page<V>, Failure> {
    let Listed { items, next, total } = listed;
    Ok(Page {
        items: items.into_iter().map(view).collect::<Result<_, _>>()?,
        next_cursor: next.map(|it| it.encode()),
        total,
    })
}

/// Which part of a list is asked for, if its cursor was made in the order asked for.
pub(super) fn part(
    paging: &Paging,
    made: impl FnOnce(&Cursor) -> bool,
) -> Result<kefu_persistence::Page, Failure> {
    let part = paging.part()?;
    if part.after.as_ref().is_some_and(|cursor| !made(cursor)) {
        return Err(not_a_cursor());
    }
    Ok(part)
}

/// How many rows, after which one, of a list that has one order.
pub(super) fn asked(
    limit: Option<usize>,
    cursor: Option<&str>,
    count: Option<bool>,
) -> Result<kefu_persistence::Page, Failure> {
    let after = crate::params::cursor(cursor)?;
    let limit = limit.unwrap_or(super::PAGE);
    Ok(kefu_persistence::Page { limit, after, count: count.unwrap_or_default() })
}

/// What is wrong with a cursor that none of our answers held.
pub(crate) fn not_a_cursor() -> Failure {
    Failure::invalid(
        "/cursor",
        "bad_cursor",
        "cursor 不是本列表给出的 next_cursor。",
        "The cursor is not a next_cursor of this list.",
    )
}
