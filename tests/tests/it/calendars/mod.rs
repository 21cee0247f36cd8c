//! `/v1/calendars`

mod oracle;

use chrono::{DateTime, TimeDelta, Utc};
use kefu_tests::{Client, Office, Reply, Server, at, unique};
use serde_json::{Value, json};

use crate::procedures::simple;
use crate::records::{refused_as_bad_input, unchanged};
use crate::week::{Week, plain_office};
use oracle::Oracle;

#[track_caller]
fn put(admin: &Client, calendar: &Value) -> Reply {
    let path = format!("/v1/calendars/{}", calendar["code"].as_str().unwrap());
    let reply = admin.put(&path, calendar.clone());
    assert!(matches!(reply.status, 200 | 201), "{reply}");
    reply
}

#[track_caller]
fn deadline(client: &Client, calendar: &str, start: &str, span: &str) -> Reply {
    let body = json!({ "start": start, "span": span });
    client.post(&format!("/v1/calendars/{calendar}/deadline"), body)
}

/// A local instant in Shanghai as UTC.
fn shanghai(local: &str) -> String {
    let local = DateTime::parse_from_str(&format!("{local} +0800"), "%Y-%m-%d %H:%M %z").unwrap();
    local.with_timezone(&Utc).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[test]
fn holidays_close_and_make_up_days_open_around_spring_festival_and_national_day() {
    let admin = Server::shared().admin();
    let mut office = plain_office(&unique("office").replace('-', "_"));
    office["national"] = json!("CN");
    let code = put(&admin, &office).text_at("/code");
    for (start, span, due) in [
        // Spring Festival 2025: 28 January to 4 February off; Sunday 26 January, Saturday 8 February worked.
        ("2025-01-24 15:00", "1wd", "2025-01-26 18:00"),
        ("2025-01-26 10:00", "1wd", "2025-01-27 18:00"),
        ("2025-01-27 15:00", "1wd", "2025-02-05 18:00"),
        ("2025-02-07 09:00", "1wd", "2025-02-08 18:00"),
        ("2025-02-07 09:00", "2wd", "2025-02-10 18:00"),
        ("2025-01-27 17:00", "2wh", "2025-02-05 09:30"),
        ("2025-01-25 12:00", "1wh", "2025-01-26 09:30"),
        // National Day 2025: 1 to 8 October off; Sunday 28 September, Saturday 11 October worked.
        ("2025-09-26 15:00", "1wd", "2025-09-28 18:00"),
        ("2025-09-30 17:30", "1wh", "2025-10-09 09:00"),
        ("2025-09-30 09:00", "3wd", "2025-10-11 18:00"),
        ("2025-10-11 09:00", "1wd", "2025-10-13 18:00"),
        // Spring Festival 2026: 15 to 23 February off; Saturdays 14 and 28 February worked.
        ("2026-02-13 17:30", "1wh", "2026-02-14 09:00"),
        ("2026-02-14 15:00", "1wd", "2026-02-24 18:00"),
        ("2026-02-18 12:00", "0wd", "2026-02-24 18:00"),
        ("2026-02-27 12:00", "1wd", "2026-02-28 18:00"),
        // National Day 2026: 1 to 7 October off; Sunday 20 September, Saturday 10 October worked.
        ("2026-09-18 12:00", "1wd", "2026-09-20 18:00"),
        ("2026-09-30 18:00", "1wh", "2026-10-08 09:30"),
        ("2026-10-09 12:00", "1wd", "2026-10-10 18:00"),
        ("2026-10-09 12:00", "2wd", "2026-10-12 18:00"),
    ] {
        let reply = deadline(&admin, &code, &shanghai(start), span).expect(200);
        assert_eq!(reply["due_at"], shanghai(due), "{start} + {span}: {reply}");
    }
}

#[test]
fn make_up_days_have_their_own_hours_and_overrides_beat_the_table() {
    let admin = Server::shared().admin();
    let mut office = plain_office(&unique("office").replace('-', "_"));
    office["national"] = json!("CN");
    office["makeup"] = json!([["10:00", "15:00"]]);
    office["overrides"] = json!([
        { "date": "2026-10-10", "intervals": [["09:00", "12:00"]], "name": "半天" },
        { "date": "2026-10-03", "intervals": [["20:00", "02:00"]], "name": "值夜" },
    ]);
    let code = put(&admin, &office).text_at("/code");
    for (start, span, due) in [
        ("2026-02-13 18:00", "1wh", "2026-02-14 11:00"),
        ("2026-09-18 12:00", "1wd", "2026-09-20 15:00"),
        ("2026-10-09 12:00", "1wd", "2026-10-10 12:00"),
        ("2026-09-30 12:00", "1wd", "2026-10-04 02:00"),
        ("2026-10-03 12:00", "5wh", "2026-10-04 01:00"),
    ] {
        let reply = deadline(&admin, &code, &shanghai(start), span).expect(200);
        assert_eq!(reply["due_at"], shanghai(due), "{start} + {span}: {reply}");
    }
}

/// Three calendars: lunch breaks, nights across midnight, and a zone with summer time.
fn calendars() -> [Value; 3] {
    let day = json!([["08:30", "12:00"], ["13:00", "18:00"]]);
    let shanghai = json!({
        "holidays": [{ "date": "2026-03-11", "name": "停电" }, { "date": "2026-03-20", "name": "盘点" }],
        "overrides": [
            { "date": "2026-03-14", "intervals": [["09:00", "12:00"]], "name": "补班" },
            { "date": "2026-03-20", "intervals": [["13:00", "17:00"]], "name": "盘点后" },
        ],
        "time_zone": "Asia/Shanghai", "week": { "mon": day, "tue": day, "wed": day, "thu": day,
            "fri": [["08:30", "11:15"]], "sat": [], "sun": [] },
    });
    let night = json!([["22:00", "06:00"]]);
    // Both nights on which New York changes its clocks are worked through.
    let nights = json!({
        "holidays": [{ "date": "2026-03-17", "name": "Holiday" }], "overrides": [],
        "time_zone": "America/New_York", "week": { "mon": night, "tue": night, "wed": [],
            "thu": night, "fri": night, "sat": [["07:00", "12:30"], ["22:00", "06:00"]],
            "sun": [] },
    });
    let berlin = json!({
        "holidays": [], "overrides": [{ "date": "2026-03-29", "intervals": [["09:00", "10:00"]], "name": "DST" }],
        "time_zone": "Europe/Berlin", "week": { "mon": [["09:00", "17:00"]], "tue": [["09:00", "17:00"]],
            "wed": [["09:00", "13:00"]], "thu": [["09:00", "17:00"]], "fri": [["09:00", "15:30"]],
            "sat": [], "sun": [] },
    });
    [shanghai, nights, berlin].map(|mut calendar| {
        calendar["code"] = json!(unique("cal").replace('-', "_"));
        calendar["title"] = json!({ "zh": "测试", "en": "Test" });
        calendar["national"] = Value::Null;
        calendar["makeup"] = json!([]);
        calendar
    })
}

#[test]
fn deadlines_agree_with_an_oracle_that_walks_minutes() {
    let admin = Server::shared().admin();
    let spans =
        ["45m", "72h", "1d", "7d", "2w", "1M", "30wm", "4wh", "95wm", "25wh", "0wd", "1wd", "3wd"];
    // A fixed sequence: the same instants in every run, spread over both changes of summer time.
    let mut random: u64 = 20_260_308;
    for calendar in calendars() {
        let code = put(&admin, &calendar).text_at("/code");
        let oracle = Oracle::new(calendar);
        for round in 0..8 {
            for span in spans {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let seconds = i64::try_from((random >> 33) % (35 * 86_400)).unwrap();
                let season =
                    if round % 2 == 0 { "2026-03-01T00:00:00Z" } else { "2026-10-15T00:00:00Z" };
                let start = at(season) + TimeDelta::seconds(seconds);
                let text = start.format("%Y-%m-%dT%H:%M:%SZ").to_string();
                let reply = deadline(&admin, &code, &text, span).expect(200);
                let due = at(&reply.text_at("/due_at"));
                assert_eq!(due, oracle.add(start, span), "{code}: {text} + {span}: {reply}");
                segments_add_up(&reply, start, due, span);
            }
        }
    }
}

/// The segments lie end to end from the start to the deadline, and the counted ones are the span.
#[track_caller]
fn segments_add_up(reply: &Reply, start: DateTime<Utc>, due: DateTime<Utc>, span: &str) {
    let segments = reply["segments"].as_array().unwrap();
    let (mut reached, mut counted) = (start, TimeDelta::zero());
    for segment in segments {
        let from = at(segment["from"].as_str().unwrap());
        let to = at(segment["to"].as_str().unwrap());
        assert_eq!(from, reached, "a gap before {segment}: {reply}");
        assert!(to > from, "an empty segment {segment}: {reply}");
        let kind = segment["kind"].as_str().unwrap();
        assert!(
            ["counted", "closed", "holiday", "override", "paused"].contains(&kind),
            "{segment}"
        );
        if kind == "counted" {
            counted += to - from;
        }
        reached = to;
    }
    assert_eq!(reached, due, "the segments end elsewhere: {reply}");
    if let Some(hours) = span.strip_suffix("wh") {
        assert_eq!(counted, TimeDelta::hours(hours.parse().unwrap()), "{reply}");
    }
}

#[test]
fn the_calendar_always_is_open_day_and_night() {
    let admin = Server::shared().admin();
    let start = "2026-02-17T16:20:30Z";
    let reply = deadline(&admin, "always", start, "72wh").expect(200);
    assert_eq!(reply["due_at"], "2026-02-20T16:20:30Z");
}

#[test]
fn a_span_that_is_none_is_refused() {
    let admin = Server::shared().admin();
    for span in ["", "3", "3 days", "-1h", "1.5h", "1x", "wd", "99999999999999999999d", "3wd4h"] {
        let refused = deadline(&admin, "always", "2026-01-01T00:00:00Z", span).refused(422);
        assert_eq!(refused.pointers(), ["/span"], "{span:?}");
    }
    for start in ["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01 00:00"] {
        let _refused = refused_as_bad_input(deadline(&admin, "always", start, "1h"));
    }
    let _no_calendar = deadline(&admin, "no_such", "2026-01-01T00:00:00Z", "1h").refused(404);
}

#[test]
fn overlapping_intervals_are_named_each_of_them() {
    let admin = Server::shared().admin();
    let sound = plain_office(&unique("cal").replace('-', "_"));
    let path = format!("/v1/calendars/{}", sound["code"].as_str().unwrap());
    let _sound = put(&admin, &sound);
    let mut bad = sound;
    bad["week"]["mon"] = json!([["08:30", "12:00"], ["11:59", "18:00"]]);
    bad["week"]["tue"] = json!([["22:00", "06:00"]]);
    bad["week"]["wed"] = json!([["05:00", "07:00"]]);
    bad["overrides"] = json!([
        { "date": "2026-10-10", "intervals": [["09:00", "12:00"], ["10:00", "11:00"]], "name": "重叠" },
    ]);
    let refused = unchanged(&admin, &[&path], || admin.put(&path, bad).refused(422));
    let pointers = refused.pointers().join(" ");
    for place in ["/week/mon", "/week/wed", "/overrides/0"] {
        let named =
            pointers.contains(place) || (place == "/week/wed" && pointers.contains("/week/tue"));
        assert!(named, "{place} is not named in {pointers}");
    }
}

#[test]
fn a_calendar_with_other_faults_is_refused_and_nothing_changes() {
    let admin = Server::shared().admin();
    let sound = plain_office(&unique("cal").replace('-', "_"));
    let path = format!("/v1/calendars/{}", sound["code"].as_str().unwrap());
    let _sound = put(&admin, &sound);
    unchanged(&admin, &[&path], || {
        for (member, value) in [
            ("time_zone", json!("Mars/Olympus")),
            ("national", json!("XX")),
            ("week", json!({ "mon": [["25:00", "26:00"]] })),
            ("holidays", json!([{ "date": "2026-02-30", "name": "无" }])),
            ("no_such_member", json!(1)),
        ] {
            let mut bad = sound.clone();
            bad[member] = value;
            let _refused = refused_as_bad_input(admin.put(&path, bad));
        }
    });
}

#[test]
fn a_new_version_of_a_calendar_moves_running_clocks() {
    let office = Office::shared();
    let (server, admin) = (&office.server, office.server.admin());
    simple::publish(server);
    let code = unique("cal").replace('-', "_");
    let mut calendar = plain_office(&code);
    let first = put(&admin, &calendar);
    let mut definition = simple::definition();
    definition["code"] = json!(unique("t").replace('-', "_"));
    definition["clocks"][0]["calendar"] = json!(code);
    definition["clocks"][0]["within"] = json!("20wd");
    let procedure = admin.post("/v1/procedures", definition).expect(201).text_at("/code");
    let case = office.desk.post("/v1/cases", office.opening(&procedure, json!({}))).expect(201);
    let id = case.id();
    let expected = deadline(&admin, &code, &case.text_at("/opened_at"), "20wd").expect(200);
    assert_eq!(case["due_at"], expected["due_at"]);

    let week = Week::ahead_of(server);
    calendar["holidays"] = json!([{ "date": week.date(2), "name": "停电" }]);
    let path = format!("/v1/calendars/{code}");
    let tried = unchanged(&admin, &[&path, &format!("/v1/cases/{id}")], || {
        admin.put(&format!("{path}?dry_run=true"), calendar.clone()).expect(200)
    });
    let second = put(&admin, &calendar);
    assert_eq!(second["version"].as_u64(), first["version"].as_u64().map(|it| it + 1));
    let moved = deadline(&admin, &code, &case.text_at("/opened_at"), "20wd").expect(200);
    assert_ne!(moved["due_at"], expected["due_at"]);
    let announced = json!([{
        "case_id": id, "number": case["number"], "clock": "resolution",
        "due_at": expected["due_at"], "new_due_at": moved["due_at"],
    }]);
    assert_eq!(tried["moves"], announced, "a dry run says which clocks would move");
    assert_eq!(tried["holidays"], calendar["holidays"], "{tried}");
    // The worker moves them; a sandbox's worker is done when the clock has been put.
    server.set_clock(&server.now());
    let case = office.desk.case(&id);
    assert_eq!(case["due_at"], moved["due_at"], "the running clock follows the calendar");
    let events = office.desk.timeline(&id);
    let retargeted = events.iter().filter(|it| it["type"] == "case.clock_retargeted");
    let retargeted: Vec<_> = retargeted.map(|it| &it["data"]).collect();
    assert_eq!(retargeted.len(), 1, "{retargeted:?}");
    assert_eq!(
        (&retargeted[0]["why"], &retargeted[0]["clock"]),
        (&json!("calendar"), &json!("resolution"))
    );
    assert_eq!(retargeted[0]["due_at"], moved["due_at"]);
}

#[test]
fn a_calendar_that_leaves_a_running_clock_without_a_deadline_is_refused_and_says_which() {
    let office = Office::shared();
    let (server, admin) = (&office.server, office.server.admin());
    simple::publish(server);
    let code = unique("cal").replace('-', "_");
    let calendar = plain_office(&code);
    let _first = put(&admin, &calendar);
    let mut definition = simple::definition();
    definition["code"] = json!(unique("t").replace('-', "_"));
    definition["clocks"][0]["calendar"] = json!(code);
    let procedure = admin.post("/v1/procedures", definition).expect(201).text_at("/code");
    let opening = office.opening(&procedure, json!({}));
    let case = office.desk.post("/v1/cases", opening.clone()).expect(201);

    let mut shut = calendar.clone();
    for day in ["mon", "tue", "wed", "thu", "fri"] {
        shut["week"][day] = json!([]);
    }
    let path = format!("/v1/calendars/{code}");
    for query in ["?dry_run=true", ""] {
        let seen = [path.as_str(), &format!("/v1/cases/{}", case.id())];
        let refused = unchanged(&admin, &seen, || {
            admin.put(&format!("{path}{query}"), shut.clone()).refused(422)
        });
        assert_eq!(refused["errors"].as_array().map(Vec::len), Some(1), "{refused}");
        let fault = &refused["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/week"), &json!("no_deadline")));
        let told = fault["detail"].as_str().unwrap();
        assert!(told.contains(&case.text_at("/number")) && told.contains("resolution"), "{told}");
    }
    // A single day a year is little, but enough for three of them.
    let days = ["2027-03-01", "2028-03-01", "2029-03-01", "2030-03-01", "2031-03-01"];
    let open = |date: &str| json!({ "date": date, "intervals": [["09:00", "17:00"]], "name": "x" });
    shut["overrides"] = days.iter().map(|it| open(it)).collect();
    let tried = admin.put(&format!("{path}?dry_run=true"), shut.clone()).expect(200);
    assert_eq!(tried["moves"].as_array().map(Vec::len), Some(1), "{tried}");
    // Once nothing runs by it any more it may shut.
    shut["overrides"] = json!([]);
    let _over = office.desk.act(&case.id(), "withdraw", json!({ "reason": "x" })).expect(200);
    let _shut = put(&admin, &shut);
    let refused = office.desk.post("/v1/cases", opening).refused(409);
    assert_eq!(refused["type"], "/problems/no_deadline");
}

#[test]
fn a_dry_run_takes_the_permission_and_a_sound_calendar_like_any_other() {
    let office = Office::shared();
    let admin = office.server.admin();
    let calendar = plain_office(&unique("cal").replace('-', "_"));
    let path = format!("/v1/calendars/{}", calendar["code"].as_str().unwrap());
    let try_out = format!("{path}?dry_run=true");
    let _not_theirs = office.desk.put(&try_out, calendar.clone()).refused(403);
    let tried = admin.put(&try_out, calendar.clone()).expect(200);
    assert_eq!(tried["moves"], json!([]), "{tried}");
    let _nothing_there = admin.get(&path).refused(404);
    let mut bad = calendar;
    bad["week"]["mon"] = json!([["08:30", "12:00"], ["11:59", "18:00"]]);
    let refused = admin.put(&try_out, bad).refused(422);
    assert!(refused.pointers()[0].starts_with("/week/mon"), "{refused}");
}
