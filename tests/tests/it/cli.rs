//! The commands of the binary.

use std::fs;
use std::path::{Path, PathBuf};

use kefu_tests::{Database, Options, Server, document, kefu, unique};

use crate::health::difference;

const PACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/packs");

#[test]
fn the_shipped_packs_are_sound() {
    for pack in ["common", "property"] {
        let _sound = kefu(None, &["check", &format!("{PACKS}/{pack}")]).succeeded();
    }
}

#[test]
fn a_pack_with_a_fault_is_refused_with_file_and_line() {
    let dir = tempfile::tempdir().unwrap();
    let pack = copy(&Path::new(PACKS).join("property"), &dir.path().join("property"));
    copy(&Path::new(PACKS).join("common"), &dir.path().join("common"));
    let file = pack.join("procedures/complaint.toml");
    let text = fs::read_to_string(&file).unwrap();
    let broken = text.replacen("to = \"investigating\"", "to = \"nirvana\"", 1);
    assert_ne!(text, broken, "the pack has such a line");
    let line = broken.lines().position(|it| it.contains("nirvana")).unwrap() + 1;
    fs::write(&file, broken).unwrap();
    let outcome = kefu(None, &["check", pack.to_str().unwrap()]).failed();
    let text = outcome.text();
    assert!(text.contains("complaint") && text.contains("nirvana"), "{text}");
    assert!(text.contains(&line.to_string()), "line {line}: {text}");
    let nowhere = dir.path().join("nowhere");
    let _absent = kefu(None, &["check", nowhere.to_str().unwrap()]).failed();
}

fn copy(from: &Path, to: &Path) -> PathBuf {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
    to.to_owned()
}

#[test]
fn the_description_printed_is_the_one_published() {
    let printed = kefu(None, &["openapi"]).succeeded().stdout;
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    assert!(printed == *document(), "{}", difference(&printed, document(), ""));
}

#[test]
fn migrating_twice_changes_nothing() {
    let database = Database::fresh();
    let _first = kefu(Some(&database), &["migrate"]).succeeded();
    let _second = kefu(Some(&database), &["migrate"]).succeeded();
    let server = Server::start_on(&database, Options::default());
    let _serves = server.admin().get("/v1/me").expect(200);
}

#[test]
fn a_user_is_added_from_the_command_line() {
    let server = Server::start();
    let username = unique("ops");
    let outcome = kefu(
        Some(server.database()),
        &[
            "user",
            "add",
            &username,
            "--password",
            "a long enough passphrase 7",
            "--grant",
            "auditor:all",
        ],
    );
    let _added = outcome.succeeded();
    let user = server.person(&username, "a long enough passphrase 7");
    let me = user.get("/v1/me").expect(200);
    assert!(me.text.contains("auditor"), "{me}");
    let again = kefu(
        Some(server.database()),
        &[
            "user",
            "add",
            &username,
            "--password",
            "a long enough passphrase 8",
            "--grant",
            "auditor:all",
        ],
    );
    let _taken = again.failed();
}

#[test]
fn what_is_no_command_is_explained() {
    let outcome = kefu(None, &["dance"]).failed();
    assert!(outcome.stderr.contains("Usage"), "{outcome:?}");
    let help = kefu(None, &["--help"]).succeeded().stdout;
    for command in ["serve", "migrate", "check", "coverage", "verify", "openapi", "user", "key"] {
        assert!(help.contains(command), "{command} is missing in {help}");
    }
}

#[test]
fn without_a_password_the_first_one_is_made_up_and_told_once() {
    let database = Database::fresh();
    let server = Server::start_on(&database, Options { no_password: true, ..Options::default() });
    let log = server.log();
    assert!(log.contains("admin"), "{log}");
    let password = log
        .split(|it: char| it.is_whitespace() || it == '"')
        .map(|word| word.trim_matches(['"', '\'', '`', ',', '.', ':']))
        .find(|word| word.len() >= 12 && server_accepts(&server, word));
    assert!(password.is_some(), "no word of standard error is the password: {log}");
}

fn server_accepts(server: &Server, password: &str) -> bool {
    let body = serde_json::json!({ "username": "admin", "password": password });
    server.stranger().post("/v1/auth/token", body).status == 200
}
