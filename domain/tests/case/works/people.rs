//! Those who work a procedure: three people on each post that counts, the customer, the system.

use std::collections::BTreeSet;
use std::sync::Arc;

use kefu_domain::procedure::{Procedure, RELATIONS};
use kefu_domain::who::{Actor, Power, Scope};
use uuid::Uuid;

use super::looks;
use super::world::World;
use crate::people::{CUSTOMER, SITE};

const FIRST: u128 = 0xA000;
/// How many there are on each post.
const EACH: u128 = 3;

/// Whether it is the id of somebody who can be given a case.
pub(super) fn is_staff(id: Uuid) -> bool {
    (FIRST..FIRST + 0x1000).contains(&id.as_u128())
}

/// Which post somebody is on.
pub(super) fn post(id: Uuid) -> u128 {
    id.as_u128().saturating_sub(FIRST) / EACH
}

/// The permissions a procedure ever asks for.
fn wanted(procedure: &Procedure) -> BTreeSet<String> {
    let definition = &procedure.definition;
    let mut wanted: BTreeSet<String> = definition.opens.iter().cloned().collect();
    for action in &definition.actions {
        wanted.extend(action.by.iter().filter(|it| !RELATIONS.contains(&it.as_str())).cloned());
    }
    for step in definition.approvals.iter().flat_map(|it| &it.steps) {
        wanted.extend(step.by.iter().chain(&step.all).cloned());
    }
    for condition in looks::conditions(definition) {
        wanted.extend(looks::quoted_after(&condition, "has('"));
    }
    wanted.extend(["case.claim", "case.assign", "case.read", "case.edit"].map(str::to_owned));
    wanted
}

/// Everybody whose post is of use to a procedure. Of two posts one of which may do all the other
/// may, the wider one is enough.
pub(super) fn cast(world: &World, procedure: &Procedure) -> Vec<Actor> {
    let wanted = wanted(procedure);
    let posts: BTreeSet<BTreeSet<String>> = (world.roles.iter())
        .filter(|it| it.code != "customer")
        .map(|it| it.permissions.intersection(&wanted).cloned().collect())
        .collect();
    let widest =
        posts.iter().filter(|it| !posts.iter().any(|other| *it != other && it.is_subset(other)));
    let mut cast = Vec::new();
    for (post, may) in widest.enumerate() {
        for one in 0..EACH {
            let id = FIRST + u128::try_from(post).unwrap() * EACH + one;
            cast.push(actor(id, may.clone(), Scope::Site, Some(SITE)));
        }
    }
    let own = world.roles.iter().find(|it| it.code == "customer").map(|it| it.permissions.clone());
    let mut customer = actor(0xC0, own.unwrap_or_default(), Scope::Own, None);
    customer.customer_id = Some(CUSTOMER);
    cast.push(customer);
    cast
}

fn actor(id: u128, may: BTreeSet<String>, scope: Scope, site_id: Option<Uuid>) -> Actor {
    let powers = vec![Power { permissions: Arc::new(may), scope, site_id }];
    Actor { id: Some(Uuid::from_u128(id)), team: None, customer_id: None, powers: Arc::new(powers) }
}
