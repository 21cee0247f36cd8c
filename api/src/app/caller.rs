//! Who asks, made ready once and kept in memory.

use kefu_domain::who::{Actor, Grant};
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
}
