//! Reading the book from the database. What has not changed is taken over from the one before:
//! compiling a procedure costs milliseconds.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Display;
use std::sync::Arc;

use kefu_domain::calendar::{Calendar, Definition};
use kefu_domain::pack::Library;
use kefu_domain::procedure::Procedure;
use kefu_domain::span::Span;
use kefu_domain::who::{Actor, Grant, Power, Role};
use kefu_persistence::published::{self, calendars, procedures};
use kefu_persistence::records::{roles, sites, users};
use kefu_persistence::{Conn, settings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::duties::Duties;
use super::{ALWAYS, Book, Published, Site};
use crate::app::{Caller, Failure};

type Versions = BTreeMap<u32, Arc<Procedure>>;

impl Book {
    /// Reads what holds now. The revision is read first: what changes meanwhile is read again.
    pub(crate) fn load(
        conn: &mut Conn,
        library: &Arc<Library>,
        before: Option<&Self>,
    ) -> Result<Self, Failure> {
        let revision = settings::revision(conn)?;
        let roles = roles(conn)?;
        let sites = sites::all(conn)?.into_iter().map(|it| Ok((it.id.0, site(it, library)?)));
        let sites = sites.collect::<Result<_, Failure>>()?;
        let calendars = load_calendars(conn, before)?;
        let mut book = Self {
            revision,
            library: Arc::clone(library),
            callers: HashMap::new(),
            roles,
            sites,
            calendars,
            procedures: BTreeMap::new(),
            duties: match before {
                Some(before) => Arc::clone(&before.duties),
                None => Arc::new(Duties::load(conn, library)?),
            },
        };
        book.callers = callers(conn, &book.roles)?;
        let newest = procedures::latest(conn)?;
        for newest in newest {
            let versions = load_procedure(conn, &newest, before)?;
            book.procedures.insert(newest.code, versions);
        }
        Ok(book)
    }
}

fn roles(conn: &mut Conn) -> Result<BTreeMap<String, Role>, Failure> {
    let role = |row: roles::Role| {
        let role = Role {
            title: read("roles", &row.code, row.title.0)?,
            permissions: read("roles", &row.code, row.permissions.0)?,
            clauses: read("roles", &row.code, row.clauses.0)?,
            code: row.code,
        };
        Ok((role.code.clone(), role))
    };
    roles::all(conn)?.into_iter().map(role).collect()
}

fn callers(
    conn: &mut Conn,
    roles: &BTreeMap<String, Role>,
) -> Result<HashMap<Uuid, Arc<Caller>>, Failure> {
    let permissions: HashMap<&str, Arc<BTreeSet<String>>> =
        roles.values().map(|it| (it.code.as_str(), Arc::new(it.permissions.clone()))).collect();
    let active = users::all(conn)?.into_iter().filter(|it| it.active);
    let caller = |row: users::User| {
        let id = row.id.0;
        let grants: Vec<Grant> = read("users", id, row.grants.0)?;
        let power = |grant: &Grant| {
            let permissions = Arc::clone(permissions.get(grant.role.as_str())?);
            Some(Power { permissions, scope: grant.scope, site_id: grant.site_id })
        };
        let actor = Actor {
            id: Some(id),
            team: row.team.clone(),
            customer_id: row.customer_id.map(|it| it.0),
            powers: Arc::new(grants.iter().filter_map(power).collect()),
        };
        let caller = Caller {
            user_id: id,
            username: row.username,
            display_name: row.display_name,
            team: row.team,
            grants,
            actor,
            api_key: None,
            limits: None,
        };
        Ok((id, Arc::new(caller)))
    };
    active.map(caller).collect()
}

fn site(row: sites::Site, library: &Library) -> Result<Site, Failure> {
    let packs: Vec<String> = read("sites", row.id.0, row.packs.0)?;
    let chosen: BTreeMap<String, Span> = read("sites", row.id.0, row.figures.0)?;
    let mut figures = library.figures(&packs);
    figures.extend(chosen);
    let seen = json!({
        "id": row.id.0, "code": row.code, "name": row.name, "packs": packs,
        "calendar": row.calendar,
    });
    Ok(Site { code: row.code, packs, calendar: row.calendar, figures, seen })
}

fn load_calendars(
    conn: &mut Conn,
    before: Option<&Book>,
) -> Result<BTreeMap<String, Published<Calendar>>, Failure> {
    let always = Published { version: 0, item: Calendar::always() };
    let mut all = BTreeMap::from([(ALWAYS.to_owned(), always)]);
    for stored in calendars::latest(conn)? {
        let version = i64::from(stored.version);
        let known = before.and_then(|it| it.calendar(&stored.code));
        let calendar = if let Some(known) = known.filter(|it| it.version == version) {
            known.item.clone()
        } else {
            let mut definition: Definition = read("calendars", &stored.code, stored.document)?;
            // Clocks remember by which version they were counted.
            definition.version = u32::try_from(stored.version).ok();
            Calendar::new(definition)
                .map_err(|faults| corrupt("calendars", &stored.code, &format!("{faults:?}")))?
        };
        all.insert(stored.code, Published { version, item: calendar });
    }
    Ok(all)
}

fn load_procedure(
    conn: &mut Conn,
    newest: &published::Published,
    before: Option<&Book>,
) -> Result<Versions, Failure> {
    let known = before.and_then(|it| it.procedures.get(&newest.code));
    let mut versions = known.cloned().unwrap_or_default();
    if versions.contains_key(&unsigned(newest.version)) {
        return Ok(versions);
    }
    for stored in procedures::versions(conn, &newest.code)? {
        let version = unsigned(stored.version);
        if versions.contains_key(&version) {
            continue;
        }
        let faulty = |faults| corrupt("procedures", &stored.code, &format!("{faults:?}"));
        let definition = read("procedures", &stored.code, stored.document.clone())?;
        let ready = Procedure::trusted(definition, version).map_err(faulty)?;
        versions.insert(version, Arc::new(ready));
    }
    Ok(versions)
}

fn unsigned(version: i32) -> u32 {
    u32::try_from(version).unwrap_or_default()
}

/// A stored document, read; a bad one is an error, not a default.
fn read<T: DeserializeOwned>(table: &str, id: impl Display, document: Value) -> Result<T, Failure> {
    serde_json::from_value(document).map_err(|error| corrupt(table, &id, &error.to_string()))
}

fn corrupt(table: &str, id: &impl Display, why: &str) -> Failure {
    Failure::Broken(format!("{table} {id}: {why}"))
}
