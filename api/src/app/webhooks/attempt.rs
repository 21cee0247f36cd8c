//! One attempt: what is sent, with which signatures, and what follows from the answer.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::{DateTime, TimeDelta};
use kefu_domain::Timestamp;
use kefu_domain::case::NoticeKind;
use kefu_domain::webhook::{self, Next};
use kefu_persistence::deliveries::{
    self, Attempt, AttemptResult, Claim, DELIVERED, Delivery, FAILED, PENDING,
};
use kefu_persistence::notifications::{self, Notification};
use kefu_persistence::records::webhooks::Webhook;
use kefu_persistence::records::{Change, webhooks};
use kefu_persistence::{Conn, Time, events};
use serde_json::json;
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook as Signer,
};

use crate::app::feed::Eyes;
use crate::app::{App, Caller, Failure};
use crate::ids::new_id;
use crate::outbound::{Message, Reply};
use crate::views::{DisabledReason, Payload};

/// How long a node holds what it sends, in real time: longer than any attempt takes.
const LEASE: TimeDelta = TimeDelta::seconds(60);

/// A delivery on its way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Which.
    pub delivery: Delivery,
    /// What is sent; nothing: it is not the owner's to see any more.
    pub payload: Option<Payload>,
}

impl App {
    /// Takes what is due of a webhook's deliveries, at most `limit`, and makes ready what is sent.
    pub async fn claim_deliveries(
        &self,
        webhook: &Webhook,
        owner: Arc<Caller>,
        limit: i64,
    ) -> Result<Vec<Outgoing>, Failure> {
        let real_now = self.clock.real_now();
        let claim = Claim {
            webhook_id: webhook.id.0,
            ordered: webhook.ordered,
            now: self.clock.now(),
            real_now,
            limit,
        };
        // Most of the time nothing is due, and reading that is cheaper than a transaction.
        if self.read(move |conn| Ok(deliveries::due(conn, &claim)?)).await?.is_empty() {
            return Ok(Vec::new());
        }
        let take = move |conn: &mut Conn| {
            Ok::<_, Failure>(deliveries::claim(conn, &claim, real_now + LEASE)?)
        };
        let taken = self.store.write(take).await?;
        let eyes = Eyes::at(owner, webhook.site_id.map(|it| it.0));
        self.read(move |conn| {
            let of_events = taken.iter().filter(|it| it.event_id.is_some());
            let positions: Vec<i64> = of_events.map(|it| it.position).collect();
            let found = events::at(conn, &positions)?;
            let seen = eyes.seen(conn, found)?;
            let seen: HashMap<_, _> = seen.into_iter().map(|it| (it.position, it)).collect();
            let ready = taken.into_iter().map(|delivery| {
                let payload = match delivery.event_id {
                    None => Some(Payload::ping(&delivery)),
                    Some(_) => seen.get(&delivery.position).cloned().map(Payload::of),
                };
                Outgoing { delivery, payload }
            });
            Ok(ready.collect())
        })
        .await
    }

    /// Sends one delivery, notes what came of it and acts on that. `true`: it was taken.
    pub async fn attempt(&self, webhook: &Webhook, outgoing: Outgoing) -> Result<bool, Failure> {
        let Outgoing { delivery, payload } = outgoing;
        let started_at = self.clock.now();
        let reply = match payload {
            Some(payload) => {
                let message = self.message(webhook, &delivery, &payload)?;
                self.outbound.send(message).await
            }
            None => Reply { error: Some(NOT_VISIBLE), ..Reply::default() },
        };
        let ended_at = self.clock.now();
        let tries = usize::try_from(delivery.tries).unwrap_or_default() + 1;
        let retry_after = reply.retry_after.as_deref();
        let retry_after = retry_after.and_then(|it| pause(it, self.clock.real_now()));
        let answer = webhook::Answer { status: reply.status, retry_after };
        let next = match reply.error {
            // Whoever it is for may not know: asking again changes nothing.
            Some(NOT_VISIBLE) => Next::GiveUp,
            _ => webhook::next(ended_at, tries, answer, rand::random_range(0..=1_000)),
        };
        let counter = if next == Next::Delivered { &self.sent.taken } else { &self.sent.refused };
        counter.fetch_add(1, Ordering::Relaxed);
        let hidden = reply.error == Some(NOT_VISIBLE);
        let result = result(&delivery, next, reply, started_at, ended_at);
        let note = move |conn: &mut Conn| {
            if !deliveries::finish(conn, &delivery, &result)? || hidden {
                return Ok(());
            }
            let reason = match next {
                Next::Gone => Some(DisabledReason::Gone),
                // One event that is not taken while others are is that event's fault.
                Next::GiveUp if !taken_since(conn, &delivery)? => Some(DisabledReason::Failing),
                Next::GiveUp | Next::Delivered | Next::Again(_) => None,
            };
            reason.map_or(Ok(()), |it| disable(conn, delivery.webhook_id.0, it, ended_at))
        };
        self.store.write(note).await?;
        Ok(next == Next::Delivered)
    }

