//! Rounds of approval and things a case has, as clients see them.

use chrono::{DateTime, Utc};
use kefu_domain::case::{Delegation, Held, Outcome, Round, Vote};
use kefu_domain::procedure::Procedure;
use kefu_domain::text::Lang;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words::ApprovalOutcome;

/// One round of an approval (审批).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Which of the procedure's approvals.
    pub code: String,
    /// What people call it.
    pub title: String,
    /// Who took the action that asked; nobody if the system did.
    #[schema(required)]
    pub asked_by: Option<Uuid>,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// Which step waits, from 0; the number of steps when all are done.
    pub step: u32,
    /// How many steps there are.
    pub steps: u32,
    /// The permissions any of which lets somebody decide now; none when it is over.
    pub needs: Vec<String>,
    /// Who has approved.
    pub votes: Vec<VoteView>,
    /// Who lets whom decide instead.
    pub delegations: Vec<DelegationView>,
    /// How it ended; `null` while it waits.
    #[schema(required, value_type = Option<ApprovalOutcome>)]
    pub outcome: Option<Outcome>,
}

/// One approval given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoteView {
    /// At which step, from 0.
    pub step: u32,
    /// Who.
    pub by: Uuid,
    /// For whom, where it was delegated.
    #[schema(required)]
    pub on_behalf_of: Option<Uuid>,
    /// Which of the step's permissions it answers.
    pub permission: String,
    /// When.
    pub at: DateTime<Utc>,
    /// A word with it.
    #[schema(required)]
    pub note: Option<String>,
}

/// Somebody decides in another's place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DelegationView {
    /// Whose place.
    pub from: Uuid,
    /// Who decides.
    pub to: Uuid,
}

/// A thing of which there is one, which the case has (占用).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HoldView {
    /// The kind of thing: `parking_space`.
    pub code: String,
    /// Which one.
    pub value: String,
    /// The site at which it is one of its kind; in the whole organisation if `null`.
    #[schema(required)]
    pub site_id: Option<Uuid>,
}

impl ApprovalView {
    /// A round, in the caller's language.
    pub fn new(round: &Round, procedure: &Procedure, lang: Lang) -> Self {
        let rules = &procedure.definition.approvals;
        let title = rules.iter().find(|it| it.code == round.approval);
        let title = title.and_then(|it| it.title.as_ref());
        Self {
            code: round.approval.clone(),
            title: title.map_or_else(|| round.approval.clone(), |it| it.get(lang).to_owned()),
            asked_by: round.asked_by,
            asked_at: round.asked_at,
            step: round.step,
            steps: u32::try_from(round.steps.len()).unwrap_or(u32::MAX),
            needs: round.needs(),
            votes: round.votes.iter().map(VoteView::new).collect(),
            delegations: round.delegations.iter().map(DelegationView::new).collect(),
            outcome: round.outcome,
        }
    }
}

impl VoteView {
    fn new(vote: &Vote) -> Self {
        Self {
            step: vote.step,
            by: vote.by,
            on_behalf_of: vote.on_behalf_of,
            permission: vote.permission.clone(),
            at: vote.at,
            note: vote.note.clone(),
        }
    }
}

impl DelegationView {
    fn new(delegation: &Delegation) -> Self {
        Self { from: delegation.from, to: delegation.to }
    }
}

impl HoldView {
    /// A thing a case has.
    pub fn new(thing: &Held) -> Self {
        Self { code: thing.hold.clone(), value: thing.value.clone(), site_id: thing.site_id }
    }
}
