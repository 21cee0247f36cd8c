//! The log as a list: to be taken out as a file.

use super::{Asker, Listing};
use crate::app::{App, Failure, Page};
use crate::params::{EventFilter, EventsQuery, ListName, Paging};
use crate::views::EventView;

/// Events, as a list.
#[derive(Debug)]
pub struct Events;

impl Listing for Events {
    type Filter = EventFilter;
    type Item = EventView;

    const NAME: ListName = ListName::Events;
    const LOOK: &'static str = "event.read";
    const EXPORT: &'static str = "event.read";

    /// Oldest first, to where the feed ends now; the cursor is a position.
    async fn page(
        app: &App,
        asker: &Asker,
        filter: EventFilter,
        paging: &Paging,
    ) -> Result<Page<EventView>, Failure> {
        let cursor = paging.cursor.as_deref().and_then(|it| it.parse().ok());
        let after: i64 = cursor.or(filter.after).unwrap_or_default();
        let limit = paging.limit.and_then(|it| i64::try_from(it).ok());
        let query = EventsQuery { after: Some(after), limit, types: filter.types };
        let feed = app.feed(asker.caller.clone(), query).await?;
        let next = Some(feed.next_position).filter(|it| *it > after);
        Ok(Page { items: feed.items, next_cursor: next.map(|it| it.to_string()), total: None })
    }
}
