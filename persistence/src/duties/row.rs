//! A duty at a site as the database has it.

use super::{Pause, Standing};
use crate::StoreError;
use crate::schema::duties;
use crate::types::{Time, Uid};
use diesel::prelude::*;
use kefu_domain::duty::Mark;

#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duties, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct Row {
    pub(crate) id: Uid,
    pub(crate) duty: String,
    pub(crate) site_id: Uid,
    pattern: String,
    since: Time,
    done_date: Option<String>,
    done_turn: Option<i32>,
    pub(crate) next_at: Option<Time>,
    pub(crate) paused_at: Option<Time>,
    paused_by: Option<Uid>,
    paused_why: Option<String>,
    pub(crate) version: i32,
}

impl Row {
    pub(super) fn of(standing: &Standing) -> Self {
        let paused = standing.paused.as_ref();
        Self {
            id: Uid(standing.id),
            duty: standing.duty.clone(),
            site_id: Uid(standing.site_id),
            pattern: standing.pattern.clone(),
            since: Time::from(standing.since),
            done_date: standing.done.map(|it| it.date.to_string()),
            done_turn: standing.done.map(|it| i32::try_from(it.turn).unwrap_or(i32::MAX)),
            next_at: standing.next_at.map(Time::from),
            paused_at: paused.map(|it| Time::from(it.at)),
            paused_by: paused.and_then(|it| it.by).map(Uid),
            paused_why: paused.map(|it| it.why.clone()),
            version: standing.version,
        }
    }
}

impl TryFrom<Row> for Standing {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::corrupt("duties", row.id.0, column);
        let done = match (row.done_date, row.done_turn) {
            (Some(date), Some(turn)) => Some(Mark {
                date: date.parse().map_err(|_no_date| corrupt("done_date"))?,
                turn: u32::try_from(turn).map_err(|_negative| corrupt("done_turn"))?,
            }),
            _ => None,
        };
        let paused = row.paused_at.map(|at| Pause {
            at: at.0,
            by: row.paused_by.map(|it| it.0),
            why: row.paused_why.unwrap_or_default(),
        });
        Ok(Self {
            id: row.id.0,
            duty: row.duty,
            site_id: row.site_id.0,
            pattern: row.pattern,
            since: row.since.0,
            done,
            next_at: row.next_at.map(|it| it.0),
            paused,
            version: row.version,
        })
    }
}
