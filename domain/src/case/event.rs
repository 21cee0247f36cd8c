//! What can happen to a case. Past tense; appended, never changed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    Attached, Channel, Delegation, Extension, Given, Held, Link, Outcome, Priority, Transfer,
};
use crate::Timestamp;
use crate::procedure::definition::{Carry, Kind, Step};
use crate::span::Span;

/// A fact, who caused it and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it was recorded.
    pub at: Timestamp,
    /// Who caused it; `None` is the system.
    pub actor: Option<Uuid>,
    /// What happened.
    pub fact: Fact,
}

/// What happened. The names and members are the feed's: clients read them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Fact {
    /// The case came into being.
    #[serde(rename = "case.opened")]
    Opened(Box<Opened>),
    /// An action of the procedure was taken.
    #[serde(rename = "case.action_taken")]
    ActionTaken {
        /// Which.
        action: String,
        /// The state before.
        from: String,
        /// The state after.
        to: String,
        /// What its form was told; goes into the fields.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        input: Map<String, Value>,
        /// A word for the timeline.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        /// Clauses the action carries out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clauses: Vec<String>,
        /// Whether it may only be taken so often, and this was once more.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        counted: bool,
    },
    /// The case reached a final state.
    #[serde(rename = "case.closed")]
    Closed {
        /// Which.
        state: String,
    },
    /// Something was said.
    #[serde(rename = "case.commented")]
    Commented {
        /// What.
        text: String,
    },
    /// A file was added.
    #[serde(rename = "case.attachment_added")]
    AttachmentAdded(Box<Attached>),
    /// A file was taken away.
    #[serde(rename = "case.attachment_removed")]
    AttachmentRemoved {
        /// Which.
        attachment_id: Uuid,
        /// What it was called.
        name: String,
    },
    /// The record was corrected.
    #[serde(rename = "case.edited")]
    Edited(Box<Edited>),
    /// Someone became the one who works on it (指派, 认领, 接收转办), or nobody.
    #[serde(rename = "case.assigned")]
    Assigned {
        /// Who.
        to: Option<Uuid>,
        /// Their team.
        #[serde(default)]
        team: Option<String>,
        /// By which act.
        by: AssignedBy,
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The role whose people are told that it waits for one of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pool: Option<String>,
    },
    /// Someone became the owner (首问负责人): once in a case's life.
    #[serde(rename = "case.owned")]
    Owned {
        /// Who.
        owner_id: Uuid,
    },
    /// Somebody works on it beside the assignee (协办).
    #[serde(rename = "case.helper_added")]
    HelperAdded {
        /// Who.
        user_id: Uuid,
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Somebody does not work on it any more.
    #[serde(rename = "case.helper_removed")]
    HelperRemoved {
        /// Who.
        user_id: Uuid,
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A decision is asked for (审批).
    #[serde(rename = "case.approval_asked")]
    ApprovalAsked {
        /// Which of the procedure's approvals.
        approval: String,
        /// Who has to decide, one after the other.
        steps: Vec<Step>,
        /// Whether whoever asked may decide too.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        own: bool,
        /// Clauses it carries out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clauses: Vec<String>,
    },
    /// Somebody said yes.
    #[serde(rename = "case.approval_given")]
    ApprovalGiven {
        /// To which of the procedure's approvals.
        approval: String,
        /// At which of its steps, from 0.
        step: u32,
        /// Which of the step's permissions it answers.
        permission: String,
        /// For whom, where it was delegated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<Uuid>,
        /// A word with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// Somebody lets another decide.
    #[serde(rename = "case.approval_delegated")]
    ApprovalDelegated {
        /// On which of the procedure's approvals.
        approval: String,
        /// Who for whom.
        delegation: Delegation,
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A round of approval is over.
    #[serde(rename = "case.approval_decided")]
    ApprovalDecided {
        /// Which of the procedure's approvals.
        approval: String,
        /// How it ended.
        outcome: Outcome,
        /// The state before.
        from: String,
        /// The state after.
        to: String,
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Clauses it carries out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        clauses: Vec<String>,
    },
    /// The case has a thing of which there is one (占用).
    #[serde(rename = "case.held")]
    Held(Held),
    /// It has it no more.
    #[serde(rename = "case.released")]
    Released(Held),
    /// A transfer was offered (转办).
    #[serde(rename = "case.transfer_offered")]
    TransferOffered(Transfer),
    /// A transfer was declined.
    #[serde(rename = "case.transfer_declined")]
    TransferDeclined {
        /// Why.
        reason: String,
    },
    /// The case was returned (退单).
    #[serde(rename = "case.returned")]
    Returned {
        /// The state before.
        from: String,
        /// The state after.
        to: String,
        /// Why.
        reason: String,
    },
    /// The case was urged (催办).
    #[serde(rename = "case.urged")]
    Urged {
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The case was put under supervision (督办).
    #[serde(rename = "case.supervised")]
    Supervised {
        /// Why, where a reason was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// More time was asked for (延期).
    #[serde(rename = "case.extension_requested")]
    ExtensionRequested(Extension),
    /// More time was given.
    #[serde(rename = "case.extension_approved")]
    ExtensionApproved {
        /// On which clock.
        clock: String,
        /// How much.
        span: Span,
    },
    /// More time was refused.
    #[serde(rename = "case.extension_refused")]
    ExtensionRefused {
        /// On which clock.
        clock: String,
        /// Why.
        reason: String,
    },
    /// The case was suspended (挂起).
    #[serde(rename = "case.suspended")]
    Suspended {
        /// Why.
        reason: String,
    },
    /// The case goes on.
    #[serde(rename = "case.resumed")]
    Resumed,
    /// The case was tied to another.
    #[serde(rename = "case.linked")]
    Linked(Link),
    /// The matter was taken back (撤回).
    #[serde(rename = "case.withdrawn")]
    Withdrawn {
        /// The state before.
        from: String,
        /// Why.
        reason: String,
    },
    /// A closed case was opened again.
    #[serde(rename = "case.reopened")]
    Reopened {
        /// The state before.
        from: String,
        /// The state after.
        to: String,
        /// Why.
        reason: String,
    },
    /// The case goes on by another version of its procedure.
    #[serde(rename = "case.migrated")]
    Migrated {
        /// The version before.
        from_version: u32,
        /// The version after.
        to_version: u32,
        /// The state before.
        from: String,
        /// The state after.
        to: String,
    },
    /// A promise began to run.
    #[serde(rename = "case.clock_started")]
    ClockStarted {
        /// Which.
        clock: String,
        /// How long.
        span: Span,
        /// Counted by which calendar …
        calendar: String,
        /// … in which version.
        calendar_version: u32,
        /// Until when.
        due_at: Timestamp,
        /// Since when, where that is not now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        started_at: Option<Timestamp>,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
        /// Clauses it carries out.
        #[serde(default)]
        clauses: Vec<String>,
        /// Whether it begins standing still.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        paused: bool,
    },
    /// A promise stands still.
    #[serde(rename = "case.clock_paused")]
    ClockPaused {
        /// Which.
        clock: String,
    },
    /// A promise runs again.
    #[serde(rename = "case.clock_resumed")]
    ClockResumed {
        /// Which.
        clock: String,
        /// What all its pauses come to, in microseconds as the clock counts.
        paused_us: i64,
        /// Until when.
        due_at: Timestamp,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
    },
    /// A promise got another deadline.
    #[serde(rename = "case.clock_retargeted")]
    ClockRetargeted {
        /// Which.
        clock: String,
        /// Why.
        why: Why,
        /// How long.
        span: Span,
        /// Counted by which calendar …
        calendar: String,
        /// … in which version.
        calendar_version: u32,
        /// What all its pauses come to, in microseconds as the clock counts.
        paused_us: i64,
        /// Until when.
        due_at: Timestamp,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
        /// Clauses it carries out now, where they are others than before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clauses: Option<Vec<String>>,
    },
    /// A deadline comes near.
    #[serde(rename = "case.clock_warned")]
    ClockWarned {
        /// Which.
        clock: String,
        /// Which of its warn points, from 0.
        point: u32,
        /// The point itself.
        at: Timestamp,
        /// The deadline.
        due_at: Timestamp,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
    },
    /// A deadline passed.
    #[serde(rename = "case.clock_breached")]
    ClockBreached {
        /// Which.
        clock: String,
        /// The deadline.
        due_at: Timestamp,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
        /// Clauses that were not kept.
        #[serde(default)]
        clauses: Vec<String>,
    },
    /// A rung of the ladder was reached.
    #[serde(rename = "case.clock_escalated")]
    ClockEscalated {
        /// Which.
        clock: String,
        /// Which of its rungs, from 0.
        rung: u32,
        /// The instant of the rung.
        at: Timestamp,
        /// Who is told.
        #[serde(default)]
        notify: Vec<String>,
        /// What the system does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
        /// When the server has to act next.
        #[serde(default)]
        next_at: Option<Timestamp>,
    },
    /// A promise was kept, in time or late.
    #[serde(rename = "case.clock_stopped")]
    ClockStopped {
        /// Which.
        clock: String,
        /// Whether it was kept in time.
        met: bool,
        /// The deadline.
        due_at: Timestamp,
        /// Clauses that were kept, or not.
        #[serde(default)]
        clauses: Vec<String>,
    },
    /// A promise no longer counts.
    #[serde(rename = "case.clock_cancelled")]
    ClockCancelled {
        /// Which.
        clock: String,
    },
    /// Another case was opened.
    #[serde(rename = "case.follow_up_opened")]
    FollowUpOpened(Box<OpenedFollowUp>),
    /// Another case this one opened was closed.
    #[serde(rename = "case.follow_up_closed")]
    FollowUpClosed {
        /// Which of the procedure's follow-ups.
        follow_up: String,
        /// The case.
        case_id: Uuid,
        /// The state it ended in.
        state: String,
        /// What the system does about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        act: Option<String>,
    },
    /// Something the system was to do was not possible.
    #[serde(rename = "case.act_refused")]
    ActRefused {
        /// What.
        act: String,
        /// The rule that refused it.
        refusal: String,
    },
}

/// What a case was opened with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Its identity.
    pub id: Uuid,
    /// What people call it.
    pub number: String,
    /// The procedure …
    pub procedure: String,
    /// … and its version.
    pub procedure_version: u32,
    /// What kind of case it is.
    pub kind: Kind,
    /// Where it starts.
    pub state: String,
    /// How urgent it is.
    pub priority: Priority,
    /// How it came in.
    pub channel: Channel,
    /// What it is about, in a line.
    pub subject: String,
    /// What its form was told.
    pub fields: Map<String, Value>,
    /// Where.
    pub site_id: Option<Uuid>,
    /// Who is served.
    pub customer_id: Option<Uuid>,
    /// What it is about.
    pub asset_id: Option<Uuid>,
    /// The case whose follow-up it is …
    pub parent_id: Option<Uuid>,
    /// … and which.
    pub follow_up: Option<String>,
    /// The duty it carries out.
    #[serde(default)]
    pub duty: Option<String>,
    /// The first person who received the customer.
    pub owner_id: Option<Uuid>,
    /// Who works on it.
    pub assignee_id: Option<Uuid>,
    /// Their team.
    pub team: Option<String>,
    /// The span it was given.
    pub given: Option<Given>,
}

/// A correction, as it was made. A member that is absent stayed as it was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Edited {
    /// The new subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The new priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The new channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The new customer: `null` takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub customer_id: Option<Option<Uuid>>,
    /// The new asset: `null` takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub asset_id: Option<Option<Uuid>>,
    /// The fields after the correction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Map<String, Value>>,
}

/// What a follow-up is opened with; the case itself is opened in the same transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenedFollowUp {
    /// Which of the procedure's follow-ups.
    pub follow_up: String,
    /// The procedure it follows.
    pub procedure: String,
    /// What it takes along.
    pub carry: Vec<Carry>,
    /// Its own fields.
    pub fields: Map<String, Value>,
    /// Who gets it.
    pub assignee_id: Option<Uuid>,
    /// The role whose people are told that it waits for one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<String>,
    /// The span handed over.
    pub given: Option<Given>,
}

/// By which act somebody came to work on a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignedBy {
    /// 指派
    Assign,
    /// 认领
    Claim,
    /// 转办被接收
    Transfer,
    /// 退单
    Return,
    /// An action of the procedure.
    Action,
    /// A duty, which gave it to a pool.
    Duty,
    /// Another case, whose follow-up it is and which gave it to a pool.
    FollowUp,
}

/// Why a deadline moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Another span applies now: priority or fields changed.
    Rule,
    /// The calendar was changed.
    Calendar,
    /// More time was given.
    Extension,
}

/// `null` is a value; an absent member is none.
fn present<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

impl Fact {
    /// The event's type in the log and the feed, and its data.
    ///
    /// # Errors
    /// None in practice: every member has a JSON form.
    pub fn to_parts(&self) -> Result<(String, Value), serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        let kind = value.as_object_mut().and_then(|it| it.remove("type"));
        Ok((kind.and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default(), value))
    }

    /// The fact that [`Fact::to_parts`] took apart.
    ///
    /// # Errors
    /// The type is unknown or the data are not its data.
    pub fn from_parts(kind: &str, data: Value) -> Result<Self, serde_json::Error> {
        let mut members = match data {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        members.insert("type".to_owned(), Value::String(kind.to_owned()));
        serde_json::from_value(Value::Object(members))
    }
}
