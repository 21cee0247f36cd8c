//! A day at one business of each pack: its own people, its own procedures, its own figures.
//!
//! Every day has a server of its own that runs one pack. The dates are in 2054: they fall on the weekdays
//! of 2026, a clock that only moves forward reaches them from any year the tests are run in, and no
//! holidays are announced for it. A promise is asserted with the clause it comes from, so that a day reads
//! like the regulation it was written after.

mod academy;
mod automotive;
mod brokerage;
mod collections;
mod common;
mod crm;
mod desk;
mod fleet;
mod franchise;
mod gas;
mod gym;
mod health;
mod hospitality;
mod it_service;
mod logistics;
mod mall;
mod manufacturing;
mod media;
mod property;
mod renovation;
mod shop;
mod wholesale;

use std::cell::RefCell;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Asia::Shanghai;
use kefu_tests::{Client, Options, Reply, Server, unique};
use serde_json::{Value, json};

/// How a promise stands: the state of a clock and its deadline in local time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    /// `running`, `paused`, `met`, `breached`, `met_late` or `cancelled`.
    pub(crate) state: String,
    /// Until when, as `2054-11-23 09:00`.
    pub(crate) due: String,
    /// The clauses it carries out.
    pub(crate) clauses: Vec<String>,
}

/// What a clause's obligations came to: how many arose, were met, were met late or missed, are open.
pub(crate) type Count = [u64; 4];

/// A site that runs one pack, and the people who work there.
pub(crate) struct Day {
    /// Where it is.
    pub(crate) server: Server,
    /// The site's id.
    pub(crate) site: String,
    /// Somebody who is served there.
    pub(crate) customer: String,
    began: String,
    people: RefCell<BTreeMap<String, Client>>,
}

impl Day {
    /// A site that runs `pack` with `calendar`, at `start` (local time, `2054-11-23 09:00`).
    #[track_caller]
    pub(crate) fn of(pack: &str, calendar: &str, start: &str) -> Self {
        let args = vec!["--packs".to_owned(), pack.to_owned()];
        let server = Server::start_with(Options { args, duties: true, ..Options::default() });
        server.set_clock_to(instant(start));
        let code = unique("site");
        let site = json!({
            "code": code, "name": format!("{pack} {code}"), "packs": [pack], "calendar": calendar,
        });
        let site = server.admin().post("/v1/sites", site).expect(201).id();
        let customer = server.customer(&site);
        Self { server, site, customer, began: start.to_owned(), people: RefCell::default() }
    }

    /// Moves the clock to `local` (`2054-11-23 09:00`) and lets everything due happen.
    #[track_caller]
    pub(crate) fn at(&self, local: &str) {
        self.server.set_clock_to(instant(local));
    }

    /// What opening a case says.
    #[expect(clippy::needless_pass_by_value, reason = "written in place by every caller")]
    pub(crate) fn opening(&self, procedure: &str, fields: Value) -> Value {
        json!({
            "procedure": procedure, "subject": unique(procedure), "channel": "phone",
            "site_id": self.site, "customer_id": self.customer, "fields": fields,
        })
    }

    /// Lets somebody open a case; its id.
    #[track_caller]
    pub(crate) fn open(&self, who: &str, procedure: &str, fields: Value) -> String {
        let opening = self.opening(procedure, fields);
        self.person(who).post("/v1/cases", opening).expect(201).id()
    }

    /// What opening a case says that is about nobody outside the house.
    pub(crate) fn opening_inside(&self, procedure: &str, fields: Value) -> Value {
        let mut opening = self.opening(procedure, fields);
        opening["customer_id"] = Value::Null;
        opening
    }

    /// Lets somebody whose post knows no customers open a case; its id.
    #[track_caller]
    pub(crate) fn open_inside(&self, who: &str, procedure: &str, fields: Value) -> String {
        let opening = self.opening_inside(procedure, fields);
        self.person(who).post("/v1/cases", opening).expect(201).id()
    }

    /// Lets somebody take an action on the case as it stands.
    #[track_caller]
    pub(crate) fn act(&self, who: &str, case: &str, action: &str, form: Value) -> Reply {
        self.person(who).act(case, action, form).expect(200)
    }

    /// Somebody tries in vain; `clause` is what the refusal cites, empty where it cites none.
    #[track_caller]
    pub(crate) fn refused(
        &self,
        who: &str,
        (case, action): (&str, &str),
        form: Value,
        (status, clause): (u16, &str),
    ) -> Reply {
        let refused = self.person(who).act(case, action, form).refused(status);
        assert_eq!(refused["clause"].as_str().unwrap_or_default(), clause, "{refused}");
        refused
    }

    /// The case as the administrator sees it.
    #[track_caller]
    pub(crate) fn read(&self, case: &str) -> Reply {
        self.server.admin().case(case)
    }

    /// The state the case is in.
    #[track_caller]
    pub(crate) fn state(&self, case: &str) -> String {
        self.read(case).text_at("/state")
    }

    /// A member of the case's fields.
    #[track_caller]
    pub(crate) fn field(&self, case: &str, name: &str) -> Value {
        self.read(case)["fields"][name].clone()
    }

