//! `…/export`: lists as files.

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use kefu_tests::{Client, Office, Reply, Scope, Server, unique};
use serde_json::json;

use crate::procedures::simple;

/// The lines of a CSV file, without its byte order mark.
#[track_caller]
fn lines(file: &Reply) -> Vec<String> {
    assert!(file.bytes.starts_with(b"\xEF\xBB\xBF"), "{file}");
    assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let text = file.text.trim_start_matches('\u{feff}');
    text.split("\r\n").filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// The cells of a workbook's sheet, as text.
#[track_caller]
fn sheet(file: &Reply) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.clone())).expect("a workbook");
    let sheet = book.worksheet_range_at(0).expect("a sheet").expect("it can be read");
    assert!(book.worksheet_formula(&book.sheet_names()[0].clone()).expect("a sheet").is_empty());
    let text = |cell: &Data| cell.to_string();
    sheet.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[track_caller]
fn customers(admin: &Client, site: &str, names: &[&str]) {
    for name in names {
        let body = json!({ "name": name, "kind": "person", "phone": "+86 138", "site_id": site });
        let _made = admin.post("/v1/customers", body).expect(201);
    }
}

#[test]
fn a_list_is_a_csv_file_in_the_callers_language_without_formulas() {
    let server = Server::shared();
    let (admin, site) = (server.admin(), server.site());
    customers(&admin, &site, &["=HYPERLINK(\"http://x\")", "-2+3", "王,小\"明"]);
    let path = format!(
        "/v1/customers/export?site_id={site}&sort=created_at&columns=name,phone,kind,notes"
    );
    let file = admin.get(&path).expect(200);
    let disposition = file.header("content-disposition").unwrap_or_default();
    assert!(disposition.starts_with("attachment; filename=\"customers-"), "{disposition}");
    assert!(disposition.ends_with(".csv\""), "{disposition}");
    assert_eq!(
        lines(&file),
        [
            "Name,Phone,Kind,Notes",
            "\"'=HYPERLINK(\"\"http://x\"\")\",'+86 138,person,",
            "'-2+3,'+86 138,person,",
            "\"王,小\"\"明\",'+86 138,person,",
        ]
    );
    let chinese = admin.speaking("zh-CN").get(&path).expect(200);
    assert_eq!(lines(&chinese)[0], "名称,电话,类型,备注");
    let codes = admin.get(&format!("{path}&headings=codes")).expect(200);
    assert_eq!(lines(&codes)[0], "name,phone,kind,notes");
    let whole = admin.get(&format!("/v1/customers/export?site_id={site}&headings=codes"));
    let expected =
        "id,name,kind,phone,email,address,site,level,notes,site_id,version,created_at,updated_at";
    assert_eq!(lines(&whole.expect(200))[0], expected);
}

#[test]
fn a_list_is_a_workbook_whose_cells_are_text() {
    let server = Server::shared();
    let (admin, site) = (server.admin(), server.site());
    customers(&admin, &site, &["=1+1", "王小明"]);
    let path = format!("/v1/customers/export?site_id={site}&sort=created_at&format=xlsx");
    let file =
        admin.get(&format!("{path}&columns=name,version,created_at&time_zone=Asia/Shanghai"));
    let file = file.expect(200);
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    assert_eq!(file.header("content-type"), Some(kind));
    let rows = sheet(&file);
    assert_eq!(rows[0], ["Name", "Version", "Created"]);
    assert_eq!((rows[1][0].as_str(), rows[1][1].as_str()), ("=1+1", "1"));
    assert_eq!(rows.len(), 3);
    let file = admin.get(&format!("{path}&columns=created_at")).expect(200);
    assert!(sheet(&file)[1][0].ends_with('Z'), "without a zone instants are in UTC");
}

