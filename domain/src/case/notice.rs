//! Who is told of what happened.

use uuid::Uuid;

use super::Case;
use super::event::{Event, Fact};
use crate::procedure::definition::Step;

/// Something somebody should hear of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who.
    pub to: Recipient,
    /// Of what.
    pub kind: NoticeKind,
    /// On which clock, where it is about one.
    pub clock: Option<String>,
    /// At which of its points, where it is about one: `warn:0`, `due`, `rung:1`.
    pub signal: Option<String>,
}

/// Who should hear of it. Whoever caused it is never told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// That user.
    User(Uuid),
    /// Everybody who has that role where the case belongs.
    Role(String),
    /// Everybody who has that permission where the case belongs.
    Permission(String),
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// What somebody is told of.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum NoticeKind { $($(#[$doc])* $name,)+ }

        impl NoticeKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The word used in the API and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

kinds! {
    /// A case is theirs to work on.
    Assigned = "assigned",
    /// A case waits for one of them.
    Waiting = "waiting",
    /// A case is offered to them.
    TransferOffered = "transfer_offered",
    /// Their offer was declined.
    TransferDeclined = "transfer_declined",
    /// A case came back.
    Returned = "returned",
    /// Somebody urges.
    Urged = "urged",
    /// A case is under supervision.
    Supervised = "supervised",
    /// More time is asked for.
    ExtensionRequested = "extension_requested",
    /// More time was given.
    ExtensionApproved = "extension_approved",
    /// More time was refused.
    ExtensionRefused = "extension_refused",
    /// Their decision is asked for.
    ApprovalAsked = "approval_asked",
    /// What they asked for was decided.
    ApprovalDecided = "approval_decided",
    /// A deadline comes near.
    ClockWarned = "clock_warned",
    /// A deadline passed.
    ClockBreached = "clock_breached",
    /// A rung of the ladder was reached.
    ClockEscalated = "clock_escalated",
    /// A follow-up was closed.
    FollowUpClosed = "follow_up_closed",
    /// A case was opened again.
    Reopened = "reopened",
    /// A case was taken back.
    Withdrawn = "withdrawn",
    /// Something was said.
    Commented = "commented",
    /// Their webhook was disabled: its receiver is gone or kept failing.
    WebhookDisabled = "webhook_disabled",
}

/// The notices that events give rise to. `before` is the case before them (none if it was just
/// opened), `after` the case after.
pub fn notices(before: Option<&Case>, after: &Case, events: &[Event]) -> Vec<Notice> {
    let mut all = Vec::new();
    for event in events {
        for mut notice in of_event(before, after, event) {
            notice.signal = signal(&event.fact);
            let own = matches!(notice.to, Recipient::User(id) if Some(id) == event.actor);
            if !own && !all.contains(&notice) {
                all.push(notice);
            }
        }
    }
    all
}

