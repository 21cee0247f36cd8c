//! `…/import`: customers and assets from files.

use kefu_tests::{Client, Office, Reply, Scope, Server, unique};
use serde_json::{Value, json};

use crate::records::unchanged;

/// Sends a file.
#[track_caller]
fn send(who: &Client, path: &str, file: impl Into<Vec<u8>>) -> Reply {
    who.request("POST", path).header("content-type", "text/csv").bytes(file).send()
}

/// Row, column and code of each fault of a report.
fn faults(report: &Reply) -> Vec<(u64, String, String)> {
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let errors = report["errors"].as_array().expect("a report has errors");
    errors
        .iter()
        .map(|it| (it["row"].as_u64().unwrap_or_default(), text(&it["column"]), text(&it["code"])))
        .collect()
}

/// The numbers of a report: rows, created, updated, unchanged, refused.
fn numbers(report: &Reply) -> [u64; 5] {
    ["rows", "created", "updated", "unchanged", "refused"]
        .map(|name| report[name].as_u64().unwrap_or(u64::MAX))
}

/// A new site's code and id.
fn site(server: &Server) -> (String, String) {
    let id = server.site();
    (server.admin().get(&format!("/v1/sites/{id}")).expect(200).text_at("/code"), id)
}

#[test]
fn a_dry_run_names_every_bad_row_and_changes_nothing() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    let file = format!(
        "名称,类型,电话,邮箱,管理处,标识\r\n\
         王小明,个人,13800138000,,{code},\r\n\
         ,个人,13800138001,,{code},\r\n\
         李四,鬼,{long},不是邮箱,nowhere,\r\n\
         赵五,单位,1,a@b.cn,{code},0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11\r\n\
         王小明,个人,13800138000,,{code},\r\n",
        long = "1".repeat(51),
    );
    let list = format!("/v1/customers?site_id={id}&count=true");
    let report = unchanged(&admin, &[&list], || {
        let report = send(&admin, "/v1/customers/import?dry_run=true", file.clone()).expect(200);
        let refused = send(&admin, "/v1/customers/import", file.clone()).refused(422);
        let lines: Vec<_> =
            refused["errors"].as_array().unwrap().iter().map(|it| &it["line"]).collect();
        assert_eq!(lines.len(), 7, "{refused}");
        assert!(refused.pointers().contains(&"/rows/4/email".to_owned()), "{refused}");
        report
    });
    let fault = |row, column: &str, code: &str| (row, column.to_owned(), code.to_owned());
    let mut found = faults(&report);
    found.sort();
    assert_eq!(
        found,
        [
            fault(3, "name", "required"),
            fault(4, "email", "format"),
            fault(4, "kind", "enum"),
            fault(4, "phone", "too_long"),
            fault(4, "site", "unknown_site"),
            fault(5, "id", "unknown_id"),
            fault(6, "", "repeated"),
        ]
    );
    assert_eq!(numbers(&report), [5, 1, 0, 0, 4]);
    let chinese = admin.speaking("zh-CN").request("POST", "/v1/customers/import?dry_run=true");
    let chinese = chinese.header("content-type", "text/csv").bytes(file).send().expect(200);
    assert_eq!(chinese["errors"][0]["detail"], "缺少此项。");
}

#[test]
fn the_same_file_again_changes_nothing_and_a_changed_one_only_what_changed() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    let name = unique("业主");
    let file = |address: &str| {
        format!("name,kind,phone,address,site\n{name},person,13800138000,{address},{code}\n")
    };
    let path = "/v1/customers/import";
    assert_eq!(numbers(&send(&admin, path, file("1202")).expect(200)), [1, 1, 0, 0, 0]);
    assert_eq!(numbers(&send(&admin, path, file("1202")).expect(200)), [1, 0, 0, 1, 0]);
    assert_eq!(numbers(&send(&admin, path, file("1203")).expect(200)), [1, 0, 1, 0, 0]);
    assert_eq!(
        numbers(&send(&admin, path, file("")).expect(200)),
        [1, 0, 0, 1, 0],
        "nothing is said"
    );
    let listed = admin.get(&format!("/v1/customers?site_id={id}")).expect(200);
    assert_eq!((listed.items().len(), listed.items()[0]["version"].as_i64()), (1, Some(2)));
    assert_eq!(listed.items()[0]["address"], "1203");
    let customer = listed.items()[0]["id"].as_str().unwrap().to_owned();
    let by_id = format!("id,phone\n{customer},'+86 138\n");
    assert_eq!(numbers(&send(&admin, path, by_id).expect(200)), [1, 0, 1, 0, 0]);
    let changed = admin.get(&format!("/v1/customers/{customer}")).expect(200);
    assert_eq!((&changed["phone"], &changed["name"]), (&json!("+86 138"), &json!(name)));
    let log = server.events_after("0");
    let log: Vec<_> = log.iter().filter(|it| it["aggregate_id"] == customer.as_str()).collect();
    let kinds: Vec<_> = log.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["customer.created", "customer.changed", "customer.changed"]);
}

