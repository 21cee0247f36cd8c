//! Who may do what, as one text file that people read: `tests/matrix.txt`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use kefu_domain::Timestamp;
use kefu_domain::case::{Case, Extension, Suspension, Transfer, offers};
use kefu_domain::procedure::WITHDRAWN;
use kefu_domain::who::{Actor, KERNEL_PERMISSIONS, Role, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::people::{ANN, BEN, CAT, DAN, EVE, cat, staff, system};
use crate::shipped::{LIBRARY, post, story, told};
use crate::support::{Story, child, instant};

const HEAD: &str = "\
# Who may do what under the shipped packs. Generated; read every change of it.
# UPDATE_MATRIX=1 cargo test -p kefu-domain --test case matrix   writes it anew.
# In capitals: what somebody is to the case, without any permission. Roles: by their permissions
# alone, where their grant reaches.
";

#[test]
fn the_permission_matrix_is_the_one_that_was_reviewed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/matrix.txt");
    let now = matrix();
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let reviewed = std::fs::read_to_string(&path).unwrap_or_default();
    let changed: Vec<_> =
        now.lines().filter(|it| !reviewed.lines().any(|line| line == *it)).collect();
    let gone: Vec<_> = reviewed.lines().filter(|it| !now.lines().any(|line| line == *it)).collect();
    assert!(now == reviewed, "tests/matrix.txt is stale; new: {changed:#?}, gone: {gone:#?}");
}

fn matrix() -> String {
    let mut text = HEAD.to_owned();
    permissions(&mut text);
    let what = json!({ "what_happened": "x", "grade": "ordinary" });
    let ordinary = actions("complaint", what);
    write(&mut text, "The actions of a complaint", &ordinary);
    let mut major = actions("complaint", json!({ "what_happened": "x", "grade": "major" }));
    major.retain(|it| !ordinary.contains(it));
    write(&mut text, "What differs for a major complaint", &major);
    let repair = actions("repair", json!({ "fault": "x", "category": "leak", "emergency": false }));
    write(&mut text, "The actions of a repair", &repair);
    text
}

/// An action, and by states who is offered it there.
type Row = (String, Vec<(String, String)>);

fn write(text: &mut String, title: &str, rows: &[Row]) {
    writeln!(text, "\n## {title}").unwrap();
    for (action, lines) in rows {
        writeln!(text, "\n{action}").unwrap();
        for (states, who) in lines {
            writeln!(text, "  {states}: {who}").unwrap();
        }
    }
}

/// Each permission of the kernel and of the packs, and the roles that hold it.
fn permissions(text: &mut String) {
    text.push_str("\n## Roles\n\n");
    for (code, role) in &LIBRARY.roles {
        writeln!(text, "{code} ({})", role.title.zh).unwrap();
    }
    text.push_str("\n## Permissions, and who holds them\n");
    let kernel: Vec<&str> = KERNEL_PERMISSIONS.iter().map(|it| it.code).collect();
    let packs: Vec<&str> = LIBRARY.permissions.keys().map(String::as_str).collect();
    for family in [kernel, packs] {
        text.push('\n');
        for permission in family {
            let holds = |role: &&Role| role.permissions.contains(permission);
            let roles: Vec<&str> =
                LIBRARY.roles.values().filter(holds).map(|it| it.code.as_str()).collect();
            writeln!(text, "{permission}: {}", roles.join(" ")).unwrap();
        }
    }
}

