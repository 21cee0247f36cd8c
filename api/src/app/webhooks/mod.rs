//! Webhooks: who is told of events over HTTP. What is kept of them is a record like any other; here
//! is what is their own.
//!
//! **Invariant.** A webhook is sent what its owner may see, and the owner is whoever said where it
//! goes; where they said it with an API key, what that key could see: nobody sends on what they cannot
//! read.

mod act;
mod attempt;
mod deliveries;
mod plan;

use std::sync::{Arc, LazyLock};

use jsonschema::Validator;
use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_persistence::records::{Change, webhooks};
use kefu_persistence::{Conn, Json, Uid, deliveries as stored};
use serde_json::json;
use uuid::Uuid;

pub use attempt::Outgoing;
pub use plan::Planned;

use super::customers::no_such_site;
use super::feed::READ as READ_FEED;
use super::records::{Resource, asked, page};
use super::{Answer, App, Book, Caller, Expected, Failure, Moment, Page, Request};
use crate::outbound::Outbound;
use crate::params::{WebhookDraft, WebhooksQuery, compiled};
use crate::views::{EventType, KeyLimits, WebhookView};

/// Webhooks, as records.
#[derive(Debug)]
pub struct Webhooks;

impl Resource for Webhooks {
    type Key = Uuid;
    type Row = webhooks::Webhook;
    type Draft = WebhookDraft;
    type View = WebhookView;

    const PATH: &'static str = "/v1/webhooks";
    const READ: &'static str = "webhook.read";
    const WRITE: &'static str = "webhook.write";

    fn schema() -> &'static Validator {
        static SCHEMA: LazyLock<Validator> = LazyLock::new(compiled::<WebhookDraft>);
        &SCHEMA
    }

    fn find(conn: &mut Conn, key: &Uuid) -> Result<Option<Self::Row>, Failure> {
        Ok(webhooks::find(conn, *key)?)
    }

    fn insert(conn: &mut Conn, row: Self::Row, change: Change) -> Result<Self::Row, Failure> {
        Ok(webhooks::insert(conn, row, change)?)
    }

    fn update(
        conn: &mut Conn,
        before: &Self::Row,
        mut after: Self::Row,
        change: Change,
    ) -> Result<Self::Row, Failure> {
        if after.url != before.url
            && let Some(by) = change.by
        {
            after.owner_id = Uid(by);
        }
        if after.enabled {
            (after.disabled_reason, after.disabled_at) = (None, None);
        }
        Ok(webhooks::update(conn, before, after, change)?)
    }

    fn delete(conn: &mut Conn, row: &Self::Row, change: Change) -> Result<(), Failure> {
        stored::forget(conn, row.id.0)?;
        Ok(webhooks::delete(conn, row, change).map(drop)?)
    }

    fn version(row: &Self::Row) -> i64 {
        row.version.into()
    }

    fn place(row: &Self::Row) -> String {
        row.id.0.to_string()
    }

    fn draft(row: &Self::Row) -> Result<WebhookDraft, Failure> {
        let view = Self::view(row.clone())?;
        let WebhookView { url, description, types, ordered, enabled, site_id, limits, .. } = view;
        Ok(WebhookDraft { url, description, types, ordered, enabled, site_id, limits })
    }

    fn apply(row: &mut Self::Row, draft: WebhookDraft) -> Result<(), Failure> {
        let WebhookDraft { url, description, types, ordered, enabled, site_id, limits } = draft;
        if row.url != url {
            row.limits = limits.map(|it| Json(json!(it)));
        }
        row.url = url;
        row.description = description;
        row.types = Json(json!(types));
        row.ordered = ordered;
        row.enabled = enabled;
        row.site_id = site_id.map(Uid);
        Ok(())
    }

    fn check(
        _: &mut Conn,
        moment: &Moment<'_>,
        draft: &WebhookDraft,
        _: Option<&Self::Row>,
    ) -> Result<Vec<Fault>, Failure> {
        let mut faults: Vec<Fault> = no_such_site(moment.book, draft.site_id).into_iter().collect();
        for (index, wanted) in draft.types.iter().enumerate() {
            if !EventType::is_known(wanted) {
                let detail = Text::new("没有这种事件。", "There is no such type of events.");
                faults.push(Fault::new(format!("/types/{index}"), "unknown_type", detail));
            }
        }
        if faults.is_empty() && !moment.caller.reads_feed(draft.site_id) {
            return Err(Failure::Forbidden { needs: READ_FEED.to_owned() });
        }
        Ok(faults)
    }

    /// Those of a site are for whoever may read webhooks there; those of the whole organisation for
    /// whoever may do so everywhere. One's own are always there.
    fn may_read(caller: &Caller, row: &Self::Row) -> bool {
        let site = row.site_id.map(|it| it.0);
        row.owner_id.0 == caller.user_id || caller.may_keep(Self::READ, site, None)
    }

    fn may_write(caller: &Caller, _: &Book, row: &Self::Row) -> Result<bool, Failure> {
        Ok(caller.may_keep(Self::WRITE, row.site_id.map(|it| it.0), None))
    }

    /// What waited while it was disabled has all its attempts before it.
    fn after(
        conn: &mut Conn,
        moment: &Moment<'_>,
        before: &Self::Row,
        after: Option<&Self::Row>,
    ) -> Result<(), Failure> {
        if !before.enabled && after.is_some_and(|it| it.enabled) {
            stored::resume(conn, before.id.0, moment.now)?;
        }
        Ok(())
    }

    fn view(row: Self::Row) -> Result<WebhookView, Failure> {
        WebhookView::try_from(row)
            .map_err(|error| Failure::Broken(format!("webhooks: types: {error}")))
    }
}

