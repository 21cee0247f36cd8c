//! Why a command was turned down: every rule a person can run into. Data, not prose.

use crate::fault::Fault;
use crate::procedure::definition::Per;

/// The rule that said no.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// There is no such case, or it is not theirs to know of.
    NotFound,
    /// The procedure has no such action.
    UnknownAction {
        /// What was asked for.
        action: String,
    },
    /// They may not do it.
    NotAllowed {
        /// What was asked for.
        action: String,
        /// The relations and permissions any of which would do.
        needs: Vec<String>,
        /// The clause that says so.
        clause: Option<String>,
    },
    /// It cannot be done in this state.
    WrongState {
        /// What was asked for.
        action: String,
        /// The state the case is in.
        state: String,
        /// Where it can be done.
        from: Vec<String>,
    },
    /// The case is suspended.
    Suspended {
        /// What was asked for.
        action: String,
    },
    /// The action's condition does not hold.
    Guarded {
        /// What was asked for.
        action: String,
        /// The condition.
        condition: String,
        /// The clause it comes from.
        clause: Option<String>,
    },
    /// It may not be taken at this time.
    OutsideWindow {
        /// What was asked for.
        action: String,
        /// When it may be.
        window: String,
        /// The clause it comes from.
        clause: Option<String>,
    },
    /// It was taken as often as it may be.
    TooOften {
        /// What was asked for.
        action: String,
        /// How often …
        times: u32,
        /// … in what.
        per: Per,
        /// The clause it comes from.
        clause: Option<String>,
    },
    /// Their own request is not theirs to approve.
    OwnRequest {
        /// What was asked for.
        action: String,
    },
    /// There is nothing to do it to: no transfer offered, no extension requested, not suspended.
    NothingPending {
        /// What was asked for.
        action: String,
    },
    /// Something of the kind is under way already.
    AlreadyPending {
        /// What was asked for.
        action: String,
    },
    /// Somebody works on it already.
    AlreadyAssigned,
    /// The input is not what the form asks for.
    Invalid(Vec<Fault>),
    /// A deadline cannot be computed: the calendar never opens, or is missing.
    NoDeadline {
        /// Which clock.
        clock: String,
        /// Counted by.
        calendar: String,
    },
    /// A condition could not be evaluated: the procedure is at fault, not the caller.
    BrokenRule {
        /// Where in the procedure.
        place: String,
        /// What went wrong.
        detail: String,
    },
}

impl Refusal {
    /// A stable word for programs and the log.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::UnknownAction { .. } => "unknown_action",
            Self::NotAllowed { .. } => "not_allowed",
            Self::WrongState { .. } => "wrong_state",
            Self::Suspended { .. } => "suspended",
            Self::Guarded { .. } => "guarded",
            Self::OutsideWindow { .. } => "outside_window",
            Self::TooOften { .. } => "too_often",
            Self::OwnRequest { .. } => "own_request",
            Self::NothingPending { .. } => "nothing_pending",
            Self::AlreadyPending { .. } => "already_pending",
            Self::AlreadyAssigned => "already_assigned",
            Self::Invalid(_) => "invalid",
            Self::NoDeadline { .. } => "no_deadline",
            Self::BrokenRule { .. } => "broken_rule",
        }
    }
}
