//! `/v1/calendars`.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post, put};
use serde_json::{Map, Value};
use utoipa_actix_web::service_config::ServiceConfig;

use super::answers::{listed, looking, plain, shown, written};
use crate::app::{App, Calendars, Failure, Sent};
use crate::extract::{
    Change, DraftBody, Idempotency, IfMatch, IfNoneMatch, JsonBody, Language, Query, RawBody,
    SignedIn,
};
use crate::params::{
    ByView, CalendarDraft, CalendarFilter, DeadlineRequest, Paging, PutCalendarQuery,
};
use crate::views::{CalendarList, CalendarView, DeadlineView};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_calendars)
        .service(get_calendar)
        .service(put_calendar)
        .service(compute_deadline)
        .service(import_holidays);
}

/// List calendars
///
/// By code, each in its newest version; `always` (24 hours, 365 days) is built in.
#[utoipa::path(
    tag = "calendars",
    extensions(("x-permission" = json!("calendar.read"))),
    params(CalendarFilter, Paging, ByView),
    responses((status = 200, description = "A page of calendars", body = CalendarList)),
)]
#[get("/v1/calendars")]
async fn list_calendars(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    language: Language,
    query: Query<Map<String, Value>>,
) -> Result<HttpResponse, Failure> {
    let page = app.list::<Calendars>(&looking(caller, language), query.0).await?;
    Ok(listed(&request, page, CalendarList::from))
}

/// Get a calendar
///
/// One calendar in its newest version.
#[utoipa::path(
    tag = "calendars",
    extensions(("x-permission" = json!("calendar.read"))),
    params(("code" = String, Path, description = "The calendar's code", example = "office")),
    responses((status = 200, description = "The calendar", body = CalendarView)),
)]
#[get("/v1/calendars/{code}")]
async fn get_calendar(
    app: Data<App>,
    _caller: SignedIn,
    code: Path<String>,
    known: IfNoneMatch,
) -> Result<HttpResponse, Failure> {
    Ok(shown(&app.show_calendar(&code)?, &known))
}

/// Put a calendar
///
/// Creates it or makes a new version of it. Clocks that run by it get new deadlines; closed cases
/// never change. With `dry_run=true` nothing is stored.
#[utoipa::path(
    tag = "calendars",
    extensions(("x-permission" = json!("calendar.write"))),
    params(
        ("code" = String, Path, description = "The calendar's code", example = "office"),
        PutCalendarQuery,
    ),
    request_body = CalendarDraft,
    responses(
        (status = 200, description = "The new version", body = CalendarView),
        (status = 201, description = "The new calendar", body = CalendarView),
    ),
)]
#[put("/v1/calendars/{code}")]
async fn put_calendar(
    app: Data<App>,
    request: HttpRequest,
    change: Change,
    code: Path<String>,
    query: Query<PutCalendarQuery>,
    body: DraftBody<CalendarDraft>,
) -> Result<HttpResponse, Failure> {
    let expected = IfMatch::optional(&request)?;
    let dry_run = query.0.dry_run.unwrap_or_default();
    let sent = Sent { value: body.value, faults: body.faults };
    let request = change.of(body.fingerprint);
    let answer = app.put_calendar(request, code.into_inner(), expected, sent, dry_run).await?;
    Ok(written(answer))
}

/// Compute a deadline
///
/// When a span that starts at an instant is used up by this calendar, and the segments that lead up
/// to it. Stores nothing.
#[utoipa::path(
    tag = "calendars",
    extensions(("x-permission" = json!("calendar.read"))),
    params(("code" = String, Path, description = "The calendar's code", example = "office")),
    request_body = DeadlineRequest,
    responses((status = 200, description = "The deadline", body = DeadlineView)),
)]
#[post("/v1/calendars/{code}/deadline")]
async fn compute_deadline(
    app: Data<App>,
    _caller: SignedIn,
    _key: Idempotency,
    code: Path<String>,
    body: JsonBody<DeadlineRequest>,
) -> Result<HttpResponse, Failure> {
    let DeadlineRequest { start, span } = body.value;
    Ok(plain(&app.deadline(&code, start, &span)?))
}

/// Import holidays
///
/// Adds the all-day events of an iCalendar file (RFC 5545) as holidays; dates that are holidays
/// already stay as they are. Events that repeat by rule are refused.
#[utoipa::path(
    tag = "calendars",
    extensions(("x-permission" = json!("calendar.write"))),
    params(("code" = String, Path, description = "The calendar's code", example = "office")),
    request_body(content = String, content_type = "text/calendar", description = "An iCalendar file",
        example = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261008\r\nSUMMARY:公司年假\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"),
    responses((status = 200, description = "The new version", body = CalendarView)),
)]
#[post("/v1/calendars/{code}/import")]
async fn import_holidays(
    app: Data<App>,
    request: HttpRequest,
    change: Change,
    code: Path<String>,
    body: RawBody,
) -> Result<HttpResponse, Failure> {
    let expected = IfMatch::optional(&request)?;
    let text = body.text()?;
    let request = change.of(body.fingerprint);
    let answer = app.import_holidays(request, code.into_inner(), expected, text).await?;
    Ok(written(answer))
}
