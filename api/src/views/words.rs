//! The words of the kernel's enums, for the document. A test holds them to the kernel's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
            #[serde(rename_all = "snake_case")]
            #[expect(missing_docs, reason = "the words say it; each list has its own comment")]
            pub enum $name { $($word,)+ }

            impl $name {
                /// Every word, in order.
                #[cfg(test)]
                pub(crate) const ALL: &[Self] = &[$(Self::$word,)+];
            }
        )+
    };
}

words! {
    /// What kind of case it is.
    CaseKind {
        Inquiry, Complaint, Repair, Suggestion, Request, Callback, Rectification, Record, Internal,
    }
    /// How urgent a case is.
    CasePriority { Low, Normal, High, Urgent }
    /// How a case came in.
    CaseChannel {
        Phone, Counter, Visit, Email, Letter, Message, Web, App, Wechat, Social, Video, Box, Patrol,
        System, Other,
    }
    /// How a promise stands: `breached` runs past its deadline, `met_late` was kept late.
    ClockStateName { Running, Paused, Breached, Met, MetLate, Cancelled }
    /// Which cases belong to a period of a metric: those opened or those closed in it.
    MetricOver { Opened, Closed }
    /// How long a period of a metric is.
    MetricPeriod { Day, Week, Month, Quarter, Year }
    /// How the values of cases are summed up.
    MetricAggregate { Avg, Sum }
    /// What a linked case is to this one.
    LinkRelation { Related, Duplicate, Cause }
    /// How a round of approval ended: `lapsed` when the case went elsewhere before it was decided.
    ApprovalOutcome { Approved, Refused, TimedOut, Lapsed }
    /// What somebody is told of.
    NotificationType {
        Assigned, Waiting, TransferOffered, TransferDeclined, Returned, Urged, Supervised,
        ExtensionRequested, ExtensionApproved, ExtensionRefused, ApprovalAsked, ApprovalDecided,
        ClockWarned, ClockBreached,
        ClockEscalated, FollowUpClosed, Reopened, Withdrawn, Commented,
        WebhookDisabled,
    }
}

#[cfg(test)]
mod tests {
    use kefu_domain::case::{Channel, ClockState, NoticeKind, Outcome, Priority, Relation};
    use kefu_domain::metric::{Aggregate, Over, Period};
    use kefu_domain::procedure::definition::Kind;

    use super::*;

    fn word(value: &impl Serialize) -> String {
        serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn the_documents_words_are_the_kernels() {
        let told: Vec<_> = CaseKind::ALL.iter().map(word).collect();
        assert_eq!(told, Kind::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>());
        let told: Vec<_> = CasePriority::ALL.iter().map(word).collect();
        assert_eq!(told, Priority::ALL.map(Priority::as_str));
        let told: Vec<_> = CaseChannel::ALL.iter().map(word).collect();
        assert_eq!(told, Channel::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>());
        for told in ClockStateName::ALL.iter().map(word) {
            assert_eq!(ClockState::from_word(&told).map(ClockState::as_str), Some(told.as_str()));
        }
        let told: Vec<_> = MetricPeriod::ALL.iter().map(word).collect();
        let periods = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year]
            .map(Period::as_str);
        assert_eq!(told, periods);
        let told: Vec<_> = MetricOver::ALL.iter().map(word).collect();
        assert_eq!(told, [Over::Opened, Over::Closed].map(|it| word(&it)));
        let told: Vec<_> = MetricAggregate::ALL.iter().map(word).collect();
        assert_eq!(told, [Aggregate::Avg, Aggregate::Sum].map(|it| word(&it)));
        let relations = [Relation::Related, Relation::Duplicate, Relation::Cause];
        let told: Vec<_> = LinkRelation::ALL.iter().map(word).collect();
        assert_eq!(told, relations.map(Relation::as_str));
        let outcomes = [Outcome::Approved, Outcome::Refused, Outcome::TimedOut, Outcome::Lapsed]
            .map(|it| word(&it));
        assert_eq!(ApprovalOutcome::ALL.iter().map(word).collect::<Vec<_>>(), outcomes);
        let told: Vec<_> = NotificationType::ALL.iter().map(word).collect();
        assert_eq!(told, NoticeKind::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>());
    }
}
