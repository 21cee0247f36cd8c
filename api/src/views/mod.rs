//! What clients see. A type that crosses the edge belongs to the edge.

mod accounts;
mod approval;
mod assets;
mod attachments;
mod auth;
mod bulk;
mod calendars;
mod case;
mod compliance;
mod customers;
mod duties;
mod event_types;
mod events;
mod examples;
mod import;
mod metrics;
mod migrations;
mod notices;
mod notification;
mod procedure;
mod roles;
mod saved;
mod sites;
mod timeline;
mod users;
mod webhooks;
pub mod words;

pub use accounts::{
    ApiKeyList, ApiKeyView, JwkView, JwksView, KeyLimits, NewApiKeyView, OidcStartView,
    SessionList, SessionView,
};
pub use approval::{ApprovalView, HoldView};
pub use assets::{AssetList, AssetView};
pub use attachments::{AttachmentLink, AttachmentList, AttachmentView};
pub use auth::{MeUser, MeView, TokenView};
pub use bulk::{BulkResult, BulkResults};
pub use calendars::{CalendarList, CalendarView, DeadlineView, MoveView, SegmentView, SegmentWord};
pub use case::{ActionView, CaseSummary, CaseView, ClockView};
pub use compliance::{
    ClauseList, ClauseStatus, ClauseView, ComplianceList, ComplianceView, EnforcerCompliance,
    EnforcerView, ObligationCounts, ObligationList, ObligationStatus, ObligationView, PromisedSpan,
};
pub use customers::{CustomerList, CustomerView};
pub use duties::{DutyAtSite, DutyList, DutyOccurrence, DutyOccurrenceList, DutyView};
pub use event_types::EventType;
pub use events::{EventFeed, EventView};
pub use import::{ImportReport, RowFault};
pub use metrics::{
    MetricCase, MetricCaseList, MetricList, MetricValue, MetricValueList, MetricView,
};
pub use migrations::{MigrationItem, MigrationReport, MigrationStatus, ObstacleView};
pub(crate) use notices::WORDS;
pub use notification::{NotificationList, NotificationView, ReadCount};
pub use procedure::{ProcedureList, ProcedureView, StateView};
pub use roles::{RoleList, RoleView};
pub use saved::{SavedView, SavedViewList};
pub use sites::{SiteList, SiteView};
pub use timeline::{CaseList, CommentList, CommentView, EventList, ExplanationView};
pub use users::{UserList, UserView};
pub use webhooks::{
    AttemptError, AttemptView, DeliveryDetail, DeliveryList, DeliveryStatus, DeliveryView,
    DisabledReason, NewSecret, NewWebhook, Payload, RedeliveredCount, WebhookList, WebhookView,
};

/// A page of a list: concrete, so that the published document names it.
macro_rules! list {
    ($(#[$doc:meta])* $list:ident, $item:ident) => {
        $(#[$doc])*
        #[derive(serde::Serialize, utoipa::ToSchema, Debug, Clone)]
        pub struct $list {
            /// What is on the page.
            pub items: Vec<$item>,
            /// What to ask for next; `null`: this is the last page.
            #[schema(required)]
            pub next_cursor: Option<String>,
            /// How many there are on all pages, if asked for with `count=true`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub total: Option<i64>,
        }

        impl From<$crate::app::Page<$item>> for $list {
            fn from(page: $crate::app::Page<$item>) -> Self {
                let $crate::app::Page { items, next_cursor, total } = page;
                Self { items, next_cursor, total }
            }
        }
    };
}
use list;
