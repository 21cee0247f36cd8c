//! One pack with what it requires: procedures ready to run, calendars, posts.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;
use kefu_domain::case::{Calendars, Child, Context, Person};
use kefu_domain::pack::{Library, load_shipped, read, shipped_codes, shipped_files};
use kefu_domain::procedure::definition::Assigns;
use kefu_domain::procedure::{Definition, Procedure};
use kefu_domain::who::Role;
use uuid::Uuid;

use super::people;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| load_shipped(&shipped_codes()).unwrap());

static PROCEDURES: LazyLock<BTreeMap<String, Arc<Procedure>>> = LazyLock::new(|| {
    let names = LIBRARY.names();
    let ready = LIBRARY.procedures.iter().map(|it| {
        let ready = Procedure::new(it.definition.clone(), 1, &names.surroundings()).unwrap();
        (it.definition.code.clone(), Arc::new(ready))
    });
    ready.collect()
});

static CALENDARS: LazyLock<BTreeMap<String, Calendar>> = LazyLock::new(|| {
    let shipped = LIBRARY.calendars.iter();
    let shipped = shipped.map(|it| (it.code.clone(), Calendar::new(it.clone()).unwrap()));
    shipped.chain([("always".to_owned(), Calendar::always())]).collect()
});

/// What there is where one pack is run: its own and what it requires.
pub(super) struct World {
    pack: String,
    /// The posts.
    pub(super) roles: Vec<Role>,
    site_calendar: Option<String>,
}

impl World {
    pub(super) fn of(pack: &str) -> Self {
        let closed = LIBRARY.closed(&[pack.to_owned()]);
        let mut world = Self { pack: pack.to_owned(), roles: Vec::new(), site_calendar: None };
        for one in closed {
            let source = read(&shipped_files(&one.code)).unwrap();
            world.roles.extend(source.roles.into_iter().map(|it| it.item));
            // A site keeps the hours of its pack, where it has any.
            let hours = source.calendars.first().map(|it| it.item.code.clone());
            world.site_calendar = hours.or(world.site_calendar);
        }
        world
    }

    /// A procedure of any pack.
    #[expect(clippy::unused_self, reason = "asked of a world, whichever it is")]
    pub(super) fn procedure(&self, code: &str) -> &Procedure {
        &PROCEDURES[code]
    }

    /// The same with something about it changed.
    pub(super) fn changed(&self, code: &str, change: impl FnOnce(&mut Definition)) -> Procedure {
        let mut definition = (*self.procedure(code).definition).clone();
        change(&mut definition);
        Procedure::new(definition, 1, &LIBRARY.names().surroundings()).unwrap()
    }

    /// Whether a duty or another case ever opens one.
    #[expect(clippy::unused_self, reason = "asked of a world, whichever it is")]
    pub(super) fn is_opened_by_system(&self, code: &str) -> bool {
        let by_duty = LIBRARY.duties.values().any(|it| it.open == code);
        let follows =
            |it: &Arc<Procedure>| it.definition.follow_ups.iter().any(|it| it.open == code);
        by_duty || PROCEDURES.values().any(follows)
    }

    fn is_own(&self, sort: &'static str, code: &str) -> bool {
        LIBRARY.origins.get(&(sort, code.to_owned())).is_some_and(|pack| *pack == self.pack)
    }

    /// The procedures of the pack itself.
    pub(super) fn own(&self) -> impl Iterator<Item = &'static Arc<Procedure>> {
        PROCEDURES.values().filter(|it| self.is_own("procedure", it.code()))
    }

    pub(super) fn ask<T>(
        &self,
        now: Timestamp,
        children: &[Child],
        question: impl FnOnce(&Context<'_>) -> T,
    ) -> T {
        question(&Context {
            now,
            calendars: self,
            people: &|id: Uuid| people::is_staff(id).then_some(Person { id, team: None }),
            site: None,
            site_calendar: self.site_calendar.as_deref(),
            figures: &BTreeMap::new(),
            customer: None,
            children,
        })
    }

    /// Every place at which a case is given to whoever of a role takes it.
    pub(super) fn pools(&self) -> Vec<(String, &str)> {
        let mut found = Vec::new();
        for procedure in self.own() {
            let code = procedure.code();
            for action in &procedure.definition.actions {
                if let Some(Assigns::Role(role)) = &action.assigns {
                    found.push((format!("{code}/action:{}", action.code), role.as_str()));
                }
            }
            for follow_up in &procedure.definition.follow_ups {
                let role = follow_up.assign.as_deref().and_then(|it| it.strip_prefix("role:"));
                found.extend(role.map(|it| (format!("{code}/follow_up:{}", follow_up.code()), it)));
            }
        }
        for duty in LIBRARY.duties.values().filter(|it| self.is_own("duty", &it.code)) {
            let role = duty.assign.as_deref().and_then(|it| it.strip_prefix("role:"));
            found.extend(role.map(|it| (format!("duty:{}", duty.code), it)));
        }
        found
    }
}

impl Calendars for World {
    fn find(&self, code: &str) -> Option<&Calendar> {
        CALENDARS.get(code)
    }
}
