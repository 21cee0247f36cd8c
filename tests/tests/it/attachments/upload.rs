//! Sending, naming, giving to a case, taking away; who sees what.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use kefu_tests::{Office, Options, Scope, Server};
use serde_json::json;

use super::{File, bytes, of_case, office, png, send, send_again};
use crate::cases::history;
use crate::procedures::simple;
use crate::records::unchanged;

#[test]
fn a_file_sent_to_a_case_is_in_its_list_and_its_timeline() {
    let office = office();
    let case = simple::open(&office).id();
    let file = File::picture("三号楼 电梯.png");
    let sent = send(&office.desk, &file, Some(&case)).expect(201);
    assert_eq!(sent["name"], "三号楼 电梯.png");
    assert_eq!((&sent["media_type"], &sent["size"]), (&json!("image/png"), &json!(2_000)));
    assert_eq!((&sent["case_id"], &sent["uploaded_by"]), (&json!(case), &json!(office.desk.id)));
    assert_eq!(sent["sha256"].as_str().unwrap().len(), 64);
    let id = sent.id();
    assert_eq!(sent.header("location"), Some(&*format!("/v1/attachments/{id}")));
    let read = office.handler.get(&format!("/v1/attachments/{id}")).expect(200);
    assert_eq!((&read.body, read.etag()), (&sent.body, sent.etag()));
    assert_eq!(of_case(&office.handler, &case), vec![sent.body.clone()]);
    assert_eq!(bytes(&office.handler, &id), file.bytes);
    assert!(history(&office.desk, &case).ends_with(&["attachment_added".to_owned()]));
}

#[test]
fn what_belongs_to_nothing_is_its_senders_alone_until_it_is_given() {
    let office = office();
    let case = simple::open(&office).id();
    let sent = send(&office.desk, &File::picture("a.png"), None).expect(201);
    let path = format!("/v1/attachments/{}", sent.id());
    let _hidden = office.handler.get(&path).refused(404);
    let _hidden =
        office.handler.patch(&path, &sent.etag(), json!({ "name": "b.png" })).refused(404);
    let mine = office.desk.get("/v1/attachments?count=true&limit=1").expect(200);
    assert_eq!((&mine["total"], &mine.items()[0]), (&json!(1), &sent.body));
    assert!(office.handler.get("/v1/attachments").expect(200).items().is_empty());

    let given = office.desk.patch(&path, &sent.etag(), json!({ "case_id": case })).expect(200);
    assert_eq!((&given["case_id"], given.etag()), (&json!(case), "\"2\"".to_owned()));
    assert_eq!(office.handler.get(&path).expect(200).body, given.body);
    assert!(history(&office.desk, &case).ends_with(&["attachment_added".to_owned()]));
    let other = simple::open(&office).id();
    let refused = office.desk.patch(&path, &given.etag(), json!({ "case_id": other })).refused(422);
    assert_eq!(refused.pointers(), ["/case_id"]);
}

#[test]
fn another_sites_files_are_not_there() {
    let (here, there) = (office(), Office::shared());
    let case = simple::open(&here).id();
    let sent = send(&here.desk, &File::picture("a.png"), Some(&case)).expect(201);
    let path = format!("/v1/attachments/{}", sent.id());
    let _hidden = there.desk.get(&path).refused(404);
    let _hidden = there.desk.patch(&path, &sent.etag(), json!({ "name": "b.png" })).refused(404);
    let _hidden = there.desk.delete(&path, &sent.etag()).refused(404);
    let _hidden = there.desk.post(&format!("{path}/link"), json!({})).refused(404);
    let _hidden = there.desk.get(&format!("/v1/attachments?case_id={case}")).refused(404);
    let admin = here.server.admin();
    let watched = [format!("/v1/cases/{case}"), format!("/v1/attachments?case_id={case}")];
    let watched: Vec<_> = watched.iter().map(String::as_str).collect();
    let _hidden = unchanged(&admin, &watched, || {
        send(&there.desk, &File::picture("a.png"), Some(&case)).refused(404)
    });
    let auditor = here.server.user("auditor", Scope::Site(&here.site));
    let _may_not = unchanged(&admin, &watched, || {
        send(&auditor, &File::picture("a.png"), Some(&case)).refused(403)
    });
}

#[test]
fn a_file_is_taken_away_by_its_sender_or_whoever_keeps_the_record() {
    let office = office();
    let case = simple::open(&office).id();
    let sent = send(&office.handler, &File::picture("a.png"), Some(&case)).expect(201);
    let path = format!("/v1/attachments/{}", sent.id());
    let _not_theirs = office.repairer.delete(&path, &sent.etag()).refused(403);
    let _stale = office.desk.delete(&path, "\"9\"").refused(412);
    let _not_theirs =
        office.repairer.patch(&path, &sent.etag(), json!({ "name": "x" })).refused(403);
    let named =
        office.desk.patch(&path, &sent.etag(), json!({ "name": "../电梯?.png" })).expect(200);
    assert_eq!(named["name"], "电梯_.png");
    let gone = office.desk.delete(&path, &named.etag());
    assert_eq!(gone.status, 204);
    let _gone = office.desk.get(&path).refused(404);
    assert!(of_case(&office.desk, &case).is_empty());
    assert!(history(&office.desk, &case).ends_with(&["attachment_removed".to_owned()]));
}

