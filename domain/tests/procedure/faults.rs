//! Every kind of fault of a procedure, each at its place and line.

use kefu_domain::procedure::{Procedure, from_json, from_toml};
use serde_json::{Value, json};

use crate::world::{COMPLAINT, compile, faults, names};

/// The complaint with one piece of its text replaced.
fn with(from: &str, to: &str) -> String {
    assert!(COMPLAINT.contains(from), "the fixture has no `{from}`");
    COMPLAINT.replacen(from, to, 1)
}

/// The complaint with something more at its end.
fn and(more: &str) -> String {
    format!("{COMPLAINT}\n{more}\n")
}

#[test]
fn the_complaint_has_no_fault() {
    let procedure = compile(COMPLAINT).unwrap_or_else(|it| panic!("{it:#?}"));
    assert_eq!(procedure.code(), "complaint");
    assert_eq!(procedure.initial(), "registered");
    assert_eq!(procedure.reopen_to(), "registered");
    assert!(procedure.is_final("closed") && procedure.is_final("withdrawn"));
    assert!(!procedure.is_final("answered"));
    assert!(procedure.action("investigate").unwrap().guard.is_some());
    assert!(procedure.needs.children && !procedure.needs.customer && !procedure.needs.site);
    assert_eq!(procedure.clock("resolution").unwrap().within.len(), 2);
    let follow_up = procedure.follow_up("callback").unwrap();
    assert_eq!((follow_up.fields.len(), follow_up.on_result.len()), (2, 1));
}

#[test]
fn who_names_an_assignee_is_asked_whom() {
    let procedure = compile(COMPLAINT).unwrap();
    let form = &procedure.action("hand_over").unwrap().form;
    let fault = form.fill(serde_json::Map::new()).unwrap_err().remove(0);
    assert_eq!((fault.code, fault.pointer.as_str()), ("required", "/assignee_id"));
    let named = json!({ "assignee_id": "01990000-0000-7000-8000-000000000000" });
    assert!(form.fill(named.as_object().unwrap().clone()).is_ok());
    assert!(procedure.definition.actions[3].form.is_empty(), "the definition stays as written");
}