/// Who is offered each action in each state: by a role's permissions alone, or (in capitals) by what
/// they are to the case.
fn actions(procedure: &str, what: Value) -> Vec<Row> {
    let now = instant("11-23 09:00");
    let mut story = story(procedure);
    story.open_at(now, &post(EVE, "front_desk"), told(what)).unwrap();
    // A callback that went well, so that no condition on the case stands in the way.
    let mut callback = child("callback", "closed", json!({ "satisfied": true }));
    callback.procedure = "callback".to_owned();
    callback.closed = true;
    story.world.children = vec![callback];
    let states = story.procedure.definition.states.iter().map(|it| it.code.clone());
    let states: Vec<String> = states.chain([WITHDRAWN.to_owned()]).collect();
    let mut open: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for state in &states {
        for case in variants(&story, state, now) {
            for (name, who) in everybody() {
                let offered = story.world.ask(now, |context| {
                    let all = offers(&story.procedure, &case, &who, context);
                    all.into_iter().map(|it| it.code.to_owned()).collect::<Vec<_>>()
                });
                for code in offered {
                    let by_state = open.entry(code).or_default();
                    by_state.entry(state.clone()).or_default().insert(name.clone());
                }
            }
        }
    }
    let codes = crate::walk::codes(&story).into_iter();
    codes
        .map(|code| (code.clone(), by_who(&story, open.remove(&code).unwrap_or_default())))
        .collect()
}

/// The states in which the same people are offered something, together.
fn by_who(
    story: &Story,
    mut by_state: BTreeMap<String, BTreeSet<String>>,
) -> Vec<(String, String)> {
    let mut lines: Vec<(Vec<&str>, BTreeSet<String>)> = Vec::new();
    let states = story.procedure.definition.states.iter().map(|it| it.code.as_str());
    let all: Vec<&str> = states.chain([WITHDRAWN]).collect();
    for state in &all {
        let Some(who) = by_state.remove(*state) else { continue };
        match lines.iter_mut().find(|it| it.1 == who) {
            Some(line) => line.0.push(state),
            None => lines.push((vec![state], who)),
        }
    }
    let open: Vec<&str> = all.iter().copied().filter(|it| !story.procedure.is_final(it)).collect();
    let line = |(states, who): (Vec<&str>, BTreeSet<String>)| {
        let states = match states {
            states if states == all => "every state".to_owned(),
            states if states == open => "every open state".to_owned(),
            states => states.join(" "),
        };
        (states, who.into_iter().collect::<Vec<_>>().join(" "))
    };
    lines.into_iter().map(line).collect()
}

/// A case in a state: worked on, waiting for somebody, with something pending, suspended. An act
/// that needs any of these is possible in one of them.
fn variants(story: &Story, state: &str, now: Timestamp) -> Vec<Case> {
    let mut base = story.case().clone();
    state.clone_into(&mut base.state);
    (base.owner_id, base.assignee_id, base.opened_by) = (Some(ANN), Some(BEN), Some(EVE));
    if story.procedure.is_final(state) {
        (base.closed_at, base.clocks) = (Some(now), Vec::new());
        return vec![base];
    }
    let with = |change: &dyn Fn(&mut Case)| {
        let mut case = base.clone();
        change(&mut case);
        case
    };
    let clock = base.clocks[0].code.clone();
    vec![
        with(&|case| case.assignee_id = None),
        with(&|case| {
            let (to, reason) = (DAN, "x".to_owned());
            case.transfer = Some(Transfer { to, team: None, by: Some(BEN), reason });
        }),
        with(&|case| {
            let (span, reason) = ("1h".parse().unwrap(), "x".to_owned());
            case.extension = Some(Extension { clock: clock.clone(), span, by: None, reason });
        }),
        with(&|case| case.suspended = Some(Suspension { since: now, reason: "x".to_owned() })),
        base.clone(),
    ]
}

/// Every role by its permissions alone, and everybody who is something to the case by that alone.
fn everybody() -> Vec<(String, Actor)> {
    let nothing = |id| staff(id, &[], Scope::All, None);
    let mut customer = cat();
    customer.powers = std::sync::Arc::default();
    assert_eq!(customer.id, Some(CAT));
    let mut all: Vec<(String, Actor)> = vec![
        ("OWNER".to_owned(), nothing(ANN)),
        ("ASSIGNEE".to_owned(), nothing(BEN)),
        ("OPENER".to_owned(), nothing(EVE)),
        ("TRANSFEREE".to_owned(), nothing(DAN)),
        ("CUSTOMER".to_owned(), customer),
        ("SYSTEM".to_owned(), system()),
    ];
    for (index, code) in (0_u128..).zip(LIBRARY.roles.keys()) {
        all.push((code.clone(), post(Uuid::from_u128(0x1000 + index), code)));
    }
    all
}