#[test]
fn the_same_key_and_file_make_one_attachment() {
    let office = office();
    let case = simple::open(&office).id();
    let (file, key) = (File::picture("a.png"), kefu_tests::unique("file"));
    let first = send_again(&office.desk, &file, Some(&case), &key).expect(201);
    let again = send_again(&office.desk, &file, Some(&case), &key).expect(201);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.body, first.body);
    assert_eq!(bytes(&office.desk, &first.id()), file.bytes);
    let other = File { bytes: png(2_001), ..File::picture("a.png") };
    let _other = send_again(&office.desk, &other, Some(&case), &key).refused(422);
    assert_eq!(of_case(&office.desk, &case).len(), 1);
}

#[test]
fn a_file_is_what_its_content_says() {
    let office = office();
    let refused = |file: File<'_>| {
        let refused = send(&office.desk, &file, None).refused(422);
        assert_eq!(refused.pointers(), ["/file"], "{refused}");
        refused["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    let of = |name, declared, bytes: &[u8]| File { name, declared, bytes: bytes.to_vec() };
    assert_eq!(refused(of("a.png", Some("image/png"), b"%PDF-1.7 not a picture")), "disguised");
    assert_eq!(refused(of("a.html", None, b"<!DOCTYPE html><script>1</script>")), "media_type");
    assert_eq!(refused(of("a.svg", None, b"<?xml version=\"1.0\"?><svg/>")), "media_type");
    assert_eq!(refused(of("a.exe", None, b"MZ\x90\0\x03\0\0\0")), "media_type");
    assert_eq!(refused(of("a.txt", Some("text/plain"), b"")), "too_short");
    let plain = of("a.txt", Some("text/plain"), "客户来电记录".as_bytes());
    assert_eq!(send(&office.desk, &plain, None).expect(201)["media_type"], "text/plain");
    let unclaimed = of("b", None, &png(100));
    assert_eq!(send(&office.desk, &unclaimed, None).expect(201)["media_type"], "image/png");
    assert_eq!(office.desk.get("/v1/attachments?count=true").expect(200)["total"], 2);
}

#[test]
fn what_is_no_form_with_one_file_is_refused() {
    let office = office();
    let file = File::picture("a.png");
    let post = || office.desk.request("POST", "/v1/attachments");
    let _not_a_form = post().json(&json!({ "file": "x" })).send().refused(415);
    let (kind, body) = file.form("picture");
    let other = post().header("content-type", &kind).bytes(body).send().refused(422);
    assert_eq!(other.pointers(), ["/picture"]);
    let (kind, body) = file.form("file");
    let cut = body[..body.len() - 30].to_vec();
    let _cut = post().header("content-type", &kind).bytes(cut).send().refused(400);
    let _no_boundary =
        post().header("content-type", "multipart/form-data").bytes(body).send().refused(400);
    assert!(office.desk.get("/v1/attachments").expect(200).items().is_empty());
}

#[test]
fn a_file_over_the_limit_is_refused_and_leaves_nothing() {
    let env = [("KEFU_ATTACHMENT_LIMIT", "300000"), ("KEFU_ATTACHMENT_TYPES", "image/png")];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = Server::start_with(Options { env, ..Options::default() });
    let desk = server.user("front_desk", Scope::All);
    let of = |size| File { bytes: png(size), ..File::picture("a.png") };
    let _announced = send(&desk, &of(400_000), None).refused(413);
    let _a_little = send(&desk, &of(300_001), None).refused(413);
    let largest = send(&desk, &of(300_000), None).expect(201);
    let text = File { name: "a.txt", declared: None, bytes: b"text".to_vec() };
    let _not_here = send(&desk, &text, None).refused(422);
    let stored = files(&server.database().dir().join("attachments"));
    assert_eq!(stored, [largest.id().replace('-', "")]);
    assert_eq!(server.database().count("select count(*) from loose_blobs"), 0);
}

#[test]
fn a_sender_that_falls_silent_is_cut_off_and_leaves_nothing() {
    let env = vec![("KEFU_BODY_SECONDS".to_owned(), "1".to_owned())];
    let server = Server::start_with(Options { env, ..Options::default() });
    let desk = server.user("front_desk", Scope::All);
    let (kind, body) = File { bytes: png(700_000), ..File::picture("a.png") }.form("file");
    let address = server.url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v1/attachments HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
         content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
        desk.token(),
        body.len(),
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body[..650_000]).unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 408");
    assert!(files(&server.database().dir().join("attachments")).is_empty());
    assert_eq!(server.database().count("select count(*) from loose_blobs"), 0);
    assert_eq!(server.database().count("select count(*) from attachments"), 0);
}

/// The names of the files under a directory.
pub(super) fn files(dir: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}
