//! Every rule that a test can check is carried out by something that is there.

use kefu_domain::pack::{self, LEDGERS, Status, Testable, catalogue, coverage};

use crate::LIBRARY;

#[test]
fn every_testable_rule_is_carried_out_or_awaits_a_ledger() {
    let mut wrong = Vec::new();
    for rule in catalogue().values().filter(|it| it.testable == Testable::Yes) {
        let covered = LIBRARY.covered(rule.id, Some(rule));
        let why = match LIBRARY.clauses.get(rule.id) {
            None => "is in no pack",
            Some(_) if covered.by.is_empty() => "is carried out by nothing",
            Some(it) if it.awaits.as_deref().is_some_and(|it| !LEDGERS.contains(&it)) => {
                "awaits a ledger that nobody builds"
            }
            Some(_) => continue,
        };
        wrong.push(format!("{} ({}, {}) {why}", rule.id, rule.area, rule.kind));
    }
    assert!(wrong.is_empty(), "{} rules:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn most_testable_rules_await_nothing() {
    let testable = || catalogue().values().filter(|it| it.testable == Testable::Yes);
    let executed =
        testable().filter(|it| LIBRARY.covered(it.id, Some(it)).status == Status::Executed).count();
    let all = testable().count();
    assert_eq!(all, 1_079);
    assert!(executed * 100 >= all * 85, "{executed} of {all} are executed: less than 85 %");
}

#[test]
fn every_clause_is_in_the_catalogue_and_of_its_area() {
    let mut wrong = Vec::new();
    for clause in LIBRARY.clauses.values() {
        match catalogue().get(clause.id.as_str()) {
            None => wrong.push(format!("{} is not in the catalogue", clause.id)),
            Some(rule) if rule.area == clause.area => {}
            Some(rule) => {
                wrong.push(format!("{} is of {}, not of `{}`", rule.id, rule.area, clause.area));
            }
        }
    }
    assert!(wrong.is_empty(), "{} clauses:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_report_has_every_rule_once() {
    let found = coverage(&LIBRARY, catalogue());
    let ids: Vec<_> = found.iter().map(|it| it.id.as_str()).collect();
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    assert!(catalogue().keys().all(|id| ids.binary_search(id).is_ok()));
    for it in &found {
        assert_eq!(it.awaits.is_some(), it.status == Status::Awaits, "{it:?}");
        assert_eq!(
            it.by.is_empty() && it.awaits.is_none(),
            matches!(it.status, Status::Missing | Status::NotTestable),
            "{it:?}"
        );
    }
}

const PACK: &str = "code = 'one'\ntitle = { zh = '一', en = 'One' }\n";

const ROLES: &str = "
[[roles]]
code        = 'clerk'
title       = { zh = '文员', en = 'Clerk' }
permissions = ['case.open']
clauses     = ['R-1']
";

const THING: &str = "
code    = 'thing'
title   = { zh = '事项', en = 'Thing' }
kind    = 'request'
number  = 'SX-{date}-{seq}'
opens   = ['case.open']
clauses = ['R-1']
form    = { properties = { what = { type = 'string' } } }
states  = [{ code = 'open', initial = true, clauses = ['R-1'] }, { code = 'done', final = true }]

[[actions]]
code    = 'finish'
from    = ['open']
to      = 'done'
by      = ['owner']
clauses = ['R-1']

[[clocks]]
code    = 'done'
starts  = 'open'
stops   = 'done'
within  = [{ span = '1d', clauses = ['R-1'] }]
clauses = ['R-1']
";

fn faults(by: &str, roles: &str, thing: &str) -> Vec<String> {
    let clauses = format!(
        "[[clauses]]\nid = 'R-1'\nzh = '一日内办结。'\nen = 'Within a day.'\nby = ['{by}']\n"
    );
    let files = [
        ("pack.toml", PACK),
        ("clauses.toml", clauses.as_str()),
        ("roles.toml", roles),
        ("procedures/thing.toml", thing),
    ];
    let loaded = pack::read(&files).and_then(|it| pack::load(&[it]));
    let faults = loaded.err().into_iter().flatten();
    faults.map(|it| format!("{} {} {}", it.path, it.fault.code, it.fault.pointer)).collect()
}

#[test]
fn whatever_a_clause_names_and_whoever_cites_one_leads_to_something() {
    for sound in [
        "procedure:thing",
        "procedure:thing/state:open",
        "procedure:thing/action:finish",
        "procedure:thing/clock:done",
        "procedure:thing/field:what",
        "role:clerk",
        "permission:case.open",
        "kernel:log",
    ] {
        assert_eq!(faults(sound, ROLES, THING), Vec::<String>::new(), "{sound}");
    }
    for nothing in [
        "procedure:thin",
        "procedure:thing/state:opened",
        "procedure:thing/action:done",
        "procedure:thing/clock:finish",
        "procedure:thing/field:why",
        "procedure:thing/figure:what",
        "procedure:thing/follow_up:thing",
        "procedure:thing/approval:finish",
        "procedure:thing/hold:what",
        "duty:thing",
        "metric:thing",
        "role:thing",
        "permission:case.nothing",
        "kernel:nothing",
    ] {
        assert_eq!(
            faults(nothing, ROLES, THING),
            ["clauses.toml unknown_enforcer /clauses/0/by/0"],
            "{nothing}"
        );
    }
    assert_eq!(faults("thing", ROLES, THING), ["clauses.toml bad_address /clauses/0/by/0"]);
    let elsewhere = ROLES.replace("R-1", "R-2");
    assert_eq!(
        faults("role:clerk", &elsewhere, THING),
        ["roles.toml unknown_clause /roles/0/clauses/0"]
    );
    let places = [
        "/clauses/0",
        "/states/0/clauses/0",
        "/actions/0/clauses/0",
        "/clocks/0/within/0/clauses/0",
        "/clocks/0/clauses/0",
    ];
    for (index, place) in places.into_iter().enumerate() {
        let parts: Vec<_> = THING.split("R-1").collect();
        let thing = format!("{}R-2{}", parts[..=index].join("R-1"), parts[index + 1..].join("R-1"));
        let fault = format!("procedures/thing.toml unknown_clause {place}");
        assert_eq!(faults("role:clerk", ROLES, &thing), [fault]);
    }
}
