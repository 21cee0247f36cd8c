//! A procedure that nobody foresaw: written from the reference, checked, published over HTTP and run.

use kefu_tests::{Client, Office, Reply, Scope, Server};
use serde_json::{Value, json};

const WEDDING: &str = include_str!("wedding.toml");

/// A server that knows the procedure, and an office on it.
#[track_caller]
fn office(now: &str) -> Office {
    let server = Server::start();
    server.set_clock(now);
    let _sound = toml(&server.admin(), "/v1/procedures/check").expect(200);
    let _published = toml(&server.admin(), "/v1/procedures").expect(201);
    Office::open(&server)
}

fn toml(who: &Client, path: &str) -> Reply {
    let request = who.request("POST", path).header("content-type", "application/toml");
    request.bytes(WEDDING.as_bytes().to_vec()).send()
}

fn complaint(office: &Office) -> Value {
    let told = json!({ "hall": "lotus", "feast_on": "2026-12-26", "trouble": "一厅两订" });
    office.opening("wedding_complaint", told)
}

fn offer() -> Value {
    json!({ "offer": [
        { "item": "免场租", "price": { "amount": "1200.50" } },
        { "item": "加菜", "price": { "amount": "88.00" }, "tables": 12 },
    ] })
}

#[track_caller]
fn clock(case: &Reply, code: &str) -> Value {
    let clocks = case["clocks"].as_array().expect("a case has clocks");
    clocks.iter().find(|it| it["code"] == code).expect("the clock runs").clone()
}

#[test]
fn a_procedure_written_from_the_reference_runs_without_a_line_of_code() {
    let office = office("2026-11-23T01:00:00Z");
    let chief = office.server.user("general_manager", Scope::All);
    let case = office.desk.post("/v1/cases", complaint(&office)).expect(201);
    let id = case.id();
    assert!(case["number"].as_str().is_some_and(|it| it.starts_with("HY-20261123-")), "{case}");
    assert_eq!(clock(&case, "answer")["due_at"], "2026-11-23T03:00:00Z", "two hours");

    let asked = office.desk.act(&id, "propose", offer()).expect(200);
    assert_eq!(asked["fields"]["offer_total"], json!({ "amount": "2256.50", "currency": "CNY" }));
    assert_eq!(asked["approval"]["needs"], json!(["complaint.supervise"]));
    assert_eq!(clock(&asked, "answer")["state"], "met");
    // Whoever asked does not decide, the second step waits for the first.
    let _own = office.desk.act(&id, "approve", json!({})).refused(403);
    let once = office.supervisor.act(&id, "approve", json!({ "note": "同意" })).expect(200);
    assert_eq!((&once["state"], &once["approval"]["step"]), (&json!("proposing"), &json!(1)));
    let done = chief.act(&id, "approve", json!({})).expect(200);
    assert_eq!(
        (&done["state"], &done["approval"]["outcome"]),
        (&json!("approved"), &json!("approved"))
    );

    let past = json!({ "ready_by": "2026-11-22T09:00:00+08:00" });
    let _guarded = office.desk.act(&id, "promise", past).refused(409);
    let promise = json!({ "ready_by": "2026-11-24T18:00:00+08:00" });
    let promised = office.desk.act(&id, "promise", promise).expect(200);
    assert_eq!(clock(&promised, "ready")["due_at"], "2026-11-24T10:00:00Z", "as the form said");

    let _unchecked = office.desk.act(&id, "settle", json!({})).refused(409);
    let faulty = json!({ "hall_check": { "stage": "ok", "sound": "fault" } });
    let _once = office.desk.act(&id, "check_hall", faulty).expect(200);
    let _faulty = office.desk.act(&id, "settle", json!({})).refused(409);
    let fine = json!({ "hall_check": { "stage": "ok", "sound": "ok" } });
    let _twice = office.desk.act(&id, "check_hall", fine.clone()).expect(200);
    let often = office.desk.act(&id, "check_hall", fine).refused(409);
    assert_eq!(often["type"], "/problems/rule_refused", "{often}");

    // The promise is broken before it is settled: supervision, as the ladder says.
    office.server.set_clock("2026-11-24T10:30:00Z");
    let late = office.desk.case(&id);
    assert!(late["supervised_at"].is_string(), "{late}");
    let settled = office.desk.act(&id, "settle", json!({})).expect(200);
    assert_eq!(clock(&settled, "ready")["state"], "met_late");
    assert_eq!(settled["holds"], json!([]));
    let calls = office.desk.get(&format!("/v1/cases?parent_id={id}")).expect(200).items();
    assert_eq!((calls.len(), &calls[0]["procedure"]), (1, &json!("callback")));
}

