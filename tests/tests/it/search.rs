//! `GET /v1/cases?q=`: the same answers on both databases.

use std::collections::BTreeSet;

use kefu_tests::{Office, unique};
use serde_json::json;

use crate::procedures::simple;

#[test]
fn words_of_two_characters_are_found_wherever_they_stand() {
    let office = Office::shared();
    simple::publish(&office.server);
    let subjects = [
        ("elevator", "三号楼电梯异响"),
        ("leak", "地下车库顶板漏水"),
        ("noise", "楼上装修噪音扰民"),
        ("parking", "地下车库车位被占，电梯厅堵塞"),
        ("door", "Unit 1202 门禁 card 失灵"),
    ];
    let ids: Vec<_> = subjects
        .iter()
        .map(|(_, subject)| {
            let mut body = simple::opening(&office);
            body["subject"] = json!(subject);
            office.desk.post("/v1/cases", body).expect(201).id()
        })
        .collect();
    let found = |words: &str| -> BTreeSet<&str> {
        let query: Vec<_> = words.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/v1/cases?site_id={}&q={}", office.site, query.concat());
        let found = office.desk.get(&path).expect(200).column("id");
        let names =
            found.iter().map(|id| ids.iter().position(|it| it == id).expect("one of these"));
        names.map(|index| subjects[index].0).collect()
    };
    for (words, expected) in [
        ("电梯", vec!["elevator", "parking"]),
        ("漏水", vec!["leak"]),
        ("车库", vec!["leak", "parking"]),
        ("地下车库", vec!["leak", "parking"]),
        ("车库 漏水", vec!["leak"]),
        ("电梯 车位", vec!["parking"]),
        ("噪音", vec!["noise"]),
        ("装修", vec!["noise"]),
        ("门禁", vec!["door"]),
        ("card", vec!["door"]),
        ("CARD", vec!["door"]),
        ("1202", vec!["door"]),
        ("水电", vec![]),
        ("电梯 漏水", vec![]),
    ] {
        assert_eq!(found(words), expected.into_iter().collect(), "{words}");
    }
}

#[test]
fn a_number_finds_its_case() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office);
    let path = format!("/v1/cases?site_id={}&q={}", office.site, case.text_at("/number"));
    assert_eq!(office.desk.get(&path).expect(200).column("id"), [case.id()]);
}

#[test]
fn what_somebody_may_not_see_is_not_found_either() {
    let (office, neighbour) = (Office::shared(), Office::shared());
    simple::publish(&office.server);
    let word = unique("secretword").replace('-', "");
    let mut body = simple::opening(&office);
    body["subject"] = json!(format!("关于 {word}"));
    let _case = office.desk.post("/v1/cases", body).expect(201);
    let path = format!("/v1/cases?q={word}");
    assert_eq!(office.desk.get(&path).expect(200).items().len(), 1);
    assert!(neighbour.desk.get(&path).expect(200).items().is_empty());
}

#[test]
fn odd_searches_find_nothing_and_break_nothing() {
    let office = Office::shared();
    for query in ["%22", "%27%27", "*", "%28", "a%20AND%20%28", "-", "%F0%9F%98%80", "NOT", "%25"] {
        let reply = office.desk.get(&format!("/v1/cases?site_id={}&q={query}", office.site));
        assert!(matches!(reply.status, 200 | 422), "q={query} answered {reply}");
    }
}
