//! Who may do what: permission ← role ← grant with a reach ← user.

mod permission;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use permission::{KERNEL_PERMISSIONS, KernelPermission};

/// The permission of the built-in administrator: everything.
pub const EVERYTHING: &str = "*";

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What grants call it: `front_desk`.
    pub code: String,
    /// What people call it.
    pub title: crate::text::Text,
    /// What it may do, anywhere its grant reaches.
    pub permissions: BTreeSet<String>,
    /// Clauses the post comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// A role given to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The role.
    pub role: String,
    /// How far it reaches.
    pub scope: Scope,
    /// The site, where the scope is `site`; narrows the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_id: Option<Uuid>,
}

/// How far a grant reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Cases one opened, owns or works on.
    Own,
    /// Cases of one's team.
    Team,
    /// Everything of one site.
    Site,
    /// Everything.
    All,
}

/// A grant made ready: the permissions, and where they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Power {
    /// What may be done.
    pub permissions: Arc<BTreeSet<String>>,
    /// How far.
    pub scope: Scope,
    /// Only there, if given.
    pub site_id: Option<Uuid>,
}

impl Power {
    /// What is left of this power within the limits of another: the permissions that both give, as far
    /// as the narrower of the two reaches. `None`: nothing.
    pub fn within(&self, limit: &Self) -> Option<Self> {
        let site_id = match (self.site_id, limit.site_id) {
            (Some(here), Some(there)) if here != there => return None,
            (here, there) => here.or(there),
        };
        let both = limit.permissions.iter().filter(|it| self.includes(it)).cloned();
        let permissions: BTreeSet<String> = both.collect();
        let scope = self.scope.min(limit.scope);
        let power = Self { permissions: Arc::new(permissions), scope, site_id };
        Some(power).filter(|it| !it.permissions.is_empty())
    }

    fn includes(&self, permission: &str) -> bool {
        self.permissions.contains(permission) || self.permissions.contains(EVERYTHING)
    }
}

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// `None`: the system itself (a timer, a follow-up's result).
    pub id: Option<Uuid>,
    /// The team, for grants that reach so far.
    pub team: Option<String>,
    /// The customer this user is, where customers have accounts of their own.
    pub customer_id: Option<Uuid>,
    /// What the grants come to.
    pub powers: Arc<Vec<Power>>,
}

/// What a case or record is to somebody: the facts that scopes look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Where it belongs.
    pub site_id: Option<Uuid>,
    /// Whose team works on it.
    pub team: Option<&'a str>,
    /// Those whose own it is: opener, owner, assignee.
    pub people: [Option<Uuid>; 3],
    /// The customer it serves.
    pub customer_id: Option<Uuid>,
}

impl Actor {
    /// The system itself.
    pub fn system() -> Self {
        Self { id: None, team: None, customer_id: None, powers: Arc::default() }
    }

    /// Whether it is the system itself.
    pub fn is_system(&self) -> bool {
        self.id.is_none()
    }

    /// Whether any grant gives the permission, wherever it reaches.
    pub fn holds(&self, permission: &str) -> bool {
        self.powers.iter().any(|it| it.includes(permission))
    }

    /// Whether some grant gives the permission there.
    pub fn may(&self, permission: &str, place: &Place<'_>) -> bool {
        self.powers.iter().any(|it| it.includes(permission) && self.reaches(it, place))
    }

    /// How far the permission goes: what a list may show.
    pub fn reach(&self, permission: &str) -> Reach {
        let mut reach = Reach::default();
        for power in self.powers.iter().filter(|it| it.includes(permission)) {
            match (power.scope, power.site_id) {
                (Scope::All, None) => reach.all = true,
                (Scope::All | Scope::Site, Some(site)) => {
                    reach.sites.insert(site);
                }
                (Scope::Site, None) => {}
                (Scope::Team, _) => reach.team.clone_from(&self.team),
                (Scope::Own, _) => reach.own = self.id,
            }
            reach.customer = reach.customer.or(self.customer_id);
        }
        reach
    }

    fn reaches(&self, power: &Power, place: &Place<'_>) -> bool {
        if power.site_id.is_some() && power.site_id != place.site_id {
            return false;
        }
        match power.scope {
            Scope::All => true,
            Scope::Site => power.site_id.is_some(),
            Scope::Team => self.team.is_some() && self.team.as_deref() == place.team,
            Scope::Own => {
                let own = self.id.is_some() && place.people.contains(&self.id);
                own || (self.customer_id.is_some() && self.customer_id == place.customer_id)
            }
        }
    }
}

/// How far one permission goes for one person: the union of the grants that give it.
///
/// A list filtered by it shows a little more than `may` grants only where a team or own grant is
/// narrowed to a site; [`Actor::may`] is asked again for each thing shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Everywhere.
    pub all: bool,
    /// On these sites.
    pub sites: BTreeSet<Uuid>,
    /// What this team works on.
    pub team: Option<String>,
    /// What this person opened, owns or works on.
    pub own: Option<Uuid>,
    /// What serves this customer.
    pub customer: Option<Uuid>,
}

impl Reach {
    /// Whether it goes nowhere at all.
    pub fn is_nothing(&self) -> bool {
        !self.all
            && self.sites.is_empty()
            && self.team.is_none()
            && self.own.is_none()
            && self.customer.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(permissions: &[&str], scope: Scope, site: Option<u128>) -> Power {
        let permissions = permissions.iter().map(|it| (*it).to_owned()).collect();
        Power { permissions: Arc::new(permissions), scope, site_id: site.map(Uuid::from_u128) }
    }

    #[test]
    fn within_limits_is_what_both_give_as_far_as_both_reach() {
        let all = power(&["case.read", "case.open"], Scope::All, None);
        let site = power(&["case.read", "user.read"], Scope::Site, Some(1));
        assert_eq!(all.within(&site), Some(power(&["case.read"], Scope::Site, Some(1))));
        assert_eq!(site.within(&all), Some(power(&["case.read"], Scope::Site, Some(1))));
        let elsewhere = power(&["case.read"], Scope::Site, Some(2));
        assert_eq!(site.within(&elsewhere), None);
        let own = power(&["case.read"], Scope::Own, None);
        assert_eq!(own.within(&site), Some(power(&["case.read"], Scope::Own, Some(1))));
        assert_eq!(own.within(&power(&["case.open"], Scope::All, None)), None);
        let everything = power(&[EVERYTHING], Scope::All, None);
        assert_eq!(everything.within(&all), Some(all.clone()), "everything has the named ones");
        assert_eq!(all.within(&everything), None, "and is no name itself");
    }
}
