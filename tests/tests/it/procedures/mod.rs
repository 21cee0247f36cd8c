//! `/v1/procedures`

pub(crate) mod simple;
mod written;

use kefu_tests::{Office, Reply, Scope, Server, unique};
use serde_json::{Value, json};

use crate::records::unchanged;

/// The definition of the simple procedure under a code of its own.
fn own() -> Value {
    let mut definition = simple::definition();
    definition["code"] = json!(unique("t").replace('-', "_"));
    definition
}

/// Where that procedure would be listed, and no other: others publish meanwhile.
fn listed(definition: &Value) -> String {
    format!("/v1/procedures?q={}", definition["code"].as_str().unwrap())
}

fn faults(reply: &Reply) -> String {
    assert!(matches!(reply.status, 200 | 422), "{reply}");
    reply.text.clone()
}

#[test]
fn the_procedures_of_the_property_pack_are_there() {
    let admin = Server::shared().admin();
    let codes = admin.get("/v1/procedures?limit=200").expect(200).column("code");
    for code in ["inquiry", "complaint", "repair", "suggestion", "callback", "rectification"] {
        assert!(codes.contains(&code.to_owned()), "{code} is missing in {codes:?}");
        let procedure = admin.get(&format!("/v1/procedures/{code}")).expect(200);
        let first = admin.get(&format!("/v1/procedures/{code}/versions/1")).expect(200);
        assert_eq!(first["code"], code, "{first}");
        assert_eq!(procedure["version"], 1, "{procedure}");
    }
    let _absent = admin.get("/v1/procedures/no_such").refused(404);
    let _absent = admin.get("/v1/procedures/complaint/versions/99").refused(404);
}

#[test]
fn publishing_makes_a_version_and_a_running_case_keeps_its_own() {
    let office = Office::shared();
    simple::publish(&office.server);
    let admin = office.server.admin();
    let mut definition = own();
    let code = definition["code"].as_str().unwrap().to_owned();
    let first = admin.post("/v1/procedures", definition.clone()).expect(201);
    assert_eq!(first["version"], 1);
    let running = office.desk.post("/v1/cases", office.opening(&code, json!({}))).expect(201);

    definition["actions"][0]["code"] = json!("pause");
    let second = admin.post("/v1/procedures", definition).expect(201);
    assert_eq!(second["version"], 2);
    let newer = office.desk.post("/v1/cases", office.opening(&code, json!({}))).expect(201);

    assert_eq!(
        (&running["procedure_version"], &newer["procedure_version"]),
        (&json!(1), &json!(2))
    );
    let _own_words = office.desk.act(&running.id(), "wait", json!({})).expect(200);
    let _not_there = office.desk.act(&running.id(), "pause", json!({})).refused(404);
    let _new_words = office.desk.act(&newer.id(), "pause", json!({})).expect(200);
    let _not_there = office.desk.act(&newer.id(), "wait", json!({})).refused(404);
    let versions = [1, 2].map(|n| {
        let version = admin.get(&format!("/v1/procedures/{code}/versions/{n}")).expect(200);
        version.body["version"].clone()
    });
    assert_eq!(versions, [json!(1), json!(2)]);
}

#[test]
fn a_procedure_with_seven_faults_is_told_all_seven() {
    let server = Server::shared();
    simple::publish(&server);
    let admin = server.admin();
    let mut bad = own();
    // 1: nothing leads there. 2: it has no way out and is not final.
    bad["states"].as_array_mut().unwrap().push(json!({ "code": "limbo" }));
    // 3: nobody may take it.
    bad["actions"][0]["by"] = json!([]);
    // 4: it leads nowhere that is.
    bad["actions"][1]["to"] = json!("nirvana");
    // 5: the condition does not type-check.
    bad["actions"][2]["guard"] = json!("case.fields.size > 'three' &&");
    // 6: the form is no schema.
    bad["form"]["properties"]["size"] = json!({ "type": "number of some kind" });
    // 7: the clock never stops.
    bad["clocks"][0]["stops"] = json!([]);
    bad["follow_ups"] = json!([{ "when": "done", "open": "no_such_procedure" }]);
    bad["clauses"] = json!(["R-999-999"]);

    let checked = admin.post("/v1/procedures/check", bad.clone());
    let told = faults(&checked);
    for place in [
        "/states/3",
        "/actions/0/by",
        "/actions/1/to",
        "/actions/2/guard",
        "/form",
        "/clocks/0",
        "/follow_ups/0/open",
        "/clauses/0",
    ] {
        assert!(told.contains(place), "nothing is said about {place}: {checked}");
    }
    let list = listed(&bad);
    let refused = unchanged(&admin, &[&list], || admin.post("/v1/procedures", bad).refused(422));
    let pointers = refused.pointers();
    assert!(pointers.len() >= 7, "{pointers:?}");
}

#[test]
fn checking_a_sound_procedure_finds_nothing_and_publishes_nothing() {
    let server = Server::shared();
    simple::publish(&server);
    let (admin, own) = (server.admin(), own());
    unchanged(&admin, &[&listed(&own)], || {
        let checked = admin.post("/v1/procedures/check", own).expect(200);
        assert!(!checked.text.contains("\"pointer\""), "{checked}");
    });
}

#[test]
fn publishing_takes_a_permission() {
    let server = Server::shared();
    simple::publish(&server);
    let desk = server.user("front_desk", Scope::Site(&server.site()));
    let own = own();
    unchanged(&server.admin(), &[&listed(&own)], || {
        let refused = desk.post("/v1/procedures", own).refused(403);
        assert_eq!(refused["needs_permission"], "procedure.publish");
    });
}
