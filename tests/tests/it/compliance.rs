//! `/v1/compliance`: every number is the count of the list behind it, and both are what the cases say.

use std::collections::{BTreeMap, BTreeSet};

use kefu_tests::{Client, Office, Scope, Server, at};
use serde_json::{Value, json};

use crate::week::{Week, use_plain_office};

/// A month of an office's work: kept in time, kept late, missed, still open, withdrawn, reopened.
struct Month {
    server: Server,
    office: Office,
    other: Office,
    week: Week,
}

impl Month {
    #[track_caller]
    fn worked() -> Self {
        let server = Server::start();
        use_plain_office(&server.admin());
        let week = Week::ahead_of(&server);
        server.set_clock(&week.at(0, "09:00"));
        let (office, other) = (Office::open(&server), Office::open(&server));
        let month = Self { server, office, other, week };
        month.first_week();
        month.later();
        month
    }

    fn first_week(&self) {
        let (office, desk) = (&self.office, &self.office.desk);
        let in_time = office.open_complaint();
        let late = desk.post("/v1/cases", office.complaint("major")).expect(201).id();
        let withdrawn = office.open_complaint();
        let _missed = office.open_complaint();
        let elsewhere = self.other.open_complaint();
        let asked = desk.post("/v1/cases", office.opening("inquiry", json!({ "question": "？" })));
        let asked = asked.expect(201).id();
        let repair = json!({ "fault": "漏水", "category": "leak", "emergency": true });
        let _broken = desk.post("/v1/cases", office.opening("repair", repair)).expect(201);
        self.server.set_clock(&self.week.at(0, "11:00"));
        let _gone = desk.act(&withdrawn, "withdraw", json!({ "reason": "误报" })).expect(200);
        let _told =
            desk.act(&asked, "answer", json!({ "answer": "是", "told_by": "phone" })).expect(200);
        Self::answer(office, &in_time);
        self.server.set_clock(&self.week.at(1, "10:00"));
        Self::answer(&self.other, &elsewhere);
        let _again = desk.act(&asked, "reopen", json!({ "reason": "追问" })).expect(200);
        self.server.set_clock(&self.week.at(4, "15:00"));
        Self::answer(office, &late);
        Self::call_back(office, &in_time, true);
        Self::call_back(office, &late, false);
    }

    fn later(&self) {
        let (office, desk) = (&self.office, &self.office.desk);
        self.server.set_clock(&self.week.at(9, "10:00"));
        let next = office.open_complaint();
        let _asked = desk
            .post("/v1/cases", office.opening("inquiry", json!({ "question": "？" })))
            .expect(201);
        let investigate = office.handler.act(&next, "investigate", json!({})).expect(200);
        let _waits = office
            .handler
            .act(&investigate.id(), "ask_customer", json!({ "question": "哪台？" }))
            .expect(200);
        self.server.set_clock(&self.week.at(30, "12:00"));
        let _new = office.open_complaint();
    }

    #[track_caller]
    fn answer(office: &Office, id: &str) {
        let _taken = office.supervisor.act(id, "investigate", json!({})).expect(200);
        let answer = json!({ "solution": "已处理", "told_by": "visit" });
        let _told = office.supervisor.act(id, "answer", answer).expect(200);
    }

    #[track_caller]
    fn call_back(office: &Office, parent: &str, satisfied: bool) {
        let children =
            office.desk.get(&format!("/v1/cases?parent_id={parent}")).expect(200).items();
        let callback = children[0]["id"].as_str().unwrap();
        let mut heard = json!({ "satisfied": satisfied, "confirmed_by": "recording" });
        if !satisfied {
            heard["opinions"] = json!("还是响");
        }
        let _heard = office.desk.act(callback, "record", heard).expect(200);
    }

    /// A stretch from `hh:mm` of one day to `hh:mm` of another, as a query.
    fn between(&self, from: (u64, &str), to: (u64, &str)) -> String {
        format!("from={}&to={}", self.week.at(from.0, from.1), self.week.at(to.0, to.1))
    }

