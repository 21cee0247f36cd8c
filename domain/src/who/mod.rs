//! Who may do what: permission ← role ← grant with a reach ← user.

mod permission;
mod shipped;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use permission::{KERNEL_PERMISSIONS, KernelPermission};
pub use shipped::with_new;

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
                (Scope::Team, site) => reach.add_team(self.team.as_ref(), site),
                (Scope::Own, _) => reach.own = self.id,
            }
            reach.customer = reach.customer.or(self.customer_id);
        }
        reach
    }

    /// How far the permission goes among records (customers, assets), which have no team and no
    /// people: a customer's own is theirs by a grant of that scope only.
    pub fn reach_of_records(&self, permission: &str) -> Reach {
        let own = |it: &Power| it.scope == Scope::Own && it.includes(permission);
        let customer = self.customer_id.filter(|_| self.powers.iter().any(own));
        Reach { team: None, team_within: None, own: None, customer, ..self.reach(permission) }
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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Everywhere.
    pub all: bool,
    /// On these sites.
    pub sites: BTreeSet<Uuid>,
    /// What this team works on …
    pub team: Option<String>,
    /// … on these sites; `None`: on all.
    pub team_within: Option<BTreeSet<Uuid>>,
    /// What this person opened, owns or works on.
    pub own: Option<Uuid>,
    /// What serves this customer.
    pub customer: Option<Uuid>,
}

impl Reach {
    /// Everything.
    pub fn everything() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Whether it goes nowhere at all.
    pub fn is_nothing(&self) -> bool {
        !self.all
            && self.sites.is_empty()
            && self.team.is_none()
            && self.own.is_none()
            && self.customer.is_none()
    }

    /// Whether a list of records shows one: those of the sites, one's own, and those without a site,
    /// which are the whole organisation's.
    pub fn shows_record(&self, site: Option<Uuid>, customer: Option<Uuid>) -> bool {
        let there = site.is_none_or(|site| self.sites.contains(&site));
        self.all || there || (customer.is_some() && self.customer == customer)
    }

    /// As far as both go. Where one goes by site and the other by team it may be shorter than that,
    /// never longer.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.all, other.all) {
            (true, _) => other,
            (_, true) => self,
            (false, false) => {
                let same_team = self.team == other.team;
                Self {
                    all: false,
                    sites: self.sites.intersection(&other.sites).copied().collect(),
                    team: self.team.filter(|_| same_team),
                    team_within: both(self.team_within, other.team_within),
                    own: self.own.filter(|own| other.own == Some(*own)),
                    customer: self.customer.filter(|it| other.customer == Some(*it)),
                }
            }
        }
    }

    fn add_team(&mut self, team: Option<&String>, site: Option<Uuid>) {
        let first = self.team.is_none();
        self.team = team.cloned();
        self.team_within = match (self.team_within.take(), site) {
            (None, Some(site)) if first => Some(BTreeSet::from([site])),
            (Some(mut within), Some(site)) => {
                within.insert(site);
                Some(within)
            }
            _ => None,
        };
    }
}

fn both(a: Option<BTreeSet<Uuid>>, b: Option<BTreeSet<Uuid>>) -> Option<BTreeSet<Uuid>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.intersection(&b).copied().collect()),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn actor(powers: &[(&str, Scope, Option<Uuid>)]) -> Actor {
        let power = |(permission, scope, site_id): &(&str, Scope, Option<Uuid>)| Power {
            permissions: Arc::new(BTreeSet::from([(*permission).to_owned()])),
            scope: *scope,
            site_id: *site_id,
        };
        Actor {
            id: Some(id(1)),
            team: Some("a".to_owned()),
            customer_id: Some(id(9)),
            powers: Arc::new(powers.iter().map(power).collect()),
        }
    }

    #[test]
    fn a_team_grant_narrowed_to_a_site_stays_there() {
        let one = actor(&[("x", Scope::Team, Some(id(2)))]).reach("x");
        assert_eq!(one.team_within, Some(BTreeSet::from([id(2)])));
        let two = [("x", Scope::Team, Some(id(2))), ("x", Scope::Team, Some(id(3)))];
        let two = actor(&two).reach("x").team_within;
        assert_eq!(two, Some(BTreeSet::from([id(2), id(3)])));
        for wide in [[Some(id(2)), None], [None, Some(id(2))]] {
            let reach = actor(&wide.map(|site| ("x", Scope::Team, site))).reach("x");
            assert_eq!((reach.team.as_deref(), reach.team_within), (Some("a"), None));
        }
    }

    #[test]
    fn two_permissions_reach_as_far_as_both() {
        let read = [("read", Scope::All, None)];
        let some = [("read", Scope::Site, Some(id(2))), ("read", Scope::Site, Some(id(3)))];
        let export = [("export", Scope::Site, Some(id(3))), ("export", Scope::Site, Some(id(4)))];
        let reach = |powers: &[(&'static str, Scope, Option<Uuid>)]| {
            let actor = actor(&[powers, &export].concat());
            actor.reach_of_records("read").and(actor.reach_of_records("export"))
        };
        assert_eq!(reach(&read).sites, BTreeSet::from([id(3), id(4)]));
        assert_eq!(reach(&some).sites, BTreeSet::from([id(3)]));
        assert!(reach(&[]).is_nothing());
    }

    #[test]
    fn a_record_without_a_site_is_everybodys_and_ones_own_is_ones_own() {
        let reach = actor(&[("x", Scope::Own, None)]).reach_of_records("x");
        assert!(reach.shows_record(None, None) && reach.shows_record(Some(id(2)), Some(id(9))));
        assert!(!reach.shows_record(Some(id(2)), Some(id(8))));
        let reach = actor(&[("x", Scope::Site, Some(id(2)))]).reach_of_records("x");
        assert!(reach.shows_record(Some(id(2)), None));
        assert!(!reach.shows_record(Some(id(3)), Some(id(9))));
    }

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
