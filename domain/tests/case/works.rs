//! Every shipped procedure can be worked: from its opening to every state it has, by people who
//! hold shipped posts, with inputs made of the forms' own examples.
//!
//! A search, not a proof: it goes every way until nothing is left to find. What it does not find is
//! named with the rules that refused it. Procedures that need a particular input say so, each with
//! its reason, in [`inputs`].

mod inputs;
mod looks;
mod people;
mod results;
mod sample;
mod search;
mod time;
mod world;

use std::collections::BTreeSet;
use std::thread;

use kefu_domain::pack::shipped_codes;

use world::World;

/// What the search does not come to, and where it is worked instead.
const ELSEWHERE: &[(&str, &str)] = &[(
    "wholesale/wholesale_order: `count_by_two`",
    "seven steps with four optional things told on the way: tests/tests/it/days/wholesale.rs",
)];

/// Everything a pack's procedures cannot do.
fn faults_of(pack: &str) -> Vec<String> {
    let world = World::of(pack);
    let mut faults = Vec::new();
    for procedure in world.own() {
        let found = search::walk(&world, procedure);
        faults.extend(found.into_iter().map(|it| format!("{pack}/{}: {it}", procedure.code())));
    }
    faults
}

#[test]
fn every_shipped_procedure_can_be_worked_to_every_state_it_has() {
    let only = std::env::var("KEFU_PACK").ok();
    let packs: Vec<_> = shipped_codes()
        .into_iter()
        .filter(|it| only.as_ref().is_none_or(|only| only == it))
        .collect();
    let (first, second) = packs.split_at(packs.len() / 2);
    let run = |packs: &[&str]| packs.iter().flat_map(|it| faults_of(it)).collect::<Vec<_>>();
    let faults = thread::scope(|scope| {
        let other = scope.spawn(|| run(second));
        let mut faults = run(first);
        faults.extend(other.join().unwrap());
        faults
    });
    let (known, faults): (Vec<_>, Vec<_>) = faults
        .into_iter()
        .partition(|fault| ELSEWHERE.iter().any(|(what, _)| fault.starts_with(what)));
    assert!(only.is_some() || known.len() == ELSEWHERE.len(), "no longer needed: {ELSEWHERE:?}");
    assert!(faults.is_empty(), "{} things cannot be done:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_cannot_be_worked_is_named() {
    let world = World::of("fleet");
    let never = |text: &str| {
        let guard = Some(text.to_owned());
        world.changed("gps_field_note", |it| it.actions[0].guard = guard)
    };
    let found =
        search::walk(&world, &never("case.fields.heard == 'a' && case.fields.heard == 'b'"));
    let expected = [
        "`take_up` can never be taken (guard case.fields.heard == 'a' && case.fields.heard == 'b'; needs gps.use_notes)",
        "the state `taken_up` is never reached",
    ];
    assert_eq!(found, expected);
    // Somebody else on the same post may, and what could matter is tried.
    let sometimes = "case.fields.heard == 'b' && actor.id != case.opened_by";
    assert_eq!(search::walk(&world, &never(sometimes)), Vec::<String>::new());
}

#[test]
fn whoever_is_told_that_a_case_waits_can_take_it() {
    let mut faults = BTreeSet::new();
    for pack in shipped_codes() {
        let world = World::of(pack);
        for (place, role) in world.pools() {
            let post = world.roles.iter().find(|it| it.code == role).unwrap();
            let may = &post.permissions;
            for needed in ["case.read", "case.claim"] {
                if !may.contains(needed) {
                    faults.insert(format!("{pack}: {place} waits for {role}, who lacks {needed}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}
