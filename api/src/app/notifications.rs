//! The caller's inbox.

use std::sync::Arc;

use kefu_domain::text::Lang;
use kefu_persistence::{Cursor, Page as StoredPage, notifications};
use serde_json::json;
use uuid::Uuid;

use super::{Answer, App, Caller, Effect, Failure, Page, Request};
use crate::views::NotificationView;

/// A page of an inbox, and how many entries are unread.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// The entries, newest first.
    pub page: Page<NotificationView>,
    /// How many have not been read, on all pages.
    pub unread: i64,
}

impl App {
    /// A page of the caller's inbox.
    pub async fn list_notifications(
        &self,
        caller: Arc<Caller>,
        only_unread: bool,
        limit: usize,
        after: Option<Cursor>,
        count: bool,
        lang: Lang,
    ) -> Result<Inbox, Failure> {
        let page = StoredPage { limit, after, count };
        self.store
            .read(move |conn| {
                let id = caller.user_id;
                let listed = notifications::list(conn, id, only_unread, &page)?;
                let unread = notifications::count(conn, id, true)?;
                let page = Page {
                    next_cursor: listed.next.map(|it| it.encode()),
                    total: listed.total,
                    items: listed
                        .items
                        .into_iter()
                        .map(|it| NotificationView::new(it, lang))
                        .collect(),
                };
                Ok(Inbox { page, unread })
            })
            .await
    }

    /// Marks one entry as read.
    pub async fn read_notification(&self, request: Request, id: Uuid) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let user = moment.caller.user_id;
            notifications::mark_read(conn, user, id, moment.now)?;
            let entry = notifications::find(conn, user, id)?.ok_or(Failure::NotFound)?;
            Effect::changed(None, &NotificationView::new(entry, moment.lang))
        })
        .await
    }

    /// Marks every entry as read.
    pub async fn read_all_notifications(&self, request: Request) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let read = notifications::mark_all_read(conn, moment.caller.user_id, moment.now)?;
            Effect::changed(None, &json!({ "read": read }))
        })
        .await
    }
}
