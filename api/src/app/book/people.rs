//! The people in the book: who may sign in, and whom rules and notices reach.

use std::collections::BTreeSet;
use std::sync::Arc;

use kefu_domain::case::Person;
use kefu_domain::who::{Actor, EVERYTHING, Grant, Place, Scope};
use uuid::Uuid;

use super::Book;
use crate::app::Caller;

impl Book {
    /// The caller of that id, if they may sign in.
    pub fn caller(&self, id: Uuid) -> Option<&Arc<Caller>> {
        self.callers.get(&id)
    }

    /// Everybody who may sign in.
    pub fn callers(&self) -> impl Iterator<Item = &Arc<Caller>> {
        self.callers.values()
    }

    /// Somebody a case can be given to.
    pub fn person(&self, id: Uuid) -> Option<Person> {
        let caller = self.caller(id)?;
        Some(Person { id, team: caller.team.clone() })
    }

    /// Those who hold a role there.
    pub fn with_role(&self, role: &str, place: &Place<'_>) -> BTreeSet<Uuid> {
        let holds = |it: &&Arc<Caller>| {
            let mut grants = it.grants.iter();
            grants.any(|grant| grant.role == role && reaches(grant, &it.actor, place))
        };
        self.callers().filter(holds).map(|it| it.user_id).collect()
    }

    /// Those whose posts give them a permission there. Whoever may do everything is not meant: an
    /// administrator keeps the system, and is not told of every case.
    pub fn with_permission(&self, permission: &str, place: &Place<'_>) -> BTreeSet<Uuid> {
        let meant = |it: &&Arc<Caller>| {
            it.actor.may(permission, place)
                && it.actor.powers.iter().any(|power| {
                    power.permissions.contains(permission)
                        && !power.permissions.contains(EVERYTHING)
                })
        };
        self.callers().filter(meant).map(|it| it.user_id).collect()
    }
}

/// Whether a grant reaches a place. A post at a site is that site's, however narrow its holder's
/// view of the cases is: the manager of a site is told of its cases.
fn reaches(grant: &Grant, actor: &Actor, place: &Place<'_>) -> bool {
    if grant.site_id.is_some() {
        return grant.site_id == place.site_id;
    }
    match grant.scope {
        Scope::All => true,
        Scope::Team => actor.team.is_some() && actor.team.as_deref() == place.team,
        Scope::Own => actor.id.is_some() && place.people.contains(&actor.id),
        Scope::Site => false,
    }
}
