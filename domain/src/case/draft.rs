//! A decision in the making: facts are added one by one, each seen by the next rule.

use serde_json::{Value, json};
use uuid::Uuid;

use super::clock::Signal;
use super::event::{Event, Fact};
use super::{Case, Clock, Context, Given, Refusal, evolve, limit};
use crate::Timestamp;
use crate::calendar::Calendar;
use crate::procedure::definition::{Assigns, SpanOrFigure};
use crate::procedure::{ClockRule, Condition, Procedure, Scope, WithinRule};
use crate::span::Span;
use crate::who::Actor;

/// The case as it is after the facts so far, and the facts.
pub(super) struct Draft<'a> {
    pub(super) procedure: &'a Procedure,
    pub(super) context: &'a Context<'a>,
    pub(super) case: Case,
    pub(super) events: Vec<Event>,
    /// Who causes the facts being added.
    pub(super) actor: Option<Uuid>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(procedure: &'a Procedure, context: &'a Context<'a>, case: Case) -> Self {
        Self { procedure, context, case, events: Vec::new(), actor: None }
    }

    /// Adds a fact; the case changes at once.
    pub(super) fn push(&mut self, fact: Fact) {
        let event = Event { at: self.context.now, actor: self.actor, fact };
        evolve::apply(&mut self.case, &event);
        self.events.push(event);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.context.now
    }

    /// Whether a condition holds for this case and actor.
    pub(super) fn holds(
        &self,
        condition: &Condition,
        actor: &Actor,
        child: Option<&Value>,
    ) -> Result<bool, String> {
        self.with_scope(condition, actor, child, |scope| condition.holds(scope))
    }

    /// Whether a guard that looks at an action's input holds.
    pub(super) fn holds_for(
        &self,
        guard: &Condition,
        actor: &Actor,
        input: &Value,
    ) -> Result<bool, String> {
        self.with_scope(guard, actor, None, |scope| {
            guard.holds(&Scope { input: Some(input), ..*scope })
        })
    }

    /// What an expression comes to for this case and actor.
    pub(super) fn value(&self, condition: &Condition, actor: &Actor) -> Result<Value, String> {
        self.value_with(condition, actor, None)
    }

    /// The same, beside a line of a field of line items.
    pub(super) fn value_with(
        &self,
        condition: &Condition,
        actor: &Actor,
        item: Option<&Value>,
    ) -> Result<Value, String> {
        self.with_scope(condition, actor, None, |scope| condition.value(&Scope { item, ..*scope }))
    }

    fn with_scope<T>(
        &self,
        condition: &Condition,
        actor: &Actor,
        child: Option<&Value>,
        ask: impl FnOnce(&Scope<'_>) -> T,
    ) -> T {
        let case = if condition.uses("case") { seen(&self.case) } else { Value::Null };
        let children: Vec<Value> = if condition.uses("children") {
            self.context.children.iter().map(super::Child::to_value).collect()
        } else {
            Vec::new()
        };
        let place = self.case.place();
        let id = actor.id.map(|it| it.to_string());
        ask(&Scope {
            case: &case,
            actor_id: id.as_deref(),
            has: &|permission| actor.is_system() || actor.may(permission, &place),
            customer: self.context.customer,
            site: self.context.site,
            children: &children,
            child,
            item: None,
            input: None,
            now: self.context.now,
        })
    }

    /// The first entry of a `within` that applies: the span, the calendar given with it, and
    /// whether it was given. Spans are counted from `from`.
    pub(super) fn select(
        &self,
        within: &[WithinRule],
        given: Option<&'_ Given>,
        place: &str,
        from: Timestamp,
    ) -> Result<Option<Selected>, Refusal> {
        for entry in within {
            if let Some(when) = &entry.when {
                let holds = self.holds(when, &Actor::system(), None);
                if !holds.map_err(|detail| broken(place, detail))? {
                    continue;
                }
            }
            if let Some(until) = &entry.until {
                let value = self.value(until, &Actor::system());
                let value = value.map_err(|detail| broken(place, detail))?;
                let Some(span) = limit::span_until(self, &value, from) else { continue };
                let clauses = entry.clauses.clone();
                return Ok(Some(Selected { span, calendar: None, clauses, since: None }));
            }
            let (span, given) = match (&entry.span, given) {
                (Some(SpanOrFigure::Span(span)), _) => (*span, None),
                (Some(SpanOrFigure::Figure(name)), _) => (self.figure(name), None),
                (None, Some(given)) => (given.span, Some(given)),
                (None, None) => continue,
            };
            let others = given.map_or(&[][..], |it| it.clauses.as_slice());
            let clauses = together(&entry.clauses, others);
            let calendar = given.and_then(|it| it.calendar.clone());
            let since = given.and_then(|it| it.since);
            return Ok(Some(Selected { span, calendar, clauses, since }));
        }
        Ok(None)
    }

    /// What the site has chosen, or the procedure's default.
    fn figure(&self, name: &str) -> Span {
        let chosen = self.context.figures.get(&format!("{}.{name}", self.procedure.code()));
        let default = self.procedure.definition.figures.get(name).map(|it| it.default);
        chosen.copied().or(default).unwrap_or(Span::ZERO)
    }

    /// The calendar that counts a clock: said by the clock, else the site's, else `always`.
    pub(super) fn calendar_code(&self, rule: &ClockRule, selected: &Selected) -> String {
        let said = selected.calendar.as_deref().or(rule.definition.calendar.as_deref());
        said.or(self.context.site_calendar).unwrap_or("always").to_owned()
    }

    /// The newest version of a clock's calendar.
    pub(super) fn calendar(&self, clock: &str, code: &str) -> Result<&'a Calendar, Refusal> {
        self.context.calendars.find(code).ok_or_else(|| Refusal::NoDeadline {
            clock: clock.to_owned(),
            calendar: code.to_owned(),
        })
    }

    /// The next signal of a clock as it stands.
    pub(super) fn next_signal(
        &self,
        clock: &Clock,
    ) -> Result<Option<(Timestamp, Signal)>, Refusal> {
        let Some(rule) = self.procedure.clock(&clock.code) else { return Ok(None) };
        let calendar = self.calendar(&clock.code, &clock.calendar)?;
        let definition = &rule.definition;
        clock
            .next_signal(&definition.warn, &definition.escalate, calendar)
            .map_err(|_unreachable| no_deadline(clock))
    }

    /// Hands the case to whom an action says.
    pub(super) fn assigns(&mut self, assigns: &Assigns, actor: &Actor, named: Option<Uuid>) {
        use super::event::AssignedBy;
        let (to, team) = match assigns {
            Assigns::Actor => (actor.id, actor.team.clone()),
            Assigns::Owner => self.person(self.case.owner_id),
            Assigns::Named => self.person(named),
            Assigns::None | Assigns::Role(_) => (None, self.case.team.clone()),
        };
        let pool = match assigns {
            Assigns::Role(role) => Some(role.clone()),
            _ => None,
        };
        if to != self.case.assignee_id || pool.is_some() {
            self.push(Fact::Assigned { to, team, by: AssignedBy::Action, reason: None, pool });
        }
    }

    fn person(&self, id: Option<Uuid>) -> (Option<Uuid>, Option<String>) {
        (id, id.and_then(|id| (self.context.people)(id)).and_then(|person| person.team))
    }
}