#[test]
fn seven_faults_are_all_named_each_at_its_line() {
    let text = with("[\"case.open\"]", "[\"case.opne\"]")
        .replacen("minimum = 1, maximum = 500", "minimun = 1, maximum = 500", 1)
        .replacen("code = \"waiting_customer\"", "code = \"Waiting\"", 1)
        .replacen("== 'ordinary' ||", "== 'ordinery' ||", 1)
        .replacen("[\"R-1\"]", "[\"R-9\"]", 1)
        .replacen("calendar = \"office\"", "calendar = \"ofice\"", 1)
        .replacen("open      = \"callback\"", "open      = \"calback\"", 1);
    let found = compile(&text).unwrap_err();
    let line = |needle: &str| {
        let at = text.lines().position(|it| it.contains(needle)).unwrap();
        Some(u32::try_from(at + 1).unwrap())
    };
    for (code, pointer, place) in [
        ("unknown_permission", "/opens/0", "case.opne"),
        ("unknown_keyword", "/form/properties/persons/minimun", "minimun"),
        ("bad_code", "/states/2/code", "\"Waiting\""),
        ("not_in_enum", "/actions/0/guard", "ordinery"),
        ("unknown_clause", "/actions/0/clauses/0", "R-9"),
        ("unknown_calendar", "/clocks/1/calendar", "ofice"),
        ("unknown_procedure", "/follow_ups/0/open", "calback"),
    ] {
        // A broken form has no fields: the enum is not known then.
        if code == "not_in_enum" {
            assert!(found.iter().any(|it| it.pointer == pointer && it.line == line(place)));
            continue;
        }
        let fault = found.iter().find(|it| it.code == code && it.pointer == pointer);
        let fault = fault.unwrap_or_else(|| panic!("no {code} at {pointer}: {found:#?}"));
        assert_eq!(fault.line, line(place), "{code} at {pointer}");
    }
    let lines: Vec<_> = found.iter().map(|it| it.line).collect();
    assert!(lines.is_sorted(), "in the order of the file: {lines:?}");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one entry for each kind of fault")]
fn each_fault_is_found_at_its_place() {
    let table: &[(&str, String, &str, &str)] = &[
        ("no initial state", with("initial = true", ""), "no_initial_state", "/states"),
        (
            "two initial states",
            with("code = \"investigating\"", "code = \"investigating\"\ninitial = true"),
            "second_initial_state",
            "/states/1/initial",
        ),
        (
            "an initial state that is final",
            with("initial = true", "initial = true\nfinal = true"),
            "initial_is_final",
            "/states/0/final",
        ),
        ("no final state", with("final = true", ""), "no_final_state", "/states"),
        (
            "an unknown from",
            with("from = [\"investigating\"]", "from = [\"x\"]"),
            "unknown_state",
            "/actions/1/from/0",
        ),
        (
            "an unknown to",
            with("to   = \"waiting_customer\"", "to = \"x\""),
            "unknown_state",
            "/actions/1/to",
        ),
        (
            "an unknown starts",
            with("starts   = \"registered\"", "starts = \"x\""),
            "unknown_state",
            "/clocks/0/starts/0",
        ),
        (
            "an unknown stops",
            with("[\"answered\", \"closed\"]\nwithin", "[\"answered\", \"x\"]\nwithin"),
            "unknown_state",
            "/clocks/0/stops/1",
        ),
        (
            "an unknown pauses",
            with("pauses   = [\"waiting_customer\"]", "pauses = [\"x\"]"),
            "unknown_state",
            "/clocks/1/pauses/0",
        ),
        (
            "an unknown when",
            with("when      = \"answered\"", "when = \"x\""),
            "unknown_state",
            "/follow_ups/0/when",
        ),
        (
            "an unknown reopen_to",
            with("[form]\nreq", "reopen_to = \"x\"\n[form]\nreq"),
            "unknown_state",
            "/reopen_to",
        ),
        (
            "an unknown return_to",
            with("[form]\nreq", "return_to = \"x\"\n[form]\nreq"),
            "unknown_state",
            "/return_to",
        ),
        (
            "a final return_to",
            with("[form]\nreq", "return_to = \"closed\"\n[form]\nreq"),
            "final_state",
            "/return_to",
        ),
        (
            "a duplicate state",
            and("[[states]]\ncode = \"closed\""),
            "duplicate_code",
            "/states/5/code",
        ),
        (
            "a state kept for all",
            and("[[states]]\ncode = \"withdrawn\""),
            "reserved_code",
            "/states/5/code",
        ),
        (
            "a duplicate action",
            and(
                "[[actions]]\ncode = \"close\"\nfrom = [\"answered\"]\nto = \"closed\"\nby = [\"owner\"]",
            ),
            "duplicate_code",
            "/actions/7/code",
        ),
        (
            "a duplicate clock",
            and(
                "[[clocks]]\ncode = \"reply\"\nstarts = \"registered\"\nstops = \"answered\"\nwithin = \"1h\"",
            ),
            "duplicate_code",
            "/clocks/2/code",
        ),
        (
            "a duplicate follow-up",
            and("[[follow_ups]]\nwhen = \"answered\"\nopen = \"callback\""),
            "duplicate_code",
            "/follow_ups/1/code",
        ),
        (
            "an address's code",
            with("code   = \"complaint\"", "code   = \"check\""),
            "reserved_code",
            "/code",
        ),
        ("a bad code", with("\"ask_customer\"", "\"askCustomer\""), "bad_code", "/actions/1/code"),
        (
            "an act's code",
            with("\"ask_customer\"", "\"transfer\""),
            "reserved_code",
            "/actions/1/code",
        ),
        (
            "an empty title",
            with("en = \"Closed\"", "en = \" \""),
            "bad_title",
            "/states/4/title/en",
        ),
        ("a number without {seq}", with("TS-{date}-{seq}", "TS-{date}"), "bad_number", "/number"),
        ("a number with words", with("TS-{date}-{seq}", "投诉{seq}"), "bad_number", "/number"),
        (
            "a number with other braces",
            with("TS-{date}-{seq}", "TS-{day}-{seq}"),
            "bad_number",
            "/number",
        ),
        (
            "an unreachable state",
            and(
                "[[states]]\ncode = \"limbo\"\n[[actions]]\ncode = \"out\"\nfrom = [\"limbo\"]\nto = \"closed\"\nby = [\"owner\"]",
            ),
            "unreachable_state",
            "/states/5",
        ),
        (
            "no way out",
            and(
                "[[states]]\ncode = \"limbo\"\n[[actions]]\ncode = \"in\"\nfrom = [\"answered\"]\nto = \"limbo\"\nby = [\"owner\"]",
            ),
            "no_way_out",
            "/states/5",
        ),
        (
            "a circle without end",
            and("[[states]]\ncode = \"a\"\n[[states]]\ncode = \"b\"\n\
                 [[actions]]\ncode = \"in\"\nfrom = [\"answered\"]\nto = \"a\"\nby = [\"owner\"]\n\
                 [[actions]]\ncode = \"there\"\nfrom = [\"a\"]\nto = \"b\"\nby = [\"owner\"]\n\
                 [[actions]]\ncode = \"back\"\nfrom = [\"b\"]\nto = \"a\"\nby = [\"owner\"]"),
            "no_way_out",
            "/states/6",
        ),
        (
            "an action taken nowhere",
            with("from = [\"waiting_customer\"]", "from = []"),
            "empty_list",
            "/actions/2/from",
        ),
        (
            "an action of nobody",
            with("by   = [\"assignee\", \"owner\"]", "by = []"),
            "nobody_may",
            "/actions/1/by",
        ),
        (
            "an action of a stranger",
            with("by   = [\"assignee\", \"owner\"]", "by = [\"assigned\"]"),
            "unknown_permission",
            "/actions/1/by/0",
        ),
        (
            "an action of the system alone",
            with("[\"assignee\", \"owner\", \"customer\"]", "[\"system\"]"),
            "nobody_may",
            "/actions/2/by",
        ),
        ("opened by nobody", with("[\"case.open\"]", "[]"), "nobody_may", "/opens"),
        (
            "a clock that starts nowhere",
            with("starts   = \"registered\"", "starts = []"),
            "clock_never_starts",
            "/clocks/0/starts",
        ),
        (
            "a clock without stops",
            with("[\"answered\", \"closed\"]\nwithin", "[]\nwithin"),
            "clock_never_stops",
            "/clocks/0/stops",
        ),
        (
            "a clock whose stop is out of reach",
            and(
                "[[clocks]]\ncode = \"late\"\nstarts = \"investigating\"\nstops = \"registered\"\nwithin = \"1h\"",
            ),
            "clock_never_stops",
            "/clocks/2/stops",
        ),
        (
            "a clock that starts where it stops",
            and(
                "[[clocks]]\ncode = \"late\"\nstarts = \"answered\"\nstops = [\"answered\", \"closed\"]\nwithin = \"1h\"",
            ),
            "clock_contradicts_itself",
            "/clocks/2/stops",
        ),
        (
            "a clock that pauses where it stops",
            with("pauses   = [\"waiting_customer\"]", "pauses = [\"closed\"]"),
            "clock_contradicts_itself",
            "/clocks/1/pauses/0",
        ),
        (
            "a clock without a span",
            with("within   = \"72h\"", "within = []"),
            "no_span",
            "/clocks/0/within",
        ),
        (
            "an entry without a span",
            with("within   = \"72h\"", "within = [{ when = \"true\" }]"),
            "no_span",
            "/clocks/0/within/0",
        ),
        (
            "a span said and given",
            with("within   = \"72h\"", "within = [{ span = \"1h\", given = true }]"),
            "span_and_given",
            "/clocks/0/within/0",
        ),
        (
            "an entry that never applies",
            with("within   = \"72h\"", "within = [{ span = \"1h\" }, { span = \"2h\" }]"),
            "never_applies",
            "/clocks/0/within/1",
        ),
        (
            "an unknown figure",
            with("\"$answer\"", "\"$anser\""),
            "unknown_figure",
            "/clocks/1/within/1/span",
        ),
        (
            "a figure's default that is no choice",
            with("default = \"3wd\"", "default = \"4wd\""),
            "bad_default",
            "/figures/answer/default",
        ),
        (
            "an unknown calendar",
            with("calendar = \"office\"", "calendar = \"x\""),
            "unknown_calendar",
            "/clocks/1/calendar",
        ),
        (
            "a rung before and after",
            with("{ before = \"4wh\"", "{ before = \"4wh\", after = \"1h\""),
            "after_and_before",
            "/clocks/1/escalate/1",
        ),
        (
            "a rung without a point",
            with("{ before = \"4wh\", ", "{ "),
            "no_point_in_time",
            "/clocks/1/escalate/1",
        ),
        (
            "a rung that does nothing",
            with(", notify = [\"role:cs_manager\"]", ""),
            "does_nothing",
            "/clocks/1/escalate/1",
        ),
        (
            "an unknown role",
            with("role:cs_manager", "role:cs_boss"),
            "unknown_role",
            "/clocks/1/escalate/1/notify/0",
        ),
        (
            "an unknown target",
            with("\"role:cs_manager\"", "\"boss\""),
            "unknown_person",
            "/clocks/1/escalate/1/notify/0",
        ),
        (
            "an unknown act of a rung",
            with("act = \"supervise\"", "act = \"supervize\""),
            "unknown_act",
            "/clocks/1/escalate/2/act",
        ),
        (
            "an act it does without",
            with("[form]\nreq", "acts = { except = [\"supervise\"] }\n[form]\nreq"),
            "unknown_act",
            "/clocks/1/escalate/2/act",
        ),
        (
            "an unknown act to do without",
            with("[form]\nreq", "acts = { except = [\"dance\"] }\n[form]\nreq"),
            "unknown_act",
            "/acts/except/0",
        ),
        (
            "an act the system may not",
            with("[\"system\", \"complaint.supervise\"]", "[\"complaint.supervise\"]"),
            "system_may_not",
            "/follow_ups/0/on_result/0/act",
        ),
        (
            "an act the system cannot fill",
            with("act = \"supervise\"", "act = \"answer\""),
            "required",
            "/clocks/1/escalate/2/with/solution",
        ),
        (
            "an unknown act of a result",
            with("act = \"dispute\"", "act = \"dispite\""),
            "unknown_act",
            "/follow_ups/0/on_result/0/act",
        ),
        (
            "an unknown procedure",
            with("open      = \"callback\"", "open = \"x\""),
            "unknown_procedure",
            "/follow_ups/0/open",
        ),
        (
            "an unknown clause",
            with("[\"R-1\", \"R-3\"]", "[\"R-1\", \"R-4\"]"),
            "unknown_clause",
            "/clocks/1/clauses/1",
        ),
        (
            "an unknown clause of a figure",
            with("[\"R-2\"]", "[\"R-5\"]"),
            "unknown_clause",
            "/figures/answer/clauses/0",
        ),
        (
            "a form that is no schema",
            with("type = \"boolean\"", "type = \"bool\""),
            "not_a_schema",
            "/actions/4/form/properties/apology/type",
        ),
        (
            "a field that is two things",
            with("apology  =", "persons = { type = \"string\" }\napology  ="),
            "conflicting_field",
            "/actions/4/form/properties/persons",
        ),
        (
            "a guard that is no expression",
            with("case.fields.grade == 'ordinary' ||", "case.fields.grade == 'ordinary' |"),
            "not_an_expression",
            "/actions/0/guard",
        ),
        (
            "a guard on an unknown field",
            with("case.fields.grade == 'ordinary' ||", "case.fields.garde == 'ordinary' ||"),
            "unknown_member",
            "/actions/0/guard",
        ),
        (
            "a guard on an unknown permission",
            with("actor.has('complaint.major')", "actor.has('complaint.mayor')"),
            "unknown_permission",
            "/actions/0/guard",
        ),
        (
            "a guard on an unknown procedure",
            with("c.procedure == 'callback' && c.state", "c.procedure == 'calback' && c.state"),
            "not_in_enum",
            "/actions/5/guard",
        ),
        (
            "a when that is no condition",
            with(
                "{ when = \"case.fields.grade == 'major'\", span = \"1wd\" }",
                "{ when = \"case.fields.grade\", span = \"1wd\" }",
            ),
            "not_a_condition",
            "/clocks/1/within/0/when",
        ),
        (
            "a follow-up's when",
            with(
                "{ when = \"case.fields.grade == 'major'\", span = \"7d\" }",
                "{ when = \"grade == 'major'\", span = \"7d\" }",
            ),
            "unknown_variable",
            "/follow_ups/0/within/0/when",
        ),
        (
            "a follow-up's if",
            with("!children.exists(c, c.procedure == 'callback' && !c.closed)", "!children"),
            "not_a_condition",
            "/follow_ups/0/if",
        ),
        (
            "a follow-up's field",
            with("about = \"case.number\"", "about = \"case.nummer\""),
            "unknown_member",
            "/follow_ups/0/fields/about",
        ),
        (
            "a follow-up's assignee",
            with("carry     =", "assign = \"boss\"\ncarry     ="),
            "unknown_person",
            "/follow_ups/0/assign",
        ),
        (
            "a result's condition",
            with("!child.fields.satisfied", "!child.field.satisfied"),
            "unknown_member",
            "/follow_ups/0/on_result/0/when",
        ),
        (
            "child outside a result",
            with("case.fields.grade == 'ordinary' ||", "child.closed ||"),
            "unknown_variable",
            "/actions/0/guard",
        ),
    ];
    for (what, text, code, pointer) in table {
        let found = faults(text);
        assert!(found.contains(&(code, (*pointer).to_owned())), "{what}: {found:?}");
    }
}

#[test]
fn too_many_of_anything_is_a_fault() {
    let rest = "starts = \"registered\"\nstops = \"answered\"\nwithin = \"1h\"";
    let clocks = (0..21).map(|it| format!("[[clocks]]\ncode = \"c{it}\"\n{rest}"));
    let clocks: Vec<_> = clocks.collect();
    let clocks = clocks.join("\n");
    assert!(faults(&and(&clocks)).contains(&("too_many", "/clocks".to_owned())));
}

#[test]
fn the_shape_of_a_file_is_checked_whole() {
    let text = with("kind   = \"complaint\"", "kind = \"complain\"")
        .replacen("within   = \"72h\"", "within = \"72 hours\"", 1)
        .replacen("warn     = [\"80%\"]", "warn = [\"120%\"]", 1)
        .replacen("by   = [\"assignee\", \"owner\"]", "by = \"owner\"", 1)
        .replacen("final = true", "finale = true", 1)
        .replacen("default = \"3wd\"", "default = 3", 1)
        .replacen("carry     = [\"customer\",", "carry     = [\"custmer\",", 1);
    let found = from_toml(&text).unwrap_err();
    for odd in ["0%", "100%", "4294967295.9%", "+80%", "8.55%", "%", "80 %"] {
        let text = with("[\"80%\"]", &format!("[\"{odd}\"]"));
        assert_eq!(from_toml(&text).unwrap_err()[0].pointer, "/clocks/0/warn/0", "{odd}");
    }
    for (code, pointer, place) in [
        ("enum", "/kind", "complain\""),
        ("format", "/clocks/0/within", "72 hours"),
        ("format", "/clocks/0/warn/0", "120%"),
        ("type", "/actions/1/by", "by = \"owner\""),
        ("unknown_member", "/states/4/finale", "finale"),
        ("type", "/figures/answer/default", "default = 3"),
        ("enum", "/follow_ups/0/carry/0", "custmer"),
    ] {
        let fault = found.iter().find(|it| it.code == code && it.pointer == pointer);
        let fault = fault.unwrap_or_else(|| panic!("no {code} at {pointer}: {found:#?}"));
        let at = text.lines().position(|it| it.contains(place)).unwrap() + 1;
        assert_eq!(fault.line, Some(u32::try_from(at).unwrap()), "{pointer}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
}

#[test]
fn what_is_missing_is_said_at_what_lacks_it() {
    let text = with("by   = [\"assignee\", \"owner\"]\n", "");
    let found = from_toml(&text).unwrap_err();
    assert_eq!((found[0].code, found[0].pointer.as_str()), ("required", "/actions/1/by"));
    let line = usize::try_from(found[0].line.unwrap()).unwrap();
    let near: Vec<_> = text.lines().skip(line - 1).take(2).collect();
    assert!(
        near.iter().any(|it| it.contains("[[actions]]") || it.contains("ask_customer")),
        "{near:?}"
    );
}

#[test]
fn what_is_no_toml_is_a_fault_with_its_line() {
    for (text, line) in
        [("code = \n", 1), ("a = 1\nb = [1,\n", 2), ("a = 1\na = 2\n", 2), ("\n\n]", 3)]
    {
        let found = from_toml(text).unwrap_err();
        assert_eq!(found[0].code, "not_toml", "{found:?}");
        assert!(found[0].line.is_some_and(|it| it >= line), "{text}: {found:?}");
    }
    let found = from_toml("code = 99999999999999999999\n").unwrap_err();
    assert_eq!((found[0].code, found[0].line), ("not_a_number", Some(1)));
}

#[test]
fn the_same_procedure_can_be_said_in_json() {
    let (definition, _) = from_toml(COMPLAINT).unwrap();
    let json = serde_json::to_value(&definition).unwrap();
    assert_eq!(from_json(json.clone()).unwrap(), definition);
    let names = names();
    assert!(Procedure::new(definition, 1, &names.surroundings()).is_ok());
    let mut broken = json;
    broken["states"][0]["code"] = json!(3);
    broken["colour"] = json!("red");
    let found: Vec<_> =
        from_json(broken).unwrap_err().into_iter().map(|it| (it.code, it.pointer)).collect();
    assert!(found.contains(&("type", "/states/0/code".to_owned())), "{found:?}");
    assert!(found.contains(&("unknown_member", "/colour".to_owned())), "{found:?}");
    for odd in [Value::Null, json!([]), json!("complaint"), json!({})] {
        assert!(!from_json(odd).unwrap_err().is_empty());
    }
}
