//! What conditions see, what they come to, and what is found wrong about them unseen.

use kefu_domain::procedure::{Condition, Scope, Type, Types, Wants};
use serde_json::{Value, json};

fn now() -> kefu_domain::Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

struct Seen {
    case: Value,
    customer: Option<Value>,
    children: Vec<Value>,
    child: Option<Value>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            case: json!({
                "number": "TS-1", "state": "registered", "priority": "high",
                "opened_at": "2026-11-20T09:00:00Z", "closed_at": null,
                "fields": { "grade": "major", "persons": 3, "cost": 12.5, "tags": ["a", "b"],
                    "safe": true, "nothing": null, "address": { "city": "苏州" } },
            }),
            customer: None,
            children: vec![
                json!({ "procedure": "callback", "state": "closed", "closed": true, "fields": {} }),
                json!({ "procedure": "callback", "state": "due", "closed": false,
                    "fields": { "satisfied": true } }),
            ],
            child: Some(json!({ "procedure": "callback", "fields": {} })),
        }
    }
}

impl Seen {
    fn ask<T>(&self, ask: impl FnOnce(&Scope<'_>) -> T) -> T {
        ask(&Scope {
            case: &self.case,
            actor_id: Some("0199"),
            has: &|permission| permission == "complaint.major",
            customer: self.customer.as_ref(),
            site: None,
            children: &self.children,
            child: self.child.as_ref(),
            item: None,
            input: None,
            now: now(),
        })
    }

    fn value(&self, source: &str) -> Result<Value, String> {
        let condition = Condition::parse(source)?;
        self.ask(|scope| condition.value(scope))
    }

    fn holds(&self, source: &str) -> bool {
        let condition = Condition::parse(source).unwrap_or_else(|it| panic!("{source}: {it}"));
        self.ask(|scope| condition.holds(scope)).unwrap_or_else(|it| panic!("{source}: {it}"))
    }
}

#[test]
fn conditions_hold() {
    let seen = Seen::default();
    for source in [
        "true",
        "case.fields.grade == 'major'",
        "case.fields['grade'] == 'major'",
        "case.fields.grade in ['major', 'ordinary']",
        "case.fields.safe",
        "case.fields.persons > 2 && case.fields.persons <= 3",
        "case.fields.cost * 2 == 25.0",
        "case.fields.persons + 0.5 > 3",
        "-case.fields.persons < 0",
        "'a' in case.fields.tags",
        "case.fields.tags[1] == 'b'",
        "case.fields.tags.size() == 2 && size(case.fields.tags) == 2",
        "case.fields.tags.exists(it, it == 'b')",
        "case.fields.tags.all(it, it != 'c')",
        "case.fields.tags.exists_one(it, it == 'b')",
        "case.fields.tags.filter(it, it == 'b').size() == 1",
        "case.fields.tags.map(it, it + '!')[0] == 'a!'",
        "case.fields.address.city == '苏州'",
        "case.fields.address == case.fields.address",
        "case.number.startsWith('TS-') && case.number.contains('-') && case.number.endsWith('1')",
        "actor.has('complaint.major')",
        "!actor.has('case.assign')",
        "actor.id == '0199'",
        "children.exists(c, c.procedure == 'callback' && c.state == 'due' && c.fields.satisfied)",
        "children.exists(c, !c.closed)",
        "now - case.opened_at == duration('48h')",
        "case.opened_at + duration('72h') > now",
        "now >= timestamp('2026-11-22T09:00:00Z')",
        "now.getFullYear() == 2026",
        "has(case.fields.grade) && !has(case.fields.remedy) && !has(case.fields.nothing)",
        "case.fields.grade == 'major' ? true : case.fields.unknown",
    ] {
        assert!(seen.holds(source), "{source}");
    }
}

#[test]
fn what_is_absent_is_null_and_null_is_never_an_error() {
    let seen = Seen::default();
    for holds in [
        "!child.fields.satisfied",
        "child.fields.satisfied == null",
        "null == child.fields.satisfied",
        "case.fields.remedy == null && case.fields.nothing == null",
        "case.fields.remedy == case.fields.nothing",
        "case.fields.a.b.c == null",
        "case.fields.remedy != 'x'",
        "customer == null && site == null && site.name == null",
        "size(case.fields.remedy) == 0 && case.fields.remedy.size() == 0",
        "(case.fields.remedy + 1) == null",
        "case.fields.remedy.all(it, it == 1)",
        "!(case.fields.remedy > 1) && !(case.fields.remedy < 1) && !(case.fields.remedy >= 1)",
    ] {
        assert!(seen.holds(holds), "{holds}");
    }
    for fails in [
        "child.fields.satisfied",
        "case.fields.remedy",
        "case.fields.remedy && true",
        "case.fields.remedy || case.fields.nothing",
        "case.fields.remedy == 'x'",
        "case.fields.remedy in ['x']",
        "'x' in case.fields.remedy",
        "case.fields.remedy > 1",
        "1 < case.fields.remedy",
        "case.fields.remedy + 1 > 0",
        "case.fields.remedy.contains('x')",
        "case.number.contains(case.fields.remedy)",
        "case.fields.remedy.exists(it, it)",
        "case.closed_at > now",
        "children.all(c, c.fields.satisfied)",
        "customer.level == 'vip'",
        "case.fields.remedy ? true : false",
    ] {
        assert!(!seen.holds(fails), "{fails}");
    }
}

#[test]
fn a_condition_comes_to_a_value() {
    let seen = Seen::default();
    for (source, value) in [
        ("case.number", json!("TS-1")),
        ("case.fields.persons", json!(3)),
        ("case.fields.persons / 2", json!(1)),
        ("case.fields.cost", json!(12.5)),
        ("case.fields.remedy", json!(null)),
        ("case.fields.tags", json!(["a", "b"])),
        ("case.fields.address", json!({ "city": "苏州" })),
        ("[case.fields.address]", json!([{ "city": "苏州" }])),
        ("{'city': case.fields.address.city, 'n': 1}", json!({ "city": "苏州", "n": 1 })),
        ("has(case.fields.remedy) ? case.fields.remedy : 'none'", json!("none")),
        ("case.opened_at", json!("2026-11-20T09:00:00Z")),
        ("now", json!("2026-11-22T09:00:00Z")),
        ("string(case.fields.persons) + ' 人'", json!("3 人")),
    ] {
        assert_eq!(seen.value(source), Ok(value), "{source}");
    }
    assert!(seen.value("case.fields.tags[7]").is_err());
    assert!(seen.value("case.fields.tags + 1").is_err());
    assert!(seen.value("now - case.opened_at").is_err(), "a duration is no value of a form");
    let text = Condition::parse("case.number").unwrap();
    assert!(seen.ask(|scope| text.holds(scope)).is_err());
}

#[test]
fn a_condition_knows_what_it_reads() {
    let it = Condition::parse("children.exists(c, c.closed) && case.state == 'x'").unwrap();
    assert_eq!(it.source(), "children.exists(c, c.closed) && case.state == 'x'");
    assert!(it.uses("children") && it.uses("case"));
    assert!(!it.uses("c") && !it.uses("customer") && !it.uses("@result"));
    let shadowed = Condition::parse("case.fields.tags.exists(site, site == 'x') || site.a == 1");
    assert!(shadowed.unwrap().uses("site"));
}

#[test]
fn what_is_no_expression_is_refused() {
    for source in [
        "",
        "case.",
        "case.fields.grade = 'x'",
        "a b",
        "'x",
        "Foo{a: 1}",
        "a.?b",
        "1 +",
        "a // b",
        "r'x' == 'x'",
        "'''x''' == 'x'",
        r"'\q' == 'x'",
        "'a\nb' == 'x'",
        "`a`",
    ] {
        assert!(Condition::parse(source).is_err(), "{source}");
    }
}

/// The parser recurses: whoever may check a procedure must not be able to overflow its stack.
#[test]
fn what_is_too_deep_or_too_long_is_refused_before_it_is_parsed() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(80), close.repeat(80));
    for source in [
        format!("'{}' == ''", "x".repeat(2_000)),
        deep("(", ")"),
        deep("[", "]"),
        deep("{1:", "}"),
        deep("a.exists(b,", ")"),
        "(".repeat(500),
        format!("'{}", "(".repeat(500)),
        format!("'\n{}'", "(".repeat(500)),
        format!(r"'\q{}'", "(".repeat(500)),
        format!(r"r'\'{}'", "(".repeat(500)),
        format!("'''{}''' == ''", "(".repeat(500)),
        format!("')))))))' + {}", "(".repeat(500)),
        format!("a{}", ".b".repeat(500)),
        format!("1{}", "+1".repeat(500)),
        format!("{}a", "!".repeat(500)),
        format!("a{}", "[0]".repeat(200)),
        format!("{}a", "a?a:".repeat(100)),
    ] {
        assert!(Condition::parse(&source).is_err(), "{source}");
    }
    let nested = "children.exists(c, (c.a || (c.b && (c.c || (c.d && [c.e][0])))))";
    assert!(Condition::parse(nested).is_ok());
}