    fn whole(&self) -> String {
        self.between((0, "00:00"), (40, "00:00"))
    }
}

/// All pages of a list.
#[track_caller]
fn all(client: &Client, path: &str, query: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}?limit=7&{query}{cursor}")).expect(200);
        items.extend(page.items());
        let Some(next) = page["next_cursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

#[track_caller]
fn of(client: &Client, clause: &str, query: &str) -> Value {
    let page = client.get(&format!("/v1/compliance?clause={clause}&{query}")).expect(200);
    assert_eq!(page.items().len(), 1, "{page}");
    page.items()[0].clone()
}

fn numbers(counts: &Value) -> [i64; 4] {
    ["arisen", "met", "late", "open"].map(|it| counts[it].as_i64().unwrap())
}

#[test]
fn a_months_numbers_are_what_happened() {
    let month = Month::worked();
    let manager = &month.office.manager;
    let query = month.whole();
    // A major complaint in 1 working day: the one there was came late.
    let major = of(manager, "R-001-308", &query);
    assert_eq!(major["by"][0]["address"], "procedure:complaint/clock:resolution", "{major}");
    let reply = of(manager, "R-001-203", &query);
    assert!(
        reply["by"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["address"] == "procedure:complaint/action:answer")
    );
    let admin = month.server.admin();
    let hotline = of(&admin, "R-000-367", &format!("{query}&site_id={}", month.office.site));
    let clock =
        hotline["by"].as_array().unwrap().iter().find(|it| it["standing"] == false).unwrap();
    assert_eq!(clock["address"], "procedure:complaint/clock:reply");
    // Six complaints, one withdrawn: its clock no longer counts. One was answered in time, the major one
    // on the fifth day and, because that did not satisfy, owed again and not given; two never; one has
    // just come.
    assert_eq!(numbers(&clock["obligations"]), [6, 1, 4, 1], "{hotline}");
    assert_eq!(clock["obligations"]["rate"], "20");
    assert_eq!(numbers(&hotline["obligations"]), [6, 1, 4, 1]);
    let post = hotline["by"].as_array().unwrap().iter().find(|it| it["address"] == "role:hotline");
    assert_eq!(post.unwrap()["standing"], true);
    assert_eq!(post.unwrap()["obligations"], Value::Null);
    // Those that arose before the tenth day, and none that arose at its end.
    let early = month.between((0, "09:00"), (9, "10:00"));
    let early = of(manager, "R-000-367", &early);
    assert_eq!(numbers(&early["obligations"]), [4, 1, 3, 0], "{early}");
    let none = of(manager, "R-000-367", &month.between((0, "09:01"), (4, "15:00")));
    assert_eq!(
        (numbers(&none["obligations"]), &none["obligations"]["rate"]),
        ([0; 4], &Value::Null)
    );
    assert_eq!(hotline["text"], admin.get("/v1/clauses/R-000-367").expect(200)["text"]);
}

#[test]
fn every_number_is_the_count_of_its_list_and_of_the_cases_themselves() {
    let month = Month::worked();
    let admin = month.server.admin();
    let cases = every_case(&admin);
    let site = format!("&site_id={}", month.office.site);
    let windows = [
        (month.whole(), (0, "00:00"), (40, "00:00"), None),
        (month.between((0, "09:00"), (1, "10:00")), (0, "09:00"), (1, "10:00"), None),
        (month.whole() + &site, (0, "00:00"), (40, "00:00"), Some(&month.office.site)),
    ];
    for (query, from, to, site) in windows {
        let (from, to) = (month.week.at(from.0, from.1), month.week.at(to.0, to.1));
        let clauses = all(&admin, "/v1/compliance", &query);
        let ids: BTreeSet<_> = clauses.iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), clauses.len(), "each clause once");
        assert!(clauses.len() > 100, "{}", clauses.len());
        let mut seen = 0;
        for clause in &clauses {
            let id = clause["id"].as_str().unwrap();
            let mut found = BTreeSet::new();
            for by in clause["by"].as_array().unwrap() {
                let address = by["address"].as_str().unwrap();
                let expected = cases.obligations(address, &from, &to, site.map(String::as_str));
                if by["standing"] == true {
                    assert!(expected.is_none(), "{id} {address}");
                    continue;
                }
                let expected = expected.unwrap_or_else(|| panic!("{id} {address}"));
                assert_eq!(numbers(&by["obligations"]), tallied(&expected), "{id} {address}");
                found.extend(expected);
            }
            assert_eq!(numbers(&clause["obligations"]), tallied(&found), "{id}");
            if !found.is_empty() && seen < 25 {
                seen += 1;
                is_listed(&admin, clause, &query, &found);
            }
        }
        assert!(seen > 10, "{seen}");
    }
}

