//! What clients send. A type that crosses the edge belongs to the edge.
//!
//! **Invariant.** What the published schema of a type says is all that its JSON is checked for
//! before a use case sees it.

mod accounts;
mod assets;
mod attachments;
mod auth;
mod bulk;
mod calendars;
mod cases;
mod customers;
mod duties;
mod events;
mod import;
mod inbox;
mod lists;
mod migrations;
mod page;
mod procedures;
mod reports;
mod roles;
mod sites;
mod users;
mod views;
mod webhooks;

use jsonschema::Validator;
use serde_json::{Value, json};
use utoipa::ToSchema;

pub use accounts::{
    ApiKeysQuery, NewApiKey, NewPassword, OidcReturn, OidcReturnQuery, SessionsQuery,
};
pub use assets::{AssetChanges, AssetDraft, AssetFilter, CodedSort};
pub use attachments::{AttachmentChanges, AttachmentsQuery, ContentQuery, UploadForm, UploadQuery};
pub use auth::{RefreshRequest, SignOut, TokenRequest};
pub use bulk::{BulkAction, BulkActions, BulkOpen};
pub(crate) use calendars::example as calendar_example;
pub use calendars::{
    CalendarDraft, CalendarFilter, DeadlineRequest, HolidayDraft, IntervalDraft, OverrideDraft,
    PutCalendarQuery, WeekDraft,
};
pub use cases::{ActionInput, CaseFilter, CasePatch, CaseSort, NewComment, OpenCase};
pub use customers::{CustomerChanges, CustomerDraft, CustomerFilter, CustomerKind, CustomerSort};
pub use duties::{DutyFilter, OccurrencesQuery, PauseDuty, ResumeDuty};
pub use events::{EventsQuery, LastEventId, StreamQuery, TypePattern};
pub use import::{ImportQuery, SheetFile};
pub use inbox::InboxQuery;
pub use lists::{ByView, EventFilter, ExportQuery, Headings, ListName, Paging, SheetFormat, Who};
pub use migrations::NewMigration;
pub(crate) use page::limit as page_limit;
pub use page::{PageFilter, cursor};
pub use procedures::{ProcedureDraft, ProcedureFilter};
pub use reports::{
    ClauseFilter, ComplianceFilter, MetricCasesFilter, MetricFilter, MetricValuesFilter,
    ObligationFilter,
};
pub use roles::{NewRole, RoleChanges, RoleDraft, RoleFilter, WordsDraft};
pub use sites::{SiteChanges, SiteDraft, SiteFilter};
pub use users::{GrantDraft, GrantScope, NewUser, UserChanges, UserDraft, UserFilter, UserSort};
pub(crate) use views::filters_schema;
pub use views::{SavedViewChanges, SavedViewDraft, SharedWith, ViewFilter, ViewSort, ViewTotal};
pub use webhooks::{
    Again, DeliveriesQuery, RotateSecret, WebhookChanges, WebhookDraft, WebhooksQuery,
};

/// The one order of lists of records.
#[derive(serde::Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[schema(title = "NewestFirst")]
pub enum Newest {
    /// Newest first.
    #[serde(rename = "-created_at")]
    NewestFirst,
}

/// The published schema of a type, ready to check what a merge patch makes of a record.
///
/// # Panics
/// If the type's schema is none: a defect of the program that a test finds.
#[expect(clippy::expect_used, reason = "a test compiles every schema; there is nothing to recover")]
pub(crate) fn compiled<T: ToSchema>() -> Validator {
    schema_of::<T>().expect("the schema of a type of params compiles")
}

fn schema_of<T: ToSchema>() -> Result<Validator, String> {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let named: serde_json::Map<_, _> = named
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).unwrap_or_default()))
        .collect();
    let mut schema = serde_json::to_value(T::schema()).unwrap_or_default();
    if let Value::Object(schema) = &mut schema {
        schema.insert("components".into(), json!({ "schemas": named }));
    }
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| error.to_string())
}

/// The one order of lists of things with codes.
#[derive(serde::Deserialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[schema(title = "ByCode")]
pub enum ByCode {
    /// By code.
    #[serde(rename = "code")]
    Code,
}