#[test]
fn cases_go_out_with_their_fields_and_the_names_of_what_they_refer_to() {
    let office = Office::shared();
    let number = {
        let id = office.open_complaint();
        office.desk.case(&id).text_at("/number")
    };
    let customer = office.desk.get(&format!("/v1/customers/{}", office.customer)).expect(200);
    let path = format!(
        "/v1/cases/export?site_id={}&columns=number,customer,owner,fields.grade,kind,opened_at",
        office.site
    );
    let file = office.manager.get(&path).expect(200);
    let line = &lines(&file)[1];
    let owner = office.server.admin().get(&format!("/v1/users/{}", office.desk.id)).expect(200);
    let (customer, owner) = (customer.text_at("/name"), owner.text_at("/display_name"));
    let expected = format!("{number},{customer},{owner},ordinary,complaint,");
    assert!(line.starts_with(&expected) && line.ends_with('Z'), "{line} / {expected}");
    let local = office.manager.get(&format!("{path}&time_zone=Asia/Shanghai")).expect(200);
    assert!(!lines(&local)[1].ends_with('Z'));
}

#[test]
fn a_file_holds_no_more_than_the_list_and_the_permission_to_export() {
    let (here, there) = (Office::shared(), Office::shared());
    simple::publish(&here.server);
    let _cases = (simple::open(&here), simple::open(&there));
    let refused = here.desk.get("/v1/cases/export").refused(403);
    assert_eq!(refused["needs_permission"], "case.export");
    let numbers = |who: &Client, query: &str| {
        let file = who.get(&format!("/v1/cases/export?columns=site_id{query}")).expect(200);
        lines(&file).len() - 1
    };
    assert_eq!(numbers(&here.manager, ""), 1);
    assert_eq!(numbers(&here.manager, &format!("&site_id={}", there.site)), 0);
    let grants =
        [Scope::Site(&here.site).grant("front_desk"), Scope::Site(&there.site).grant("cs_manager")];
    let both = here.server.user_with("both", &grants);
    assert_eq!(both.get("/v1/cases?limit=200").expect(200).items().len(), 2);
    assert_eq!(numbers(&both, ""), 1, "exports only where the permission reaches");
    assert_eq!(numbers(&both, &format!("&site_id={}", here.site)), 0);
}

#[test]
fn a_file_follows_a_view_and_refuses_what_the_list_would() {
    let office = Office::shared();
    simple::publish(&office.server);
    let case = simple::open(&office);
    let body = json!({
        "resource": "cases", "name": "导出", "columns": ["state", "number"],
        "filters": { "site_id": [office.site] },
    });
    let view = office.manager.post("/v1/views", body).expect(201).id();
    let file = office.manager.get(&format!("/v1/cases/export?view={view}")).expect(200);
    assert_eq!(lines(&file), ["State,Number", &format!("open,{}", case.text_at("/number"))]);
    for (query, pointers) in [
        ("columns=number,wages", vec!["/columns/1"]),
        ("format=pdf", vec!["/format"]),
        ("kind=weather", vec!["/kind/0"]),
        ("time_zone=Mars", vec!["/time_zone"]),
        ("limit=5", vec!["/limit"]),
        ("view=0199c3f2-a7b1-7c3e-8d5a-0f6f2b9d4e11", vec!["/view"]),
    ] {
        let refused = office.manager.get(&format!("/v1/cases/export?{query}")).refused(422);
        assert_eq!(refused.pointers(), pointers, "{query}");
    }
}

