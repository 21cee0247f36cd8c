//! Who asks, made ready once and kept in memory.

use std::sync::Arc;

use kefu_domain::who::{Actor, EVERYTHING, Grant, Place, Power, Scope};
use uuid::Uuid;

/// A user who has signed in, with what their grants come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The user.
    pub user_id: Uuid,
    /// What they sign in with.
    pub username: String,
    /// What people call them.
    pub display_name: String,
    /// The team they work in.
    pub team: Option<String>,
    /// Their roles, and how far each reaches.
    pub grants: Vec<Grant>,
    /// What the rules ask: may they, and where.
    pub actor: Actor,
    /// The API key they come by, which keeps them within its limits. What it does, its user does.
    pub api_key: Option<Uuid>,
    /// What those limits are.
    pub limits: Option<Power>,
}

impl Caller {
    /// The same within the limits of an API key.
    #[must_use]
    pub fn within(&self, limits: &Power) -> Self {
        let powers = self.actor.powers.iter().filter_map(|it| it.within(limits)).collect();
        let narrowed = |it: &Grant| {
            let elsewhere =
                limits.site_id.is_some() && it.site_id.is_some() && it.site_id != limits.site_id;
            let (scope, site_id) = (it.scope.min(limits.scope), it.site_id.or(limits.site_id));
            (!elsewhere).then(|| Grant { role: it.role.clone(), scope, site_id })
        };
        Self {
            limits: Some(limits.clone()),
            grants: self.grants.iter().filter_map(narrowed).collect(),
            actor: Actor { powers: Arc::new(powers), ..self.actor.clone() },
            ..self.clone()
        }
    }

    /// Whose idempotency keys theirs are: an API key is not to learn what its user was answered.
    pub fn keeper(&self) -> Uuid {
        self.api_key.unwrap_or(self.user_id)
    }

    /// Whether a permission reaches the whole organisation.
    pub fn may_everywhere(&self, permission: &str) -> bool {
        self.actor.may(permission, &Place::default())
    }

    /// Whether they may read a record of a site, or of a customer they are. A record without a site is
    /// the whole organisation's: everybody with the permission reads it, and only those whom it
    /// reaches everywhere keep it. Lists are narrowed by the same reach, so both agree.
    pub fn may_read(&self, permission: &str, site: Option<Uuid>, customer: Option<Uuid>) -> bool {
        self.actor.holds(permission)
            && self.actor.reach_of_records(permission).shows_record(site, customer)
    }

    /// Whether they may keep a record of a site.
    pub fn may_keep(&self, permission: &str, site: Option<Uuid>, customer: Option<Uuid>) -> bool {
        let place = Place { site_id: site, customer_id: customer, ..Place::default() };
        self.actor.may(permission, &place)
    }

    /// The sites where they have a post with this permission, however narrow its view of the cases;
    /// `None`: all.
    pub fn posts(&self, permission: &str) -> Option<Vec<Uuid>> {
        let gives = |it: &&Power| {
            it.permissions.contains(permission) || it.permissions.contains(EVERYTHING)
        };
        let mut powers = self.actor.powers.iter().filter(gives);
        if powers.clone().any(|it| it.scope == Scope::All && it.site_id.is_none()) {
            return None;
        }
        Some(powers.by_ref().filter_map(|it| it.site_id).collect())
    }
}
