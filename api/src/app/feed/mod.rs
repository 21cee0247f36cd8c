//! The change feed: every event of everything, gap-free and resumable. Who sees only some sites
//! sees only what happened there.

mod follow;
mod scope;
mod tail;

use std::sync::Arc;

use kefu_persistence::Conn;
use kefu_persistence::events::{self, Feed};

use super::{App, Caller, Failure};
use crate::params::{EventsQuery, TypePattern};
use crate::views::{EventFeed, EventView};

pub use follow::{Follower, Seats, Told};
pub(super) use scope::{Eyes, READ};
pub use tail::Tail;

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
        let (after, limit) = (after.unwrap_or(0), limit.unwrap_or(FEED));
        let types = TypePattern::words(types);
        let page =
            self.read(move |conn| look(conn, &Eyes::of(caller), after, limit, &types)).await?;
        let Feed { items, next_position } = page;
        let items = items.into_iter().map(EventView::from).collect();
        Ok(EventFeed { items, next_position })
    }
}

/// The next events that these eyes may see. An empty page says how far it has looked.
pub(super) fn look(
    conn: &mut Conn,
    eyes: &Eyes,
    mut after: i64,
    limit: i64,
    types: &[String],
) -> Result<Feed, Failure> {
    let mut looks = 0;
    loop {
        let mut page = events::feed(conn, after, limit, types)?;
        if page.items.is_empty() {
            return Ok(page);
        }
        page.items = eyes.seen(conn, page.items)?;
        looks += 1;
        if !page.items.is_empty() || looks == LOOKS {
            return Ok(page);
        }
        after = page.next_position;
    }
}