    /// Disables a webhook whose owner has gone, or may not read the feed any more.
    pub async fn disable_orphan(&self, webhook: &Webhook) -> Result<(), Failure> {
        let (id, now) = (webhook.id.0, self.clock.now());
        self.store.write(move |conn| disable(conn, id, DisabledReason::Owner, now)).await?;
        self.tail.ring();
        Ok(())
    }

    /// The message, signed with the secret, and with the one before while both hold.
    fn message(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        payload: &Payload,
    ) -> Result<Message, Failure> {
        let broken = |error: &dyn std::fmt::Display| Failure::Broken(format!("a webhook: {error}"));
        let body = serde_json::to_string(payload).map_err(|error| broken(&error))?;
        let id = delivery.id.0.to_string();
        // The receiver's clock is a real one.
        let timestamp = self.clock.real_now().timestamp();
        let old = webhook.old_secret_until.filter(|it| it.0 > self.clock.now());
        let old = old.and(webhook.old_secret.as_ref());
        let mut signatures = Vec::new();
        for secret in [Some(&webhook.secret), old].into_iter().flatten() {
            let signer = Signer::from_bytes(secret.clone()).map_err(|error| broken(&error))?;
            let signature = signer.sign(&id, timestamp, body.as_bytes());
            signatures.push(signature.map_err(|error| broken(&error))?);
        }
        let headers = vec![
            (HEADER_WEBHOOK_ID, id),
            (HEADER_WEBHOOK_TIMESTAMP, timestamp.to_string()),
            (HEADER_WEBHOOK_SIGNATURE, signatures.join(" ")),
        ];
        Ok(Message { url: webhook.url.clone(), headers, body })
    }
}

/// What `Retry-After` asks for: seconds, or an instant of real time.
fn pause(text: &str, real_now: Timestamp) -> Option<TimeDelta> {
    match text.parse::<u32>() {
        Ok(seconds) => Some(TimeDelta::seconds(seconds.into())),
        Err(_) => DateTime::parse_from_rfc2822(text).ok().map(|it| it.to_utc() - real_now),
    }
}

/// Why something was not sent that its receiver's owner may not see any more.
const NOT_VISIBLE: &str = "not_visible";

fn result(
    delivery: &Delivery,
    next: Next,
    reply: Reply,
    started_at: Timestamp,
    ended_at: Timestamp,
) -> AttemptResult {
    let (state, next_at) = match next {
        Next::Delivered => (DELIVERED, ended_at),
        Next::Gone | Next::GiveUp => (FAILED, ended_at),
        Next::Again(at) => (PENDING, at),
    };
    let attempt = Attempt {
        delivery_id: delivery.id,
        number: delivery.attempts + 1,
        started_at: Time::from(started_at),
        duration_ms: i32::try_from(reply.took.as_millis()).unwrap_or(i32::MAX),
        status: reply.status.map(i32::from),
        error: reply.error.map(str::to_owned),
        body: reply.body,
    };
    AttemptResult { attempt, state, next_at, ended_at }
}

fn taken_since(conn: &mut Conn, delivery: &Delivery) -> Result<bool, Failure> {
    let (webhook, since) = (delivery.webhook_id.0, delivery.created_at.0);
    Ok(deliveries::has_succeeded_since(conn, webhook, since)?)
}

/// Disables a webhook and tells its owner, unless somebody was faster.
fn disable(
    conn: &mut Conn,
    id: uuid::Uuid,
    reason: DisabledReason,
    now: Timestamp,
) -> Result<(), Failure> {
    let Some(before) = webhooks::find(conn, id)?.filter(|it| it.enabled) else { return Ok(()) };
    let after = Webhook {
        enabled: false,
        disabled_reason: Some(reason.word().to_owned()),
        disabled_at: Some(Time::from(now)),
        ..before.clone()
    };
    webhooks::update(conn, &before, after, Change { by: None, at: now })?;
    let notice = Notification {
        id: new_id(now),
        user_id: before.owner_id.0,
        case_id: None,
        kind: NoticeKind::WebhookDisabled.as_str().to_owned(),
        data: json!({ "webhook_id": id, "url": before.url, "reason": reason.word() }),
        created_at: now,
        read_at: None,
    };
    Ok(notifications::add(conn, &[notice])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_until_an_instant() {
        let now = DateTime::from_timestamp(1_445_412_000, 0).unwrap();
        assert_eq!(pause("120", now), Some(TimeDelta::seconds(120)));
        let until = pause("Wed, 21 Oct 2015 07:28:00 GMT", now);
        assert_eq!(until, Some(TimeDelta::seconds(480)));
        for nonsense in ["", "soon", "-1", "1.5"] {
            assert_eq!(pause(nonsense, now), None, "{nonsense}");
        }
    }
}
