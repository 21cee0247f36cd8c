//! The regulations in force, in memory: who people are, roles, sites, calendars, procedures.
//!
//! **Invariant.** A book is a copy that can be read again at any time; what is decided by it is
//! stored with the version it was decided by. Every change of what is in it bumps the revision in
//! the change's own transaction; the node that made the change reads again at once, others within a
//! second.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;
use kefu_domain::Timestamp;
use kefu_domain::calendar::{self, Calendar};
use kefu_domain::case::{Calendars, Person};
use kefu_domain::pack::{Library, Names};
use kefu_domain::procedure::{Procedure, from_json};
use kefu_domain::span::Span;
use kefu_domain::who::{Actor, Grant, Place, Power};
use kefu_persistence::published::{self, Published};
use kefu_persistence::records::{roles, sites, users};
use kefu_persistence::{Conn, settings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Caller, Failure};

/// The zone of numbers and dates where nothing says another.
const HOME: Tz = chrono_tz::Asia::Shanghai;

/// The regulations in force.
#[derive(Debug, Default)]
pub struct Book {
    /// The revision it was read at.
    pub revision: i64,
    callers: HashMap<Uuid, Arc<Caller>>,
    roles: BTreeMap<String, Arc<BTreeSet<String>>>,
    sites: HashMap<Uuid, Site>,
    calendars: BTreeMap<String, Calendar>,
    /// By code, oldest version first.
    procedures: BTreeMap<String, Vec<Arc<Procedure>>>,
}

/// A site, as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Site {
    /// Its identity.
    pub id: Uuid,
    /// Its calendar's code.
    pub calendar: String,
    /// The figures it has chosen, by `procedure.figure`.
    pub figures: BTreeMap<String, Span>,
    /// As conditions see it.
    pub seen: Value,
}

impl Book {
    /// Reads everything anew; what cannot have changed is taken over from `before`.
    pub fn read(conn: &mut Conn, before: &Self, library: &Library) -> Result<Self, Failure> {
        // The revision first: a change that comes while this reads is then read again.
        let revision = settings::revision(conn)?;
        let roles = read_roles(conn)?;
        let callers = read_callers(conn, &roles)?;
        let sites = read_sites(conn)?;
        let calendars = read_calendars(conn, before)?;
        let mut book =
            Self { revision, callers, roles, sites, calendars, procedures: BTreeMap::new() };
        book.procedures = book.read_procedures(conn, before, library)?;
        Ok(book)
    }

    fn read_procedures(
        &self,
        conn: &mut Conn,
        before: &Self,
        library: &Library,
    ) -> Result<BTreeMap<String, Vec<Arc<Procedure>>>, Failure> {
        let mut all: BTreeMap<String, Vec<Arc<Procedure>>> = BTreeMap::new();
        let latest = published::procedures::latest(conn)?;
        let names = self.names_with(library, latest.iter().map(|it| it.code.clone()));
        for newest in latest {
            let mut versions = Vec::new();
            for published in published::procedures::versions(conn, &newest.code)?.into_iter().rev() {
                let version = u32::try_from(published.version).unwrap_or_default();
                let known = before.procedure_version(&published.code, version);
                versions.push(match known {
                    Some(known) => known,
                    None => Arc::new(compile(published, version, &names)?),
                });
            }
            all.insert(newest.code, versions);
        }
        Ok(all)
    }

    /// The names a procedure to be published may refer to.
    pub fn names(&self, library: &Library) -> Names {
        self.names_with(library, self.procedures.keys().cloned())
    }

    fn names_with(&self, library: &Library, procedures: impl Iterator<Item = String>) -> Names {
        let mut calendars: BTreeSet<String> = self.calendars.keys().cloned().collect();
        calendars.insert("always".to_owned());
        Names {
            clauses: library.clauses.keys().cloned().collect(),
            procedures: procedures.collect(),
            permissions: self.roles.values().flat_map(|it| it.iter().cloned()).collect(),
            roles: self.roles.keys().cloned().collect(),
            calendars,
        }
    }

    /// Somebody who may sign in.
    pub fn caller(&self, id: Uuid) -> Option<Arc<Caller>> {
        self.callers.get(&id).map(Arc::clone)
    }

    /// Somebody a case can be given to.
    pub fn person(&self, id: Uuid) -> Option<Person> {
        let caller = self.callers.get(&id)?;
        Some(Person { id, team: caller.team.clone() })
    }

    /// Whether there is such a role.
    pub fn has_role(&self, code: &str) -> bool {
        self.roles.contains_key(code)
    }

    /// Everybody whose grant of a role reaches a place.
    pub fn with_role(&self, role: &str, place: &Place<'_>) -> BTreeSet<Uuid> {
        let Some(permissions) = self.roles.get(role) else { return BTreeSet::new() };
        let reaches = |caller: &&Arc<Caller>| {
            let granted: Vec<Power> = caller
                .grants
                .iter()
                .filter(|it| it.role == role)
                .map(|it| power(it, Arc::clone(permissions)))
                .collect();
            let actor = Actor { powers: Arc::new(granted), ..caller.actor.clone() };
            permissions.iter().next().is_some_and(|it| actor.may(it, place))
        };
        self.callers.values().filter(reaches).map(|it| it.user_id).collect()
    }

