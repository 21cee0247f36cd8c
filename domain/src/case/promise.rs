//! What happens to promises: they start, stand still, go on, are kept, warn, are broken.

use super::clock::Signal;
use super::draft::{Draft, broken, no_deadline, together};
use super::event::{Fact, Why};
use super::{Clock, ClockState, Refusal, act};
use crate::procedure::ClockRule;
use crate::who::Actor;

/// The most signals one decision gives. Rungs that set each other off without end are a fault of
/// the procedure, not a reason to run for ever.
const MOST_SIGNALS: usize = 1_000;

impl Draft<'_> {
    /// Gives every signal that has fallen due, earliest first, as the system.
    pub(super) fn settle(&mut self) -> Result<(), Refusal> {
        let actor = self.actor.take();
        let settled = self.give_due_signals();
        self.actor = actor;
        settled
    }

    fn give_due_signals(&mut self) -> Result<(), Refusal> {
        self.match_versions()?;
        for _ in 0..MOST_SIGNALS {
            let mut due = None;
            for (index, clock) in self.case.clocks.iter().enumerate() {
                // `next_at` is the signal's instant: nothing is computed for clocks that wait.
                if clock.is_open() && clock.next_at.is_some_and(|at| at <= self.now()) {
                    let signal = self.next_signal(clock)?;
                    if let Some((at, signal)) = signal.filter(|(at, _)| *at <= self.now())
                        && due.is_none_or(|(earliest, _, _)| at < earliest)
                    {
                        due = Some((at, index, signal));
                    }
                }
            }
            let Some((at, index, signal)) = due else { return Ok(()) };
            let Some(clock) = self.case.clocks.get(index).cloned() else { return Ok(()) };
            self.give(&clock, at, signal)?;
        }
        let detail = format!("more than {MOST_SIGNALS} signals at once: the rungs never end");
        Err(broken("clocks", detail))
    }

    /// A signal is given by the calendar as it is now, also when the change of the calendar has not
    /// come to this case yet.
    fn match_versions(&mut self) -> Result<(), Refusal> {
        for clock in self.case.clocks.clone() {
            let due = clock.is_open() && clock.next_at.is_some_and(|at| at <= self.now());
            let calendar = if due { self.context.calendars.find(&clock.calendar) } else { None };
            if calendar.is_some_and(|it| it.version() != clock.calendar_version) {
                self.match_clock(clock)?;
            }
        }
        Ok(())
    }

    fn give(&mut self, clock: &Clock, at: crate::Timestamp, signal: Signal) -> Result<(), Refusal> {
        let mut after = clock.clone();
        after.fired.push(signal.key());
        let next_at = self.next_signal(&after)?.map(|(at, _)| at);
        let code = clock.code.clone();
        match signal {
            Signal::Warn(point) => {
                let point = u32::try_from(point).unwrap_or(u32::MAX);
                let due_at = clock.due_at;
                self.push(Fact::ClockWarned { clock: code, point, at, due_at, next_at });
            }
            Signal::Due => {
                let (due_at, clauses) = (clock.due_at, clock.clauses.clone());
                self.push(Fact::ClockBreached { clock: code, due_at, next_at, clauses });
            }
            Signal::Rung(index) => {
                let rung = self
                    .procedure
                    .clock(&code)
                    .and_then(|it| it.definition.escalate.get(index))
                    .cloned();
                let (notify, act) = rung.map_or((Vec::new(), None), |it| (it.notify, it.act));
                let rung = u32::try_from(index).unwrap_or(u32::MAX);
                let taken = act.clone();
                self.push(Fact::ClockEscalated { clock: code, rung, at, notify, act, next_at });
                if let Some(act) = taken {
                    self.act_as_system(&act, serde_json::Map::new())?;
                }
            }
        }
        Ok(())
    }

    /// Lets the system take an action. Where the rules say no, the log says so; nothing is lost.
    pub(super) fn act_as_system(
        &mut self,
        act: &str,
        input: serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), Refusal> {
        match act::take(self, &Actor::system(), act, input, None) {
            Ok(()) => Ok(()),
            Err(broken @ (Refusal::BrokenRule { .. } | Refusal::NoDeadline { .. })) => Err(broken),
            Err(refusal) => {
                let refusal = refusal.code().to_owned();
                self.push(Fact::ActRefused { act: act.to_owned(), refusal });
                Ok(())
            }
        }
    }

    /// Clocks when the case enters a state: some stop, some stand still, some go on, some start.
    pub(super) fn enter_clocks(&mut self, state: &str) -> Result<(), Refusal> {
        let procedure = self.procedure;
        for rule in &procedure.clocks {
            let definition = &rule.definition;
            let open = self.case.clock(&definition.code).is_some_and(Clock::is_open);
            if open && contains(&definition.stops, state) {
                self.stop(&definition.code)?;
            }
            let open = self.case.clock(&definition.code).is_some_and(Clock::is_open);
            if !open && contains(&definition.starts, state) {
                self.start(rule)?;
            }
        }
        self.match_pauses()
    }

    /// Makes every open clock stand still or run as state and suspension say.
    pub(super) fn match_pauses(&mut self) -> Result<(), Refusal> {
        let procedure = self.procedure;
        for rule in &procedure.clocks {
            let Some(clock) = self.case.clock(&rule.definition.code) else { continue };
            let still = self.stands_still(rule);
            match (clock.is_open(), still, clock.state == ClockState::Paused) {
                (true, true, false) => {
                    let clock = clock.code.clone();
                    self.push(Fact::ClockPaused { clock });
                }
                (true, false, true) => self.resume(&clock.clone())?,
                _ => {}
            }
        }
        Ok(())
    }

    fn stands_still(&self, rule: &ClockRule) -> bool {
        self.case.suspended.is_some() || contains(&rule.definition.pauses, &self.case.state)
    }

    pub(super) fn start(&mut self, rule: &ClockRule) -> Result<(), Refusal> {
        let code = &rule.definition.code;
        let mut given = self.case.given.clone();
        // A promise that is made again is made now.
        if let (Some(given), Some(_)) = (&mut given, self.case.clock(code)) {
            given.since = None;
        }
        let Some(selected) = self.select(&rule.within, given.as_ref(), code, self.now())? else {
            return Ok(());
        };
        let calendar_code = self.calendar_code(rule, &selected);
        let calendar = self.calendar(code, &calendar_code)?;
        let (started_at, since) = (selected.since.unwrap_or(self.now()), selected.since);
        let due_at = calendar.add(started_at, selected.span);
        let due_at = due_at.map_err(|_unreachable| Refusal::NoDeadline {
            clock: code.clone(),
            calendar: calendar_code.clone(),
        })?;
        let clauses = together(&rule.definition.clauses, &selected.clauses);
        let paused = self.stands_still(rule);
        let mut clock = Clock {
            code: code.clone(),
            run: self.case.clock(code).map_or(1, |it| it.run.saturating_add(1)),
            state: if paused { ClockState::Paused } else { ClockState::Running },
            span: selected.span,
            calendar: calendar_code.clone(),
            calendar_version: calendar.version(),
            started_at,
            due_at,
            pauses: Vec::new(),
            paused_at: None,
            paused_us: 0,
            extensions: Vec::new(),
            fired: Vec::new(),
            breached_at: None,
            stopped_at: None,
            next_at: None,
            clauses: clauses.clone(),
        };
        clock.next_at = self.next_signal(&clock)?.map(|(at, _)| at);
        self.push(Fact::ClockStarted {
            clock: clock.code,
            span: clock.span,
            calendar: clock.calendar,
            calendar_version: clock.calendar_version,
            due_at,
            started_at: since,
            next_at: clock.next_at,
            clauses,
            paused,
        });
        Ok(())
    }

    fn stop(&mut self, code: &str) -> Result<(), Refusal> {
        let Some(clock) = self.case.clock(code).cloned() else { return Ok(()) };
        // A clock that stands still is not past its deadline, however long it stood.
        let reached = clock.paused_at.unwrap_or(self.context.now);
        let met = clock.breached_at.is_none() && reached <= clock.due_at;
        if clock.paused_at.is_some() {
            // Its last pause counts as every pause: what is stored adds up to the deadline.
            self.resume(&clock)?;
        }
        let due_at = self.case.clock(code).map_or(clock.due_at, |it| it.due_at);
        self.push(Fact::ClockStopped { clock: clock.code, met, due_at, clauses: clock.clauses });
        Ok(())
    }

    fn resume(&mut self, clock: &Clock) -> Result<(), Refusal> {
        let mut after = clock.clone();
        if let Some(from) = after.paused_at.take() {
            after.pauses.push(super::Pause { from, to: self.now() });
        }
        let (due_at, paused_us, next_at) = self.aim(&mut after)?;
        self.push(Fact::ClockResumed { clock: after.code, paused_us, due_at, next_at });
        Ok(())
    }

    /// Aims a changed clock anew: its deadline, its pauses' sum, its next signal.
    fn aim(
        &self,
        clock: &mut Clock,
    ) -> Result<(crate::Timestamp, i64, Option<crate::Timestamp>), Refusal> {
        let calendar = self.calendar(&clock.code, &clock.calendar)?;
        let (due_at, paused) = clock.target(calendar).map_err(|_unreachable| no_deadline(clock))?;
        clock.due_at = due_at;
        clock.paused_us = paused.num_microseconds().unwrap_or(i64::MAX);
        if due_at > self.now() {
            clock.fired.retain(|it| it != super::clock::DUE);
            clock.breached_at = None;
        }
        clock.state = match (clock.paused_at, clock.breached_at) {
            (Some(_), _) => ClockState::Paused,
            (None, Some(_)) => ClockState::Breached,
            (None, None) => ClockState::Running,
        };
        let next_at = self.next_signal(clock)?.map(|(at, _)| at);
        Ok((due_at, clock.paused_us, next_at))
    }

    fn retarget(&mut self, mut after: Clock, why: Why) -> Result<(), Refusal> {
        let version = self.calendar(&after.code, &after.calendar)?.version();
        after.calendar_version = version;
        let (due_at, paused_us, next_at) = self.aim(&mut after)?;
        let before = self.case.clock(&after.code).map(|it| &it.clauses);
        let clauses = (before != Some(&after.clauses)).then_some(after.clauses);
        self.push(Fact::ClockRetargeted {
            clock: after.code,
            why,
            span: after.span,
            calendar: after.calendar,
            calendar_version: version,
            paused_us,
            due_at,
            next_at,
            clauses,
        });
        Ok(())
    }

    /// Gives a clock more time.
    pub(super) fn extend(&mut self, code: &str) -> Result<(), Refusal> {
        let Some(clock) = self.case.clock(code).filter(|it| it.is_open()).cloned() else {
            return Ok(());
        };
        self.retarget(clock, Why::Extension)
    }

    /// Clocks to which another span applies now get another deadline, counted from their start;
    /// those to which none applies any longer are cancelled; those to which one applies at last
    /// start, if they would have started here.
    pub(super) fn match_rules(&mut self) -> Result<(), Refusal> {
        let procedure = self.procedure;
        for rule in &procedure.clocks {
            if rule.within.iter().any(|it| it.when.is_some() || it.until.is_some()) {
                self.match_rule(rule)?;
            }
        }
        Ok(())
    }

    pub(super) fn match_rule(&mut self, rule: &ClockRule) -> Result<(), Refusal> {
        let code = &rule.definition.code;
        let clock = self.case.clock(code).cloned();
        let open = clock.as_ref().is_some_and(Clock::is_open);
        let never = clock.as_ref().is_none_or(|it| it.state == ClockState::Cancelled);
        let begins = never && contains(&rule.definition.starts, &self.case.state);
        if !open && !begins {
            return Ok(());
        }
        let given = self.case.given.clone();
        let clock = clock.filter(Clock::is_open);
        let from = clock.as_ref().map_or(self.now(), |it| it.started_at);
        match (clock, self.select(&rule.within, given.as_ref(), code, from)?) {
            (Some(mut clock), Some(selected)) => {
                let calendar = self.calendar_code(rule, &selected);
                let clauses = together(&rule.definition.clauses, &selected.clauses);
                let other = selected.span != clock.span || calendar != clock.calendar;
                if other || clauses != clock.clauses {
                    clock.span = selected.span;
                    clock.calendar = calendar;
                    clock.clauses = clauses;
                    self.retarget(clock, Why::Rule)?;
                }
            }
            (Some(clock), None) => self.push(Fact::ClockCancelled { clock: clock.code }),
            (None, Some(_)) => self.start(rule)?,
            (None, None) => {}
        }
        Ok(())
    }

    /// A calendar was changed: its open clocks whose deadline moves get the new one.
    pub(super) fn match_calendar(&mut self, code: &str) -> Result<(), Refusal> {
        let clocks: Vec<Clock> = self
            .case
            .clocks
            .iter()
            .filter(|it| it.is_open() && it.calendar == code)
            .cloned()
            .collect();
        for clock in clocks {
            self.match_clock(clock)?;
        }
        Ok(())
    }

    /// Re-targets a clock if its calendar as it is now gives another deadline or another signal.
    fn match_clock(&mut self, clock: Clock) -> Result<(), Refusal> {
        let aimed = self.aim(&mut clock.clone())?;
        if aimed == (clock.due_at, clock.paused_us, clock.next_at) {
            return Ok(());
        }
        self.retarget(clock, Why::Calendar)
    }

    /// These promises count no longer, where they are open.
    pub(super) fn cancel_clocks(&mut self, which: impl Fn(&ClockRule) -> bool) {
        let procedure = self.procedure;
        for rule in procedure.clocks.iter().filter(|it| which(it)) {
            let clock = rule.definition.code.clone();
            if self.case.clock(&clock).is_some_and(Clock::is_open) {
                self.push(Fact::ClockCancelled { clock });
            }
        }
    }

    /// A reopened case makes its promises anew: those it had made and that run where it goes back to.
    pub(super) fn restart_clocks(&mut self, state: &str) -> Result<(), Refusal> {
        let procedure = self.procedure;
        for rule in &procedure.clocks {
            let over = self.case.clock(&rule.definition.code).is_some_and(|it| !it.is_open());
            if over && self.runs_in(rule, state) {
                self.start(rule)?;
            }
        }
        Ok(())
    }
}

impl Draft<'_> {
    /// Whether actions lead from where a clock starts to a state without stopping it on the way.
    fn runs_in(&self, rule: &ClockRule, state: &str) -> bool {
        let (starts, stops) = (&rule.definition.starts, &rule.definition.stops);
        let mut running: Vec<&str> = starts.iter().map(String::as_str).collect();
        let mut next = 0;
        while let Some(from) = running.get(next).copied() {
            next += 1;
            let actions = self.procedure.definition.actions.iter();
            let leading = actions.filter(|it| it.from.iter().any(|it| it == from));
            for to in leading.filter_map(|it| it.to.as_deref()) {
                if !contains(stops, to) && !running.contains(&to) {
                    running.push(to);
                }
            }
        }
        running.contains(&state)
    }
}

fn contains(states: &[String], state: &str) -> bool {
    states.iter().any(|it| it == state)
}
