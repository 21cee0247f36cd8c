//! What holds for every plain record: sites, customers, assets, users.

use kefu_tests::{Client, Reply};
use serde_json::{Value, json};

/// A kind of record and what a test needs to know to take one through its life.
pub(crate) struct Kind {
    /// `/v1/customers`.
    pub(crate) path: &'static str,
    /// What creates one.
    pub(crate) body: Value,
    /// A change to one member…
    pub(crate) patch: Value,
    /// …and an optional member that the body sets and a patch with `null` clears.
    pub(crate) clears: Option<&'static str>,
}

/// Runs `attempt` and shows that what `client` sees at `paths` is the same afterwards.
#[track_caller]
pub(crate) fn unchanged<T>(client: &Client, paths: &[&str], attempt: impl FnOnce() -> T) -> T {
    let look = || paths.iter().map(|path| client.get(path).expect(200)).collect::<Vec<_>>();
    let before = look();
    let outcome = attempt();
    for (before, after) in before.iter().zip(look()) {
        assert_eq!(before.body, after.body, "{} changed", before.asked);
        assert_eq!(before.header("etag"), after.header("etag"), "{} changed", before.asked);
    }
    outcome
}

/// Unknown members are refused, as unreadable or as senseless.
#[track_caller]
pub(crate) fn refused_as_bad_input(reply: Reply) -> Reply {
    assert!(matches!(reply.status, 400 | 422), "{} answered {reply}", reply.asked);
    reply
}

/// Takes one record from creation to removal, with every refusal on the way.
#[track_caller]
pub(crate) fn lives_as_the_contract_says(admin: &Client, kind: &Kind) {
    let made = admin.post(kind.path, kind.body.clone()).expect(201);
    let path = made.header("location").expect("201 comes with Location").to_owned();
    assert!(path.ends_with(&format!("{}/{}", kind.path, made.id())), "Location is {path}");
    let path = format!("{}/{}", kind.path, made.id());

    let read = admin.get(&path).expect(200);
    assert_eq!((&read.body, read.etag()), (&made.body, made.etag()), "POST and GET agree");
    assert_eq!(read.etag(), format!("\"{}\"", read["version"]), "the ETag is the version");
    not_modified(admin, &path);
    changes(admin, &path, kind);
    refuses_careless_changes(admin, &path, kind);
    goes(admin, &path);
}

#[track_caller]
fn not_modified(admin: &Client, path: &str) {
    let etag = admin.get(path).expect(200).etag();
    let same = admin.request("GET", path).header("if-none-match", &etag).send().expect(304);
    assert_eq!(same.etag(), etag);
    let _other = admin.request("GET", path).header("if-none-match", "\"999\"").send().expect(200);
}

#[track_caller]
fn changes(admin: &Client, path: &str, kind: &Kind) {
    let before = admin.get(path).expect(200);
    let after = admin.patch(path, &before.etag(), kind.patch.clone()).expect(200);
    assert_ne!(after.etag(), before.etag(), "a change makes a new version");
    for (member, value) in before.body.as_object().unwrap() {
        if member == "version" || member.ends_with("updated_at") {
            continue;
        }
        let expected = kind.patch.get(member).unwrap_or(value);
        assert_eq!(&after[member.as_str()], expected, "{member} after the patch");
    }
    if let Some(member) = kind.clears {
        assert!(!after[member].is_null(), "the body sets {member}");
        let cleared = admin.patch(path, &after.etag(), json!({ member: null })).expect(200);
        assert!(cleared[member].is_null(), "null clears {member}: {cleared}");
    }
    assert_eq!(admin.get(path).expect(200).etag(), admin.get(path).expect(200).etag());
}

#[track_caller]
fn refuses_careless_changes(admin: &Client, path: &str, kind: &Kind) {
    unchanged(admin, &[path], || {
        let etag = admin.get(path).expect(200).etag();
        let blind = admin.request("PATCH", path).json(&kind.patch).send();
        let _without_if_match = blind.refused(428);
        let _stale = admin.patch(path, "\"1000000\"", kind.patch.clone()).refused(412);
        let unknown = admin.patch(path, &etag, json!({ "no_such_member": 1 }));
        let _unknown_member = refused_as_bad_input(unknown);
        let unreadable = admin.request("PATCH", path).header("if-match", &etag);
        let unreadable = unreadable.header("content-type", "application/merge-patch+json");
        let _unreadable = unreadable.bytes("{").send().refused(400);
        let _blind = admin.request("DELETE", path).send().refused(428);
        let _stale = admin.delete(path, "\"1000000\"").refused(412);
    });
    let mut body = kind.body.clone();
    body["no_such_member"] = json!(1);
    let _unknown_member = refused_as_bad_input(admin.post(kind.path, body));
}

#[track_caller]
fn goes(admin: &Client, path: &str) {
    let etag = admin.get(path).expect(200).etag();
    let _gone = admin.delete(path, &etag).expect(204);
    let _absent = admin.get(path).refused(404);
    let _again = admin.delete(path, &etag).refused(404);
    let collection = path.rsplit_once('/').unwrap().0;
    let listed = admin.get(&format!("{collection}?limit=200")).expect(200).column("id");
    assert!(!listed.iter().any(|id| path.ends_with(id)), "{path} is still listed");
}
