//! `/v1/events`.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::plain;
use crate::app::{App, Failure};
use crate::extract::{Query, SignedIn};
use crate::params::EventsQuery;
use crate::views::EventFeed;

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_events);
}

/// Read the change feed
///
/// Every change of everything, oldest first. Ask for `after=<next_position>` again and again: the
/// feed never skips, and nothing is ever added before a position it has shown.
#[utoipa::path(
    tag = "events",
    extensions(("x-permission" = json!("event.read"))),
    params(EventsQuery),
    responses((status = 200, description = "What happened next", body = EventFeed)),
)]
#[get("/v1/events")]
async fn list_events(
    app: Data<App>,
    caller: SignedIn,
    query: Query<EventsQuery>,
) -> Result<HttpResponse, Failure> {
    Ok(plain(&app.feed(caller.0, query.0).await?))
}
