//! An API key acts for its user, within its own limits: never more than the user may at that moment.

use std::sync::{Arc, PoisonError, RwLock};

use kefu_domain::Timestamp;
use kefu_domain::who::{Power, Scope};
use kefu_persistence::records::api_keys::ApiKey;
use serde_json::Value;
use uuid::Uuid;

use crate::app::{Caller, Failure};

/// A key that is good, ready to be asked.
#[derive(Debug)]
pub(super) struct Key {
    id: Uuid,
    /// The user it acts for.
    pub(super) user_id: Uuid,
    /// Until when it is good.
    pub(super) expires_at: Timestamp,
    limits: Power,
    /// The user it was asked for last, and what the two come to.
    made: RwLock<Option<(Arc<Caller>, Arc<Caller>)>>,
}

impl Key {
    /// A stored key, and the hash it is found by.
    pub(super) fn new(row: &ApiKey) -> Result<([u8; 32], Self), Failure> {
        let broken = |what| Failure::Broken(format!("api_keys {}: {what}", row.id.0));
        let hash = <[u8; 32]>::try_from(row.secret_hash.as_slice());
        let hash = hash.ok().ok_or_else(|| broken("secret_hash"))?;
        let key = Self {
            id: row.id.0,
            user_id: row.user_id.0,
            expires_at: row.expires_at.0,
            limits: limits(row)?,
            made: RwLock::new(None),
        };
        Ok((hash, key))
    }

    /// The user, within the key's limits. Made anew when the user is another than last time.
    pub(super) fn caller(&self, user: &Arc<Caller>) -> Arc<Caller> {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, caller)) = made.as_ref()
            && Arc::ptr_eq(of, user)
        {
            return Arc::clone(caller);
        }
        drop(made);
        let caller = Caller { api_key: Some(self.id), ..user.within(&self.limits) };
        let caller = Arc::new(caller);
        let made = Some((Arc::clone(user), Arc::clone(&caller)));
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = made;
        caller
    }
}

/// How far a stored key may go at most.
pub(crate) fn limits(row: &ApiKey) -> Result<Power, Failure> {
    let broken = |what: &str| Failure::Broken(format!("api_keys {}: {what}", row.id.0));
    let permissions = serde_json::from_value(row.permissions.0.clone());
    let permissions = permissions.map_err(|error| broken(&error.to_string()))?;
    let scope: Scope = serde_json::from_value(Value::from(row.scope.clone()))
        .map_err(|error| broken(&error.to_string()))?;
    Ok(Power { permissions: Arc::new(permissions), scope, site_id: row.site_id.map(|it| it.0) })
}
