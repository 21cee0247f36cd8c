//! Sign-ins: each is a family of refresh tokens, and its access tokens name it.
//!
//! **Invariant.** A session ends together with its refresh tokens, in one transaction that also tells
//! the log and says that who may come in has changed.

use crate::conn::{Conn, on, optional};
use crate::events::{self, NewEvent};
use crate::page::{Cursor, Listed, Page};
use crate::records::Change;
use crate::schema::sessions;
use crate::types::{Time, Uid};
use crate::{StoreError, settings, tokens};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

const AGGREGATE: &str = "session";

/// A sign-in.
#[derive(Debug, Clone, PartialEq, Default, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct Session {
    /// The family of its refresh tokens.
    pub id: Uid,
    /// Whose.
    pub user_id: Uid,
    /// How they signed in: `password`, `oidc`.
    pub method: String,
    /// From which address.
    pub address: String,
    /// With which program, as it calls itself.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: Time,
    /// When it was last used, to the minute.
    pub last_used_at: Time,
    /// Until when its refresh token is good.
    pub expires_at: Time,
    /// When it was ended.
    pub ended_at: Option<Time>,
}

/// Why, by whom and when sessions end.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// `signed_out`, `revoked`, `reused`, `password`, `deactivated`.
    pub reason: &'static str,
    /// Who ends it, in the log's time.
    pub change: Change,
    /// When, in real time.
    pub at: DateTime<Utc>,
}

/// Keeps a sign-in that has just begun, and tells the log.
pub fn insert(conn: &mut Conn, session: &Session, change: Change) -> Result<(), StoreError> {
    on!(conn, c => diesel::insert_into(sessions::table).values(session).execute(c))?;
    let data = json!({ "user_id": session.user_id, "method": session.method });
    log(conn, session, "session.started", data, change)
}

/// The session of that id, ended or not.
pub fn find(conn: &mut Conn, id: Uuid) -> Result<Option<Session>, StoreError> {
    let query = sessions::table.find(Uid(id));
    optional(on!(conn, c => query.select(Session::as_select()).get_result(c)))
}

/// Notes that a session goes on: where from, and until when.
pub fn renew(conn: &mut Conn, session: &Session) -> Result<(), StoreError> {
    let now = (
        sessions::address.eq(&session.address),
        sessions::user_agent.eq(&session.user_agent),
        sessions::last_used_at.eq(session.last_used_at),
        sessions::expires_at.eq(session.expires_at),
    );
    on!(conn, c => diesel::update(sessions::table.find(session.id)).set(now).execute(c))?;
    Ok(())
}

/// Notes that a session was used.
pub fn touch(conn: &mut Conn, id: Uuid, now: DateTime<Utc>) -> Result<(), StoreError> {
    let used = sessions::last_used_at.eq(Time::from(now));
    on!(conn, c => diesel::update(sessions::table.find(Uid(id))).set(used).execute(c))?;
    Ok(())
}

/// Ends one; nothing happens to one that has ended.
pub fn end(conn: &mut Conn, id: Uuid, ending: &Ending) -> Result<(), StoreError> {
    tokens::revoke_family(conn, id, ending.at)?;
    let live =
        sessions::table.filter(sessions::id.eq(Uid(id))).filter(sessions::ended_at.is_null());
    let ended_at = sessions::ended_at.eq(Some(Time::from(ending.at)));
    let ended = on!(conn, c => diesel::update(live).set(ended_at).execute(c))?;
    let Some(session) = find(conn, id)?.filter(|_| ended == 1) else { return Ok(()) };
    let data = json!({ "user_id": session.user_id, "reason": ending.reason });
    log(conn, &session, "session.ended", data, ending.change)?;
    settings::bump_gate_revision(conn)
}

/// Ends every session of a user but `except`; says how many.
pub fn end_all(
    conn: &mut Conn,
    user_id: Uuid,
    except: Option<Uuid>,
    ending: &Ending,
) -> Result<usize, StoreError> {
    let live = sessions::table
        .filter(sessions::user_id.eq(Uid(user_id)))
        .filter(sessions::ended_at.is_null())
        .order(sessions::id)
        .select(sessions::id);
    let ids: Vec<Uid> = on!(conn, c => live.load(c))?;
    let ids: Vec<_> = ids.into_iter().map(|it| it.0).filter(|it| Some(*it) != except).collect();
    for id in &ids {
        end(conn, *id, ending)?;
    }
    Ok(ids.len())
}

/// Those that were ended at `since` or later: an access token of theirs may still be about.
pub fn ended_since(conn: &mut Conn, since: DateTime<Utc>) -> Result<Vec<Uuid>, StoreError> {
    let query = sessions::table.filter(sessions::ended_at.ge(Time::from(since)));
    let ids: Vec<Uid> = on!(conn, c => query.select(sessions::id).load(c))?;
    Ok(ids.into_iter().map(|it| it.0).collect())
}

/// The live sessions of one user, newest first.
pub fn list(
    conn: &mut Conn,
    user_id: Uuid,
    now: DateTime<Utc>,
    page: &Page,
) -> Result<Listed<Session>, StoreError> {
    macro_rules! matching {
        () => {
            sessions::table
                .filter(sessions::user_id.eq(Uid(user_id)))
                .filter(sessions::ended_at.is_null())
                .filter(sessions::expires_at.gt(Time::from(now)))
                .into_boxed()
        };
    }
    let total =
        if page.count { Some(on!(conn, c => matching!().count().get_result(c))?) } else { None };
    let rows = on!(conn, c => {
        let mut query = matching!();
        if let Some(after) = &page.after {
            query = query.filter(sessions::id.lt(Uid(after.id)));
        }
        query.order(sessions::id.desc()).limit(page.look()).select(Session::as_select()).load(c)
    })?;
    Ok(Listed::of(rows, page, total, |row: &Session| Cursor::by_id(row.id.0)))
}

/// Forgets sessions that ended, or ran out, before `before`; says how many.
pub fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize, StoreError> {
    let before = Time::from(before);
    let old = sessions::table
        .filter(sessions::expires_at.lt(before).or(sessions::ended_at.lt(Some(before))));
    on!(conn, c => diesel::delete(old).execute(c)).map_err(StoreError::from)
}

/// Tells the log. A session from before it was told of there has no first event.
fn log(
    conn: &mut Conn,
    session: &Session,
    kind: &str,
    data: Value,
    change: Change,
) -> Result<(), StoreError> {
    let id = session.id.0;
    let last = events::last(conn, id)?;
    let (after, prev) = last.map_or((0, None), |it| (it.last_sequence, Some(it.last_hash)));
    let fact = NewEvent { kind: kind.to_owned(), data, actor: change.by, at: change.at };
    events::append(conn, AGGREGATE, id, after, prev, &[fact])?;
    Ok(())
}
