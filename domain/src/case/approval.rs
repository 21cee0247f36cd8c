//! Approvals (审批): a state asks, people decide, the case goes on or back.
//!
//! **Invariant.** A round has one outcome and keeps it: once somebody has refused, nothing that comes
//! later reads as approved, and once it is over nobody decides any more.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::draft::Draft;
use super::event::Fact;
use super::{Case, Refusal, act, ordinary};
use crate::Timestamp;
use crate::fault::Fault;
use crate::procedure::Procedure;
use crate::procedure::definition::{Approval, Step, Timeout};
use crate::text::Text;
use crate::who::Actor;

/// One round of an approval: from the question to its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Which of the procedure's approvals.
    pub approval: String,
    /// Who took the action that asked; `None` is the system.
    pub asked_by: Option<Uuid>,
    /// When.
    pub asked_at: Timestamp,
    /// Who has to decide, one after the other, as it was when it was asked.
    pub steps: Vec<Step>,
    /// Whether whoever asked may decide too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
    /// Which step waits, from 0; all are done where it is their number.
    pub step: u32,
    /// Who has approved so far, in all steps.
    pub votes: Vec<Vote>,
    /// Who lets whom decide instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Delegation>,
    /// How it ended; it waits where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// One approval given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// At which step, from 0.
    pub step: u32,
    /// Who.
    pub by: Uuid,
    /// For whom, where it was delegated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Uuid>,
    /// Which of the step's permissions it answers.
    pub permission: String,
    /// When.
    pub at: Timestamp,
    /// A word with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Somebody decides in another's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Whose place.
    pub from: Uuid,
    /// Who decides.
    pub to: Uuid,
    /// With which permission.
    pub permission: String,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step was done.
    Approved,
    /// Somebody refused.
    Refused,
    /// Nobody decided in time.
    TimedOut,
    /// The case went elsewhere before it was decided.
    Lapsed,
}

/// As what somebody would decide.
struct Seat {
    permission: String,
    on_behalf_of: Option<Uuid>,
}

impl Round {
    /// Whether it waits for a decision.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    fn current(&self) -> Option<&Step> {
        self.steps.get(usize::try_from(self.step).ok()?)
    }

    fn votes_now(&self) -> impl Iterator<Item = &Vote> {
        self.votes.iter().filter(|it| it.step == self.step)
    }

    /// The permissions an answer is still needed for.
    pub fn needs(&self) -> Vec<String> {
        let Some(step) = self.current().filter(|_| self.is_open()) else { return Vec::new() };
        let answered = |name: &String| self.votes_now().any(|it| it.permission == *name);
        let all = step.all.iter().filter(|it| !answered(it));
        step.by.iter().chain(all).cloned().collect()
    }

    fn is_done(&self, step: &Step) -> bool {
        let votes = self.votes_now().count();
        if step.all.is_empty() {
            return u32::try_from(votes).is_ok_and(|it| it >= step.need.unwrap_or(1));
        }
        step.all.iter().all(|name| self.votes_now().any(|it| it.permission == *name))
    }

    /// Whether a person has decided in this round, themselves or through another.
    fn has_decided(&self, id: Uuid) -> bool {
        self.votes.iter().any(|it| it.by == id || it.on_behalf_of == Some(id))
    }
}

/// Asks, where the state that is entered says so; a round that waits elsewhere is over.
pub(super) fn enter(draft: &mut Draft<'_>, state: &str) {
    if let Some(round) = draft.case.approval.as_ref().filter(|it| it.is_open()) {
        let approval = round.approval.clone();
        let (outcome, to) = (Outcome::Lapsed, state.to_owned());
        let from = draft.case.state.clone();
        draft.push(Fact::ApprovalDecided {
            approval: approval.clone(),
            outcome,
            from,
            to,
            reason: None,
            clauses: Vec::new(),
        });
        draft.cancel_clocks(|rule| rule.definition.code == format!("{approval}_approval"));
    }
    let procedure = draft.procedure;
    let Some(approval) = procedure.definition.approvals.iter().find(|it| it.state == state) else {
        return;
    };
    draft.push(Fact::ApprovalAsked {
        approval: approval.code.clone(),
        steps: approval.steps.clone(),
        own: approval.own,
        clauses: approval.clauses.clone(),
    });
}

/// Whether somebody may decide now, or the rule that says no.
pub(super) fn permits(
    procedure: &Procedure,
    case: &Case,
    actor: &Actor,
    action: &str,
) -> Result<(), Refusal> {
    seat(procedure, case, actor, action).map(drop)
}

fn seat(procedure: &Procedure, case: &Case, actor: &Actor, action: &str) -> Result<Seat, Refusal> {
    let nothing = || Refusal::NothingPending { action: action.to_owned() };
    let round = case.approval.as_ref().filter(|it| it.is_open()).ok_or_else(nothing)?;
    let needs = round.needs();
    let mut asked = procedure.definition.approvals.iter();
    let asked = asked.find(|it| it.code == round.approval);
    let clause = asked.and_then(|it| it.clauses.first());
    let refused = || Refusal::NotAllowed {
        action: action.to_owned(),
        needs: needs.clone(),
        clause: clause.cloned(),
    };
    let id = actor.id.ok_or_else(refused)?;
    let place = case.place();
    let own = needs.iter().find(|it| actor.may(it, &place));
    let lent = round
        .delegations
        .iter()
        .find(|it| it.to == id && needs.contains(&it.permission) && !round.has_decided(it.from));
    // Their own right comes first; a right that is lent stands beside it.
    let seat = match (own, lent) {
        (Some(permission), _) => Seat { permission: permission.clone(), on_behalf_of: None },
        (None, Some(lent)) => {
            Seat { permission: lent.permission.clone(), on_behalf_of: Some(lent.from) }
        }
        (None, None) => return Err(refused()),
    };
    if !round.own && round.asked_by == Some(id) {
        return Err(Refusal::OwnRequest { action: action.to_owned() });
    }
    if round.has_decided(id) {
        return Err(Refusal::AlreadyPending { action: action.to_owned() });
    }
    Ok(seat)
}

