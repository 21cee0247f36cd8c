//! What the layers do not know of each other, as `ARCHITECTURE.md` says it.

use std::fs;
use std::path::Path;

/// Every source file under a folder of this crate, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "{folder} holds nothing");
    found
}

#[track_caller]
fn never_says(folder: &str, word: &str) {
    let say: Vec<_> = sources(folder).into_iter().filter(|(_, text)| text.contains(word)).collect();
    let say: Vec<_> = say.iter().map(|(path, _)| path).collect();
    assert!(say.is_empty(), "{folder} mentions {word}: {say:?}");
}

#[test]
fn use_cases_know_nothing_of_http() {
    for folder in ["app", "worker", "auth"] {
        never_says(folder, "actix_web");
        never_says(folder, "StatusCode");
    }
}

#[test]
fn routes_know_nothing_of_the_database() {
    never_says("routes", "kefu_persistence");
    never_says("middleware", "kefu_persistence");
}

#[test]
fn what_goes_in_and_out_asks_nobody() {
    for folder in ["params", "views"] {
        never_says(folder, "mut Conn");
        never_says(folder, "actix_web");
    }
}
