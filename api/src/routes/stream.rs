//! `/v1/events/stream`: the feed as server-sent events.

use std::fmt::Write as _;

use actix_web::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, HeaderName, HeaderValue,
};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::stream;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::{App, Failure, Follower, Told};
use crate::extract::{Query, SignedIn};
use crate::params::{LastEventId, StreamQuery, TypePattern};

/// The operations of this file.
pub(super) fn configure(config: &mut ServiceConfig<'_>) {
    config.service(stream_events);
}

/// Follow the change feed
///
/// The feed as server-sent events: what has happened since `after`, then what happens, at once. Each
/// message is one event (`EventView`) with its position as `id`; a client that connects again says it
/// as `Last-Event-ID` and misses nothing. A comment every 15 seconds is a sign of life; it also moves
/// the `id` on when nothing was for this caller. The stream ends with the access token and when the
/// server stops. Only a few streams are open at a time for each caller: 429 beyond them.
#[utoipa::path(
    tag = "events",
    extensions(("x-permission" = json!("event.read"))),
    params(StreamQuery, LastEventId),
    responses((status = 200, description = "Events, as they happen", body = String,
        content_type = "text/event-stream",
        example = "id: 4711\ndata: {\"position\":4711,\"type\":\"case.opened\"}\n\n")),
)]
#[get("/v1/events/stream")]
async fn stream_events(
    app: Data<App>,
    request: HttpRequest,
    caller: SignedIn,
    query: Query<StreamQuery>,
) -> Result<HttpResponse, Failure> {
    let StreamQuery { after, types } = query.0;
    let after = last_event_id(&request)?.or(after).unwrap_or(0);
    let app = app.into_inner();
    let follower = app.follow(&caller, token(&request), after, TypePattern::words(types))?;
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // Proxies that collect answers before they pass them on are asked not to …
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        // … and compression would hold messages back.
        .insert_header((CONTENT_ENCODING, HeaderValue::from_static("identity")))
        .streaming(stream::unfold(follower, next)))
}

/// One chunk at a time: it is asked for when the one before has gone.
async fn next(mut follower: Follower) -> Option<(Result<Bytes, Failure>, Follower)> {
    let text = match follower.next().await? {
        Told::Events(events, upto) => {
            let mut text = String::new();
            let last = events.len().saturating_sub(1);
            for (index, event) in events.into_iter().enumerate() {
                // After the last of a page the reader has everything up to its end.
                let id = if index == last { upto } else { event.position };
                let data = serde_json::to_string(&event).ok()?;
                // Writing to a string does not fail.
                let _written = write!(text, "id: {id}\ndata: {data}\n\n");
            }
            text
        }
        Told::Nothing(upto) => format!(": still here\nid: {upto}\n\n"),
    };
    Some((Ok(Bytes::from(text)), follower))
}

fn last_event_id(request: &HttpRequest) -> Result<Option<i64>, Failure> {
    let Some(header) = request.headers().get("last-event-id") else { return Ok(None) };
    let digits = |it: &&str| it.bytes().all(|byte| byte.is_ascii_digit());
    let id = header.to_str().ok().filter(digits).and_then(|it| it.parse::<i64>().ok());
    id.map(Some).ok_or_else(|| {
        Failure::invalid(
            "/Last-Event-ID",
            "format",
            "Last-Event-ID 应为事件流给出的 id。",
            "Last-Event-ID must be an `id` of this stream.",
        )
    })
}

/// The token the caller showed: it is asked again and again whether it still holds.
fn token(request: &HttpRequest) -> String {
    let header = request.headers().get(AUTHORIZATION).and_then(|it| it.to_str().ok());
    let token = header.and_then(|it| it.split_once(' ')).map(|(_, token)| token.trim());
    token.unwrap_or_default().to_owned()
}