    /// Everybody who has a permission at a place.
    pub fn with_permission(&self, permission: &str, place: &Place<'_>) -> BTreeSet<Uuid> {
        let may = |caller: &&Arc<Caller>| caller.actor.may(permission, place);
        self.callers.values().filter(may).map(|it| it.user_id).collect()
    }

    /// A site.
    pub fn site_of(&self, id: Option<Uuid>) -> Option<&Site> {
        self.sites.get(&id?)
    }

    /// The calendar of that code, in its newest version.
    pub fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }

    /// The procedure of that code, in its newest version.
    pub fn procedure(&self, code: &str) -> Option<Arc<Procedure>> {
        self.procedures.get(code)?.last().map(Arc::clone)
    }

    /// One version of a procedure.
    pub fn procedure_version(&self, code: &str, version: u32) -> Option<Arc<Procedure>> {
        self.procedures.get(code)?.iter().find(|it| it.version == version).map(Arc::clone)
    }

    /// The newest version of every procedure, by code.
    pub fn procedures(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.values().filter_map(|it| it.last())
    }

    /// The date it is at a site.
    pub fn local_date(&self, site_id: Option<Uuid>, now: Timestamp) -> NaiveDate {
        let calendar = self.site_of(site_id).and_then(|it| self.calendars.get(&it.calendar));
        now.with_timezone(&calendar.map_or(HOME, Calendar::zone)).date_naive()
    }
}

impl Calendars for Book {
    fn find(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}

fn compile(published: Published, version: u32, names: &Names) -> Result<Procedure, Failure> {
    let broken = |what: String| {
        Failure::Broken(format!("procedure {} version {version}: {what}", published.code))
    };
    let definition = from_json(published.document.clone()).map_err(|it| broken(format!("{it:?}")))?;
    Procedure::new(definition, version, &names.surroundings()).map_err(|it| broken(format!("{it:?}")))
}

type Roles = BTreeMap<String, Arc<BTreeSet<String>>>;

fn read_roles(conn: &mut Conn) -> Result<Roles, Failure> {
    let all = roles::all(conn)?.into_iter();
    all.map(|it| Ok((it.code, Arc::new(read_json("roles.permissions", it.permissions.0)?)))).collect()
}

fn read_callers(conn: &mut Conn, roles: &Roles) -> Result<HashMap<Uuid, Arc<Caller>>, Failure> {
    let mut callers = HashMap::new();
    for user in users::all(conn)?.into_iter().filter(|it| it.active) {
        let grants: Vec<Grant> = read_json("users.grants", user.grants.0)?;
        let powers = grants.iter().filter_map(|it| Some(power(it, Arc::clone(roles.get(&it.role)?))));
        let actor = Actor {
            id: Some(user.id.0),
            team: user.team.clone(),
            customer_id: user.customer_id.map(|it| it.0),
            powers: Arc::new(powers.collect()),
        };
        let caller = Caller {
            user_id: user.id.0,
            username: user.username,
            display_name: user.display_name,
            team: user.team,
            grants,
            actor,
        };
        callers.insert(caller.user_id, Arc::new(caller));
    }
    Ok(callers)
}

fn power(grant: &Grant, permissions: Arc<BTreeSet<String>>) -> Power {
    Power { permissions, scope: grant.scope, site_id: grant.site_id }
}

fn read_sites(conn: &mut Conn) -> Result<HashMap<Uuid, Site>, Failure> {
    let mut all = HashMap::new();
    for site in sites::all(conn)? {
        let seen = json!({
            "id": site.id.0, "code": site.code, "name": site.name, "packs": site.packs.0,
            "calendar": site.calendar,
        });
        let figures = read_json("sites.figures", site.figures.0)?;
        let site = Site { id: site.id.0, calendar: site.calendar, figures, seen };
        all.insert(site.id, site);
    }
    Ok(all)
}

fn read_calendars(conn: &mut Conn, before: &Book) -> Result<BTreeMap<String, Calendar>, Failure> {
    let mut all = BTreeMap::from([("always".to_owned(), Calendar::always())]);
    for published in published::calendars::latest(conn)? {
        let version = u32::try_from(published.version).ok();
        let known = before.calendars.get(&published.code).filter(|it| Some(it.version()) == version);
        let calendar = match known {
            Some(known) => known.clone(),
            None => compiled(published.document, version)?,
        };
        all.insert(calendar.code().to_owned(), calendar);
    }
    Ok(all)
}

/// A stored calendar, compiled.
pub(crate) fn compiled(document: Value, version: Option<u32>) -> Result<Calendar, Failure> {
    let mut definition: calendar::Definition = read_json("calendars.document", document)?;
    definition.version = version;
    Calendar::new(definition).map_err(|faults| Failure::Broken(format!("a calendar: {faults:?}")))
}

fn read_json<T: DeserializeOwned>(place: &str, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::Broken(format!("{place}: {error}")))
}