#[test]
fn good_rows_alone_are_taken_in_when_asked_for() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    let file =
        format!("name,kind,site\n甲,person,{code}\n乙,ghost,{code}\n丙,organisation,{code}\n");
    let report = send(&admin, "/v1/customers/import?partial=true", file).expect(200);
    assert_eq!(numbers(&report), [3, 2, 0, 0, 1]);
    assert_eq!(faults(&report), [(3, "kind".to_owned(), "enum".to_owned())]);
    let names =
        admin.get(&format!("/v1/customers?site_id={id}&sort=name")).expect(200).column("name");
    assert_eq!(names, ["丙", "甲"]);
}

#[test]
fn a_file_of_chinese_excel_is_read() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    // 名称,类型,电话,管理处 / 王小明,个人,138 in GB18030.
    let mut file =
        b"\xC3\xFB\xB3\xC6,\xC0\xE0\xD0\xCD,\xB5\xE7\xBB\xB0,\xB9\xDC\xC0\xED\xB4\xA6\r\n".to_vec();
    file.extend(b"\xCD\xF5\xD0\xA1\xC3\xF7,\xB8\xF6\xC8\xCB,138,");
    file.extend(code.as_bytes());
    let _taken = send(&admin, "/v1/customers/import", file).expect(200);
    let listed = admin.get(&format!("/v1/customers?site_id={id}")).expect(200).items();
    assert_eq!((&listed[0]["name"], &listed[0]["kind"]), (&json!("王小明"), &json!("person")));
}

#[test]
fn an_exported_workbook_is_taken_in_again() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    let (one, two) = (unique("a"), unique("b"));
    let file = format!(
        "类型;编码;名称;管理处;fields.area;fields.note\n\
         unit;{one};三号楼;{code};89.5;\nunit;{two};四号楼;{code};;=1+1\n"
    );
    let report = send(&admin, "/v1/assets/import", file).expect(200);
    assert_eq!(numbers(&report), [2, 2, 0, 0, 0]);
    let list = format!("/v1/assets?site_id={id}&sort=code");
    let made = admin.get(&list).expect(200).items();
    assert_eq!(made[0]["fields"], json!({ "area": "89.5" }));
    assert_eq!(made[1]["fields"], json!({ "note": "=1+1" }));
    for format in ["xlsx", "csv"] {
        let book =
            admin.get(&format!("/v1/assets/export?site_id={id}&format={format}")).expect(200);
        let again = admin.request("POST", "/v1/assets/import");
        let again = again.header("content-type", "application/vnd.ms-excel").bytes(book.bytes);
        let report = unchanged(&admin, &[&list], || again.send().expect(200));
        assert_eq!(numbers(&report), [2, 0, 0, 2, 0], "{format}");
    }
    let renamed = format!("kind,code,name\nunit,{one},三号楼 1202\n");
    assert_eq!(numbers(&send(&admin, "/v1/assets/import", renamed).expect(200)), [1, 0, 1, 0, 0]);
    let owner = admin.post(
        "/v1/customers",
        json!({
            "name": "业主", "kind": "person", "phone": "13800138000", "site_id": id,
        }),
    );
    let owned = format!("类型,编码,名称,管理处,客户电话\nunit,{one},三号楼,{code},13800138000\n");
    assert_eq!(numbers(&send(&admin, "/v1/assets/import", owned).expect(200)), [1, 0, 1, 0, 0]);
    assert_eq!(admin.get(&list).expect(200).items()[0]["customer_id"], owner.expect(201)["id"]);
    let unknown = format!("kind,code,name,site,customer_phone\nunit,{one},x,{code},110\n");
    let report = send(&admin, "/v1/assets/import?dry_run=true", unknown).expect(200);
    assert_eq!(faults(&report), [(2, "customer_phone".to_owned(), "unknown_customer".to_owned())]);
    let bad = format!("kind,code,name,customer_id\nunit,{one},x,{id}\n");
    let report = send(&admin, "/v1/assets/import?dry_run=true", bad).expect(200);
    assert_eq!(faults(&report), [(2, "customer_id".to_owned(), "unknown_customer".to_owned())]);
}

