//! Approvals, holds and windows: the states they name exist, somebody can decide, the days are days.

use super::faults::Faults;
use crate::procedure::definition::{Approval, Clock, Definition, Rung, SpanOrFigure, Warn, Within};
use crate::procedure::{ClockRule, WITHDRAWN, WithinRule};
use crate::span::Span;

pub(super) fn check(definition: &Definition, faults: &mut Faults) {
    let known = |state: &str| definition.states.iter().any(|it| it.code == state);
    let mut state = |place: String, name: &str, or_withdrawn: bool| {
        let fine = known(name) || (or_withdrawn && name == WITHDRAWN);
        if !fine {
            faults.add(
                place,
                "unknown_state",
                format!("没有状态 `{name}`"),
                format!("there is no state `{name}`"),
            );
        }
    };
    for (index, it) in definition.approvals.iter().enumerate() {
        let at = format!("/approvals/{index}");
        state(format!("{at}/state"), &it.state, false);
        state(format!("{at}/approved"), &it.approved, true);
        state(format!("{at}/refused"), &it.refused, true);
    }
    for (index, it) in definition.holds.iter().enumerate() {
        for (step, name) in it.r#in.iter().enumerate() {
            state(format!("/holds/{index}/in/{step}"), name, false);
        }
    }
    approvals(definition, faults);
    windows(definition, faults);
}

fn approvals(definition: &Definition, faults: &mut Faults) {
    for (index, it) in definition.approvals.iter().enumerate() {
        let at = format!("/approvals/{index}");
        let first = definition.approvals.iter().position(|other| other.state == it.state);
        if first.is_some_and(|first| first < index) {
            faults.add(
                format!("{at}/state"),
                "second_approval",
                format!("状态 `{}` 已有一个审批", it.state),
                format!("the state `{}` asks for another approval already", it.state),
            );
        }
        let last = definition.states.iter().any(|state| state.r#final && state.code == it.state);
        if last || it.approved == it.state || it.refused == it.state {
            faults.add(
                format!("{at}/state"),
                "no_way_out",
                "等待审批的状态不能是终态，也不能是审批结果的状态",
                "the state that waits for a decision is neither final nor where a decision leads",
            );
        }
        if let Some(SpanOrFigure::Figure(name)) = &it.within
            && !definition.figures.contains_key(name)
        {
            faults.add(
                format!("{at}/within"),
                "unknown_figure",
                format!("没有声明指标 `{name}`"),
                format!("the figure `{name}` is declared nowhere"),
            );
        }
        if it.timeout.is_some() && it.within.is_none() {
            faults.add(
                format!("{at}/timeout"),
                "no_deadline",
                "有超时处理，却没有 within",
                "a time-out needs `within`",
            );
        }
        if let Some(clock) = it.clock()
            && definition.clocks.iter().any(|other| other.code == clock)
        {
            faults.add(
                format!("{at}/code"),
                "duplicate_code",
                format!("时限 `{clock}` 由审批自带，不能再写"),
                format!("the approval brings the clock `{clock}` with it"),
            );
        }
        for (step, one) in it.steps.iter().enumerate().filter(|(_, one)| !one.all.is_empty()) {
            let mut all = one.all.clone();
            all.sort_unstable();
            all.dedup();
            if all.len() != one.all.len() || one.need.is_some() {
                faults.add(
                    format!("{at}/steps/{step}/all"),
                    "bad_step",
                    "all 里的权限各写一次，且不与 need 同用",
                    "`all` names each permission once, and goes without `need`",
                );
            }
        }
    }
}

fn windows(definition: &Definition, faults: &mut Faults) {
    for (index, action) in definition.actions.iter().enumerate() {
        let Some(window) = &action.window else { continue };
        let wrong_days = window.days.is_some() && window.first_and_last().is_none();
        let wrong_hours = window.hours.is_some() && window.from_and_to().is_none();
        if wrong_days || wrong_hours {
            faults.add(
                format!("/actions/{index}/window"),
                "bad_window",
                "起止颠倒或不是日期、时刻",
                "the window ends before it begins, or names no days and times",
            );
        }
    }
}

/// The clock that runs on an approval.
pub(super) fn clock(approval: &Approval) -> Option<ClockRule> {
    let span = approval.within.clone()?;
    let entry = Within {
        when: None,
        span: Some(span.clone()),
        given: false,
        until: None,
        clauses: Vec::new(),
    };
    let act = approval.timeout.map(|_| "expire_approval".to_owned());
    let notify = vec!["assignee".to_owned(), "owner".to_owned()];
    let definition = Clock {
        code: approval.clock()?,
        title: approval.title.clone(),
        starts: vec![approval.state.clone()],
        stops: vec![approval.approved.clone(), approval.refused.clone()],
        pauses: Vec::new(),
        within: vec![entry],
        calendar: approval.calendar.clone(),
        warn: vec![Warn::Part(800)],
        escalate: vec![Rung { after: Some(Span::ZERO), before: None, notify, act }],
        clauses: approval.clauses.clone(),
    };
    let within =
        vec![WithinRule { when: None, span: Some(span), until: None, clauses: Vec::new() }];
    Some(ClockRule { definition, within })
}
