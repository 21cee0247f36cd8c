//! Who sees which events: those of what they may read, where they may read the feed.
//!
//! **Invariant.** An event shows nothing of a thing that `GET` would not show to the same person.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kefu_domain::who::Place;
use kefu_persistence::events::StoredEvent;
use kefu_persistence::records::{assets, attachments, customers, webhooks};
use kefu_persistence::{Conn, cases, duties};
use uuid::Uuid;

use crate::app::{Caller, Failure};

/// The permission to read the feed.
pub(in crate::app) const READ: &str = "event.read";

/// Somebody reading the feed.
#[derive(Clone, Debug)]
pub(in crate::app) struct Eyes {
    caller: Arc<Caller>,
    /// Only what happened there.
    site: Option<Uuid>,
}

/// The permission to read that kind of thing. Of what has none here, only those who may do
/// everything are told.
fn permission(aggregate: &str) -> &'static str {
    match aggregate {
        "case" => "case.read",
        "customer" => "customer.read",
        "asset" => "asset.read",
        "site" => "site.read",
        "user" => "user.read",
        "role" => "role.read",
        "procedure" => "procedure.read",
        "calendar" => "calendar.read",
        "webhook" => "webhook.read",
        "duty" => "duty.read",
        _ => kefu_domain::who::EVERYTHING,
    }
}

impl Eyes {
    /// Those of a caller.
    pub(in crate::app) fn of(caller: Arc<Caller>) -> Self {
        Self { caller, site: None }
    }

    /// Those of a caller who looks at one site only.
    pub(in crate::app) fn at(caller: Arc<Caller>, site: Option<Uuid>) -> Self {
        Self { caller, site }
    }

    /// Those of the events that they may see.
    pub(in crate::app) fn seen(
        &self,
        conn: &mut Conn,
        mut events: Vec<StoredEvent>,
    ) -> Result<Vec<StoredEvent>, Failure> {
        let everywhere = |permission| self.caller.may_everywhere(permission);
        let needs: HashSet<_> = events.iter().map(|it| permission(&it.aggregate)).collect();
        if self.site.is_none() && everywhere(READ) && needs.into_iter().all(everywhere) {
            return Ok(events);
        }
        let mut places = Places::of_cases(conn, &events)?;
        let mut failure = None;
        events.retain(|event| match self.sees(conn, &mut places, event) {
            Ok(sees) => sees,
            Err(error) => {
                failure = Some(error);
                false
            }
        });
        failure.map_or(Ok(events), Err)
    }

    fn sees(
        &self,
        conn: &mut Conn,
        places: &mut Places,
        event: &StoredEvent,
    ) -> Result<bool, Failure> {
        let needs = permission(&event.aggregate);
        if event.aggregate == "case" {
            let Some(case) = places.cases.get(&event.aggregate_id) else { return Ok(false) };
            let (place, actor) = (case.place(), &self.caller.actor);
            let there = self.site.is_none() || place.site_id == self.site;
            return Ok(there && actor.may(READ, &place) && actor.may(needs, &place));
        }
        if event.aggregate == "attachment" {
            return self.sees_attachment(conn, event.aggregate_id);
        }
        let (site, customer) = places.of_record(conn, &event.aggregate, event.aggregate_id)?;
        if self.site.is_some() && site != self.site {
            return Ok(false);
        }
        let caller = &self.caller;
        Ok(match (event.aggregate.as_str(), site) {
            // Where the organisation's own webhooks lead to is not every site's to know.
            ("webhook", None) => caller.may_everywhere(READ) && caller.may_everywhere(needs),
            _ => caller.may_read(READ, site, customer) && caller.may_read(needs, site, customer),
        })
    }

    /// A file is its case's. One that belongs to nothing is told only to those who may do everything.
    fn sees_attachment(&self, conn: &mut Conn, id: Uuid) -> Result<bool, Failure> {
        let row = attachments::find_any(conn, id)?;
        let case = match row.and_then(|it| it.case_id) {
            Some(case_id) => cases::find(conn, case_id.0)?,
            None => None,
        };
        let actor = &self.caller.actor;
        Ok(match case {
            Some(case) => {
                let place = case.place();
                let there = self.site.is_none() || place.site_id == self.site;
                there && actor.may(READ, &place) && actor.may("case.read", &place)
            }
            None => self.site.is_none() && self.caller.may_everywhere(permission("attachment")),
        })
    }
}

/// Where things belong now, looked up once for a page.
struct Places {
    cases: HashMap<Uuid, kefu_domain::case::Case>,
    records: HashMap<Uuid, (Option<Uuid>, Option<Uuid>)>,
}

impl Places {
    fn of_cases(conn: &mut Conn, events: &[StoredEvent]) -> Result<Self, Failure> {
        let ids: HashSet<Uuid> =
            events.iter().filter(|it| it.aggregate == "case").map(|it| it.aggregate_id).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let cases = cases::find_many(conn, &ids)?;
        let cases = cases.into_iter().map(|it| (it.id, it)).collect();
        Ok(Self { cases, records: HashMap::new() })
    }

    /// The site and the customer a record belongs to, deleted or not.
    fn of_record(
        &mut self,
        conn: &mut Conn,
        kind: &str,
        id: Uuid,
    ) -> Result<(Option<Uuid>, Option<Uuid>), Failure> {
        if let Some(known) = self.records.get(&id) {
            return Ok(*known);
        }
        let site = |it: Option<kefu_persistence::Uid>| it.map(|it| it.0);
        let place = match kind {
            "site" => (Some(id), None),
            "customer" => {
                (customers::find_any(conn, id)?.and_then(|it| site(it.site_id)), Some(id))
            }
            "asset" => assets::find_any(conn, id)?
                .map_or((None, None), |it| (site(it.site_id), site(it.customer_id))),
            "duty" => (duties::site_of(conn, id)?, None),
            "webhook" => (webhooks::find_any(conn, id)?.and_then(|it| site(it.site_id)), None),
            _ => (None, None),
        };
        self.records.insert(id, place);
        Ok(place)
    }
}

impl Caller {
    /// Whether they may be told of anything at all.
    pub fn reads_feed(&self, site: Option<Uuid>) -> bool {
        let place = Place { site_id: site, ..Place::default() };
        match site {
            None => self.actor.holds(READ),
            Some(_) => self.actor.may(READ, &place),
        }
    }
}