impl App {
    /// The webhooks the caller may know of.
    pub async fn list_webhooks(
        &self,
        caller: Arc<Caller>,
        query: WebhooksQuery,
    ) -> Result<Page<WebhookView>, Failure> {
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        let reach = caller.actor.reach(Webhooks::READ);
        let within = (!reach.all).then(|| (reach.sites.into_iter().collect(), caller.user_id));
        let filter = webhooks::Filter { enabled: query.enabled, site_id: query.site_id, within };
        let found = self.read(move |conn| Ok(webhooks::list(conn, &filter, &asked)?)).await?;
        page(found, Webhooks::view)
    }

    /// Changes a webhook.
    pub async fn change_webhook(
        &self,
        request: Request,
        id: Uuid,
        expected: Expected,
        patch: serde_json::Value,
    ) -> Result<Answer, Failure> {
        if let Some(url) = patch.get("url").and_then(serde_json::Value::as_str) {
            may_be_sent_to(&self.outbound, url)
                .map_or(Ok(()), |fault| Err(Failure::Invalid(vec![fault])))?;
        }
        let limits = request.caller.limits.as_ref().map(KeyLimits::from);
        let amend = |draft: &mut WebhookDraft| draft.limits = limits;
        let answer = self.change::<Webhooks>(request, id, expected, patch, amend).await?;
        self.postman.notify_one();
        Ok(answer)
    }
}

/// What is wrong with a URL that nothing may be sent to.
fn may_be_sent_to(outbound: &Outbound, url: &str) -> Option<Fault> {
    let detail = || {
        Text::new(
            "只能推送到公网的 https 地址。内网、本机和链路本地地址须由运维者允许（KEFU_WEBHOOK_ALLOW_PRIVATE）。",
            "Must be an https URL of the open internet. Private, loopback and link-local addresses \
             are the operator's to allow (KEFU_WEBHOOK_ALLOW_PRIVATE).",
        )
    };
    if Outbound::names_somebody(url) {
        let (zh, en) = ("网址中不得含用户名或密码。", "Must not hold a user name or password.");
        return Some(Fault::new("/url", "credentials", Text::new(zh, en)));
    }
    (!outbound.allows(url)).then(|| Fault::new("/url", "address_not_allowed", detail()))
}

/// The webhook, if the caller may know of it.
fn known(conn: &mut Conn, caller: &Caller, id: Uuid) -> Result<webhooks::Webhook, Failure> {
    let found = webhooks::find(conn, id)?.filter(|it| Webhooks::may_read(caller, it));
    found.ok_or(Failure::NotFound)
}

/// The webhook, if it is the caller's to keep.
fn kept(conn: &mut Conn, moment: &Moment<'_>, id: Uuid) -> Result<webhooks::Webhook, Failure> {
    let found = known(conn, moment.caller, id)?;
    if Webhooks::may_write(moment.caller, moment.book, &found)? {
        Ok(found)
    } else {
        Err(Failure::Forbidden { needs: Webhooks::WRITE.to_owned() })
    }
}

/// The same, if anything is sent to it.
fn enabled(conn: &mut Conn, moment: &Moment<'_>, id: Uuid) -> Result<webhooks::Webhook, Failure> {
    let found = kept(conn, moment, id)?;
    if found.enabled { Ok(found) } else { Err(disabled()) }
}

fn disabled() -> Failure {
    use crate::app::Refused;
    use crate::problem::Code;
    let detail =
        Text::new("该推送订阅已停用，请先启用。", "The webhook is disabled: enable it first.");
    Failure::Refused(Box::new(Refused::new(Code::WebhookDisabled, detail)))
}