/// Every number of a clause is the length of the list behind it, and the list holds what it should.
#[track_caller]
fn is_listed(admin: &Client, clause: &Value, query: &str, expected: &BTreeSet<Obligation>) {
    let path = format!("/v1/compliance/{}/obligations", clause["id"].as_str().unwrap());
    let whole = all(admin, &path, query);
    let listed: BTreeSet<Obligation> = whole.iter().map(obligation).collect();
    assert_eq!(&listed, expected, "{path}");
    assert_eq!(listed.len(), whole.len(), "{path} doubles");
    let instants: Vec<_> = whole.iter().map(|it| at(it["started_at"].as_str().unwrap())).collect();
    assert!(instants.is_sorted_by(|a, b| a >= b), "{path}: newest first");
    for status in ["met", "late", "open"] {
        let page =
            admin.get(&format!("{path}?{query}&status={status}&count=true&limit=1")).expect(200);
        assert_eq!(page["total"], clause["obligations"][status], "{path} {status}");
    }
    for by in clause["by"].as_array().unwrap() {
        let address = by["address"].as_str().unwrap();
        let page = admin.get(&format!("{path}?{query}&by={address}&count=true")).expect(200);
        let wanted = by["obligations"]["arisen"].as_i64().unwrap_or(0);
        assert_eq!(page["total"], json!(wanted), "{path} {address}");
    }
}

/// Case, clock, since when, how it stands.
type Obligation = (String, String, String, String);

fn obligation(item: &Value) -> Obligation {
    let text = |member: &str| item[member].as_str().unwrap_or_default().to_owned();
    (text("case_id"), text("clock"), text("started_at"), text("status"))
}

fn tallied<'a>(found: impl IntoIterator<Item = &'a Obligation>) -> [i64; 4] {
    let mut counts = [0; 4];
    for (_, _, _, status) in found {
        counts[0] += 1;
        counts[1 + ["met", "late", "open"].iter().position(|it| it == status).unwrap()] += 1;
    }
    counts
}

/// The cases as the API shows each of them: the slow and obvious way to count.
struct Cases {
    all: BTreeMap<String, Value>,
    /// Per procedure of a case that opens others: what it opens, and the clock there that takes its span.
    given: BTreeMap<&'static str, &'static str>,
}

#[track_caller]
fn every_case(admin: &Client) -> Cases {
    let ids = all(admin, "/v1/cases", "");
    let read = |it: &Value| {
        let id = it["id"].as_str().unwrap().to_owned();
        (id.clone(), admin.case(&id).body)
    };
    let given = [("callback", "callback"), ("rectification", "notice")];
    Cases { all: ids.iter().map(read).collect(), given: given.into() }
}