/// Says yes for one seat; the last of them lets the case go on.
pub(super) fn approve(
    draft: &mut Draft<'_>,
    actor: &Actor,
    note: Option<String>,
) -> Result<(), Refusal> {
    let seat = seat(draft.procedure, &draft.case, actor, "approve")?;
    let Some(round) = &draft.case.approval else { return Ok(()) };
    let (approval, step) = (round.approval.clone(), round.step);
    let (permission, on_behalf_of) = (seat.permission, seat.on_behalf_of);
    draft.push(Fact::ApprovalGiven { approval, step, permission, on_behalf_of, note });
    let round = draft.case.approval.as_ref();
    if round.is_some_and(|it| it.current().is_none()) {
        return decide(draft, Outcome::Approved, None);
    }
    Ok(())
}

/// Says no: the case goes back.
pub(super) fn refuse(draft: &mut Draft<'_>, actor: &Actor, reason: String) -> Result<(), Refusal> {
    let _seat = seat(draft.procedure, &draft.case, actor, "refuse")?;
    decide(draft, Outcome::Refused, Some(reason))
}

/// Lets somebody else decide in one's place.
pub(super) fn delegate(
    draft: &mut Draft<'_>,
    actor: &Actor,
    to: Uuid,
    reason: Option<String>,
) -> Result<(), Refusal> {
    let seat = seat(draft.procedure, &draft.case, actor, "delegate_approval")?;
    let Some((from, round)) = actor.id.zip(draft.case.approval.as_ref()) else { return Ok(()) };
    let fault = |detail| Refusal::Invalid(vec![Fault::new("/person_id", "cannot_decide", detail)]);
    if to == from || (!round.own && round.asked_by == Some(to)) || round.has_decided(to) {
        return Err(fault(Text::new("此人不能代为审批", "they cannot decide on it")));
    }
    if (draft.context.people)(to).is_none() {
        return Err(Refusal::Invalid(vec![ordinary::unknown_person("/person_id")]));
    }
    let approval = round.approval.clone();
    // Who passes on what was lent to them passes on the right of whoever lent it.
    let from = seat.on_behalf_of.unwrap_or(from);
    let delegation = Delegation { from, to, permission: seat.permission };
    draft.push(Fact::ApprovalDelegated { approval, delegation, reason });
    Ok(())
}

/// The deadline has passed and nobody has decided.
pub(super) fn expire(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    match rule(draft).and_then(|it| it.timeout) {
        None => Ok(()),
        Some(Timeout::Approved) => decide(draft, Outcome::Approved, Some("time-out".to_owned())),
        Some(Timeout::Refused) => decide(draft, Outcome::TimedOut, None),
    }
}

fn rule<'a>(draft: &Draft<'a>) -> Option<&'a Approval> {
    let round = draft.case.approval.as_ref().filter(|it| it.is_open())?;
    draft.procedure.definition.approvals.iter().find(|it| it.code == round.approval)
}

fn decide(draft: &mut Draft<'_>, outcome: Outcome, reason: Option<String>) -> Result<(), Refusal> {
    let Some(rule) = rule(draft) else { return Ok(()) };
    let to = match outcome {
        Outcome::Approved => rule.approved.clone(),
        Outcome::Refused | Outcome::TimedOut | Outcome::Lapsed => rule.refused.clone(),
    };
    let (approval, clauses) = (rule.code.clone(), rule.clauses.clone());
    let from = draft.case.state.clone();
    draft.push(Fact::ApprovalDecided { approval, outcome, from, to: to.clone(), reason, clauses });
    act::enter(draft, &to)
}

/// What an event does to a round.
pub(super) fn apply(case: &mut Case, fact: &Fact, by: Option<Uuid>, at: Timestamp) {
    match fact {
        Fact::ApprovalAsked { approval, steps, own, .. } => {
            case.approval = Some(Round {
                approval: approval.clone(),
                asked_by: by,
                asked_at: at,
                steps: steps.clone(),
                own: *own,
                step: 0,
                votes: Vec::new(),
                delegations: Vec::new(),
                outcome: None,
            });
        }
        Fact::ApprovalGiven { step, permission, on_behalf_of, note, .. } => {
            let (Some(round), Some(by)) = (&mut case.approval, by) else { return };
            round.votes.push(Vote {
                step: *step,
                by,
                on_behalf_of: *on_behalf_of,
                permission: permission.clone(),
                at,
                note: note.clone(),
            });
            if round.current().cloned().is_some_and(|it| round.is_done(&it)) {
                round.step += 1;
            }
        }
        Fact::ApprovalDelegated { delegation, .. } => {
            if let Some(round) = &mut case.approval {
                round.delegations.push(delegation.clone());
            }
        }
        Fact::ApprovalDecided { outcome, from, to, .. } => {
            if let Some(round) = &mut case.approval {
                round.outcome = Some(*outcome);
            }
            if *outcome != Outcome::Lapsed {
                case.state.clone_from(to);
                if from != to {
                    case.closed_at = None;
                }
            }
        }
        _ => {}
    }
}
