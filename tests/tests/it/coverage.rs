//! `kefu coverage`, and `kefu check` of a folder of packs.

use std::collections::BTreeMap;
use std::fs;

use kefu_tests::kefu;
use serde_json::Value;

const PACKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/packs");

fn clauses(args: &[&str]) -> BTreeMap<String, Value> {
    let printed = kefu(None, args).succeeded().stdout;
    let report: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(report.as_object().unwrap().len(), 1, "`clauses` and nothing else");
    let clauses = report["clauses"].as_array().unwrap();
    clauses.iter().map(|it| (it["id"].as_str().unwrap().to_owned(), it.clone())).collect()
}

#[test]
fn every_rule_of_the_catalogue_is_reported_with_what_carries_it_out() {
    let found = clauses(&["coverage", "--json"]);
    assert_eq!(found.len(), 1_647);
    let major = &found["R-001-308"];
    assert_eq!((&major["area"], &major["status"]), (&"complaint".into(), &"executed".into()));
    let by: Vec<_> =
        major["by"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(by.contains(&"procedure:complaint/clock:resolution"), "{by:?}");
    for (id, it) in &found {
        let members: Vec<_> = it.as_object().unwrap().keys().map(String::as_str).collect();
        let status = it["status"].as_str().unwrap();
        let wanted: &[&str] = match status {
            "awaits" => &["area", "awaits", "by", "id", "status"],
            _ => &["area", "by", "id", "status"],
        };
        assert_eq!(members, wanted, "{id}");
        assert!(!it["area"].as_str().unwrap().is_empty(), "{id}");
        assert_eq!(
            status == "executed" || status == "awaits",
            !it["by"].as_array().unwrap().is_empty(),
            "{it}"
        );
    }
}

#[test]
fn the_table_adds_up() {
    let table = kefu(None, &["coverage"]).succeeded().stdout;
    let mut sums = [0; 5];
    let mut total = None;
    for line in table.lines().skip(1).take_while(|it| !it.is_empty()) {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap();
        let counts: Vec<i32> = rest.split_whitespace().map(|it| it.parse().unwrap()).collect();
        assert_eq!(counts[..4].iter().sum::<i32>(), counts[4], "{line}");
        if name == "all" {
            total = Some(counts);
        } else {
            (0..5).for_each(|index| sums[index] += counts[index]);
        }
    }
    assert_eq!(total.unwrap(), sums);
    assert_eq!(sums[4], 1_647);
}

#[test]
fn other_packs_are_reported_in_place_of_those_that_come_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let pack = dir.path().join("one");
    fs::create_dir(&pack).unwrap();
    fs::write(pack.join("pack.toml"), "code = 'one'\ntitle = { zh = '一', en = 'One' }\n").unwrap();
    let clause = |id: &str, more: &str| {
        format!("[[clauses]]\nid = '{id}'\nzh = '记'\nen = 'Note'\narea = 'intake'\n{more}\n")
    };
    let text = clause("R-000-001", "by = ['kernel:log']")
        + &clause("R-000-002", "by = ['kernel:log']\nawaits = 'billing'");
    fs::write(pack.join("clauses.toml"), text).unwrap();
    let dir = dir.path().to_str().unwrap();
    let found = clauses(&["coverage", "--json", "--packs", dir]);
    assert_eq!(found["R-000-001"]["status"], "executed");
    assert_eq!(
        (&found["R-000-002"]["status"], &found["R-000-002"]["awaits"]),
        (&"awaits".into(), &"billing".into())
    );
    assert_eq!(found.values().filter(|it| it["status"] == "executed").count(), 1);
    let table = kefu(None, &["coverage", "--packs", dir]).succeeded().stdout;
    assert!(table.contains("awaits billing (1): R-000-002"), "{table}");
    fs::write(pack.join("clauses.toml"), clause("R-000-001", "by = ['duty:nothing']")).unwrap();
    let refused = kefu(None, &["coverage", "--packs", dir]).failed();
    assert!(refused.text().contains("one/clauses.toml:6"), "{}", refused.text());
}

#[test]
fn a_folder_of_packs_is_checked_together() {
    let checked = kefu(None, &["check", PACKS]).succeeded();
    assert!(checked.stdout.starts_with("sound: "), "{}", checked.stdout);
    let one = kefu(None, &["check", &format!("{PACKS}/common")]).succeeded();
    assert_ne!(one.stdout, checked.stdout, "all of them are more than one");
    let empty = tempfile::tempdir().unwrap();
    let refused = kefu(None, &["check", empty.path().to_str().unwrap()]).failed();
    assert!(refused.text().contains("pack.toml"), "{}", refused.text());
}