#[test]
fn every_list_goes_out_and_the_log_says_so() {
    let server = Server::start();
    let admin = server.admin();
    let lists = [
        "cases",
        "customers",
        "assets",
        "sites",
        "users",
        "roles",
        "procedures",
        "calendars",
        "events",
        "clauses",
        "compliance",
        "duties",
    ];
    for list in lists {
        let csv = admin.get(&format!("/v1/{list}/export")).expect(200);
        let xlsx = admin.get(&format!("/v1/{list}/export?format=xlsx")).expect(200);
        let (lines, rows) = (lines(&csv), sheet(&xlsx));
        assert_eq!(lines[0].split(',').collect::<Vec<_>>(), rows[0], "{list}");
    }
    // On PostgreSQL the feed waits for whatever transaction began before.
    let mut told = Vec::new();
    kefu_tests::wait_until("every export is told", || {
        told = server.events_after("0");
        told.retain(|it| it["aggregate"] == "export");
        told.len() >= 4 * lists.len()
    });
    assert_eq!(told.len(), 48, "started and finished, of each list in each format");
    let (started, finished) = (&told[0], &told[1]);
    assert_eq!(
        (&started["type"], &finished["type"]),
        (&json!("export.started"), &json!("export.finished"))
    );
    assert_eq!(started["data"]["list"], "cases");
    assert_eq!(finished["data"]["rows"], 0);
    assert!(!started["actor_id"].is_null());
}

#[test]
fn what_a_month_came_to_is_a_table_with_the_numbers_of_the_report() {
    let office = Office::shared();
    let _case = office.open_complaint();
    let query = format!("site_id={}&clause=R-000-367,R-001-308", office.site);
    let report = office.manager.get(&format!("/v1/compliance?{query}")).expect(200).items();
    let path = format!("/v1/compliance/export?{query}&columns=id,arisen,met,late,open,rate");
    let file = office.manager.speaking("zh-CN").get(&path).expect(200);
    let number = |it: &serde_json::Value| it.as_i64().unwrap().to_string();
    let mut expected = vec!["条款,应办,按时,逾期,在办,按时率（%）".to_owned()];
    for clause in &report {
        let counts = &clause["obligations"];
        let [arisen, met, late, open] =
            ["arisen", "met", "late", "open"].map(|it| number(&counts[it]));
        let (id, rate) =
            (clause["id"].as_str().unwrap(), counts["rate"].as_str().unwrap_or_default());
        expected.push(format!("{id},{arisen},{met},{late},{open},{rate}"));
    }
    assert_eq!(report[0]["obligations"]["arisen"], 1);
    assert_eq!(lines(&file), expected);
    let body =
        json!({ "resource": "compliance", "name": "投诉", "filters": { "area": ["complaint"] } });
    let view = office.manager.post("/v1/views", body).expect(201).id();
    let seen = office.manager.get(&format!("/v1/compliance?view={view}&limit=200")).expect(200);
    assert!(seen.items().iter().all(|it| it["area"] == "complaint") && !seen.items().is_empty());
}

/// Ten thousand rows cost time and no memory. (They come in as a file, too.)
#[test]
fn ten_thousand_rows_go_in_and_out_in_bounded_memory() {
    let server = Server::start();
    let admin = server.admin();
    let mut file = String::from("name,kind,phone,address\n");
    for n in 0..10_000 {
        file.extend([format!("业主{n},person,138{n:08},幸福小区三号楼{n}室东侧单元\n")]);
    }
    let import = admin.request("POST", "/v1/customers/import").header("content-type", "text/csv");
    let report = import.bytes(file).send().expect(200);
    assert_eq!(report["created"], 10_000);
    for (format, rows) in [("csv", 10_000), ("xlsx", 10_000)] {
        server.forget_peak();
        let (before, _) = server.memory();
        let file =
            admin.get(&format!("/v1/customers/export?format={format}&sort=name")).expect(200);
        let (_, peak) = server.memory();
        let found = if format == "csv" { lines(&file).len() } else { sheet(&file).len() };
        assert_eq!(found, rows + 1);
        let grown = peak.saturating_sub(before);
        assert!(grown < 24 * 1024, "{format}: {grown} KiB more than {before} KiB");
    }
    let name = unique("x");
    let none = admin.get(&format!("/v1/customers/export?name={name}")).expect(200);
    assert_eq!(lines(&none).len(), 1);
}