#[test]
fn rows_of_another_site_are_refused() {
    let (here, there) = (Office::shared(), Office::shared());
    let admin = here.server.admin();
    let code = |id: &str| admin.get(&format!("/v1/sites/{id}")).expect(200).text_at("/code");
    let (mine, theirs) = (code(&here.site), code(&there.site));
    let file = format!("name,kind,site\n甲,person,{mine}\n乙,person,{theirs}\n丙,person,\n");
    let lists = [&here.site, &there.site].map(|site| format!("/v1/customers?site_id={site}"));
    unchanged(&admin, &[&lists[0], &lists[1]], || {
        let refused = send(&here.desk, "/v1/customers/import", file.clone()).refused(422);
        assert_eq!(refused.pointers(), ["/rows/3", "/rows/4"]);
        let by_id = format!("id,name\n{},x\n", there.customer);
        let refused = send(&here.desk, "/v1/customers/import", by_id).refused(422);
        assert_eq!(refused.pointers(), ["/rows/2/id"], "not theirs to know of");
        let auditor = here.server.user("auditor", Scope::All);
        let _reads_only = send(&auditor, "/v1/customers/import", file.clone()).refused(403);
    });
    let report = send(&here.desk, "/v1/customers/import?partial=true", file).expect(200);
    assert_eq!(numbers(&report), [3, 1, 0, 0, 2]);
}

#[test]
fn a_repeated_import_is_answered_and_not_done_again() {
    let server = Server::shared();
    let admin = server.admin();
    let (code, id) = site(&server);
    let file = format!("name,kind,site\n甲,person,{code}\n");
    let key = unique("import");
    let send = |file: &str| {
        let request = admin.request("POST", "/v1/customers/import").header("idempotency-key", &key);
        request.header("content-type", "text/csv").bytes(file).send()
    };
    let first = send(&file).expect(200);
    let again = send(&file).expect(200);
    assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, Some("true")));
    assert_eq!(again["created"], 1);
    let _other = send(&file.replace('甲', "乙")).refused(422);
    assert_eq!(admin.get(&format!("/v1/customers?site_id={id}")).expect(200).items().len(), 1);
}

#[test]
fn what_is_no_table_is_refused() {
    let server = Server::shared();
    let admin = server.admin();
    // Others take customers in meanwhile: what these files name is nowhere else.
    let name = unique("nowhere");
    let list = format!("/v1/customers?q={name}&count=true");
    unchanged(&admin, &[&list], || {
        let path = "/v1/customers/import";
        for file in [&b"PK\x03\x04broken"[..], b"\x00\x01\x02", b"\xD0\xCF\x11\xE0"] {
            let _refused = send(&admin, path, file).refused(400);
        }
        for file in ["", "\r\n\r\n"] {
            let refused = send(&admin, path, file).refused(422);
            assert_eq!(refused["errors"][0]["code"], "empty_file");
        }
        let refused = send(&admin, path, format!("name,weather,name\n{name},y,z\n")).refused(422);
        assert_eq!(refused.pointers(), ["/rows/1/name", "/rows/1/weather"]);
        let long = format!("name,kind\n{}", format!("{name},person\n").repeat(10_001));
        let refused = send(&admin, path, long).refused(422);
        assert_eq!(refused["errors"][0]["code"], "too_many_rows");
        let large = format!("name,kind\n{name},person\n{}", "x".repeat(11 * 1024 * 1024));
        let _too_large = send(&admin, path, large).refused(413);
        let json = admin.request("POST", path).json(&json!({ "name": name })).send();
        let _type = json.refused(415);
        let empty = send(&admin, path, "name,kind\n").expect(200);
        assert_eq!(numbers(&empty), [0, 0, 0, 0, 0]);
    });
}