/// A span that applies, and what came with it.
pub(super) struct Selected {
    pub(super) span: Span,
    pub(super) calendar: Option<String>,
    pub(super) clauses: Vec<String>,
    pub(super) since: Option<Timestamp>,
}

/// These clauses and those, each once.
pub(super) fn together(first: &[String], more: &[String]) -> Vec<String> {
    let more = more.iter().filter(|it| !first.contains(it));
    first.iter().chain(more).cloned().collect()
}

/// What conditions see of a case.
fn seen(case: &Case) -> Value {
    json!({
        "id": case.id,
        "number": case.number,
        "procedure": case.procedure,
        "kind": case.kind,
        "state": case.state,
        "priority": case.priority,
        "channel": case.channel,
        "subject": case.subject,
        "fields": case.fields,
        "site_id": case.site_id,
        "customer_id": case.customer_id,
        "asset_id": case.asset_id,
        "parent_id": case.parent_id,
        "owner_id": case.owner_id,
        "assignee_id": case.assignee_id,
        "opened_by": case.opened_by,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "urged": case.urged,
        "supervised": case.supervised_at.is_some(),
        "helpers": case.helpers,
    })
}

pub(super) fn broken(place: &str, detail: String) -> Refusal {
    Refusal::BrokenRule { place: place.to_owned(), detail }
}

pub(super) fn no_deadline(clock: &Clock) -> Refusal {
    Refusal::NoDeadline { clock: clock.code.clone(), calendar: clock.calendar.clone() }
}
