//! Timers that fall due become commands.
//!
//! **Invariant.** A timer fires exactly once: whoever holds the case's row decides by what the case
//! itself says, so a timer that another node has fired meanwhile does nothing.

use kefu_domain::Timestamp;
use kefu_domain::case::Command;
use kefu_domain::who::Actor;
use kefu_persistence::cases::{self, CLOCK_TIMER};
use kefu_persistence::duties;
use kefu_persistence::timers::{self, Timer};

use super::desk::Desk;
use super::duty::RECOUNT;
use crate::app::{App, Failure};

/// The kind of the timer that gives running clocks the deadlines of a changed calendar.
pub(in crate::app) const RETARGET: &str = "retarget";

/// Cases that one step of a re-targeting looks at.
const STEP: i64 = 100;

/// What firing a timer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fired {
    /// It did what it was set for.
    Done,
    /// Another node has the case just now: it fires the timer, or the next look will.
    Elsewhere,
}

impl App {
    /// The timers due at `now`, earliest first.
    pub async fn due_timers(&self, now: Timestamp, limit: i64) -> Result<Vec<Timer>, Failure> {
        self.store.read(move |conn| timers::due(conn, now, limit)).await.map_err(Failure::from)
    }

    /// Fires one timer in a transaction of its own.
    pub async fn fire(&self, timer: Timer, now: Timestamp) -> Result<Fired, Failure> {
        let book = self.book();
        let fired = self
            .store
            .write(move |conn| {
                let mut desk = Desk { conn, book: &book, now };
                match timer.kind.as_str() {
                    CLOCK_TIMER => desk.tick(&timer),
                    RETARGET => desk.retarget(&timer),
                    duties::TIMER => desk.arise(&timer),
                    RECOUNT => desk.recount(&timer),
                    unknown => Err(super::refusal::broken(&format!("timer of kind {unknown}"))),
                }
            })
            .await;
        self.tail.ring();
        fired
    }

    /// Puts a timer that could not be fired off, so that it does not keep the others waiting.
    pub async fn put_off(&self, mut timer: Timer, until: Timestamp) -> Result<(), Failure> {
        timer.due_at = until;
        self.store.write(move |conn| timers::set(conn, &timer)).await.map_err(Failure::from)
    }
}

impl Desk<'_> {
    /// A clock's timer: whatever its case's clocks have to signal by now.
    fn tick(&mut self, timer: &Timer) -> Result<Fired, Failure> {
        let held = cases::find_unlocked_for_update(self.conn, timer.subject_id)?;
        let Some(held) = held else { return Ok(Fired::Elsewhere) };
        let due = |it: &kefu_domain::case::Clock| {
            it.code == timer.code && it.next_at.is_some_and(|at| at <= self.now)
        };
        if !held.case.clocks.iter().any(due) {
            // The row's own timer is gone or lies ahead; one that is left over is cleared.
            let ahead = held.case.clock(&timer.code).and_then(|it| it.next_at);
            if ahead.is_none() {
                timers::clear(self.conn, CLOCK_TIMER, timer.subject_id, &timer.code)?;
            }
            return Ok(Fired::Done);
        }
        self.command_on(held, &Actor::system(), None, Command::Tick, 0)?;
        Ok(Fired::Done)
    }

    /// A step of giving running clocks the deadlines of a changed calendar: the timer remembers how
    /// far it came, so a node that dies half-way loses nothing.
    fn retarget(&mut self, timer: &Timer) -> Result<Fired, Failure> {
        // A node that has not read the new calendar yet would move nothing and think it done.
        let wanted = timer.data.get("version").and_then(serde_json::Value::as_i64).unwrap_or(0);
        if self.book.calendar(&timer.code).map_or(0, |it| it.version) < wanted {
            return Ok(Fired::Elsewhere);
        }
        let after =
            timer.data.get("after").and_then(|it| it.as_str()).and_then(|it| it.parse().ok());
        let ids = cases::counted_by(self.conn, &timer.code, after, STEP)?;
        for id in &ids {
            let command = Command::Retarget { calendar: timer.code.clone() };
            self.command(*id, &Actor::system(), None, command)?;
        }
        match ids.last() {
            Some(last) if i64::try_from(ids.len()).is_ok_and(|it| it == STEP) => {
                let mut next = timer.clone();
                next.data = serde_json::json!({ "after": last, "version": wanted });
                timers::set(self.conn, &next)?;
            }
            _ => timers::clear(self.conn, RETARGET, timer.subject_id, &timer.code)?,
        }
        Ok(Fired::Done)
    }
}
