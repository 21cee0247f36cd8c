//! API keys: made for oneself or for a user one keeps, shown once, revoked at any time.
//!
//! **Invariant.** A key acts for its user and never goes further than its user at that moment; nobody
//! makes one with a permission they do not have themselves.

use std::sync::Arc;

use chrono::TimeDelta;
use kefu_domain::Timestamp;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::api_keys::{self, ApiKey};
use kefu_persistence::{Conn, Json, Uid, settings};
use serde_json::json;
use uuid::Uuid;

use super::gate::limits;
use super::records::{Sent, asked, change, page, refuse};
use super::{
    Answer, App, Book, Caller, Effect, Expected, Failure, Moment, Page, Request, Shown, users,
};
use crate::auth::{api_key, hash_of};
use crate::ids::new_id;
use crate::params::{ApiKeysQuery, GrantScope, NewApiKey};
use crate::views::{ApiKeyView, NewApiKeyView};

/// How long a key is good if nobody says …
const USUAL: TimeDelta = TimeDelta::days(365);

/// … and at most.
const LONGEST: TimeDelta = TimeDelta::days(5 * 366);

/// How many keys one user may have.
const MOST: usize = 100;

/// How much of a secret people are shown to tell keys by.
const HINT: usize = 9;

impl App {
    /// Makes a key. Its secret is in this answer and nowhere else.
    pub async fn create_api_key(
        &self,
        request: Request,
        sent: Sent<NewApiKey>,
    ) -> Result<Answer, Failure> {
        let secret = api_key();
        let id = new_id(self.clock.real_now());
        self.write(request, move |conn, moment| {
            let Sent { value: draft, mut faults } = sent;
            let user = draft.user_id.unwrap_or(moment.caller.user_id);
            users::kept(conn, moment.caller, moment.book, user)?;
            faults.extend(check(conn, moment, &draft, user)?);
            refuse(faults)?;
            may_give(moment, &draft)?;
            let row = row(id, user, draft, &secret, moment.real_now);
            let row = api_keys::insert(conn, row, change(moment))?;
            settings::bump_gate_revision(conn)?;
            let location = format!("/v1/api-keys/{id}");
            let view = view(row)?;
            let kept = NewApiKeyView { key: view.clone(), secret: None };
            let shown = NewApiKeyView { key: view, secret: Some(secret) };
            let effect = Effect::created(location, shown.key.version, &kept)?;
            Ok(effect.showing_once(&shown)?.changing_rules())
        })
        .await
    }

    /// The caller's keys, or those of a user they keep.
    pub async fn list_api_keys(
        &self,
        caller: Arc<Caller>,
        query: ApiKeysQuery,
    ) -> Result<Page<ApiKeyView>, Failure> {
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        let (book, user) = (self.book(), query.user_id.unwrap_or(caller.user_id));
        let found = self
            .read(move |conn| {
                users::kept(conn, &caller, &book, user)?;
                Ok(api_keys::list(conn, Some(user), &asked)?)
            })
            .await?;
        page(found, view)
    }

    /// One key.
    pub async fn show_api_key(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
    ) -> Result<Shown<ApiKeyView>, Failure> {
        let book = self.book();
        self.read(move |conn| {
            let row = known(conn, &caller, &book, id)?;
            Ok(Shown { version: row.version.into(), view: view(row)? })
        })
        .await
    }

    /// Revokes a key: nobody comes in with it any more.
    pub async fn revoke_api_key(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
    ) -> Result<Answer, Failure> {
        self.write(request, move |conn, moment| {
            let row = known(conn, moment.caller, moment.book, id)?;
            expected.check(row.version.into())?;
            api_keys::delete(conn, &row, change(moment))?;
            settings::bump_gate_revision(conn)?;
            Ok(Effect::gone().changing_rules())
        })
        .await
    }
}

/// A key of somebody the caller may know of.
fn known(conn: &mut Conn, caller: &Caller, book: &Book, id: Uuid) -> Result<ApiKey, Failure> {
    let row = api_keys::find(conn, id)?.ok_or(Failure::NotFound)?;
    users::kept(conn, caller, book, row.user_id.0)?;
    Ok(row)
}

/// What the schema of a key cannot say.
fn check(
    conn: &mut Conn,
    moment: &Moment<'_>,
    draft: &NewApiKey,
    user: Uuid,
) -> Result<Vec<Fault>, Failure> {
    let mut faults = Vec::new();
    let mut add = |pointer: String, code, zh: &str, en: &str| {
        faults.push(Fault::new(pointer, code, Text::new(zh, en)));
    };
    let known = moment.book.permissions();
    for (index, permission) in draft.permissions.iter().enumerate() {
        if !known.contains_key(permission) {
            let at = format!("/permissions/{index}");
            add(at, "unknown_permission", "没有这项权限。", "There is no such permission.");
        }
    }
    match (draft.scope, draft.site_id) {
        (GrantScope::Site, None) => {
            let (zh, en) = ("范围为 site 时必填。", "The scope `site` needs a site.");
            add("/site_id".into(), "required", zh, en);
        }
        (_, Some(_)) if moment.book.site_of(draft.site_id).is_none() => {
            add("/site_id".into(), "unknown_site", "没有这个管理处。", "There is no such site.");
        }
        _ => {}
    }
    if let Some(at) = draft.expires_at {
        if at <= moment.real_now {
            add("/expires_at".into(), "too_early", "应晚于当前时间。", "Must lie ahead.");
        } else if at > moment.real_now + LONGEST {
            let (zh, en) = ("最长五年。", "At most five years ahead.");
            add("/expires_at".into(), "too_late", zh, en);
        }
    }
    if api_keys::of_user(conn, user)?.len() >= MOST {
        let (zh, en) = ("每个用户最多 100 个密钥。", "A user has at most 100 keys.");
        add(String::new(), "key_limit", zh, en);
    }
    Ok(faults)
}

/// Nobody gives away what they do not have.
fn may_give(moment: &Moment<'_>, draft: &NewApiKey) -> Result<(), Failure> {
    let lacks = draft.permissions.iter().find(|it| !moment.caller.actor.holds(it));
    lacks.map_or(Ok(()), |it| Err(Failure::Forbidden { needs: it.clone() }))
}

fn row(id: Uuid, user: Uuid, draft: NewApiKey, secret: &str, now: Timestamp) -> ApiKey {
    let mut permissions = draft.permissions;
    permissions.sort();
    permissions.dedup();
    ApiKey {
        id: Uid(id),
        user_id: Uid(user),
        name: draft.name,
        hint: secret.chars().take(HINT).collect(),
        secret_hash: hash_of(secret).to_vec(),
        permissions: Json(json!(permissions)),
        scope: draft.scope.word().to_owned(),
        site_id: draft.site_id.map(Uid),
        expires_at: draft.expires_at.unwrap_or(now + USUAL).into(),
        ..ApiKey::default()
    }
}

fn view(row: ApiKey) -> Result<ApiKeyView, Failure> {
    let limits = limits(&row)?;
    Ok(ApiKeyView {
        id: row.id.0,
        user_id: row.user_id.0,
        name: row.name,
        hint: row.hint,
        permissions: limits.permissions.iter().cloned().collect(),
        scope: GrantScope::from(limits.scope),
        site_id: limits.site_id,
        expires_at: row.expires_at.0,
        last_used_at: row.last_used_at.map(|it| it.0),
        version: row.version.into(),
        created_at: row.created_at.0,
    })
}
