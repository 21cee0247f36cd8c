//! `kefu user add`.

use std::io::{self, BufRead};

use kefu_domain::who::{Grant, Scope};
use kefu_persistence::records::{Change, roles, users};
use kefu_persistence::{Conn, Json, Uid};
use secrecy::ExposeSecret;
use serde_json::json;
use uuid::Uuid;

use super::secrets::from_file;
use super::{AddUser, Complaint, print};
use crate::app::Failure;
use crate::auth::{hash_password, weakness};
use crate::clock::Clock;
use crate::ids::new_id;

/// Adds a user to a migrated database, whether a server runs on it or not.
pub(super) fn add(user: AddUser) -> Result<(), Complaint> {
    let given = from_file(user.password, user.password_file.as_deref(), "KEFU_PASSWORD")?;
    let password = match given {
        Some(password) => password.expose_secret().to_owned(),
        None => read_password()?,
    };
    if password.chars().count() < 10 {
        return Err(Complaint("the password needs at least 10 characters".into()));
    }
    if let Some(weak) = weakness(&password, &user.username) {
        return Err(Complaint(weak.fault("").detail.en));
    }
    let grants = user.grants.iter().map(|it| grant(it)).collect::<Result<Vec<_>, _>>()?;
    let now = Clock::System.now();
    let id = new_id(now);
    let row = users::User {
        id: Uid(id),
        display_name: user.display_name.unwrap_or_else(|| user.username.clone()),
        username: user.username,
        password_hash: hash_password(&password)?,
        active: true,
        grants: Json(json!(grants)),
        ..users::User::default()
    };
    let store = user.database.open()?;
    let added = store.write_blocking(move |conn| {
        check(conn, &row, &grants)?;
        Ok::<_, Failure>(users::insert(conn, row, Change { by: None, at: now })?)
    });
    store.close();
    let added = added.map_err(|failure| Complaint(said(&failure)))?;
    print(&format!("{} {id}\n", added.username))
}

/// Refuses a name that is taken and roles that are not there.
fn check(conn: &mut Conn, row: &users::User, grants: &[Grant]) -> Result<(), Failure> {
    if users::find_by_username(conn, &row.username)?.is_some() {
        return Err(Failure::Broken(format!("there is a user {} already", row.username)));
    }
    for grant in grants {
        if roles::find(conn, &grant.role)?.is_none() {
            return Err(Failure::Broken(format!("there is no role {}", grant.role)));
        }
    }
    Ok(())
}

fn said(failure: &Failure) -> String {
    match failure {
        Failure::Broken(why) => why.clone(),
        other => format!("{other:?}"),
    }
}

/// `role:scope` or `role:scope=<site>`.
pub(super) fn grant(text: &str) -> Result<Grant, Complaint> {
    let wrong = || {
        let form = "role:own|team|site=<site id>|all";
        Complaint(format!("`{text}` is not a grant: write {form}"))
    };
    let (role, reach) = text.split_once(':').ok_or_else(wrong)?;
    let (scope, site) = match reach.split_once('=') {
        Some((scope, site)) => (scope, Some(Uuid::parse_str(site).ok().ok_or_else(wrong)?)),
        None => (reach, None),
    };
    let scope = match scope {
        "own" => Scope::Own,
        "team" => Scope::Team,
        "site" if site.is_some() => Scope::Site,
        "all" => Scope::All,
        _ => return Err(wrong()),
    };
    Ok(Grant { role: role.to_owned(), scope, site_id: site })
}

fn read_password() -> Result<String, Complaint> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