impl Cases {
    /// What arose for an address; `None`: it has no obligations of its own.
    fn obligations(
        &self,
        address: &str,
        from: &str,
        to: &str,
        site: Option<&str>,
    ) -> Option<BTreeSet<Obligation>> {
        let (kind, rest) = address.split_once(':')?;
        match kind {
            "procedure" => {}
            // No duty arises on this server; what they come to is shown by their own tests.
            "duty" => return Some(BTreeSet::new()),
            _ => return None,
        }
        let (procedure, part) = rest.split_once('/').unwrap_or((rest, ""));
        let (part, code) = part.split_once(':').unwrap_or((part, ""));
        if part == "figure" {
            return None;
        }
        let here = |case: &&Value| site.is_none_or(|site| case["site_id"] == site);
        let within = |instant: &Value| {
            let instant = at(instant.as_str().unwrap());
            at(from) <= instant && instant < at(to)
        };
        let mut found = BTreeSet::new();
        for case in self.all.values().filter(here) {
            let parent = case["parent_id"].as_str().and_then(|id| self.all.get(id));
            let own = case["procedure"].as_str().unwrap();
            let opened = parent.is_some_and(|it| it["procedure"] == procedure)
                && match code {
                    "new_need" => own == "inquiry",
                    code => own == code,
                };
            let clock = match part {
                "clock" if own == procedure => Some(code),
                "follow_up" if opened => self.given.get(own).copied(),
                "clock" | "follow_up" => continue,
                _ if own == procedure => None,
                _ => continue,
            };
            let id = case["id"].as_str().unwrap().to_owned();
            let Some(clock) = clock else {
                if within(&case["opened_at"]) {
                    let status = if case["closed_at"].is_null() { "open" } else { "met" };
                    let since = case["opened_at"].as_str().unwrap().to_owned();
                    found.insert((id, String::new(), since, status.to_owned()));
                }
                continue;
            };
            let promises = ["earlier_clocks", "clocks"].map(|it| case[it].as_array().unwrap());
            for it in promises.into_iter().flatten().filter(|it| it["code"] == clock) {
                let status = match it["state"].as_str().unwrap() {
                    "met" => "met",
                    "breached" | "met_late" => "late",
                    "paused" if !it["breached_at"].is_null() => "late",
                    "running" | "paused" => "open",
                    _ => continue,
                };
                if within(&it["started_at"]) {
                    let since = it["started_at"].as_str().unwrap().to_owned();
                    found.insert((id.clone(), clock.to_owned(), since, status.to_owned()));
                }
            }
        }
        Some(found)
    }
}

#[test]
fn only_what_ones_post_reaches_is_counted() {
    let month = Month::worked();
    let (here, there) = (&month.office, &month.other);
    let query = month.whole();
    let count = |client: &Client, more: &str| {
        numbers(&of(client, "R-000-367", &format!("{query}{more}"))["obligations"])[0]
    };
    assert_eq!(count(&here.manager, ""), 6);
    assert_eq!(count(&there.manager, ""), 1);
    assert_eq!(count(&month.server.admin(), ""), 7);
    let auditor = month.server.user("auditor", Scope::All);
    assert_eq!(count(&auditor, ""), 7);
    let elsewhere =
        here.manager.get(&format!("/v1/compliance?site_id={}&count=true", there.site)).expect(200);
    assert_eq!(elsewhere["total"], 0, "not theirs to know of");
    let path = "/v1/compliance/R-000-367/obligations";
    assert_eq!(all(&there.manager, path, &query).len(), 1);
    let theirs = format!("{query}&site_id={}", there.site);
    assert!(all(&here.manager, path, &theirs).is_empty());
    let _not_theirs = here.desk.get("/v1/compliance").refused(403);
    let _not_theirs = here.desk.get(path).refused(403);
    let modest = month.server.user("cs_manager", Scope::Own);
    assert_eq!(count(&modest, ""), 0, "nothing is their own");
}

