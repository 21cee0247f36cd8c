//! `/v1/clauses`: what each says, and what carries it out.

use std::collections::BTreeSet;

use kefu_tests::{Office, Server};
use serde_json::{Value, json};

#[test]
fn a_clause_says_what_carries_it_out_and_within_what() {
    let office = Office::shared();
    let clause = office.desk.get("/v1/clauses/R-004-091").expect(200);
    assert_eq!((&clause["id"], &clause["pack"]), (&json!("R-004-091"), &json!("property")));
    assert_eq!((&clause["status"], &clause["awaits"]), (&json!("executed"), &Value::Null));
    let by = clause["enforced_by"].as_array().unwrap();
    let dispatch = by.iter().find(|it| it["address"] == "procedure:repair/clock:dispatch").unwrap();
    assert_eq!(dispatch["title"], "Dispatched");
    let spans = [
        json!({ "when": "case.fields.emergency", "span": "15m", "figure": "repair.dispatch_emergency", "clauses": [] }),
        json!({ "when": null, "span": "2wh", "figure": "repair.dispatch", "clauses": [] }),
    ];
    assert_eq!(dispatch["spans"], json!(spans));
    let action = by.iter().find(|it| it["address"] == "procedure:repair/action:arrive").unwrap();
    assert_eq!((&action["title"], &action["spans"]), (&json!("Arrive"), &json!([])));
    let spoken = office.desk.speaking("zh-CN").get("/v1/clauses/R-004-091").expect(200);
    assert!(spoken["text"].as_str().unwrap() != clause["text"].as_str().unwrap());
    assert_ne!(spoken.etag(), clause.etag(), "it reads otherwise");
    let known =
        office.desk.request("GET", "/v1/clauses/R-004-091").header("if-none-match", &clause.etag());
    assert_eq!(known.send().status, 304);
    let _none = office.desk.get("/v1/clauses/R-999-999").refused(404);
}

#[test]
fn clauses_are_narrowed_searched_and_paged() {
    let admin = Server::shared().admin();
    let list =
        |query: &str| admin.get(&format!("/v1/clauses?limit=200&{query}")).expect(200).items();
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/v1/clauses?limit=60&count=true{cursor}")).expect(200);
        ids.extend(page.column("id"));
        let Some(next) = page["next_cursor"].as_str() else {
            assert_eq!(page["total"], json!(ids.len()));
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert!(ids.is_sorted() && ids.iter().collect::<BTreeSet<_>>().len() == ids.len());
    assert!(list("area=complaint").iter().all(|it| it["area"] == "complaint"));
    assert!(list("pack=common").iter().all(|it| it["pack"] == "common"));
    let found = admin.speaking("zh-CN").get("/v1/clauses?q=%E9%87%8D%E5%A4%A7%E6%8A%95%E8%AF%89%201%E4%B8%AA%E5%B7%A5%E4%BD%9C%E6%97%A5").expect(200).items();
    assert!(found.iter().any(|it| it["id"] == "R-001-308"), "{found:?}");
    assert_eq!(list("q=r-001-308").len(), 1);
    assert!(list("q=nobody%20says%20such%20a%20thing").is_empty());
    let executed = list("status=executed");
    assert!(!executed.is_empty() && executed.iter().all(|it| it["status"] == "executed"));
    assert!(executed.iter().all(|it| !it["enforced_by"].as_array().unwrap().is_empty()));
    let refused = admin.get("/v1/clauses?status=perhaps").refused(422);
    assert!(refused.pointers()[0].starts_with("/status"), "{refused}");
}
