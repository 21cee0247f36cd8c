//! From the feed to deliveries: each webhook has a cursor of its own.

use super::{Delivery, PENDING};
use crate::StoreError;
use crate::conn::{Conn, on, one, optional};
use crate::schema::{webhook_cursors, webhook_deliveries};
use crate::types::Uid;
use diesel::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

/// A new webhook is told of what happens after `position`.
pub fn begin(conn: &mut Conn, webhook_id: Uuid, position: i64) -> Result<(), StoreError> {
    let row =
        (webhook_cursors::webhook_id.eq(Uid(webhook_id)), webhook_cursors::position.eq(position));
    on!(conn, c => diesel::insert_into(webhook_cursors::table).values(row).execute(c))?;
    Ok(())
}

/// Up to where a webhook's part of the feed is planned.
pub fn cursor(conn: &mut Conn, webhook_id: Uuid) -> Result<Option<i64>, StoreError> {
    let query = webhook_cursors::table.find(Uid(webhook_id)).select(webhook_cursors::position);
    optional(on!(conn, c => query.get_result(c)))
}

/// The same for every webhook.
pub fn cursors(conn: &mut Conn) -> Result<HashMap<Uuid, i64>, StoreError> {
    let rows: Vec<(Uid, i64)> = on!(conn, c => webhook_cursors::table.load(c))?;
    Ok(rows.into_iter().map(|(id, position)| (id.0, position)).collect())
}

/// Moves a webhook's cursor; `false`: another node has moved it meanwhile.
pub fn move_cursor(
    conn: &mut Conn,
    webhook_id: Uuid,
    from: i64,
    to: i64,
) -> Result<bool, StoreError> {
    let row = webhook_cursors::table
        .filter(webhook_cursors::webhook_id.eq(Uid(webhook_id)))
        .filter(webhook_cursors::position.eq(from));
    let moved = diesel::update(row).set(webhook_cursors::position.eq(to));
    one(on!(conn, c => moved.execute(c)))
}

/// A webhook is no more: nothing waits for it.
pub fn forget(conn: &mut Conn, webhook_id: Uuid) -> Result<(), StoreError> {
    let waiting = webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(Uid(webhook_id)))
        .filter(webhook_deliveries::state.eq(PENDING));
    on!(conn, c => diesel::delete(waiting).execute(c))?;
    let cursor = webhook_cursors::table.find(Uid(webhook_id));
    on!(conn, c => diesel::delete(cursor).execute(c))?;
    Ok(())
}

/// Stores deliveries. What plans them moves the cursor in the same transaction.
pub fn plan(conn: &mut Conn, deliveries: &[Delivery]) -> Result<(), StoreError> {
    match conn {
        Conn::Pg(c, _) => {
            diesel::insert_into(webhook_deliveries::table).values(deliveries).execute(c)?;
        }
        Conn::Sqlite(c, _) => {
            for row in deliveries {
                diesel::insert_into(webhook_deliveries::table).values(row).execute(c)?;
            }
        }
    }
    Ok(())
}
