//! The packs that come with the program, and packs with faults.

use kefu_domain::pack::{self, FileFault};
use kefu_domain::procedure::{Procedure, from_toml_with};

fn listed(faults: &[FileFault]) -> String {
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[test]
fn every_shipped_pack_loads_without_a_fault() {
    let codes = pack::shipped_codes();
    assert!(codes.contains(&"common") && codes.contains(&"property"), "{codes:?}");
    let library = pack::load_shipped(&codes).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
    let names = library.names();
    for file in &library.procedures {
        // The text that is shown is the procedure that runs.
        let (definition, _) =
            from_toml_with(&file.source, &|code| library.fields_of(code)).unwrap();
        assert_eq!(definition, file.definition);
        let json = serde_json::to_value(&definition).unwrap();
        let back = kefu_domain::procedure::from_json(json).unwrap();
        assert_eq!(back, definition, "the JSON of {} is the same procedure", definition.code);
        Procedure::new(definition, 1, &names.surroundings()).unwrap();
    }
}

#[test]
fn a_pack_loads_with_nothing_but_what_it_requires() {
    for code in pack::shipped_codes() {
        let library = pack::load_shipped(&[code]).unwrap_or_else(|it| panic!("{}", listed(&it)));
        assert!(library.packs.iter().any(|it| it.code == code));
        for pack in &library.packs {
            for needed in &pack.requires {
                let place = |code: &str| library.packs.iter().position(|it| it.code == code);
                assert!(place(needed) < place(&pack.code), "{needed} comes before {}", pack.code);
            }
        }
    }
}

const PACK: &str = "code = 'one'\ntitle = { zh = '一', en = 'One' }\n";

const ROLES: &str = "
[[permissions]]
code  = 'thing.handle'
title = { zh = '办理', en = 'Handle' }

[[roles]]
code        = 'handler'
title       = { zh = '办理员', en = 'Handler' }
permissions = ['case.open', 'thing.handle']
";

const CLAUSES: &str = "
[[clauses]]
id = 'R-1'
zh = '一日内办结。'
en = 'Done within a day.'
";

const THING: &str = "
code   = 'thing'
title  = { zh = '事项', en = 'Thing' }
kind   = 'request'
number = 'SX-{date}-{seq}'
opens  = ['case.open']
clauses = ['R-1']
form   = { required = ['what'], properties = { what = { type = 'string' }, ok = { type = 'boolean' } } }
states = [{ code = 'open', initial = true }, { code = 'done', final = true }]

[[actions]]
code = 'finish'
from = ['open']
to   = 'done'
by   = ['thing.handle']

[[actions]]
code = 'again'
from = ['done']
to   = 'open'
by   = ['system', 'thing.handle']
";

const FOLLOW: &str = "
[[follow_ups]]
when      = 'done'
open      = 'thing'
if        = \"case.fields.ok\"
fields    = { what = \"case.number\" }
on_result = [{ when = \"child.fields.ok\", act = 'again' }]
";

/// Reads and loads one pack; faults as `path code pointer`.
fn load(files: &[(&str, &str)]) -> Vec<String> {
    let loaded = pack::read(files).and_then(|it| pack::load(&[it]));
    let faults = loaded.map_or_else(|it| it, |_| Vec::new());
    let said = |it: FileFault| {
        assert!(it.fault.line.is_some() || it.fault.code == "no_pack", "{it} has a line");
        format!("{} {} {}", it.path, it.fault.code, it.fault.pointer)
    };
    faults.into_iter().map(said).collect()
}

fn files<'a>(changed: &'a str, text: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut files = vec![
        ("pack.toml", PACK),
        ("roles.toml", ROLES),
        ("clauses.toml", CLAUSES),
        ("procedures/thing.toml", THING),
        ("README.md", "no part of it"),
    ];
    files.retain(|(path, _)| *path != changed);
    files.push((changed, text));
    files
}

#[test]
fn a_small_pack_loads() {
    let follow = format!("{THING}{FOLLOW}");
    assert_eq!(load(&files("procedures/thing.toml", &follow)), Vec::<String>::new());
}

#[test]
fn each_fault_of_a_pack_is_found_in_its_file() {
    let thing = |from: &str, to: &str| {
        let text = format!("{THING}{FOLLOW}");
        assert!(text.contains(from), "{from}");
        ("procedures/thing.toml", text.replacen(from, to, 1))
    };
    let roles = |from: &str, to: &str| ("roles.toml", ROLES.replacen(from, to, 1));
    let calendar = |week: &str| {
        let head = "[[calendars]]\ncode = 'office'\ntitle = { zh = '办', en = 'Office' }\n";
        ("calendars.toml", format!("{head}time_zone = 'Asia/Shanghai'\nweek = {{ {week} }}\n"))
    };
    for ((path, text), fault) in [
        (("pack.toml", "code = 1".to_owned()), "pack.toml type /code"),
        (("pack.toml", format!("{PACK}requires = ['two']")), "pack.toml unknown_pack /requires/0"),
        (("pack.toml", format!("{PACK}author = 'x'")), "pack.toml unknown_member /author"),
        (
            ("clauses.toml", format!("{CLAUSES}{CLAUSES}")),
            "clauses.toml duplicate_code /clauses/1/id",
        ),
        (("clauses.toml", CLAUSES.replace("zh =", "cn =")), "clauses.toml required /clauses/0/zh"),
        (("clauses.toml", "[[clauses]".to_owned()), "clauses.toml not_toml "),
        (
            roles("['case.open', ", "['case.opne', "),
            "roles.toml unknown_permission /roles/0/permissions",
        ),
        (roles("'handler'", "'Handler'"), "roles.toml bad_code /roles/0/code"),
        (
            roles("code  = 'thing.handle'", "code = 'handle'"),
            "roles.toml bad_code /permissions/0/code",
        ),
        (
            roles("code  = 'thing.handle'", "code = 'case.open'"),
            "roles.toml duplicate_code /permissions/0/code",
        ),
        (
            roles("[[roles]]", "clauses = ['R-9']\n[[roles]]"),
            "roles.toml unknown_clause /permissions/0/clauses/0",
        ),
        (roles(", 'thing.handle']", "]"), "procedures/thing.toml nobody_may /actions/0/by"),
        (
            calendar("mon = [['09:00', '12:00'], ['11:00', '13:00']]"),
            "calendars.toml overlap /calendars/0/week/mon/1",
        ),
        (calendar("mon = [['09:00']]"), "calendars.toml too_few /calendars/0/week/mon/0"),
        (thing("'R-1'", "'R-2'"), "procedures/thing.toml unknown_clause /clauses/0"),
        (
            thing("what = \"case.number\"", "who = \"case.number\", what = \"case.number\""),
            "procedures/thing.toml unknown_field /follow_ups/0/fields/who",
        ),
        (
            thing("{ what = \"case.number\" }", "{}"),
            "procedures/thing.toml missing_field /follow_ups/0/fields",
        ),
        (
            thing("open      = 'thing'", "open = 'thing'\nwithin = '7d'"),
            "procedures/thing.toml span_not_taken /follow_ups/0/within",
        ),
        (
            thing("child.fields.ok", "child.fields.okay"),
            "procedures/thing.toml unknown_member /follow_ups/0/on_result/0/when",
        ),
        (
            thing("case.fields.ok", "children.exists(c, c.fields.okay)"),
            "procedures/thing.toml unknown_member /follow_ups/0/if",
        ),
        (thing("'request'", "'wish'"), "procedures/thing.toml enum /kind"),
    ] {
        let found = load(&files(path, &text));
        assert!(found.iter().any(|it| it == fault), "{fault}: {found:?}");
    }
    assert_eq!(load(&[("clauses.toml", CLAUSES)]), ["pack.toml no_pack "]);
}

#[test]
fn packs_share_what_they_require_and_nothing_else() {
    let two = "code = 'two'\ntitle = { zh = '二', en = 'Two' }\nrequires = ['one']\n";
    let other = THING.replace("'thing'", "'other'");
    let one = pack::read(&files("README.md", "")).unwrap();
    let second = pack::read(&[("pack.toml", two), ("procedures/other.toml", &other)]).unwrap();
    let library = pack::load(&[second.clone(), one.clone()]).unwrap();
    let order: Vec<_> = library.packs.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(order, ["one", "two"]);
    assert_eq!(library.procedures.len(), 2);

    let alone = two.replace("requires = ['one']", "");
    let stranger = pack::read(&[("pack.toml", &alone), ("procedures/other.toml", &other)]).unwrap();
    let found = pack::load(&[one.clone(), stranger]).unwrap_err();
    let codes: Vec<_> = found.iter().map(|it| (it.pack.as_str(), it.fault.code)).collect();
    assert!(codes.contains(&("two", "unknown_clause")), "{codes:?}");
    assert!(codes.contains(&("two", "unknown_permission")), "{codes:?}");

    let found = pack::load(&[one.clone(), one]).unwrap_err();
    assert!(found.iter().all(|it| it.fault.code == "duplicate_code"), "{found:?}");
    assert!(pack::load_shipped(&["nonsense"]).is_err());

    let own = PACK.replace("'one'", "'own'");
    let own = pack::read(&[("pack.toml", &format!("{own}requires = ['property']"))]).unwrap();
    let all = pack::with_required(vec![own]).unwrap();
    assert!(all.iter().any(|it| it.pack.code == "common"), "what is required requires more");
    pack::load(&all).unwrap_or_else(|faults| panic!("{}", listed(&faults)));
}

#[test]
fn the_schema_of_a_procedure_is_published_and_is_a_schema() {
    let schema: serde_json::Value = serde_json::from_str(kefu_domain::procedure::SCHEMA).unwrap();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["properties"]["follow_ups"].is_object());
}