#[test]
fn editors_get_the_schema_of_a_procedure_file() {
    let schema = Server::shared().stranger().get("/schemas/procedure.json").expect(200);
    assert_eq!(schema["title"], "Procedure");
    let validator = jsonschema::validator_for(&schema.body).expect("it is a schema");
    let wrong = json!({ "code": "x", "title": { "zh": "一", "en": "One" }, "kind": "wish" });
    assert!(validator.iter_errors(&wrong).count() > 1);
}

#[test]
fn of_a_thing_there_is_one_and_whoever_comes_second_is_told_who_has_it() {
    let office = office("2026-11-23T01:00:00Z");
    let first = office.desk.post("/v1/cases", complaint(&office)).expect(201);
    let held = &first["holds"][0];
    assert_eq!(
        (&held["code"], &held["value"]),
        (&json!("wedding_hall"), &json!("lotus 2026-12-26"))
    );
    let second = office.desk.post("/v1/cases", complaint(&office)).refused(409);
    assert_eq!(second["type"], "/problems/already_held");
    assert!(second.text.contains(first["number"].as_str().unwrap()), "{second}");
    // Another site has halls of its own.
    let other = Office::open(&office.server);
    let _there = other.desk.post("/v1/cases", complaint(&other)).expect(201);
    // Given back, it is free.
    let id = first.id();
    let _back = office.desk.act(&id, "withdraw", json!({ "reason": "客户改期" })).expect(200);
    let _free = office.desk.post("/v1/cases", complaint(&office)).expect(201);
}

#[test]
fn of_many_who_want_the_same_thing_at_once_one_gets_it() {
    let office = office("2026-11-23T01:00:00Z");
    let body = complaint(&office);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let one = || scope.spawn(|| office.desk.post("/v1/cases", body.clone()).status);
        let all: Vec<_> = (0..16).map(|_| one()).collect();
        all.into_iter().map(|it| it.join().expect("no thread panics")).collect()
    });
    let of = |status: u16| statuses.iter().filter(|it| **it == status).count();
    assert_eq!((of(201), of(409)), (1, 15), "{statuses:?}");
}

#[test]
fn an_approval_nobody_gives_is_refused_at_its_deadline_and_several_people_work_on_a_case() {
    let office = office("2026-11-23T01:00:00Z");
    let id = office.desk.post("/v1/cases", complaint(&office)).expect(201).id();
    let helper = json!({ "person_id": office.repairer.id });
    let _seen = office.repairer.get(&format!("/v1/cases/{id}"));
    let helped = office.desk.act(&id, "add_helper", helper).expect(200);
    assert_eq!(helped["helpers"], json!([office.repairer.id]));
    let mine = office.repairer.get("/v1/cases?helper_id=me").expect(200).column("id");
    assert_eq!(mine, std::slice::from_ref(&id));
    let _asked = office.desk.act(&id, "propose", offer()).expect(200);
    office.server.set_clock("2026-11-24T01:30:00Z");
    let back = office.desk.case(&id);
    assert_eq!(
        (&back["state"], &back["approval"]["outcome"]),
        (&json!("received"), &json!("timed_out"))
    );
    let told = office.desk.get("/v1/notifications?limit=200").expect(200).column("type");
    assert!(told.contains(&"approval_decided".to_owned()), "{told:?}");
}

/// The procedure with one state called otherwise, and a field that has to be there.
fn second_version() -> String {
    WEDDING.replace("\"approved\"", "\"agreed\"").replace(
        "form   = [\"hall!\", \"feast_on!\", \"trouble!\", \"told_by\"]",
        "form   = [\"hall!\", \"feast_on!\", \"trouble!\", \"told_by!\"]",
    )
}

