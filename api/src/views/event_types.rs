//! The types of events there are, for the document. Tests hold them to the kernel's, and every event
//! of the feed is checked against them.

use serde::Serialize;
use utoipa::ToSchema;

macro_rules! types {
    ($($name:ident = $word:literal,)+) => {
        /// What happened, to what kind of thing.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[expect(missing_docs, reason = "the words say it")]
        pub enum EventType { $(#[serde(rename = $word)] $name,)+ }

        impl EventType {
            /// Every type, as it is written.
            pub const WORDS: &[&str] = &[$($word,)+];
        }
    };
}

types! {
    CaseOpened = "case.opened",
    CaseActionTaken = "case.action_taken",
    CaseClosed = "case.closed",
    CaseCommented = "case.commented",
    CaseEdited = "case.edited",
    CaseAssigned = "case.assigned",
    CaseOwned = "case.owned",
    CaseTransferOffered = "case.transfer_offered",
    CaseTransferDeclined = "case.transfer_declined",
    CaseReturned = "case.returned",
    CaseUrged = "case.urged",
    CaseSupervised = "case.supervised",
    CaseExtensionRequested = "case.extension_requested",
    CaseExtensionApproved = "case.extension_approved",
    CaseExtensionRefused = "case.extension_refused",
    CaseSuspended = "case.suspended",
    CaseResumed = "case.resumed",
    CaseLinked = "case.linked",
    CaseWithdrawn = "case.withdrawn",
    CaseReopened = "case.reopened",
    CaseClockStarted = "case.clock_started",
    CaseClockPaused = "case.clock_paused",
    CaseClockResumed = "case.clock_resumed",
    CaseClockRetargeted = "case.clock_retargeted",
    CaseClockWarned = "case.clock_warned",
    CaseClockBreached = "case.clock_breached",
    CaseClockEscalated = "case.clock_escalated",
    CaseClockStopped = "case.clock_stopped",
    CaseClockCancelled = "case.clock_cancelled",
    CaseFollowUpOpened = "case.follow_up_opened",
    CaseFollowUpClosed = "case.follow_up_closed",
    CaseActRefused = "case.act_refused",
    CustomerCreated = "customer.created",
    CustomerChanged = "customer.changed",
    CustomerDeleted = "customer.deleted",
    AssetCreated = "asset.created",
    AssetChanged = "asset.changed",
    AssetDeleted = "asset.deleted",
    SiteCreated = "site.created",
    SiteChanged = "site.changed",
    SiteDeleted = "site.deleted",
    UserCreated = "user.created",
    UserChanged = "user.changed",
    UserDeleted = "user.deleted",
    RoleCreated = "role.created",
    RoleChanged = "role.changed",
    RoleDeleted = "role.deleted",
    WebhookCreated = "webhook.created",
    WebhookChanged = "webhook.changed",
    WebhookDeleted = "webhook.deleted",
    CalendarCreated = "calendar.created",
    CalendarChanged = "calendar.changed",
    ProcedureCreated = "procedure.created",
    ProcedureChanged = "procedure.changed",
}

impl EventType {
    /// Whether there is an event of that type, or of that kind: `case.*`.
    pub fn is_known(pattern: &str) -> bool {
        Self::WORDS.iter().any(|it| kefu_domain::webhook::matches(&[pattern], it))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_types_of_cases_events_are_the_kernels() {
        let source = include_str!("../../../domain/src/case/event.rs");
        let kernel: BTreeSet<_> = source
            .lines()
            .filter_map(|it| it.trim().strip_prefix("#[serde(rename = \"case."))
            .filter_map(|it| it.split('"').next())
            .map(|it| format!("case.{it}"))
            .collect();
        let told: BTreeSet<_> = EventType::WORDS
            .iter()
            .filter(|it| it.starts_with("case."))
            .map(|it| (*it).to_owned())
            .collect();
        assert_eq!(told, kernel);
    }

    #[test]
    fn a_type_that_there_is_not_is_not_known() {
        assert!(EventType::is_known("case.opened") && EventType::is_known("webhook.*"));
        assert!(!EventType::is_known("case.opend") && !EventType::is_known("cases.*"));
    }
}
