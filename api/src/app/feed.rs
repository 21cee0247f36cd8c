//! The change feed: every event of everything, gap-free and resumable.

use kefu_persistence::events;

use super::{App, Caller, Failure};
use crate::params::EventsQuery;
use crate::views::{EventFeed, EventView};

/// The permission to read the feed.
const READ: &str = "event.read";

/// How many events a page of the feed shows if nobody says.
const FEED: i64 = 100;

impl App {
    /// What happened after a position, oldest first. The feed tells of every site: it is for those
    /// whom the permission reaches everywhere.
    pub async fn feed(&self, caller: &Caller, query: EventsQuery) -> Result<EventFeed, Failure> {
        if !caller.may_everywhere(READ) {
            return Err(Failure::Forbidden { needs: READ.to_owned() });
        }
        let (after, limit) = (query.after.unwrap_or(0), query.limit.unwrap_or(FEED));
        let page = self
            .read(move |conn| Ok(events::feed(conn, after, limit, &query.types)?))
            .await?;
        let items = page.items.into_iter().map(EventView::from).collect();
        Ok(EventFeed { items, next_position: page.next_position })
    }
}
