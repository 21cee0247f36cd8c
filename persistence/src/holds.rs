//! Things of which there is one, and who works on a case beside the assignee: what a case's row holds
//! in a document, in tables of their own, so that the database sees to what is unique.
//!
//! **Invariant.** Written by [`crate::cases::open`] and [`crate::cases::save`] together with the row.

use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::schema::{case_helpers, holds};
use crate::types::Uid;
use diesel::prelude::*;
use kefu_domain::case::{Case, Held};
use uuid::Uuid;

/// The case that has a thing, if any.
pub fn holder(conn: &mut Conn, thing: &Held) -> Result<Option<Uuid>, StoreError> {
    let query = holds::table.find((&thing.hold, place(thing), &thing.value)).select(holds::case_id);
    let id: Option<Uid> = optional(on!(conn, c => query.get_result(c)))?;
    Ok(id.map(Uuid::from))
}

/// Gives back what a case has no more, takes what it has now, and the same with its helpers. Somebody
/// faster is [`StoreError::Conflict`]: the command may be run again, and finds the thing taken.
pub(crate) fn write(
    conn: &mut Conn,
    before: Option<&Case>,
    after: &Case,
) -> Result<(), StoreError> {
    let held = before.map_or(&[][..], |it| it.holds.as_slice());
    for thing in held.iter().filter(|it| !after.holds.contains(it)) {
        let row = holds::table
            .filter(holds::hold.eq(&thing.hold))
            .filter(holds::site_id.eq(place(thing)))
            .filter(holds::value.eq(&thing.value))
            .filter(holds::case_id.eq(Uid(after.id)));
        on!(conn, c => diesel::delete(row).execute(c))?;
    }
    for thing in after.holds.iter().filter(|it| !held.contains(it)) {
        let row = (
            holds::hold.eq(&thing.hold),
            holds::site_id.eq(place(thing)),
            holds::value.eq(&thing.value),
            holds::case_id.eq(Uid(after.id)),
        );
        on!(conn, c => diesel::insert_into(holds::table).values(row).execute(c)).map_err(taken)?;
    }
    let helped = before.map_or(&[][..], |it| it.helpers.as_slice());
    for id in helped.iter().filter(|it| !after.helpers.contains(it)) {
        let row = case_helpers::table.find((Uid(*id), Uid(after.id)));
        on!(conn, c => diesel::delete(row).execute(c))?;
    }
    for id in after.helpers.iter().filter(|it| !helped.contains(it)) {
        let row = (case_helpers::user_id.eq(Uid(*id)), case_helpers::case_id.eq(Uid(after.id)));
        on!(conn, c => diesel::insert_into(case_helpers::table).values(row).execute(c))?;
    }
    Ok(())
}

/// Every thing a case has, as the table tells it, in order.
pub(crate) fn of_case(
    conn: &mut Conn,
    id: Uuid,
) -> Result<Vec<(String, Uuid, String)>, StoreError> {
    let query = holds::table.filter(holds::case_id.eq(Uid(id))).select((
        holds::hold,
        holds::site_id,
        holds::value,
    ));
    let rows: Vec<(String, Uid, String)> = on!(conn, c => query.load(c))?;
    let mut rows: Vec<_> = rows.into_iter().map(|(hold, at, value)| (hold, at.0, value)).collect();
    rows.sort();
    Ok(rows)
}

/// The same, as the case itself tells it.
pub(crate) fn expected(case: &Case) -> Vec<(String, Uuid, String)> {
    let row = |it: &Held| (it.hold.clone(), place(it).0, it.value.clone());
    let mut rows: Vec<_> = case.holds.iter().map(row).collect();
    rows.sort();
    rows
}

/// Where a thing is one of its kind; the nil id stands for the whole organisation.
fn place(thing: &Held) -> Uid {
    Uid(thing.site_id.unwrap_or(Uuid::nil()))
}

fn taken(error: diesel::result::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Duplicate => StoreError::Conflict,
        other => other,
    }
}
