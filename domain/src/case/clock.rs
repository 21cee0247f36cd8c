//! One promise (时限): what it stores, when it is due, when the server has to act.
//!
//! **Invariant.** Start, span, calendar, pauses and extensions determine the deadline; nothing that
//! could drift is stored beside them. `due_at` and `next_at` are what the events said they come to.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::NO_TIME;
use crate::Timestamp;
use crate::calendar::{Calendar, Segment, Unreachable};
use crate::procedure::definition::{Rung, Warn};
use crate::span::Span;

/// A promise on one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Which of the procedure's clocks.
    pub code: String,
    /// The how-manieth time the case makes this promise, from 1: a case that is reopened makes it again.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub run: u32,
    /// How it stands.
    pub state: ClockState,
    /// How long.
    pub span: Span,
    /// Counted by which calendar …
    pub calendar: String,
    /// … in which version.
    pub calendar_version: u32,
    /// Since when.
    pub started_at: Timestamp,
    /// Until when.
    pub due_at: Timestamp,
    /// When it stood still, oldest first.
    pub pauses: Vec<Pause>,
    /// Since when it stands still.
    pub paused_at: Option<Timestamp>,
    /// What the pauses come to, in microseconds as the clock counts.
    pub paused_us: i64,
    /// Time that was added (延期).
    pub extensions: Vec<Span>,
    /// Signals that have been given, each once: `warn:0`, `due`, `rung:1`.
    pub fired: Vec<String>,
    /// The deadline that passed.
    pub breached_at: Option<Timestamp>,
    /// When it was kept or cancelled.
    pub stopped_at: Option<Timestamp>,
    /// When the server has to act next.
    pub next_at: Option<Timestamp>,
    /// Clauses it carries out.
    pub clauses: Vec<String>,
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_first(run: &u32) -> bool {
    *run == 1
}

/// When a promise stood still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From …
    pub from: Timestamp,
    /// … to, exclusive.
    pub to: Timestamp,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Runs, and is in time.
    Running,
    /// Stands still.
    Paused,
    /// Runs past its deadline.
    Breached,
    /// Was kept in time.
    Met,
    /// Was kept, but late.
    MetLate,
    /// No longer counts.
    Cancelled,
}

impl ClockState {
    /// The word used in the API and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Breached => "breached",
            Self::Met => "met",
            Self::MetLate => "met_late",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that word.
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [
            Self::Running,
            Self::Paused,
            Self::Breached,
            Self::Met,
            Self::MetLate,
            Self::Cancelled,
        ];
        all.into_iter().find(|it| it.as_str() == word)
    }
}

/// Something the server has to do about a clock at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Signal {
    Warn(usize),
    Due,
    Rung(usize),
}

impl Signal {
    pub(super) fn key(self) -> String {
        match self {
            Self::Warn(point) => format!("warn:{point}"),
            Self::Due => DUE.to_owned(),
            Self::Rung(rung) => format!("rung:{rung}"),
        }
    }
}

/// The signal of the deadline itself.
pub(super) const DUE: &str = "due";

impl Clock {
    /// Whether it counts down (or past its deadline) now.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ClockState::Running | ClockState::Breached)
    }

    /// Whether it is not over: running or standing still.
    pub fn is_open(&self) -> bool {
        self.is_running() || self.state == ClockState::Paused
    }

    /// Whole seconds it stood still, as the clock counts.
    pub fn paused_seconds(&self) -> i64 {
        self.paused_us.div_euclid(1_000_000)
    }

    /// The deadline its start, span, pauses and extensions come to, and what the pauses come to.
    pub(super) fn target(
        &self,
        calendar: &Calendar,
    ) -> Result<(Timestamp, TimeDelta), Unreachable> {
        let working = self.span.is_working();
        let paused = self.pauses.iter().fold(NO_TIME, |sum, pause| {
            sum + if working {
                calendar.between(pause.from, pause.to)
            } else {
                pause.to - pause.from
            }
        });
        let mut due = calendar.add(self.started_at, self.span)?;
        if paused > NO_TIME {
            due = if working { calendar.add_working(due, paused)? } else { due + paused };
        }
        for extension in &self.extensions {
            due = calendar.add(due, *extension)?;
        }
        Ok((due, paused))
    }

    /// The next signal that has not been given, if the clock runs.
    pub(super) fn next_signal(
        &self,
        warn: &[Warn],
        ladder: &[Rung],
        calendar: &Calendar,
    ) -> Result<Option<(Timestamp, Signal)>, Unreachable> {
        if self.state == ClockState::Paused || !self.is_open() {
            return Ok(None);
        }
        let mut next: Option<(Timestamp, Signal)> = None;
        let mut offer = |at: Timestamp, signal: Signal| {
            let fired = self.fired.iter().any(|it| *it == signal.key());
            if !fired && next.is_none_or(|earliest| (at, signal) < earliest) {
                next = Some((at, signal));
            }
        };
        offer(self.due_at, Signal::Due);
        for (index, point) in warn.iter().enumerate() {
            offer(self.warn_at(*point, calendar)?, Signal::Warn(index));
        }
        for (index, rung) in ladder.iter().enumerate() {
            offer(self.rung_at(rung, calendar)?, Signal::Rung(index));
        }
        Ok(next)
    }

    fn warn_at(&self, point: Warn, calendar: &Calendar) -> Result<Timestamp, Unreachable> {
        let paused = TimeDelta::microseconds(self.paused_us);
        match point {
            Warn::Before(span) => calendar.subtract(self.due_at, span),
            Warn::Part(part) if self.span.is_working() => {
                let whole = calendar.between(self.started_at, self.due_at) - paused;
                calendar.add_working(self.started_at, thousandths(whole, part) + paused)
            }
            Warn::Part(part) => {
                let whole = self.due_at - self.started_at - paused;
                Ok(self.started_at + thousandths(whole, part) + paused)
            }
        }
    }

    fn rung_at(&self, rung: &Rung, calendar: &Calendar) -> Result<Timestamp, Unreachable> {
        match (rung.before, rung.after) {
            (Some(before), _) => calendar.subtract(self.due_at, before),
            (None, Some(after)) if after.count > 0 => calendar.add(self.due_at, after),
            (None, _) => Ok(self.due_at),
        }
    }
}

/// A part of a span, to the microsecond below.
fn thousandths(whole: TimeDelta, part: u32) -> TimeDelta {
    let micros = i128::from(whole.num_microseconds().unwrap_or(i64::MAX));
    let part = micros * i128::from(part) / 1000;
    TimeDelta::microseconds(i64::try_from(part).unwrap_or(i64::MAX))
}

/// The segments from a clock's start to its deadline: which time counted, and why the rest did not.
pub fn explain(clock: &Clock, calendar: &Calendar) -> Vec<Segment> {
    let mut pauses: Vec<_> = clock.pauses.iter().map(|it| (it.from, it.to)).collect();
    if let Some(since) = clock.paused_at {
        pauses.push((since, clock.stopped_at.unwrap_or(clock.due_at).max(since)));
    }
    calendar.segments(clock.started_at, clock.due_at, clock.span.is_working(), &pauses)
}