fn of_event(before: Option<&Case>, case: &Case, event: &Event) -> Vec<Notice> {
    use NoticeKind as Kind;
    let handlers = || [case.assignee_id, case.owner_id].into_iter().flatten();
    let tell = |people: Vec<Option<Uuid>>, kind: Kind, clock: Option<&String>| -> Vec<Notice> {
        let people = people.into_iter().flatten();
        people.map(|id| notice(Recipient::User(id), kind, clock)).collect()
    };
    // What nobody has taken yet concerns all those for one of whom it waits.
    let concerned = |kind: Kind, clock: Option<&String>| -> Vec<Notice> {
        let pool = waits_for(case).map(|to| notice(to, kind, clock));
        pool.into_iter().chain(tell(handlers().map(Some).collect(), kind, clock)).collect()
    };
    match &event.fact {
        Fact::Opened(opened) => tell(vec![opened.assignee_id], Kind::Assigned, None),
        Fact::Assigned { to: None, pool: Some(role), .. } => {
            vec![notice(Recipient::Role(role.clone()), Kind::Waiting, None)]
        }
        Fact::Assigned { to, .. } => tell(vec![*to], Kind::Assigned, None),
        Fact::TransferOffered(transfer) => {
            tell(vec![Some(transfer.to)], Kind::TransferOffered, None)
        }
        Fact::TransferDeclined { .. } => {
            let by = before.and_then(|it| it.transfer.as_ref()).and_then(|it| it.by);
            tell(vec![by], Kind::TransferDeclined, None)
        }
        Fact::Returned { .. } => tell(vec![case.owner_id], Kind::Returned, None),
        Fact::Urged { .. } => concerned(Kind::Urged, None),
        Fact::Supervised { .. } => concerned(Kind::Supervised, None),
        Fact::ExtensionRequested(request) => {
            let to = Recipient::Permission("case.extend".to_owned());
            vec![notice(to, Kind::ExtensionRequested, Some(&request.clock))]
        }
        Fact::ExtensionApproved { clock, .. } => {
            let by = before.and_then(|it| it.extension.as_ref()).and_then(|it| it.by);
            tell(vec![by], Kind::ExtensionApproved, Some(clock))
        }
        Fact::ExtensionRefused { clock, .. } => {
            let by = before.and_then(|it| it.extension.as_ref()).and_then(|it| it.by);
            tell(vec![by], Kind::ExtensionRefused, Some(clock))
        }
        Fact::HelperAdded { user_id, .. } => tell(vec![Some(*user_id)], Kind::Assigned, None),
        Fact::ApprovalAsked { steps, .. } => asked(steps.first()),
        // The next step is asked when the one before it is done.
        Fact::ApprovalGiven { step, .. } => match &case.approval {
            Some(round) if round.is_open() && round.step == step + 1 => {
                asked(usize::try_from(round.step).ok().and_then(|it| round.steps.get(it)))
            }
            Some(_) | None => Vec::new(),
        },
        Fact::ApprovalDelegated { delegation, .. } => {
            tell(vec![Some(delegation.to)], Kind::ApprovalAsked, None)
        }
        Fact::ApprovalDecided { .. } => {
            let by = case.approval.as_ref().and_then(|it| it.asked_by);
            let mut people = vec![by];
            people.extend(handlers().map(Some));
            people.dedup();
            tell(people, Kind::ApprovalDecided, None)
        }
        Fact::ClockWarned { clock, .. } => concerned(Kind::ClockWarned, Some(clock)),
        Fact::ClockBreached { clock, .. } => concerned(Kind::ClockBreached, Some(clock)),
        Fact::ClockEscalated { clock, notify, .. } => {
            let to = notify.iter().filter_map(|it| recipient(case, it));
            to.map(|to| notice(to, Kind::ClockEscalated, Some(clock))).collect()
        }
        Fact::FollowUpClosed { .. } => {
            tell(handlers().map(Some).collect(), Kind::FollowUpClosed, None)
        }
        Fact::Withdrawn { .. } => tell(handlers().map(Some).collect(), Kind::Withdrawn, None),
        Fact::Reopened { .. } => tell(handlers().map(Some).collect(), Kind::Reopened, None),
        Fact::Commented { .. } => tell(handlers().map(Some).collect(), Kind::Commented, None),
        Fact::HelperRemoved { .. }
        | Fact::FollowUpOpened(_)
        | Fact::Held(_)
        | Fact::Migrated { .. }
        | Fact::Released(_)
        | Fact::ActionTaken { .. }
        | Fact::Closed { .. }
        | Fact::AttachmentAdded(_)
        | Fact::AttachmentRemoved { .. }
        | Fact::Edited(_)
        | Fact::Owned { .. }
        | Fact::Suspended { .. }
        | Fact::Resumed
        | Fact::Linked(_)
        | Fact::ClockStarted { .. }
        | Fact::ClockPaused { .. }
        | Fact::ClockResumed { .. }
        | Fact::ClockRetargeted { .. }
        | Fact::ClockStopped { .. }
        | Fact::ClockCancelled { .. }
        | Fact::ActRefused { .. } => Vec::new(),
    }
}

/// Everybody who can decide a step.
fn asked(step: Option<&Step>) -> Vec<Notice> {
    let permissions = step.into_iter().flat_map(|it| it.by.iter().chain(&it.all));
    let to = permissions.map(|it| Recipient::Permission(it.clone()));
    to.map(|to| notice(to, NoticeKind::ApprovalAsked, None)).collect()
}

fn notice(to: Recipient, kind: NoticeKind, clock: Option<&String>) -> Notice {
    Notice { to, kind, clock: clock.cloned(), signal: None }
}

/// At which of a clock's points it happened. A late timer may give several at once: each is told.
fn signal(fact: &Fact) -> Option<String> {
    match fact {
        Fact::ClockWarned { point, .. } => Some(format!("warn:{point}")),
        Fact::ClockBreached { .. } => Some("due".to_owned()),
        Fact::ClockEscalated { rung, .. } => Some(format!("rung:{rung}")),
        _ => None,
    }
}

/// The role for one of whose people the case waits, while nobody works on it.
fn waits_for(case: &Case) -> Option<Recipient> {
    let pool = case.pool.as_ref().filter(|_| case.assignee_id.is_none());
    pool.map(|role| Recipient::Role(role.clone()))
}

/// `assignee`, or those for one of whom it waits; `owner`; `role:cs_manager`.
fn recipient(case: &Case, word: &str) -> Option<Recipient> {
    match word {
        "assignee" => case.assignee_id.map(Recipient::User).or_else(|| waits_for(case)),
        "owner" => case.owner_id.map(Recipient::User),
        role => role.strip_prefix("role:").map(|it| Recipient::Role(it.to_owned())),
    }
}
