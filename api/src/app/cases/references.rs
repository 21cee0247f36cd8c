//! What a case refers to: the site, the customer, the asset have to be there, and known to whoever
//! says them.

use kefu_domain::fault::Fault;
use kefu_domain::text::Text;
use kefu_domain::who::{Actor, Place};
use kefu_persistence::records::{assets, customers, customers::Customer};
use kefu_persistence::{Conn, cases};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{Book, Failure};

/// What a case refers to, looked up once.
#[derive(Default)]
pub(super) struct Referred {
    /// Who is served, if they are there and the caller's to know of.
    pub(super) customer: Option<Customer>,
}

/// Looks up what a case is to refer to; refuses, all at once, every reference that leads nowhere.
pub(super) fn check(
    conn: &mut Conn,
    book: &Book,
    actor: &Actor,
    site_id: Option<Uuid>,
    customer_id: Option<Uuid>,
    asset_id: Option<Uuid>,
) -> Result<Referred, Failure> {
    let (mut referred, mut faults) = (Referred::default(), Vec::new());
    if site_id.is_some() && book.site_of(site_id).is_none() {
        faults.push(fault("/site_id", "unknown_site", "没有这个管理处", "there is no such site"));
    }
    if let Some(id) = customer_id {
        referred.customer = customers::find(conn, id)?
            .filter(|it| known(actor, "customer.read", it.site_id.map(Uuid::from), Some(id)));
        if referred.customer.is_none() {
            faults.push(fault(
                "/customer_id",
                "unknown_customer",
                "没有这个客户",
                "there is no such customer",
            ));
        }
    }
    if let Some(id) = asset_id {
        let found = assets::find(conn, id)?;
        if !found.is_some_and(|it| {
            known(actor, "asset.read", it.site_id.map(Uuid::from), it.customer_id.map(Uuid::from))
        }) {
            faults.push(fault(
                "/asset_id",
                "unknown_asset",
                "没有这项资产",
                "there is no such asset",
            ));
        }
    }
    if faults.is_empty() { Ok(referred) } else { Err(Failure::Invalid(faults)) }
}

/// Refuses a link to a case that is not there, or not the caller's to know of.
pub(super) fn check_link(conn: &mut Conn, actor: &Actor, id: Uuid) -> Result<(), Failure> {
    let found = cases::find(conn, id)?;
    if found.is_some_and(|it| kefu_domain::case::may_see(&it, actor)) {
        return Ok(());
    }
    Err(Failure::Invalid(vec![fault(
        "/case_id",
        "unknown_case",
        "没有这个服务单",
        "there is no such case",
    )]))
}

/// A record without a site is the whole organisation's.
fn known(
    actor: &Actor,
    permission: &str,
    site_id: Option<Uuid>,
    customer_id: Option<Uuid>,
) -> bool {
    let place = Place { site_id, customer_id, ..Place::default() };
    let own = actor.customer_id.is_some() && actor.customer_id == customer_id;
    own || if site_id.is_none() { actor.holds(permission) } else { actor.may(permission, &place) }
}

fn fault(pointer: &str, code: &'static str, zh: &str, en: &str) -> Fault {
    Fault::new(pointer, code, Text::new(zh, en))
}

/// What conditions see of a customer.
pub(super) fn seen_customer(customer: &Customer) -> Value {
    json!({
        "id": customer.id.0,
        "name": customer.name,
        "kind": customer.kind,
        "site_id": customer.site_id.map(|it| it.0),
        "level": customer.level,
    })
}

/// What a case is found by beside its own words: its customer's name and telephone number.
pub(super) fn found_by(customer: Option<&Customer>) -> Vec<&str> {
    let Some(Customer { name, phone, .. }) = customer else { return Vec::new() };
    std::iter::once(name.as_str()).chain(phone.as_deref()).collect()
}

/// The customer of a case that is there, deleted or not.
pub(super) fn customer_of(
    conn: &mut Conn,
    customer_id: Option<Uuid>,
) -> Result<Option<Customer>, Failure> {
    match customer_id {
        Some(id) => Ok(customers::find_any(conn, id)?),
        None => Ok(None),
    }
}
