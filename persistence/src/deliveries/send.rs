//! Claiming what is due, and noting what came of it.

use super::{Attempt, DELIVERED, Delivery, PENDING};
use crate::StoreError;
use crate::conn::{Conn, on, one, optional};
use crate::schema::webhook_deliveries::dsl;
use crate::schema::{webhook_attempts, webhook_deliveries};
use crate::types::{Time, Uid};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

/// What a node may take of one webhook's deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Of which webhook.
    pub webhook_id: Uuid,
    /// Whether each waits for the one before it: then only the first that waits is ever taken.
    pub ordered: bool,
    /// What is due now.
    pub now: DateTime<Utc>,
    /// The instant in real time, by which leases are told.
    pub real_now: DateTime<Utc>,
    /// At most so many.
    pub limit: i64,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct Result {
    /// The attempt itself.
    pub attempt: Attempt,
    /// How the delivery stands now.
    pub state: &'static str,
    /// When it is due again, if it is.
    pub next_at: DateTime<Utc>,
    /// When the attempt ended.
    pub ended_at: DateTime<Utc>,
}

type Ids = std::result::Result<Vec<Uid>, StoreError>;

/// The ids of what is due and held by nobody, the first one first. Nothing is locked.
pub fn due(conn: &mut Conn, claim: &Claim) -> Ids {
    let waiting = dsl::webhook_deliveries
        .filter(dsl::webhook_id.eq(Uid(claim.webhook_id)))
        .filter(dsl::state.eq(PENDING));
    if claim.ordered {
        let first = waiting.order((dsl::position, dsl::id)).limit(1);
        let first = first.select((dsl::id, dsl::next_at, dsl::leased_until));
        let first: Option<(Uid, Time, Time)> = optional(on!(conn, c => first.get_result(c)))?;
        let is_due = |it: &(Uid, Time, Time)| it.1.0 <= claim.now && it.2.0 <= claim.real_now;
        return Ok(first.filter(is_due).map(|it| it.0).into_iter().collect());
    }
    let due = waiting
        .filter(dsl::next_at.le(Time::from(claim.now)))
        .filter(dsl::leased_until.le(Time::from(claim.real_now)))
        .order((dsl::next_at, dsl::id))
        .limit(claim.limit)
        .select(dsl::id);
    on!(conn, c => due.load(c)).map_err(StoreError::from)
}

/// Takes what is due until `until`. Rows that another node is just taking are left to it.
pub fn claim(
    conn: &mut Conn,
    claim: &Claim,
    until: DateTime<Utc>,
) -> std::result::Result<Vec<Delivery>, StoreError> {
    let ids = due(conn, claim)?;
    let free = dsl::webhook_deliveries
        .filter(dsl::id.eq_any(ids))
        .filter(dsl::state.eq(PENDING))
        .filter(dsl::leased_until.le(Time::from(claim.real_now)));
    let mut taken: Vec<Delivery> = match conn {
        Conn::Pg(c, _) => free.select(Delivery::as_select()).for_update().skip_locked().load(c)?,
        Conn::Sqlite(c, _) => free.select(Delivery::as_select()).load(c)?,
    };
    taken.sort_by_key(|it| (it.position, it.id));
    let ids = taken.iter().map(|it| it.id);
    let rows = dsl::webhook_deliveries.filter(dsl::id.eq_any(ids.collect::<Vec<_>>()));
    let lease = dsl::leased_until.eq(Time::from(until));
    if !taken.is_empty() {
        on!(conn, c => diesel::update(rows).set(lease).execute(c))?;
    }
    Ok(taken)
}

/// Notes an attempt at `delivery` and what follows from it, and gives the claim back. `false`: the
/// lease had run out, somebody else has taken it, and the attempt is theirs to note.
pub fn finish(
    conn: &mut Conn,
    delivery: &Delivery,
    result: &Result,
) -> std::result::Result<bool, StoreError> {
    let row = dsl::webhook_deliveries
        .filter(dsl::id.eq(delivery.id))
        .filter(dsl::attempts.eq(delivery.attempts));
    let pending = result.state == PENDING;
    let finished = (!pending).then(|| Time::from(result.ended_at));
    let change = (
        dsl::state.eq(result.state),
        dsl::attempts.eq(delivery.attempts + 1),
        dsl::tries.eq(dsl::tries + 1),
        dsl::next_at.eq(Time::from(result.next_at)),
        dsl::leased_until.eq(Time(DateTime::UNIX_EPOCH)),
        dsl::last_status.eq(result.attempt.status),
        dsl::last_error.eq(&result.attempt.error),
        dsl::finished_at.eq(finished),
        dsl::version.eq(dsl::version + 1),
    );
    if !one(on!(conn, c => diesel::update(row).set(change).execute(c)))? {
        return Ok(false);
    }
    on!(conn, c => diesel::insert_into(webhook_attempts::table)
        .values(&result.attempt)
        .execute(c))?;
    Ok(true)
}

