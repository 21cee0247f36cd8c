//! The posts of the packs as roles: put in at the first start, and given what newer packs let them do.
//!
//! **Invariant.** What an administrator has taken away is not given again, and what they have made or
//! taken away whole is left alone.

use std::collections::BTreeSet;

use kefu_domain::who::{Role, with_new};
use kefu_persistence::records::{Change, roles};
use kefu_persistence::{Conn, Json};
use serde_json::json;

use super::Failure;
use super::answer::shown;

/// Puts a shipped role in, or gives it the permissions that it was never given. The log knows which
/// those are: it tells what the program itself has ever made of the role.
pub(super) fn put(conn: &mut Conn, role: &Role, change: Change) -> Result<(), Failure> {
    let Some(before) = roles::find_any(conn, &role.code)? else {
        roles::insert(conn, row(role)?, change)?;
        return Ok(());
    };
    let has: BTreeSet<String> = serde_json::from_value(before.permissions.0.clone())
        .map_err(|error| Failure::Broken(format!("roles {}: {error}", role.code)))?;
    if before.deleted_at.is_some() || role.permissions.is_subset(&has) {
        return Ok(());
    }
    let Some(given) = roles::given(conn, &role.code)? else { return Ok(()) };
    let now = with_new(&has, &role.permissions, &given);
    if now != has {
        tracing::info!(role = role.code, more = ?now.difference(&has), "a shipped role may do more");
        let after = roles::Role { permissions: Json(json!(now)), ..before.clone() };
        roles::update(conn, &before, after, change)?;
    }
    Ok(())
}

fn row(role: &Role) -> Result<roles::Role, Failure> {
    Ok(roles::Role {
        code: role.code.clone(),
        title: Json(shown(&role.title)?),
        permissions: Json(shown(&role.permissions)?),
        clauses: Json(shown(&role.clauses)?),
        ..roles::Role::default()
    })
}
