//! The packs that come with the program, loaded once for the tests.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use kefu_domain::calendar::Calendar;
use kefu_domain::case::{Channel, Child, Fact, Open, Origin, Priority};
use kefu_domain::pack::{Library, load_shipped};
use kefu_domain::procedure::Procedure;
use kefu_domain::who::{Actor, Scope};
use serde_json::Value;
use uuid::Uuid;

use crate::people::{CASE, CUSTOMER, SITE, person, staff};
use crate::support::{Story, fields};

/// The property pack and what it requires.
pub(crate) static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| load_shipped(&["property"]).unwrap());

static PROCEDURES: LazyLock<BTreeMap<String, Arc<Procedure>>> = LazyLock::new(|| {
    let names = LIBRARY.names();
    let ready = LIBRARY.procedures.iter().map(|it| {
        let ready = Procedure::new(it.definition.clone(), 1, &names.surroundings()).unwrap();
        (it.definition.code.clone(), Arc::new(ready))
    });
    ready.collect()
});

/// A story under a shipped procedure, with the shipped calendars.
pub(crate) fn story(procedure: &str) -> Story {
    static CALENDARS: LazyLock<Vec<Calendar>> = LazyLock::new(|| {
        LIBRARY.calendars.iter().map(|it| Calendar::new(it.clone()).unwrap()).collect()
    });
    let mut story = Story::of(PROCEDURES[procedure].clone());
    for calendar in CALENDARS.iter() {
        story.world.calendars.insert(calendar.code().to_owned(), calendar.clone());
    }
    story.world.site_calendar = Some("office".to_owned());
    story
}

/// Somebody on a post, at the site of the tests.
pub(crate) fn post(id: Uuid, role: &str) -> Actor {
    let permissions = &LIBRARY.roles[role].permissions;
    let permissions: Vec<&str> = permissions.iter().map(String::as_str).collect();
    staff(id, &permissions, Scope::Site, Some(SITE))
}

/// What a caller says when a case is opened.
pub(crate) fn told(what: Value) -> Open {
    Open {
        id: CASE,
        number: "TS-20261127-000001".to_owned(),
        subject: "电梯异响".to_owned(),
        channel: Channel::Phone,
        priority: Priority::Normal,
        site_id: Some(SITE),
        customer_id: Some(CUSTOMER),
        asset_id: None,
        fields: fields(what),
        origin: None,
        duty: None,
    }
}

/// Opens the case that a story's last follow-up of that code asks for, as the program does.
pub(crate) fn follow(parent: &Story, follow_up: &str, at: &str) -> Story {
    let opened = parent.events.iter().rev().find_map(|it| match &it.fact {
        Fact::FollowUpOpened(opened) if opened.follow_up == follow_up => Some(opened),
        _ => None,
    });
    let opened = opened.unwrap();
    let mut child = story(&opened.procedure);
    child.world.figures.clone_from(&parent.world.figures);
    let what = Open {
        id: Uuid::from_u128(0xC411D),
        fields: opened.fields.clone(),
        channel: Channel::System,
        origin: Some(Origin {
            parent_id: CASE,
            follow_up: opened.follow_up.clone(),
            owner_id: parent.case().owner_id,
            assignee: opened.assignee_id.and_then(person),
            pool: opened.pool.clone(),
            given: opened.given.clone(),
        }),
        ..told(Value::Object(serde_json::Map::new()))
    };
    child.open(at, &Actor::system(), what).unwrap();
    child
}

/// A case as the one that opened it sees it.
pub(crate) fn seen(child: &Story) -> Child {
    let case = child.case();
    Child {
        id: case.id,
        number: case.number.clone(),
        procedure: case.procedure.clone(),
        follow_up: case.follow_up.clone(),
        state: case.state.clone(),
        fields: Value::Object(case.fields.clone()),
        closed: case.closed_at.is_some(),
    }
}

#[test]
fn every_procedure_that_is_shipped_runs() {
    let codes: Vec<_> = PROCEDURES.keys().map(String::as_str).collect();
    for code in ["callback", "complaint", "inquiry", "rectification", "repair", "suggestion"] {
        assert!(codes.contains(&code), "{code} is not among {codes:?}");
    }
}
