//! Fields of the format `attachment`: naming a file gives it to the case.

use kefu_tests::{Office, Reply, Server, unique};
use serde_json::{Value, json};

use super::{File, of_case, send};
use crate::cases::history;
use crate::procedures::simple;

/// A request with pictures, that is done with a receipt.
fn procedure(code: &str) -> Value {
    let mut definition = simple::definition();
    definition["code"] = json!(code);
    definition["form"]["properties"]["photos"] = json!({
        "type": "array", "items": { "type": "string", "format": "attachment" }, "maxItems": 3,
    });
    definition["actions"][2]["form"] = json!({
        "required": ["receipt"],
        "properties": { "receipt": { "type": "string", "format": "attachment" } },
    });
    definition
}

fn office() -> (Office, String) {
    let server = Server::shared();
    simple::publish(&server);
    let code = unique("pictures").replace('-', "_");
    let _published = server.admin().post("/v1/procedures", procedure(&code)).expect(201);
    (Office::open(&server), code)
}

fn sent(office: &Office) -> String {
    send(&office.desk, &File::picture("a.png"), None).expect(201).id()
}

fn open(office: &Office, code: &str, photos: &[&str]) -> Reply {
    office.desk.post("/v1/cases", office.opening(code, json!({ "photos": photos })))
}

#[test]
fn files_that_an_opening_names_are_the_cases() {
    let (office, code) = office();
    let (one, two) = (sent(&office), sent(&office));
    let opened = open(&office, &code, &[&one, &two]).expect(201);
    assert_eq!(opened["fields"]["photos"], json!([one, two]));
    let listed: Vec<_> = of_case(&office.handler, &opened.id());
    assert_eq!(listed.len(), 2);
    assert!(listed.iter().all(|it| it["case_id"] == opened.id().as_str()));
    let added = history(&office.desk, &opened.id());
    assert_eq!(added.iter().filter(|it| *it == "attachment_added").count(), 2);
    assert_eq!(office.desk.case(&opened.id()).etag(), opened.etag());
}

#[test]
fn a_file_that_an_action_names_is_the_cases_and_stays_while_it_is_named() {
    let (office, code) = office();
    let case = open(&office, &code, &[]).expect(201).id();
    let receipt = sent(&office);
    let done = office.desk.act(&case, "finish", json!({ "receipt": receipt })).expect(200);
    assert_eq!(done["state"], "done");
    let path = format!("/v1/attachments/{receipt}");
    let read = office.desk.get(&path).expect(200);
    assert_eq!(read["case_id"], case.as_str());
    let named = office.desk.delete(&path, &read.etag()).refused(409);
    assert_eq!(named["type"], "/problems/in_use");
}

#[test]
fn files_that_are_not_there_or_anothers_are_refused_and_nothing_is_done() {
    let (office, code) = office();
    let mine = sent(&office);
    let theirs = send(&office.handler, &File::picture("b.png"), None).expect(201).id();
    let elsewhere = open(&office, &code, &[&sent(&office)]).expect(201);
    let taken = elsewhere["fields"]["photos"][0].as_str().unwrap().to_owned();
    let nothing = "01990000-0000-7000-8000-000000000000";
    for wrong in [&theirs, &taken, nothing] {
        let refused = open(&office, &code, &[&mine, wrong]).refused(422);
        assert_eq!(refused.pointers(), ["/fields/photos/1"], "{refused}");
    }
    let not_an_id = open(&office, &code, &["电梯.png"]).refused(422);
    assert_eq!(not_an_id.pointers(), ["/fields/photos/0"]);
    let case = open(&office, &code, &[]).expect(201).id();
    let refused = office.desk.act(&case, "finish", json!({ "receipt": theirs })).refused(422);
    assert_eq!(refused.pointers(), ["/receipt"]);
    assert_eq!(office.desk.case(&case)["state"], "open");
    let loose = office.desk.get(&format!("/v1/attachments/{mine}")).expect(200);
    assert_eq!(loose["case_id"], Value::Null);
}
