//! Creating a webhook, and what can be done with one: ping it, give it another secret, send again.

use chrono::TimeDelta;
use kefu_persistence::deliveries::{self, Delivery};
use kefu_persistence::records::webhooks;
use kefu_persistence::{Conn, Time, Uid, events};
use serde_json::json;
use uuid::Uuid;

use super::{Webhooks, enabled, kept, may_be_sent_to};
use crate::app::records::{Resource, Sent, change, refuse};
use crate::app::{Answer, App, Effect, Failure, Moment, Request};
use crate::ids::new_id;
use crate::params::{Again, WebhookDraft};
use crate::views::{DeliveryView, KeyLimits, NewSecret, NewWebhook};

/// What a ping is called; it is no event.
pub(super) const PING: &str = "ping";

impl App {
    /// Creates a webhook, and shows its secret this once.
    pub async fn create_webhook(
        &self,
        request: Request,
        mut sent: Sent<WebhookDraft>,
    ) -> Result<Answer, Failure> {
        sent.faults.extend(may_be_sent_to(&self.outbound, &sent.value.url));
        let secret: [u8; 32] = rand::random();
        let answer =
            self.write(request, move |conn, moment| create(conn, moment, sent, secret)).await?;
        self.postman.notify_one();
        Ok(answer)
    }

    /// Sends a webhook something of no meaning.
    pub async fn ping_webhook(&self, request: Request, id: Uuid) -> Result<Answer, Failure> {
        let ping = move |conn: &mut Conn, moment: &Moment<'_>| {
            let webhook = enabled(conn, moment, id)?;
            let delivery = Delivery {
                position: deliveries::cursor(conn, id)?.unwrap_or_default(),
                kind: PING.to_owned(),
                aggregate: "webhook".to_owned(),
                aggregate_id: webhook.id,
                ..waiting(&webhook, moment.now)
            };
            deliveries::plan(conn, std::slice::from_ref(&delivery))?;
            let place = format!("{}/{id}/deliveries/{}", Webhooks::PATH, delivery.id.0);
            let version = delivery.version.into();
            Effect::created(place, version, &DeliveryView::from(delivery))
        };
        let answer = self.write(request, ping).await?;
        self.postman.notify_one();
        Ok(answer)
    }

    /// Gives a webhook another secret; the old one signs as well for `overlap`.
    pub async fn rotate_secret(
        &self,
        request: Request,
        id: Uuid,
        overlap: TimeDelta,
    ) -> Result<Answer, Failure> {
        let secret: [u8; 32] = rand::random();
        self.write(request, move |conn, moment| {
            let before = kept(conn, moment, id)?;
            let until = Time::from(moment.now + overlap);
            let after = webhooks::Webhook {
                secret: secret.to_vec(),
                old_secret: Some(before.secret.clone()),
                old_secret_until: Some(until),
                secret_rotated_at: Some(Time::from(moment.now)),
                ..before.clone()
            };
            let after = webhooks::update(conn, &before, after, change(moment))?;
            let shown = NewSecret { secret: written(&secret), previous_valid_until: until.0 };
            Effect::changed(Some(after.version.into()), &shown)
        })
        .await
    }

    /// Sends one delivery again.
    pub async fn redeliver(
        &self,
        request: Request,
        id: Uuid,
        delivery: Uuid,
    ) -> Result<Answer, Failure> {
        let again = move |conn: &mut Conn, moment: &Moment<'_>| {
            let webhook = kept(conn, moment, id)?;
            let found = deliveries::find(conn, id, delivery)?.ok_or(Failure::NotFound)?;
            if !webhook.enabled {
                return Err(super::disabled());
            }
            let found = deliveries::redeliver(conn, &found, moment.now)?;
            Effect::changed(Some(found.version.into()), &DeliveryView::from(found))
        };
        let answer = self.write(request, again).await?;
        self.postman.notify_one();
        Ok(answer)
    }

    /// Sends everything again that was planned in a stretch of time.
    pub async fn redeliver_range(
        &self,
        request: Request,
        id: Uuid,
        asked: Again,
    ) -> Result<Answer, Failure> {
        let again = move |conn: &mut Conn, moment: &Moment<'_>| {
            enabled(conn, moment, id)?;
            let state = asked.status.map(super::deliveries::word);
            let range = (asked.from, asked.to);
            let count = deliveries::redeliver_range(conn, id, range, state, moment.now)?;
            Effect::changed(None, &json!({ "redelivered": count }))
        };
        let answer = self.write(request, again).await?;
        self.postman.notify_one();
        Ok(answer)
    }
}

fn create(
    conn: &mut Conn,
    moment: &Moment<'_>,
    sent: Sent<WebhookDraft>,
    secret: [u8; 32],
) -> Result<Effect, Failure> {
    let Sent { value: mut draft, mut faults } = sent;
    draft.limits = moment.caller.limits.as_ref().map(KeyLimits::from);
    let mut row = webhooks::Webhook {
        id: Uid(new_id(moment.now)),
        owner_id: Uid(moment.caller.user_id),
        secret: secret.to_vec(),
        ..webhooks::Webhook::default()
    };
    Webhooks::apply(&mut row, draft.clone())?;
    if !Webhooks::may_write(moment.caller, moment.book, &row)? {
        return Err(Failure::Forbidden { needs: Webhooks::WRITE.to_owned() });
    }
    faults.extend(Webhooks::check(conn, moment, &draft, None)?);
    refuse(faults)?;
    // It is told of what is not settled yet, and so of everything that happens from now on.
    let settled = events::horizon(conn)? - 1;
    let row = Webhooks::insert(conn, row, change(moment))?;
    deliveries::begin(conn, row.id.0, settled)?;
    let (version, place) = (Webhooks::version(&row), Webhooks::place(&row));
    let shown = NewWebhook { webhook: Webhooks::view(row)?, secret: written(&secret) };
    Effect::created(format!("{}/{place}", Webhooks::PATH), version, &shown)
}

/// A secret as the specification writes it.
fn written(secret: &[u8]) -> String {
    use base64::Engine as _;
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(secret))
}

/// A delivery of nothing in particular, due now.
pub(super) fn waiting(webhook: &webhooks::Webhook, now: kefu_domain::Timestamp) -> Delivery {
    Delivery {
        id: Uid(new_id(now)),
        webhook_id: webhook.id,
        position: 0,
        kind: String::new(),
        aggregate: String::new(),
        aggregate_id: Uid::default(),
        event_id: None,
        state: deliveries::PENDING.to_owned(),
        attempts: 0,
        tries: 0,
        next_at: Time::from(now),
        leased_until: Time::default(),
        last_status: None,
        last_error: None,
        created_at: Time::from(now),
        finished_at: None,
        version: 1,
    }
}
