//! The types of events there are, what they mean, and what their data hold. A test holds them to the
//! kernel's, and the tests over HTTP check every event of the feed against them.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// A type of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// Its word: `case.opened`.
    pub word: &'static str,
    /// What has happened.
    pub summary: &'static str,
    /// What its data hold, a word for each member: the name, a colon, and `s` text, `t` instant, `u`
    /// id, `i` whole number, `b` yes or no, `o` object, `[s]` texts; with `?` where it may be missing
    /// or `null`.
    pub data: &'static str,
}

const fn event(word: &'static str, summary: &'static str, data: &'static str) -> EventType {
    EventType { word, summary, data }
}

/// What a record was made with; what it was changed by (RFC 7396); nothing.
const NEW: &str = "";
const PATCH: &str = "";
const NOTHING: &str = "";

impl EventType {
    /// Every type.
    pub const ALL: &[Self] = &[
        event(
            "case.opened",
            "A case came into being",
            "id:u number:s procedure:s procedure_version:i kind:s state:s priority:s channel:s subject:s fields:o site_id:u? customer_id:u? asset_id:u? parent_id:u? follow_up:s? duty:s? owner_id:u? assignee_id:u? team:s? given:o?",
        ),
        event(
            "case.action_taken",
            "An action of the procedure was taken",
            "action:s from:s to:s input:o? note:s? clauses:[s]? counted:b?",
        ),
        event("case.closed", "A case reached a final state", "state:s"),
        event("case.commented", "Something was said about a case", "text:s"),
        event(
            "case.attachment_added",
            "A file was added to a case",
            "attachment_id:u name:s media_type:s size:i sha256:s",
        ),
        event(
            "case.attachment_removed",
            "A file was taken away from a case",
            "attachment_id:u name:s",
        ),
        event(
            "case.edited",
            "A case's record was corrected",
            "subject:s? priority:s? channel:s? customer_id:u? asset_id:u? fields:o?",
        ),
        event(
            "case.assigned",
            "Somebody, or nobody, works on a case now",
            "to:u? team:s? by:s reason:s? pool:s?",
        ),
        event(
            "case.helper_added",
            "Somebody works on a case beside the assignee (协办)",
            "user_id:u reason:s?",
        ),
        event(
            "case.helper_removed",
            "Somebody does not work on a case any more",
            "user_id:u reason:s?",
        ),
        event(
            "case.approval_asked",
            "A decision is asked for (审批)",
            "approval:s steps:[o] own:b? clauses:[s]?",
        ),
        event(
            "case.approval_given",
            "Somebody approved",
            "approval:s step:i permission:s on_behalf_of:u? note:s?",
        ),
        event(
            "case.approval_delegated",
            "Somebody lets another decide",
            "approval:s delegation:o reason:s?",
        ),
        event(
            "case.approval_decided",
            "A round of approval is over",
            "approval:s outcome:s from:s to:s reason:s? clauses:[s]?",
        ),
        event("case.held", "A case has a thing of which there is one", "hold:s value:s site_id:u?"),
        event("case.released", "A case gave a thing back", "hold:s value:s site_id:u?"),
        event(
            "case.migrated",
            "A case goes on by another version of its procedure",
            "from_version:i to_version:i from:s to:s",
        ),
        event("case.owned", "Somebody became a case's owner (首问负责人)", "owner_id:u"),
        event(
            "case.transfer_offered",
            "A case was offered to somebody else (转办)",
            "to:u team:s? by:u? reason:s",
        ),
        event("case.transfer_declined", "An offered case was declined", "reason:s"),
        event("case.returned", "A case was returned (退单)", "from:s to:s reason:s"),
        event("case.urged", "A case was urged (催办)", "reason:s?"),
        event("case.supervised", "A case was put under supervision (督办)", "reason:s?"),
        event(
            "case.extension_requested",
            "More time was asked for (延期)",
            "clock:s span:s by:u? reason:s",
        ),
        event("case.extension_approved", "More time was given", "clock:s span:s"),
        event("case.extension_refused", "More time was refused", "clock:s reason:s"),
        event("case.suspended", "A case was suspended (挂起)", "reason:s"),
        event("case.resumed", "A suspended case goes on", NOTHING),
        event("case.linked", "A case was tied to another", "case_id:u relation:s"),
        event("case.withdrawn", "The matter was taken back (撤回)", "from:s reason:s"),
        event("case.reopened", "A closed case was opened again", "from:s to:s reason:s"),
        event(
            "case.clock_started",
            "A promise began to run",
            "clock:s span:s calendar:s calendar_version:i due_at:t started_at:t? next_at:t? clauses:[s]? paused:b?",
        ),
        event("case.clock_paused", "A promise stands still", "clock:s"),
        event(
            "case.clock_resumed",
            "A promise runs again",
            "clock:s paused_us:i due_at:t next_at:t?",
        ),
        event(
            "case.clock_retargeted",
            "A promise got another deadline",
            "clock:s why:s span:s calendar:s calendar_version:i paused_us:i due_at:t next_at:t?",
        ),
        event(
            "case.clock_warned",
            "A deadline comes near",
            "clock:s point:i at:t due_at:t next_at:t?",
        ),
        event(
            "case.clock_breached",
            "A deadline passed",
            "clock:s due_at:t next_at:t? clauses:[s]?",
        ),
        event(
            "case.clock_escalated",
            "A rung of the ladder was reached",
            "clock:s rung:i at:t notify:[s]? act:s? next_at:t?",
        ),
        event(
            "case.clock_stopped",
            "A promise was kept, in time or late",
            "clock:s met:b due_at:t clauses:[s]?",
        ),
        event("case.clock_cancelled", "A promise no longer counts", "clock:s"),
        event(
            "case.follow_up_opened",
            "A case opened another one",
            "follow_up:s procedure:s carry:[s] fields:o assignee_id:u? pool:s? given:o?",
        ),
        event(
            "case.follow_up_closed",
            "A case that this one opened was closed",
            "follow_up:s case_id:u state:s act:s?",
        ),
        event(
            "case.act_refused",
            "Something the system was to do was not possible",
            "act:s refusal:s",
        ),
        event("customer.created", "A customer was put on file", NEW),
        event("customer.changed", "A customer's file was changed", PATCH),
        event("customer.deleted", "A customer was deleted", NOTHING),
        event("asset.created", "An asset was registered", NEW),
        event("asset.changed", "An asset was changed", PATCH),
        event("asset.deleted", "An asset was deleted", NOTHING),
        event("attachment.created", "A file was sent", NEW),
        event("attachment.changed", "A file was named, or given to a case", PATCH),
        event("attachment.deleted", "A file was taken away", NOTHING),
        event("site.created", "A site was created", NEW),
        event("site.changed", "A site was changed", PATCH),
        event("site.deleted", "A site was deleted", NOTHING),
        event("user.created", "A user was created", NEW),
        event("user.changed", "A user was changed", PATCH),
        event("user.deleted", "A user was deleted", NOTHING),
        event("role.created", "A role was created", NEW),
        event("role.changed", "A role was changed", PATCH),
        event("role.deleted", "A role was deleted", NOTHING),
        event("view.created", "A view was saved", NEW),
        event("view.changed", "A saved view was changed", PATCH),
        event("view.deleted", "A saved view was deleted", NOTHING),
        event("api_key.created", "An API key was made", NEW),
        event("api_key.changed", "An API key was changed", PATCH),
        event("api_key.deleted", "An API key was revoked", NOTHING),
        event("session.started", "Somebody signed in", "user_id:u method:s"),
        event("session.ended", "A sign-in was ended", "user_id:u reason:s"),
        event(
            "signing_key.created",
            "Another key will sign access tokens",
            "kid:s public:s signs_from:t",
        ),
        event(
            "export.started",
            "A list is being taken out as a file",
            "list:s format:s query:o? view:u? columns:[s]",
        ),
        event("export.finished", "A list was taken out as a file", "rows:i"),
        event(
            "import.finished",
            "A table was taken in",
            "list:s rows:i created:i updated:i unchanged:i refused:i",
        ),
        event("duty.paused", "A duty rests at a site", "duty:s site_id:u reason:s"),
        event(
            "duty.resumed",
            "A duty arises again at a site; what was missed is made up for, or skipped",
            "duty:s site_id:u reason:s? backfill:b skipped:i",
        ),
        event(
            "duty.not_opened",
            "A duty arose, and the case for it could not be opened",
            "duty:s site_id:u occurs_at:t n:i due_at:t why:s",
        ),
        event(
            "duty.left_out",
            "After an outage of over a year, or with over 1,000 occurrences missed: those between these instants are not made up for",
            "duty:s site_id:u from:t to:t",
        ),
        event("webhook.created", "A webhook was created", NEW),
        event("webhook.changed", "A webhook was changed, or disabled by the server", PATCH),
        event("webhook.deleted", "A webhook was deleted", NOTHING),
        event(
            "calendar.created",
            "A calendar was published for the first time",
            "code:s version:i document:o",
        ),
        event(
            "calendar.changed",
            "Another version of a calendar was published",
            "code:s version:i document:o",
        ),
        event(
            "procedure.created",
            "A procedure was published for the first time",
            "code:s version:i document:o",
        ),
        event(
            "procedure.changed",
            "Another version of a procedure was published",
            "code:s version:i document:o",
        ),
    ];

    /// Whether there are events of that type, or of that kind: `case.*`.
    pub fn is_known(pattern: &str) -> bool {
        use kefu_domain::webhook::{is_pattern, matches};
        is_pattern(pattern) && Self::ALL.iter().any(|it| matches(&[pattern], it.word))
    }
}

impl PartialSchema for EventType {
    fn schema() -> RefOr<Schema> {
        let words = Self::ALL.iter().map(|it| it.word);
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(words))
            .description(Some("What happened, to what kind of thing."));
        schema.build().into()
    }
}

impl ToSchema for EventType {}

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
        let words = EventType::ALL.iter().map(|it| it.word.to_owned());
        let told: BTreeSet<_> = words.filter(|it| it.starts_with("case.")).collect();
        assert_eq!(told, kernel);
    }

    #[test]
    fn a_type_that_there_is_not_is_not_known() {
        assert!(EventType::is_known("case.opened") && EventType::is_known("webhook.*"));
        assert!(!EventType::is_known("case.opend") && !EventType::is_known("cases.*"));
        assert!(!EventType::is_known("*"));
    }
}