fn types() -> Types {
    let fields = json!({
        "grade": { "enum": ["major", "ordinary"] },
        "title": { "type": "string" },
        "count": { "type": "integer" },
        "safe": { "type": ["boolean", "null"] },
        "tags": { "type": "array", "items": { "enum": ["a", "b"] } },
        "any": {},
    });
    let fields = fields.as_object().unwrap().iter();
    let fields = fields.map(|(name, it)| (name.clone(), Type::of_schema(it))).collect();
    let case = [
        ("state".to_owned(), Type::words(["open", "shut"])),
        ("opened_at".to_owned(), Type::Instant),
        ("fields".to_owned(), Type::Object(fields)),
    ];
    let child = [("closed".to_owned(), Type::Bool), ("fields".to_owned(), Type::Any)];
    let child = Type::Object(child.into_iter().collect());
    let mut types = Types::default()
        .with("case", Type::Object(case.into_iter().collect()))
        .with("actor", Type::Actor)
        .with("children", Type::List(Box::new(child)))
        .with("now", Type::Instant);
    types.permissions = Some(["case.open".to_owned()].into_iter().collect());
    types
}

#[test]
fn what_cannot_be_right_is_found_before_it_runs() {
    for (source, code) in [
        ("cose.state == 'open'", "unknown_variable"),
        ("string", "unknown_variable"),
        ("c.closed && children.exists(c, c.closed)", "unknown_variable"),
        ("case.stat == 'open'", "unknown_member"),
        ("case['stat'] == 'open'", "unknown_member"),
        ("case.fields.grad == 'major'", "unknown_member"),
        ("!has(case.fields.grad)", "unknown_member"),
        ("case.fields.title.length == 3", "unknown_member"),
        ("children.exists(c, c.open)", "unknown_member"),
        ("actor.name == 'x'", "unknown_member"),
        ("case.fields.grade == 'majr'", "not_in_enum"),
        ("case.state == 'opened'", "not_in_enum"),
        ("'opened' != case.state", "not_in_enum"),
        ("case.fields.grade in ['major', 'minor']", "not_in_enum"),
        ("'c' in case.fields.tags", "not_in_enum"),
        ("case.fields.tags.exists(it, it == 'c')", "not_in_enum"),
        ("case.fields.count == '3'", "type_mismatch"),
        ("case.fields.count < '3'", "type_mismatch"),
        ("case.fields.safe < true", "type_mismatch"),
        ("case.opened_at > 3", "type_mismatch"),
        ("case.fields.title + 1 == 'x'", "type_mismatch"),
        ("now + now == now", "type_mismatch"),
        ("case.fields.count.contains('x')", "type_mismatch"),
        ("size(case.fields.count) == 1", "type_mismatch"),
        ("case.fields.count[0] == 1", "type_mismatch"),
        ("timestamp(case.fields.safe) == now", "type_mismatch"),
        ("case.fields.title", "not_a_condition"),
        ("case.fields.title && true", "not_a_condition"),
        ("!case.fields.count", "not_a_condition"),
        ("case.fields.count ? true : false", "not_a_condition"),
        ("children.exists(c, 'x')", "not_a_condition"),
        ("children", "not_a_condition"),
        ("now", "not_a_condition"),
        ("case.fields.count.exists(it, it)", "not_a_list"),
        ("'a' in case.fields.title", "not_a_list"),
        ("actor.has('case.opne')", "unknown_permission"),
        ("actor.holds('case.open')", "unknown_function"),
        ("is_major(case)", "unknown_function"),
        ("case.fields.title.matches('x')", "unknown_function"),
        ("now - case.opened_at > duration('1 day')", "bad_constant"),
        ("now > timestamp('tomorrow')", "bad_constant"),
    ] {
        let condition = Condition::parse(source).unwrap_or_else(|it| panic!("{source}: {it}"));
        let found = condition.check(&types(), Wants::Condition);
        let codes: Vec<_> = found.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes, [code], "{source}: {found:?}");
        for (_, words) in found {
            assert!(!words.zh.is_empty() && !words.en.is_empty());
        }
    }
}

#[test]
fn what_may_be_right_passes() {
    for source in [
        "case.fields.grade == 'major' || actor.has('case.open')",
        "case.fields.any == 3 && case.fields.any == 'x'",
        "case.fields.safe == null || !case.fields.safe",
        "case.state in ['open', 'shut']",
        "children.exists(c, c.closed && c.fields.satisfied && c.fields.score > 3)",
        "children.filter(c, c.closed).size() > 1",
        "now - case.opened_at > duration('24h')",
        "now.getHours('Asia/Shanghai') >= 18",
        "case.fields.title.contains('x') && size(case.fields.title) > 2",
        "case.fields.count + 1.5 > 2 && case.fields.count % 2 == 0",
        "case.fields.tags.map(it, it + 'x').exists(it, it == 'ax')",
        "(case.fields.safe ? case.fields.count : 0) > 1",
    ] {
        let found = Condition::parse(source).unwrap().check(&types(), Wants::Condition);
        assert!(found.is_empty(), "{source}: {found:?}");
    }
    let value = Condition::parse("case.fields.title").unwrap();
    assert!(value.check(&types(), Wants::Value).is_empty());
}
