//! What a database starts with: the regulations of the packs, the built-in role, the first user.
//!
//! Seeding again changes nothing that people have changed: a role or calendar that is there stays;
//! a procedure that came with the program gets a new version when the program brings another text.

use kefu_domain::Timestamp;
use kefu_domain::pack::Library;
use kefu_domain::text::Text;
use kefu_domain::who::{EVERYTHING, Role};
use kefu_persistence::published::{self, Published};
use kefu_persistence::records::{Change, roles};
use kefu_persistence::{Conn, Json};
use serde::Serialize;
use serde_json::{Value, json};

use super::Failure;

/// The built-in administrator's role.
pub const ADMIN: &str = "admin";

/// Brings the regulations of the packs into the database. Says how many things were new.
pub fn regulations(conn: &mut Conn, library: &Library, now: Timestamp) -> Result<usize, Failure> {
    let mut new = 0;
    let admin = Role {
        code: ADMIN.to_owned(),
        title: Text::new("系统管理员", "Administrator"),
        permissions: [EVERYTHING.to_owned()].into(),
        clauses: Vec::new(),
    };
    for role in std::iter::once(&admin).chain(library.roles.values()) {
        new += usize::from(role_once(conn, role, now)?);
    }
    for calendar in &library.calendars {
        let document = to_value(calendar)?;
        if published::calendars::latest_version(conn, &calendar.code)? == 0 {
            let first = version(&calendar.code, 1, document, String::new(), now);
            published::calendars::publish(conn, &first)?;
            new += 1;
        }
    }
    for file in &library.procedures {
        let document = to_value(&file.definition)?;
        let code = &file.definition.code;
        let latest = published::procedures::find(conn, code, None)?;
        // What somebody published is theirs: the program does not publish over it.
        let theirs = latest.as_ref().is_some_and(|it| it.published_by.is_some());
        let same = latest.as_ref().is_some_and(|it| it.document == document);
        if !theirs && !same {
            let next = latest.map_or(1, |it| it.version + 1);
            let published = version(code, next, document, file.source.clone(), now);
            published::procedures::publish(conn, &published)?;
            new += 1;
        }
    }
    Ok(new)
}

fn role_once(conn: &mut Conn, role: &Role, now: Timestamp) -> Result<bool, Failure> {
    if roles::find(conn, &role.code)?.is_some() {
        return Ok(false);
    }
    let row = roles::Role {
        code: role.code.clone(),
        title: Json(to_value(&role.title)?),
        permissions: Json(json!(role.permissions)),
        clauses: Json(json!(role.clauses)),
        ..roles::Role::default()
    };
    roles::insert(conn, row, Change { by: None, at: now })?;
    Ok(true)
}

fn version(code: &str, version: i32, document: Value, source: String, now: Timestamp) -> Published {
    Published {
        code: code.to_owned(),
        version,
        document,
        source,
        published_at: now,
        published_by: None,
    }
}

fn to_value(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(|error| Failure::Broken(error.to_string()))
}
