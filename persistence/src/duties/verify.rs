//! What `kefu verify` asks of duties.

use super::{Row, Standing, TIMER};
use crate::conn::{Conn, on, optional};
use crate::schema::{duties, timers};
use crate::types::{Time, Uid};
use crate::{StoreError, events};
use diesel::prelude::*;
use uuid::Uuid;

/// How duties stand, by id after `after`.
pub(crate) fn every(conn: &mut Conn, after: Uuid, limit: i64) -> Result<Vec<Standing>, StoreError> {
    let query = duties::table.filter(duties::id.gt(Uid(after))).order(duties::id).limit(limit);
    let rows: Vec<Row> = on!(conn, c => query.select(Row::as_select()).load(c))?;
    rows.into_iter().map(Standing::try_from).collect()
}

/// What of a duty's row or timer is not as its log has it.
pub(crate) fn differs(
    conn: &mut Conn,
    standing: &Standing,
) -> Result<Option<&'static str>, StoreError> {
    let log = events::timeline(conn, standing.id, 0, i64::MAX)?;
    if log.last().map_or(0, |it| it.sequence) != standing.version {
        return Ok(Some("its version is not its last event's"));
    }
    let pauses = ["duty.paused", "duty.resumed"];
    let told = log.iter().rev().find(|it| pauses.contains(&it.kind.as_str()));
    if told.is_some_and(|it| it.kind == "duty.paused") != standing.paused.is_some() {
        return Ok(Some("it rests in one of the two only"));
    }
    let timer = timers::table.find((Uid(standing.id), TIMER, &standing.duty));
    let timer: Option<Time> = optional(on!(conn, c => timer.select(timers::due_at).get_result(c)))?;
    // A timer that could not be fired was put off; one that comes too early cannot be right.
    let next = standing.next_at.filter(|_| standing.paused.is_none()).map(Time::from);
    let sound = match (next, timer) {
        (Some(next), Some(timer)) => timer >= next,
        (next, timer) => next.is_none() && timer.is_none(),
    };
    Ok(if sound { None } else { Some("its timer differs") })
}
