//! The change feed: every event of everything, gap-free and resumable. Who sees only some sites
//! sees only what happened there.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kefu_domain::who::Place;
use kefu_persistence::events::{self, Feed, StoredEvent};
use kefu_persistence::records::{assets, customers};
use kefu_persistence::{Conn, cases};
use uuid::Uuid;

use super::{App, Caller, Failure};
use crate::params::EventsQuery;
use crate::views::{EventFeed, EventView};

/// The permission to read the feed.
const READ: &str = "event.read";

/// How many events a page of the feed shows if nobody says.
const FEED: i64 = 50;

/// How many pages one request looks through for something its caller may see.
const LOOKS: u8 = 20;

impl App {
    /// What happened after a position, oldest first.
    pub async fn feed(
        &self,
        caller: Arc<Caller>,
        query: EventsQuery,
    ) -> Result<EventFeed, Failure> {
        let EventsQuery { after, limit, types } = query;
        let (mut after, limit) = (after.unwrap_or(0), limit.unwrap_or(FEED));
        let page = self
            .read(move |conn| {
                let everything = caller.may_everywhere(READ);
                let mut looks = 0;
                loop {
                    let mut page = events::feed(conn, after, limit, &types)?;
                    if everything || page.items.is_empty() {
                        return Ok(page);
                    }
                    page.items = seen(conn, &caller, page.items)?;
                    looks += 1;
                    if !page.items.is_empty() || looks == LOOKS {
                        return Ok(page);
                    }
                    after = page.next_position;
                }
            })
            .await?;
        let Feed { items, next_position } = page;
        let items = items.into_iter().map(EventView::from).collect();
        Ok(EventFeed { items, next_position })
    }
}

/// Those of the events that happened where the caller may see.
fn seen(
    conn: &mut Conn,
    caller: &Caller,
    events: Vec<StoredEvent>,
) -> Result<Vec<StoredEvent>, Failure> {
    let ids: HashSet<Uuid> =
        events.iter().filter(|it| it.aggregate == "case").map(|it| it.aggregate_id).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let cases = cases::find_many(conn, &ids)?;
    let cases: HashMap<_, _> = cases.iter().map(|it| (it.id, it.place())).collect();
    let mut shown = Vec::new();
    for event in events {
        let sees = match event.aggregate.as_str() {
            "case" => cases.get(&event.aggregate_id).is_some_and(|it| caller.actor.may(READ, it)),
            kind => match site_of(conn, kind, event.aggregate_id)? {
                Some(site) => {
                    caller.actor.may(READ, &Place { site_id: Some(site), ..Place::default() })
                }
                None => false,
            },
        };
        if sees {
            shown.push(event);
        }
    }
    Ok(shown)
}

/// The site a record belongs to now. What belongs to none is the whole organisation's.
fn site_of(conn: &mut Conn, kind: &str, id: Uuid) -> Result<Option<Uuid>, Failure> {
    Ok(match kind {
        "site" => Some(id),
        "customer" => customers::find_any(conn, id)?.and_then(|it| it.site_id).map(|it| it.0),
        "asset" => assets::find_any(conn, id)?.and_then(|it| it.site_id).map(|it| it.0),
        _ => None,
    })
}
