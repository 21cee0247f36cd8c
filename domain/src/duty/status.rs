//! How an occurrence of a duty stands.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::case::{Case, Clock, ClockState};
use crate::procedure::{Procedure, WITHDRAWN};

/// How an occurrence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is to be done, and in time.
    Open,
    /// It was done in time.
    Met,
    /// It was done, but late.
    Late,
    /// Its time has passed, and it was not done.
    Missed,
}

/// How an occurrence stands that is due at `due_at`: as the clock says that runs on its case by what
/// the duty gave, or, where the procedure has none, as the case does. One for which no case could be
/// opened waits for its time to pass.
pub fn status(found: Option<(&Case, &Procedure)>, due_at: Timestamp, now: Timestamp) -> Status {
    let passed = if now > due_at { Status::Missed } else { Status::Open };
    let Some((case, procedure)) = found else { return passed };
    let withdrawn = case.state == WITHDRAWN;
    match (given_clock(case, procedure).map(|it| it.state), case.closed_at) {
        (Some(ClockState::Met), _) if !withdrawn => Status::Met,
        (Some(ClockState::MetLate), _) if !withdrawn => Status::Late,
        (Some(ClockState::Breached), _) => Status::Missed,
        (Some(ClockState::Running | ClockState::Paused), _) => Status::Open,
        (_, Some(_)) if withdrawn => Status::Missed,
        (_, Some(closed_at)) if closed_at <= due_at => Status::Met,
        (_, Some(_)) => Status::Late,
        (_, None) => passed,
    }
}

/// The promise that takes the span a case was given: the first, which the duty made.
fn given_clock<'a>(case: &'a Case, procedure: &Procedure) -> Option<&'a Clock> {
    case.first_promise(procedure.given_clock()?)
}
