//! The people of the tests. Each is a value; what they may do is written here once.

use std::sync::Arc;

use kefu_domain::case::Person;
use kefu_domain::who::{Actor, Power, Scope};
use uuid::Uuid;

/// The case of every story.
pub(crate) const CASE: Uuid = Uuid::from_u128(0xCA5E);
/// Where it belongs.
pub(crate) const SITE: Uuid = Uuid::from_u128(0x51);
/// Another place.
pub(crate) const ELSEWHERE: Uuid = Uuid::from_u128(0x52);
/// Who is served.
pub(crate) const CUSTOMER: Uuid = Uuid::from_u128(0xC5);

pub(crate) const ANN: Uuid = Uuid::from_u128(1);
pub(crate) const BEN: Uuid = Uuid::from_u128(2);
pub(crate) const DAN: Uuid = Uuid::from_u128(3);
pub(crate) const EVE: Uuid = Uuid::from_u128(4);
pub(crate) const TOM: Uuid = Uuid::from_u128(5);
pub(crate) const CAT: Uuid = Uuid::from_u128(6);
pub(crate) const ZOE: Uuid = Uuid::from_u128(7);

const NAMES: [(Uuid, &str, &str); 7] = [
    (ANN, "ann", "front"),
    (BEN, "ben", "field"),
    (DAN, "dan", "field"),
    (EVE, "eve", "office"),
    (TOM, "tom", "front"),
    (CAT, "cat", ""),
    (ZOE, "zoe", "front"),
];

/// What people call somebody.
pub(crate) fn name(id: Option<Uuid>) -> &'static str {
    let Some(id) = id else { return "nobody" };
    NAMES.iter().find(|it| it.0 == id).map_or("somebody", |it| it.1)
}

/// The people who can be given a case: everybody but the customer and Zoe, who has left.
pub(crate) fn person(id: Uuid) -> Option<Person> {
    let found = NAMES.iter().find(|it| it.0 == id && id != CAT && id != ZOE)?;
    Some(Person { id, team: Some(found.2.to_owned()) })
}

/// Front desk of the site.
pub(crate) fn ann() -> Actor {
    staff(ANN, FRONT, Scope::Site, Some(SITE))
}

/// Works in the field: what is his team's.
pub(crate) fn ben() -> Actor {
    staff(BEN, FIELD, Scope::Site, Some(SITE))
}

/// His colleague, who sees no more than what is hers or his own.
pub(crate) fn dan() -> Actor {
    staff(DAN, FIELD, Scope::Own, None)
}

/// The lead, everywhere.
pub(crate) fn eve() -> Actor {
    staff(EVE, LEAD, Scope::All, None)
}

/// Front desk of another site.
pub(crate) fn tom() -> Actor {
    staff(TOM, FRONT, Scope::Site, Some(ELSEWHERE))
}

/// The customer's own account.
pub(crate) fn cat() -> Actor {
    let mut cat = staff(CAT, &["case.open", "case.read"], Scope::Own, None);
    cat.customer_id = Some(CUSTOMER);
    cat
}

/// May see cases and nothing else.
pub(crate) fn zoe() -> Actor {
    staff(ZOE, &["case.read"], Scope::All, None)
}

pub(crate) fn system() -> Actor {
    Actor::system()
}

const FRONT: &[&str] = &[
    "case.read",
    "case.open",
    "case.comment",
    "case.claim",
    "case.assign",
    "case.transfer",
    "case.return",
    "case.urge",
    "case.link",
    "case.suspend",
    "case.withdraw",
    "case.reopen",
    "desk.work",
];
const FIELD: &[&str] = &["case.read", "case.claim", "desk.work"];
const LEAD: &[&str] = &[
    "case.read",
    "case.open",
    "case.comment",
    "case.claim",
    "case.assign",
    "case.transfer",
    "case.return",
    "case.urge",
    "case.supervise",
    "case.extend",
    "case.suspend",
    "case.link",
    "case.withdraw",
    "case.reopen",
    "case.edit",
    "desk.work",
    "desk.lead",
];

/// Somebody with these permissions, that far.
pub(crate) fn staff(id: Uuid, may: &[&str], scope: Scope, site_id: Option<Uuid>) -> Actor {
    let permissions = Arc::new(may.iter().map(|it| (*it).to_owned()).collect());
    let team = NAMES.iter().find(|it| it.0 == id).map(|it| it.2.to_owned());
    let team = team.filter(|it| !it.is_empty());
    let powers = Arc::new(vec![Power { permissions, scope, site_id }]);
    Actor { id: Some(id), team, customer_id: None, powers }
}
