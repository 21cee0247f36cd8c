//! The bytes: links that carry their own permission, and how they are answered.

use kefu_tests::{Options, Reply, Scope, Server};
use serde_json::json;

use super::{File, link, office, png, send, until};
use crate::procedures::simple;

#[test]
fn a_link_is_good_for_whoever_has_it_and_its_bytes_are_saved_not_shown() {
    let office = office();
    let file = File { bytes: png(100_000), ..File::picture("三号楼 电梯.png") };
    let id = send(&office.desk, &file, None).expect(201).id();
    let url = link(&office.desk, &id);
    let stranger = office.server.stranger();
    let got = stranger.request("GET", &url).header("accept-encoding", "gzip").send().expect(200);
    assert_eq!(got.bytes, file.bytes);
    let header = |name: &str| got.header(name).unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(header("content-length"), "100000");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").contains("sandbox"));
    let disposition = header("content-disposition");
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert!(
        disposition
            .ends_with("filename*=UTF-8''%E4%B8%89%E5%8F%B7%E6%A5%BC%20%E7%94%B5%E6%A2%AF.png")
    );
    let known = stranger.request("GET", &url).header("if-none-match", &got.etag()).send();
    assert_eq!(known.status, 304);
}

#[test]
fn a_link_that_was_altered_is_refused() {
    let office = office();
    let id = send(&office.desk, &File::picture("a.png"), None).expect(201).id();
    let other = send(&office.desk, &File::picture("b.png"), None).expect(201).id();
    let url = link(&office.desk, &id);
    let stranger = office.server.stranger();
    let expires = url.split("expires=").nth(1).unwrap().split('&').next().unwrap();
    let later = (expires.parse::<i64>().unwrap() + 1).to_string();
    let signature = url.split("signature=").nth(1).unwrap();
    for altered in [
        url.replace(expires, &later),
        url.replace(&id, &other),
        url.replace(signature, &signature.chars().rev().collect::<String>()),
        url.replace(signature, ""),
    ] {
        let refused = stranger.get(&altered).refused(403);
        assert_eq!(refused["type"], "/problems/link_refused", "{altered}");
    }
    let path = format!("/v1/attachments/{id}/content");
    let bare = stranger.get(&path).refused(422);
    assert_eq!(bare.pointers(), ["/expires", "/signature"]);
    let _no_way_around = office.desk.get(&path).refused(422);
}

#[test]
fn a_link_is_good_for_a_short_time_and_then_no_longer() {
    let env = vec![("KEFU_LINK_SECONDS".to_owned(), "3".to_owned())];
    let server = Server::start_with(Options { env, ..Options::default() });
    let desk = server.user("front_desk", Scope::All);
    let id = send(&desk, &File::picture("a.png"), None).expect(201).id();
    let url = link(&desk, &id);
    let stranger = server.stranger();
    assert_eq!(stranger.get(&url).expect(200).bytes, png(2_000));
    until(|| stranger.get(&url).status == 403);
    assert_eq!(stranger.get(&url).refused(403)["type"], "/problems/link_refused");
    let _another = stranger.get(&link(&desk, &id)).expect(200);
}

#[test]
fn a_link_leads_nowhere_once_its_file_is_gone() {
    let office = office();
    let case = simple::open(&office).id();
    let sent = send(&office.desk, &File::picture("a.png"), Some(&case)).expect(201);
    let url = link(&office.desk, &sent.id());
    let gone = office.desk.delete(&format!("/v1/attachments/{}", sent.id()), &sent.etag());
    assert_eq!(gone.status, 204);
    let _nowhere = office.server.stranger().get(&url).refused(404);
}

#[test]
fn a_link_asked_for_with_the_same_key_is_the_same_link() {
    let office = office();
    let id = send(&office.desk, &File::picture("a.png"), None).expect(201).id();
    let path = format!("/v1/attachments/{id}/link");
    let key = kefu_tests::unique("link");
    let ask = || {
        let request = office.desk.request("POST", &path).json(&json!({}));
        request.header("idempotency-key", &key).send().expect(200)
    };
    let first = ask();
    let again = ask();
    assert_eq!(again.body, first.body);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
}

#[test]
fn one_range_of_bytes_is_answered() {
    let office = office();
    let file = File::picture("a.png");
    let id = send(&office.desk, &file, None).expect(201).id();
    let url = link(&office.desk, &id);
    let ask = |range: &str| -> Reply {
        office.server.stranger().request("GET", &url).header("range", range).send()
    };
    for (range, from, to) in
        [("bytes=0-9", 0, 10), ("bytes=1990-", 1990, 2000), ("bytes=-5", 1995, 2000)]
    {
        let part = ask(range).expect(206);
        assert_eq!(part.bytes, file.bytes[from..to], "{range}");
        let told = format!("bytes {from}-{}/2000", to - 1);
        assert_eq!(part.header("content-range"), Some(&*told));
    }
    let outside = ask("bytes=2000-").refused(416);
    assert_eq!(outside.header("content-range"), Some("bytes */2000"));
    assert_eq!(ask("bytes=0-1,5-6").expect(200).bytes, file.bytes);
}
