//! Looking at what was sent.

use std::sync::Arc;

use kefu_persistence::deliveries::{self, DELIVERED, FAILED, Filter, PENDING};
use kefu_persistence::{Conn, events};
use uuid::Uuid;

use super::known;
use crate::app::feed::Eyes;
use crate::app::records::{asked, page};
use crate::app::{App, Caller, Failure, Page, Shown};
use crate::params::DeliveriesQuery;
use crate::views::{AttemptView, DeliveryDetail, DeliveryStatus, DeliveryView, Payload};

impl App {
    /// A webhook's deliveries.
    pub async fn list_deliveries(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
        query: DeliveriesQuery,
    ) -> Result<Page<DeliveryView>, Failure> {
        let asked = asked(query.limit, query.cursor.as_deref(), query.count)?;
        let filter = Filter {
            state: query.status.map(|it| word(it).to_owned()),
            kind: query.r#type,
            from: query.from,
            to: query.to,
        };
        let found = self
            .read(move |conn| {
                known(conn, &caller, id)?;
                Ok(deliveries::list(conn, id, &filter, &asked)?)
            })
            .await?;
        page(found, |it| Ok(DeliveryView::from(it)))
    }

    /// One delivery, with every attempt. What was sent is shown as far as the caller may see it.
    pub async fn get_delivery(
        &self,
        caller: Arc<Caller>,
        id: Uuid,
        delivery: Uuid,
    ) -> Result<Shown<DeliveryDetail>, Failure> {
        self.read(move |conn| {
            known(conn, &caller, id)?;
            let found = deliveries::find(conn, id, delivery)?.ok_or(Failure::NotFound)?;
            let log = deliveries::attempts(conn, delivery)?;
            let payload = match found.event_id {
                Some(_) => event_at(conn, &Eyes::of(caller), found.position)?,
                None => Some(Payload::ping(&found)),
            };
            let version = found.version.into();
            let log = log.into_iter().map(AttemptView::from).collect();
            Ok(Shown { view: DeliveryDetail::new(found, payload, log), version })
        })
        .await
    }
}

/// The event of a position, if these eyes may see it.
fn event_at(conn: &mut Conn, eyes: &Eyes, position: i64) -> Result<Option<Payload>, Failure> {
    let found = events::at(conn, &[position])?;
    Ok(eyes.seen(conn, found)?.into_iter().next().map(Payload::of))
}

/// How a state is stored.
pub(super) fn word(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Pending => PENDING,
        DeliveryStatus::Delivered => DELIVERED,
        DeliveryStatus::Failed => FAILED,
    }
}
