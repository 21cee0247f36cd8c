//! From the feed to deliveries. Requests that cause events know nothing of it: each webhook reads the
//! feed from a cursor of its own, and a node that dies in between leaves the cursor where it was.

use std::collections::HashMap;
use std::sync::Arc;

use kefu_persistence::deliveries::{self, Delivery};
use kefu_persistence::events::Feed;
use kefu_persistence::records::webhooks::{self, Webhook};
use kefu_persistence::{Conn, Uid};
use uuid::Uuid;

use super::act::waiting;
use crate::app::feed::{Eyes, look};
use crate::app::{App, Caller, Failure};
use crate::views::KeyLimits;

/// How many events are planned at a time: people's writes stand in the same queue.
const AT_ONCE: i64 = 64;

/// How far a webhook's planning has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Everything up to there has been looked at.
    pub up_to: i64,
    /// Where the stored cursor stands.
    pub cursor: i64,
    /// Whether there may be more at once.
    pub more: bool,
}

impl App {
    /// Every webhook that is enabled, and the cursors.
    pub async fn enabled_webhooks(&self) -> Result<(Vec<Webhook>, HashMap<Uuid, i64>), Failure> {
        self.read(|conn| Ok((webhooks::enabled(conn)?, deliveries::cursors(conn)?))).await
    }

    /// Whose eyes a webhook sees with; nobody's: its owner has gone, or may not read the feed any more.
    /// Where they said with an API key where it goes, they see no more than that key did.
    pub fn owner_of(&self, webhook: &Webhook) -> Option<Arc<Caller>> {
        let book = self.book();
        let owner = book.caller(webhook.owner_id.0)?;
        let owner = match &webhook.limits {
            None => Arc::clone(owner),
            Some(limits) => {
                let limits: KeyLimits = serde_json::from_value(limits.0.clone()).ok()?;
                Arc::new(owner.within(&limits.into()))
            }
        };
        Some(owner).filter(|it| it.reads_feed(webhook.site_id.map(|it| it.0)))
    }

    /// Turns what happened after `from` into deliveries. `cursor` is where the stored cursor stands:
    /// when another node has moved it meanwhile, nothing is done.
    pub async fn plan_deliveries(
        &self,
        webhook: Webhook,
        owner: Arc<Caller>,
        from: i64,
        cursor: i64,
    ) -> Result<Planned, Failure> {
        let eyes = Eyes::at(owner, webhook.site_id.map(|it| it.0));
        let types = types_of(&webhook)?;
        let page = self.read(move |conn| look(conn, &eyes, from, AT_ONCE, &types)).await?;
        let Feed { items, next_position: up_to } = page;
        if items.is_empty() {
            return Ok(Planned { up_to, cursor, more: false });
        }
        let now = self.clock.now();
        let id = webhook.id.0;
        let rows: Vec<Delivery> = items
            .into_iter()
            .map(|event| Delivery {
                position: event.position,
                kind: event.kind,
                aggregate: event.aggregate,
                aggregate_id: Uid(event.aggregate_id),
                event_id: Some(Uid(event.id)),
                ..waiting(&webhook, now)
            })
            .collect();
        let store = move |conn: &mut Conn| {
            let moved = deliveries::move_cursor(conn, id, cursor, up_to)?;
            if moved {
                deliveries::plan(conn, &rows)?;
            }
            Ok::<_, Failure>(moved)
        };
        let moved = self.store.write(store).await?;
        // What another node has planned may end before what was read here: it is read again.
        let (up_to, cursor) = if moved { (up_to, up_to) } else { (from, cursor) };
        Ok(Planned { up_to, cursor, more: moved })
    }

    /// Notes how far was looked, so that a restart does not look through all of it again.
    pub async fn note_cursor(&self, webhook: Uuid, from: i64, to: i64) -> Result<bool, Failure> {
        let note = move |conn: &mut Conn| {
            Ok::<_, Failure>(deliveries::move_cursor(conn, webhook, from, to)?)
        };
        self.store.write(note).await
    }
}

/// The types a webhook asks for.
fn types_of(webhook: &Webhook) -> Result<Vec<String>, Failure> {
    serde_json::from_value(webhook.types.0.clone())
        .map_err(|error| Failure::Broken(format!("webhooks {}: types: {error}", webhook.id.0)))
}