#[test]
fn running_cases_stay_on_their_version_until_they_are_moved_and_a_dry_run_says_which_can() {
    let office = office("2026-11-23T01:00:00Z");
    let admin = office.server.admin();
    let mut ids = Vec::new();
    for (day, told_by) in
        [("2026-12-01", None), ("2026-12-02", Some("前台")), ("2026-12-03", Some("前台"))]
    {
        let mut body = complaint(&office);
        body["fields"]["feast_on"] = json!(day);
        if let Some(name) = told_by {
            body["fields"]["told_by"] = json!(name);
        }
        ids.push(office.desk.post("/v1/cases", body).expect(201).id());
    }
    let chief = office.server.user("general_manager", Scope::All);
    let _asked = office.desk.act(&ids[2], "propose", offer()).expect(200);
    let _one = office.supervisor.act(&ids[2], "approve", json!({})).expect(200);
    let _two = chief.act(&ids[2], "approve", json!({})).expect(200);
    let request =
        admin.request("POST", "/v1/procedures").header("content-type", "application/toml");
    let version = request.bytes(second_version().into_bytes()).send().expect(201);
    assert_eq!(version["version"], 2);
    for id in &ids {
        assert_eq!(office.desk.case(id)["procedure_version"], 1, "a running case keeps its own");
    }

    let path = "/v1/procedures/wedding_complaint/migrations";
    let _desk = office.desk.post(path, json!({ "dry_run": true })).refused(403);
    let dry = admin.post(path, json!({ "dry_run": true })).expect(200);
    assert_eq!((&dry["movable"], &dry["blocked"]), (&json!(1), &json!(2)), "{dry}");
    let why = |id: &str| {
        let items = dry["items"].as_array().unwrap();
        let item = items.iter().find(|it| it["case_id"] == id).expect("every case is told");
        item["obstacles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["code"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(why(&ids[0]), [json!("field")], "the new form wants to know who told them");
    assert_eq!(why(&ids[1]), [json!(null); 0]);
    assert_eq!(why(&ids[2]), [json!("unknown_state")]);
    for id in &ids {
        assert_eq!(office.desk.case(id)["procedure_version"], 1, "a dry run moves nothing");
    }

    let due = clock(&office.desk.case(&ids[1]), "answer")["due_at"].clone();
    let moved = admin
        .post(path, json!({ "dry_run": false, "states": { "approved": "agreed" } }))
        .expect(200);
    assert_eq!((&moved["movable"], &moved["blocked"]), (&json!(2), &json!(1)), "{moved}");
    let second = office.desk.case(&ids[1]);
    assert_eq!((&second["procedure_version"], &second["state"]), (&json!(2), &json!("received")));
    assert_eq!(clock(&second, "answer")["due_at"], due, "promises go on from when they began");
    let third = office.desk.case(&ids[2]);
    assert_eq!((&third["procedure_version"], &third["state"]), (&json!(2), &json!("agreed")));
    assert_eq!(office.desk.case(&ids[0])["procedure_version"], 1);
    let promise = json!({ "ready_by": "2026-11-24T18:00:00+08:00" });
    let _goes_on = office.desk.act(&ids[2], "promise", promise).expect(200);
    let _no_such =
        admin.post("/v1/procedures/no_such/migrations", json!({ "dry_run": true })).refused(404);
    let _version = admin.post(path, json!({ "dry_run": true, "to_version": 9 })).refused(422);
}

#[test]
fn a_thousand_running_cases_move_in_parts() {
    let office = office("2026-11-23T01:00:00Z");
    let admin = office.server.admin();
    let item = |n: usize| {
        let mut body = complaint(&office);
        body["fields"]["told_by"] = json!("前台");
        body["fields"]["trouble"] = json!(format!("第{n}起"));
        body["fields"]["feast_on"] =
            json!(format!("{}-{:02}-{:02}", 2027 + n / 336, n / 28 % 12 + 1, n % 28 + 1));
        body
    };
    let items: Vec<_> = (0..1000).map(item).collect();
    let opened = office.desk.post("/v1/cases/bulk", json!({ "items": items })).expect(200);
    assert_eq!(opened["succeeded"], 1000);
    let request =
        admin.request("POST", "/v1/procedures").header("content-type", "application/toml");
    let _second = request.bytes(second_version().into_bytes()).send().expect(201);
    let stay =
        office.desk.get("/v1/cases?procedure=wedding_complaint&count=true&limit=1").expect(200);
    assert_eq!(stay["total"], 1000);
    let (mut after, mut moved) = (json!(null), 0);
    loop {
        let body = json!({ "dry_run": false, "limit": 200, "after": after });
        let part = admin.post("/v1/procedures/wedding_complaint/migrations", body).expect(200);
        moved += part["movable"].as_u64().unwrap();
        after = part["next_after"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(moved, 1000);
    let page =
        office.desk.get("/v1/cases?procedure=wedding_complaint&limit=200").expect(200).items();
    assert!(page.iter().all(|it| it["procedure_version"] == 2));
}
