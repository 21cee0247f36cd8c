//! Looking at deliveries.

use super::{Attempt, Delivery, PENDING};
use crate::StoreError;
use crate::conn::{Conn, on, optional};
use crate::page::{Cursor, Listed, Page};
use crate::schema::{webhook_attempts, webhook_deliveries};
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

/// What a list of deliveries is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this type.
    pub kind: Option<String>,
    /// Only those planned at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Only those planned before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// A webhook's deliveries, newest first.
pub fn list(
    conn: &mut Conn,
    webhook_id: Uuid,
    filter: &Filter,
    page: &Page,
) -> Result<Listed<Delivery>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = webhook_deliveries::table
                .filter(webhook_deliveries::webhook_id.eq(Uid(webhook_id)))
                .into_boxed();
            if let Some(state) = &filter.state {
                query = query.filter(webhook_deliveries::state.eq(state));
            }
            if let Some(kind) = &filter.kind {
                query = query.filter(webhook_deliveries::kind.eq(kind));
            }
            if let Some(from) = filter.from {
                query = query.filter(webhook_deliveries::created_at.ge(Time::from(from)));
            }
            if let Some(to) = filter.to {
                query = query.filter(webhook_deliveries::created_at.lt(Time::from(to)));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = &page.after {
            query = query.filter(webhook_deliveries::id.lt(Uid(after.id)));
        }
        query
            .order(webhook_deliveries::id.desc())
            .limit(page.look())
            .select(Delivery::as_select())
            .load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Delivery| Cursor::by_id(row.id.0)))
}

/// One delivery of a webhook.
pub fn find(conn: &mut Conn, webhook_id: Uuid, id: Uuid) -> Result<Option<Delivery>, StoreError> {
    let query = webhook_deliveries::table
        .filter(webhook_deliveries::id.eq(Uid(id)))
        .filter(webhook_deliveries::webhook_id.eq(Uid(webhook_id)));
    optional(on!(conn, c => query.select(Delivery::as_select()).get_result(c)))
}

/// Every attempt at a delivery, the first one first: there are few.
pub fn attempts(conn: &mut Conn, delivery_id: Uuid) -> Result<Vec<Attempt>, StoreError> {
    let query = webhook_attempts::table
        .filter(webhook_attempts::delivery_id.eq(Uid(delivery_id)))
        .order(webhook_attempts::number);
    on!(conn, c => query.select(Attempt::as_select()).load(c)).map_err(StoreError::from)
}

/// How many deliveries wait, to whomever.
pub fn waiting(conn: &mut Conn) -> Result<i64, StoreError> {
    let query = webhook_deliveries::table.filter(webhook_deliveries::state.eq(PENDING)).count();
    on!(conn, c => query.get_result(c)).map_err(StoreError::from)
}