    /// How the last promise of that code on the case stands.
    #[track_caller]
    pub(crate) fn clock(&self, case: &str, code: &str) -> Promise {
        let case = self.read(case);
        let clocks = case["clocks"].as_array().unwrap_or_else(|| panic!("no clocks: {case}"));
        let found = clocks.iter().rev().find(|it| it["code"] == code);
        let found = found.unwrap_or_else(|| panic!("no clock {code}: {case}"));
        let text = |name: &str| found[name].as_str().unwrap_or_default().to_owned();
        let clauses = found["clauses"].as_array().into_iter().flatten();
        Promise {
            state: text("state"),
            due: local(&text("due_at")),
            clauses: clauses.filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }

    /// The promise runs until `due`, and `rule` is why.
    #[track_caller]
    pub(crate) fn promised(&self, case: &str, code: &str, rule: &str, due: &str) {
        let promise = self.clock(case, code);
        assert_eq!((promise.state.as_str(), promise.due.as_str()), ("running", due), "{rule}");
        assert!(
            promise.clauses.iter().any(|it| it == rule),
            "{code} is not for {rule}: {promise:?}"
        );
    }

    /// The promise was kept.
    #[track_caller]
    pub(crate) fn kept(&self, case: &str, code: &str) {
        assert_eq!(self.clock(case, code).state, "met", "{code}");
    }

    /// The deadline has passed and nothing was done; somebody was told so.
    #[track_caller]
    pub(crate) fn broken(&self, case: &str, code: &str, told: &str) {
        assert_eq!(self.clock(case, code).state, "breached", "{code}");
        let inbox = self.person(told).get("/v1/notifications?limit=200").expect(200);
        let about = |it: &Value| {
            let kinds = ["clock_breached", "clock_escalated"];
            it["case_id"] == case
                && it["data"]["clock"] == code
                && kinds.iter().any(|kind| it["type"] == *kind)
        };
        assert!(inbox.items().iter().any(about), "{told} was not told of {code}: {inbox}");
    }

    /// It was done after its deadline.
    #[track_caller]
    pub(crate) fn made_up(&self, case: &str, code: &str) {
        assert_eq!(self.clock(case, code).state, "met_late", "{code}");
    }

    /// The types of everything somebody was told about the case, newest first.
    #[track_caller]
    pub(crate) fn told(&self, who: &str, case: &str) -> Vec<String> {
        let inbox = self.person(who).get("/v1/notifications?limit=200").expect(200).items();
        let about = inbox.iter().filter(|it| it["case_id"] == case);
        about.map(|it| it["type"].as_str().unwrap().to_owned()).collect()
    }

    /// The only open case that follows from this one and runs `procedure`.
    #[track_caller]
    pub(crate) fn child(&self, case: &str, procedure: &str) -> String {
        let path = format!("/v1/cases?parent_id={case}&procedure={procedure}&limit=200");
        let all = self.server.admin().get(&path).expect(200).items();
        let open: Vec<_> = all.iter().filter(|it| it["closed_at"].is_null()).collect();
        assert_eq!(open.len(), 1, "one open {procedure} follows from {case}: {all:?}");
        open[0]["id"].as_str().unwrap().to_owned()
    }

    /// How many cases that follow from this one run `procedure`.
    #[track_caller]
    pub(crate) fn children(&self, case: &str, procedure: &str) -> usize {
        let path = format!("/v1/cases?parent_id={case}&procedure={procedure}&limit=200");
        self.server.admin().get(&path).expect(200).items().len()
    }

    /// The case that the duty opened at this site at `local_time`.
    #[track_caller]
    pub(crate) fn fell_due(&self, duty: &str, local_time: &str) -> String {
        let path = format!("/v1/duties/{duty}/occurrences?site_id={}", self.site);
        let all = self.server.admin().get(&path).expect(200);
        let found = all.items().into_iter().find(|it| {
            let occurred = it["occurs_at"].as_str().map(local);
            occurred.as_deref() == Some(local_time)
        });
        let found =
            found.unwrap_or_else(|| panic!("{duty} did not fall due at {local_time}: {all}"));
        found["case_id"].as_str().unwrap_or_else(|| panic!("it opened no case: {all}")).to_owned()
    }

    /// How the occurrences of a duty at this site stand, newest first.
    #[track_caller]
    pub(crate) fn rounds(&self, duty: &str) -> Vec<String> {
        let path = format!("/v1/duties/{duty}/occurrences?site_id={}", self.site);
        self.server.admin().get(&path).expect(200).column("status")
    }

    /// What a clause's obligations at this site have come to since the day began.
    #[track_caller]
    pub(crate) fn compliance(&self, clause: &str) -> Count {
        let written = |instant: DateTime<Utc>| instant.to_rfc3339_opts(SecondsFormat::Secs, true);
        let from = written(instant(&self.began));
        // What arises at this very instant counts.
        let to = written(kefu_tests::at(&self.server.now()) + TimeDelta::seconds(1));
        let site = &self.site;
        let path = format!("/v1/compliance?clause={clause}&from={from}&to={to}&site_id={site}");
        let found = self.server.admin().get(&path).expect(200);
        let line = found.items().into_iter().find(|it| it["id"] == clause);
        let line = line.unwrap_or_else(|| panic!("nothing is said of {clause}: {found}"));
        let counted = |name: &str| line["obligations"][name].as_u64().unwrap();
        ["arisen", "met", "late", "open"].map(counted)
    }

    /// Each clause's obligations came to these.
    #[track_caller]
    pub(crate) fn complies(&self, expected: &[(&str, Count)]) {
        for (clause, count) in expected {
            assert_eq!(self.compliance(clause), *count, "[arisen, met, late, open] of {clause}");
        }
    }
}

/// The instant a local time of Shanghai is.
#[track_caller]
fn instant(local: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").unwrap();
    Shanghai.from_local_datetime(&local).unwrap().with_timezone(&Utc)
}

/// An instant in local time of Shanghai.
#[track_caller]
fn local(instant: &str) -> String {
    let instant = kefu_tests::at(instant).with_timezone(&Shanghai);
    instant.format("%Y-%m-%d %H:%M").to_string()
}