/// Whether the webhook has taken anything since `since`.
pub fn has_succeeded_since(
    conn: &mut Conn,
    webhook_id: Uuid,
    since: DateTime<Utc>,
) -> std::result::Result<bool, StoreError> {
    let taken = dsl::webhook_deliveries
        .filter(dsl::webhook_id.eq(Uid(webhook_id)))
        .filter(dsl::state.eq(DELIVERED))
        .filter(dsl::finished_at.ge(Some(Time::from(since))));
    on!(conn, c => diesel::select(diesel::dsl::exists(taken)).get_result(c))
        .map_err(StoreError::from)
}

/// What makes a delivery due again, with all its attempts before it.
macro_rules! again {
    ($now:expr) => {
        (
            dsl::state.eq(PENDING),
            dsl::tries.eq(0),
            dsl::next_at.eq(Time::from($now)),
            dsl::finished_at.eq(None::<Time>),
            dsl::version.eq(dsl::version + 1),
        )
    };
}

/// Sends one delivery again; a claim on it holds.
pub fn redeliver(
    conn: &mut Conn,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> std::result::Result<Delivery, StoreError> {
    let row = dsl::webhook_deliveries.filter(dsl::id.eq(delivery.id));
    on!(conn, c => diesel::update(row).set(again!(now)).execute(c))?;
    let found = super::find(conn, delivery.webhook_id.0, delivery.id.0)?;
    found.ok_or_else(|| StoreError::corrupt("webhook_deliveries", delivery.id.0, "id"))
}

/// Sends a webhook's deliveries again that were planned in `[from, to)`; only those in `state`, if it
/// is given. Says how many.
pub fn redeliver_range(
    conn: &mut Conn,
    webhook_id: Uuid,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    state: Option<&str>,
    now: DateTime<Utc>,
) -> std::result::Result<usize, StoreError> {
    let rows = webhook_deliveries::table
        .filter(dsl::webhook_id.eq(Uid(webhook_id)))
        .filter(dsl::created_at.ge(Time::from(from)))
        .filter(dsl::created_at.lt(Time::from(to)));
    let changed = match state {
        Some(state) => {
            let rows = rows.filter(dsl::state.eq(state));
            on!(conn, c => diesel::update(rows).set(again!(now)).execute(c))
        }
        None => on!(conn, c => diesel::update(rows).set(again!(now)).execute(c)),
    };
    changed.map_err(StoreError::from)
}

/// Gives whatever waits for a webhook all its attempts again, from now on.
pub fn resume(
    conn: &mut Conn,
    webhook_id: Uuid,
    now: DateTime<Utc>,
) -> std::result::Result<(), StoreError> {
    let rows = dsl::webhook_deliveries
        .filter(dsl::webhook_id.eq(Uid(webhook_id)))
        .filter(dsl::state.eq(PENDING));
    on!(conn, c => diesel::update(rows).set(again!(now)).execute(c))?;
    Ok(())
}

/// Forgets deliveries planned before `before` that nobody waits for, with their attempts: at most
/// `limit` of them. Says how many.
pub fn sweep(
    conn: &mut Conn,
    before: DateTime<Utc>,
    limit: i64,
) -> std::result::Result<usize, StoreError> {
    let old = dsl::webhook_deliveries
        .filter(dsl::created_at.lt(Time::from(before)))
        .filter(dsl::state.ne(PENDING))
        .limit(limit)
        .select(dsl::id);
    let ids: Vec<Uid> = on!(conn, c => old.load(c))?;
    let attempts = webhook_attempts::table.filter(webhook_attempts::delivery_id.eq_any(&ids));
    on!(conn, c => diesel::delete(attempts).execute(c))?;
    let rows = dsl::webhook_deliveries.filter(dsl::id.eq_any(&ids));
    on!(conn, c => diesel::delete(rows).execute(c)).map_err(StoreError::from)
}
