//! Sign-ins, seen and ended by those whose they are, and by those who keep these users.

use std::sync::Arc;

use kefu_persistence::sessions::{self, Ending, Session};
use kefu_persistence::{Conn, Listed};
use uuid::Uuid;

use super::records::{asked, change};
use super::{Answer, App, Book, Caller, Effect, Expected, Failure, Page, Request, Shown, users};
use crate::params::SessionsQuery;
use crate::views::SessionView;

/// A session does not change, it ends: it has one version only.
const VERSION: i64 = 1;

impl App {
    /// The caller's live sessions, or those of a user they keep.
    pub async fn list_sessions(
        &self,
        caller: Arc<Caller>,
        current: Option<Uuid>,
        query: SessionsQuery,
    ) -> Result<Page<SessionView>, Failure> {
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        let (book, now) = (self.book(), self.clock.real_now());
        let user = query.user_id.unwrap_or(caller.user_id);
        let found = self
            .read(move |conn| {
                users::kept(conn, &caller, &book, user)?;
                Ok(sessions::list(conn, user, now, &asked)?)
            })
            .await?;
        let Listed { items, next, total } = found;
        let items = items.into_iter().map(|it| SessionView::new(it, current)).collect();
        Ok(Page { items, next_cursor: next.map(|it| it.encode()), total })
    }

    /// One live session.
    pub async fn show_session(
        &self,
        caller: Arc<Caller>,
        current: Option<Uuid>,
        id: Uuid,
    ) -> Result<Shown<SessionView>, Failure> {
        let (book, now) = (self.book(), self.clock.real_now());
        self.read(move |conn| {
            let session = live(conn, &caller, &book, id, now)?;
            Ok(Shown { version: VERSION, view: SessionView::new(session, current) })
        })
        .await
    }

    /// Ends a session: its refresh token and its access tokens.
    pub async fn end_session(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            live(conn, moment.caller, moment.book, id, moment.real_now)?;
            expected.check(VERSION)?;
            let ending = Ending { reason: "revoked", change: change(moment), at: moment.real_now };
            sessions::end(conn, id, &ending)?;
            Ok(Effect::gone().changing_rules())
        })
        .await
    }
}

/// A session that has not ended, of somebody the caller may know of.
fn live(
    conn: &mut Conn,
    caller: &Caller,
    book: &Book,
    id: Uuid,
    now: kefu_domain::Timestamp,
) -> Result<Session, Failure> {
    let session = sessions::find(conn, id)?;
    let session = session.filter(|it| it.ended_at.is_none() && it.expires_at.0 > now);
    let session = session.ok_or(Failure::NotFound)?;
    users::kept(conn, caller, book, session.user_id.0)?;
    Ok(session)
}