#[test]
fn promises_made_again_at_one_instant_are_each_on_a_page() {
    let office = Office::shared();
    let asked = office.opening("inquiry", json!({ "question": "几点开门？" }));
    let id = office.desk.post("/v1/cases", asked).expect(201).id();
    for round in 0..3 {
        if round > 0 {
            let _again = office.desk.act(&id, "reopen", json!({ "reason": "追问" })).expect(200);
        }
        let answer = json!({ "answer": "八点", "told_by": "phone" });
        let _told = office.desk.act(&id, "answer", answer).expect(200);
    }
    let path = format!(
        "/v1/compliance/R-000-053/obligations?site_id={}&by=procedure:inquiry/clock:answer&limit=1",
        office.site
    );
    let first = office.manager.get(&format!("{path}&count=true")).expect(200);
    assert_eq!(first["total"], 3, "{first}");
    let (mut pages, mut page) = (1, first);
    while let Some(cursor) = page["next_cursor"].as_str() {
        page = office.manager.get(&format!("{path}&cursor={cursor}")).expect(200);
        assert_eq!(
            (&page["items"][0]["case_id"], &page["items"][0]["status"]),
            (&json!(id), &json!("met"))
        );
        pages += 1;
    }
    assert_eq!(pages, 3, "each once");
}

#[test]
fn a_site_is_held_to_the_packs_it_runs_only() {
    let server = Server::shared();
    let code = kefu_tests::unique("site");
    let body = json!({ "code": code, "name": code, "packs": ["common"], "calendar": "office" });
    let common = server.admin().post("/v1/sites", body).expect(201).id();
    let property = server.site();
    let packs = |site: &str| -> BTreeSet<String> {
        let clauses = all(&server.admin(), "/v1/compliance", &format!("site_id={site}"));
        clauses.iter().map(|it| it["pack"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(packs(&common), BTreeSet::from(["common".to_owned()]));
    assert_eq!(packs(&property), ["common", "property"].map(str::to_owned).into());
    // There are no repairs at a site that does not work by the property pack.
    let admin = server.admin();
    let customer = server.customer(&common);
    let opening = json!({ "procedure": "repair", "subject": "漏水", "channel": "phone", "site_id": common,
        "customer_id": customer, "fields": { "fault": "漏水", "category": "leak", "emergency": true } });
    let refused = admin.post("/v1/cases", opening).refused(422);
    assert_eq!(refused["errors"][0]["code"], "not_of_site");
}

#[test]
fn the_list_is_narrowed_counted_and_refused_like_every_other() {
    let server = Server::shared();
    let admin = server.admin();
    let some = admin
        .get("/v1/compliance?area=complaint,callback&pack=property&count=true&limit=200")
        .expect(200);
    assert_eq!(some["total"].as_i64().unwrap(), i64::try_from(some.items().len()).unwrap());
    assert!(some.items().len() > 5, "{some}");
    for it in some.items() {
        assert!(it["area"] == "complaint" || it["area"] == "callback", "{it}");
        assert_eq!(it["pack"], "property");
    }
    let spoken = admin.speaking("zh-CN").get("/v1/compliance?clause=R-001-308").expect(200);
    assert_ne!(spoken.items()[0]["text"], of(&admin, "R-001-308", "")["text"]);
    let back = "from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z";
    for path in ["/v1/compliance", "/v1/compliance/R-001-308/obligations"] {
        let refused = admin.get(&format!("{path}?{back}")).refused(422);
        assert_eq!(refused.pointers(), ["/to"]);
        let refused = admin.get(&format!("{path}?cursor=x")).refused(422);
        assert_eq!(refused.pointers(), ["/cursor"]);
        let refused = admin.get(&format!("{path}?from=yesterday")).refused(422);
        assert_eq!(refused.pointers(), ["/from"]);
    }
    let _none = admin.get("/v1/compliance/R-999-999/obligations").refused(404);
    for by in ["role:nobody", "procedure:inquiry", "nonsense"] {
        let refused =
            admin.get(&format!("/v1/compliance/R-001-308/obligations?by={by}")).refused(422);
        assert_eq!(refused.pointers(), ["/by"], "{by}");
    }
}
