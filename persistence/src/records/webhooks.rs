//! Webhooks: who is told of events over HTTP.

use super::{Change, Record as _, record};
use crate::conn::{Conn, on};
use crate::page::{Cursor, Listed, Page};
use crate::schema::webhooks;
use crate::{Json, StoreError, Time, Uid};
use diesel::prelude::*;
use serde::Serialize;
use uuid::Uuid;

/// A receiver, and what it wants to hear of.
#[derive(
    Debug, Clone, PartialEq, Default, Serialize, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = webhooks, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Webhook {
    /// `UUIDv7`.
    pub id: Uid,
    /// Where it is sent.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
    /// The types it wants to hear of; none: all.
    pub types: Json,
    /// Whether an event waits for the one before it.
    pub ordered: bool,
    /// Whether anything is sent.
    pub enabled: bool,
    /// Only what happened there.
    pub site_id: Option<Uid>,
    /// Whoever said where it goes: it is sent what they may see.
    pub owner_id: Uid,
    /// How far the API key went that they said it with, if it was one.
    pub limits: Option<Json>,
    /// Why the server disabled it.
    pub disabled_reason: Option<String>,
    /// When the server disabled it.
    pub disabled_at: Option<Time>,
    /// What it is signed with. Never in the log.
    #[serde(skip)]
    pub secret: Vec<u8>,
    /// What it was signed with before. Never in the log.
    #[serde(skip)]
    pub old_secret: Option<Vec<u8>>,
    /// Until when the old secret signs as well.
    #[serde(skip)]
    pub old_secret_until: Option<Time>,
    /// When the secret was made, if it is not the first.
    pub secret_rotated_at: Option<Time>,
    /// The sequence of its last event.
    #[serde(skip)]
    pub version: i32,
    /// When it was made.
    #[serde(skip)]
    pub created_at: Time,
    /// When it was last changed.
    #[serde(skip)]
    pub updated_at: Time,
    /// When it was deleted.
    #[serde(skip)]
    pub deleted_at: Option<Time>,
}

const AGGREGATE: &str = "webhook";

record!(Webhook, webhooks, id, Uuid, cached = false);

fn aggregate_id(webhook: &Webhook) -> Uuid {
    webhook.id.0
}

fn key(id: Uuid) -> Uid {
    Uid(id)
}

fn prepare(_: &mut Webhook) {}

/// What a list of webhooks is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Only those that are enabled, or are not.
    pub enabled: Option<bool>,
    /// Only those of this site.
    pub site_id: Option<Uuid>,
    /// Only those of these sites, and those of this owner; `None`: all.
    pub within: Option<(Vec<Uuid>, Uuid)>,
}

/// Webhooks, newest first.
pub fn list(conn: &mut Conn, filter: &Filter, page: &Page) -> Result<Listed<Webhook>, StoreError> {
    macro_rules! matching {
        () => {{
            let mut query = webhooks::table.filter(webhooks::deleted_at.is_null()).into_boxed();
            if let Some(enabled) = filter.enabled {
                query = query.filter(webhooks::enabled.eq(enabled));
            }
            if let Some(site_id) = filter.site_id {
                query = query.filter(webhooks::site_id.eq(Uid(site_id)));
            }
            if let Some((sites, owner)) = &filter.within {
                let sites: Vec<Uid> = sites.iter().copied().map(Uid).collect();
                let theirs = webhooks::owner_id.eq(Uid(*owner));
                // A webhook without a site is of no site: NULL would make the whole of it unknown.
                let there = webhooks::site_id.is_not_null().and(webhooks::site_id.eq_any(sites));
                query = query.filter(theirs.or(there.assume_not_null()));
            }
            query
        }};
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = &page.after {
            query = query.filter(webhooks::id.lt(Uid(after.id)));
        }
        query.order(webhooks::id.desc()).limit(page.look()).select(Webhook::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Webhook| Cursor::by_id(row.id.0)))
}

/// Every webhook that is enabled: there are few.
pub fn enabled(conn: &mut Conn) -> Result<Vec<Webhook>, StoreError> {
    let query = webhooks::table
        .filter(webhooks::enabled)
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id);
    on!(conn, c => query.select(Webhook::as_select()).load(c)).map_err(StoreError::from)
}
