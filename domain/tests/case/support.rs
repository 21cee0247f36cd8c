//! Stories: a case, what was done with it, and what the kernel said to that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use kefu_domain::Timestamp;
use kefu_domain::calendar::{Calendar, Definition};
use kefu_domain::case::{
    Calendars, Case, Channel, Child, Clock, Command, Context, Edit, Event, Fact, Notice, Open,
    Priority, Refusal, decide, evolve, notices, offers, open,
};
use kefu_domain::procedure::{Procedure, Surroundings, from_toml};
use kefu_domain::span::Span;
use kefu_domain::who::Actor;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::people::{CASE, CUSTOMER, SITE, person};
use crate::words::{refused, tell};

/// A procedure of `tests/fixtures/case`.
pub(crate) fn fixture(code: &str) -> Arc<Procedure> {
    static FIXTURES: LazyLock<BTreeMap<&str, Arc<Procedure>>> = LazyLock::new(|| {
        let files = [
            ("desk", include_str!("../fixtures/case/desk.toml")),
            ("call", include_str!("../fixtures/case/call.toml")),
            ("ladder", include_str!("../fixtures/case/ladder.toml")),
            ("permit", include_str!("../fixtures/case/permit.toml")),
        ];
        files.map(|(code, text)| (code, Arc::new(compiled(text)))).into()
    });
    FIXTURES[code].clone()
}

/// A procedure written for one test.
pub(crate) fn compiled(text: &str) -> Procedure {
    let set = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<BTreeSet<_>>();
    let clauses = (1..10).map(|it| format!("T-{it}")).collect();
    let surroundings = Surroundings {
        clauses: &clauses,
        procedures: &set(&["desk", "call", "ladder", "permit"]),
        permissions: &set(&[
            "case.open",
            "desk.work",
            "desk.lead",
            "step.first",
            "step.fire",
            "step.works",
            "step.vote",
        ]),
        roles: &set(&["lead"]),
        calendars: &set(&["office"]),
    };
    let (definition, _) = from_toml(text).unwrap();
    Procedure::new(definition, 1, &surroundings).unwrap()
}

/// A property office: 08:30–12:00 and 13:00–18:00 from Monday to Friday, holidays of CN.
pub(crate) fn office() -> Value {
    let day = json!([["08:30", "12:00"], ["13:00", "18:00"]]);
    json!({
        "code": "office", "title": { "zh": "办公时间", "en": "Office hours" },
        "time_zone": "Asia/Shanghai", "national": "CN", "makeup": day,
        "week": { "mon": day, "tue": day, "wed": day, "thu": day, "fri": day },
    })
}

/// What surrounds the case of a story.
pub(crate) struct World {
    pub(crate) calendars: BTreeMap<String, Calendar>,
    pub(crate) site_calendar: Option<String>,
    pub(crate) figures: BTreeMap<String, Span>,
    pub(crate) children: Vec<Child>,
}

impl Default for World {
    fn default() -> Self {
        static OFFICE: LazyLock<Calendar> = LazyLock::new(|| compile(office(), 1));
        let calendars = [("always", Calendar::always()), ("office", OFFICE.clone())];
        Self {
            calendars: calendars.map(|(code, it)| (code.to_owned(), it)).into(),
            site_calendar: None,
            figures: BTreeMap::new(),
            children: Vec::new(),
        }
    }
}

impl World {
    /// Puts a new version of the office's hours in force.
    pub(crate) fn put_office(&mut self, changes: &Value) {
        let mut definition = office();
        for (member, value) in changes.as_object().unwrap() {
            definition[member] = value.clone();
        }
        let version = self.calendars["office"].version() + 1;
        self.calendars.insert("office".to_owned(), compile(definition, version));
    }

    pub(crate) fn ask<T>(&self, now: Timestamp, question: impl FnOnce(&Context<'_>) -> T) -> T {
        question(&Context {
            now,
            calendars: self,
            people: &person,
            site: None,
            site_calendar: self.site_calendar.as_deref(),
            figures: &self.figures,
            customer: None,
            children: &self.children,
        })
    }
}

impl Calendars for World {
    fn find(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}

fn compile(mut definition: Value, version: u32) -> Calendar {
    definition["version"] = json!(version);
    Calendar::new(serde_json::from_value::<Definition>(definition).unwrap()).unwrap()
}

/// A case and everything that has happened to it.
pub(crate) struct Story {
    pub(crate) procedure: Arc<Procedure>,
    pub(crate) world: World,
    pub(crate) events: Vec<Event>,
    /// The notices the last command gave rise to.
    pub(crate) notices: Vec<Notice>,
    case: Option<Case>,
}

impl Story {
    pub(crate) fn of(procedure: Arc<Procedure>) -> Self {
        let world = World::default();
        Self { procedure, world, events: Vec::new(), notices: Vec::new(), case: None }
    }

    /// The desk's procedure, and a case that `by` has opened.
    #[track_caller]
    pub(crate) fn desk(at: &str, by: &Actor) -> Self {
        Self::opened("desk", at, by, asked())
    }

    #[track_caller]
    pub(crate) fn opened(procedure: &str, at: &str, by: &Actor, what: Open) -> Self {
        let mut story = Self::of(fixture(procedure));
        story.open(at, by, what).unwrap();
        story
    }

    pub(crate) fn open(&mut self, at: &str, by: &Actor, what: Open) -> Result<(), Refusal> {
        self.open_at(instant(at), by, what)
    }

    pub(crate) fn open_at(
        &mut self,
        now: Timestamp,
        by: &Actor,
        what: Open,
    ) -> Result<(), Refusal> {
        let asked = self.world.ask(now, |context| open(&self.procedure, by, what, context));
        let (case, events) = asked?;
        self.happened(events);
        assert_eq!(self.case.as_ref(), Some(&case), "the fold of the events is the case");
        Ok(())
    }

    /// Opening: given a world, when somebody opens a case, then these facts, or this refusal.
    #[track_caller]
    pub(crate) fn check_open(&mut self, at: &str, by: &Actor, what: Open, then: &[&str]) {
        let told = match self.open(at, by, what) {
            Ok(()) => self.events.iter().map(|it| tell(&it.fact)).collect(),
            Err(refusal) => vec![refused(&refusal)],
        };
        assert_eq!(told, then);
    }

    /// The one place that asks the kernel: given a story, when somebody commands something, then
    /// these facts, or this refusal and nothing else.
    #[track_caller]
    pub(crate) fn check(&mut self, at: &str, by: &Actor, when: Command, then: &[&str]) {
        let told = match self.decide(instant(at), by, when) {
            Ok(events) => {
                let told = events.iter().map(|it| tell(&it.fact)).collect();
                self.happened(events);
                told
            }
            Err(refusal) => vec![refused(&refusal)],
        };
        assert_eq!(told, then);
    }

    /// The same where the facts are not what the test is about.
    #[track_caller]
    pub(crate) fn done(&mut self, at: &str, by: &Actor, when: Command) {
        let events = self.decide(instant(at), by, when).unwrap();
        self.happened(events);
    }

    pub(crate) fn decide(
        &self,
        now: Timestamp,
        by: &Actor,
        when: Command,
    ) -> Result<Vec<Event>, Refusal> {
        self.world.ask(now, |context| decide(&self.procedure, self.case(), by, when, context))
    }

    pub(crate) fn happened(&mut self, events: Vec<Event>) {
        let before = self.case.clone();
        self.case = events.iter().fold(self.case.take(), evolve);
        self.notices = notices(before.as_ref(), self.case(), &events);
        for event in &events {
            let (kind, data) = event.fact.to_parts().unwrap();
            assert_eq!(Fact::from_parts(&kind, data).unwrap(), event.fact);
        }
        self.events.extend(events);
        assert_eq!(usize::try_from(self.case().version).unwrap(), self.events.len());
    }

    pub(crate) fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }

    pub(crate) fn clock(&self, code: &str) -> &Clock {
        self.case().clock(code).unwrap()
    }

    /// The codes of what is open to somebody.
    pub(crate) fn offered(&self, at: &str, to: &Actor) -> Vec<String> {
        self.offers_at(instant(at), to)
    }

    pub(crate) fn offers_at(&self, now: Timestamp, to: &Actor) -> Vec<String> {
        self.world.ask(now, |context| {
            let all = offers(&self.procedure, self.case(), to, context);
            all.into_iter().map(|it| it.code.to_owned()).collect()
        })
    }
}

/// `11-23 09:00` in Shanghai in 2026, or with its year; with seconds where they matter.
pub(crate) fn instant(text: &str) -> Timestamp {
    let year = if text.matches('-').count() == 1 { "2026-" } else { "" };
    let seconds = if text.matches(':').count() == 1 { ":00" } else { "" };
    let text = format!("{year}{text}{seconds}+08:00").replace(' ', "T");
    chrono::DateTime::parse_from_rfc3339(&text).unwrap().to_utc()
}

/// What a caller says when a case is opened.
pub(crate) fn asked() -> Open {
    Open {
        id: CASE,
        number: "D-20261123-000001".to_owned(),
        subject: "电梯异响".to_owned(),
        channel: Channel::Phone,
        priority: Priority::Normal,
        site_id: Some(SITE),
        customer_id: Some(CUSTOMER),
        asset_id: None,
        fields: fields(json!({ "what": "三号楼电梯异响" })),
        origin: None,
        duty: None,
    }
}

/// The same with other fields.
pub(crate) fn asked_for(what: Value) -> Open {
    Open { fields: fields(what), ..asked() }
}

pub(crate) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => panic!("{other} has no members"),
    }
}

pub(crate) fn act(action: &str) -> Command {
    act_with(action, json!({}))
}

pub(crate) fn act_with(action: &str, input: Value) -> Command {
    Command::Act { action: action.to_owned(), input: fields(input), note: None }
}

pub(crate) fn edit(edit: Edit) -> Command {
    Command::Edit(Box::new(edit))
}

pub(crate) fn priority(priority: Priority) -> Command {
    edit(Edit { priority: Some(priority), ..Edit::default() })
}

/// A merge patch of the fields.
pub(crate) fn patch(value: Value) -> Command {
    edit(Edit { fields: Some(fields(value)), ..Edit::default() })
}

/// A follow-up as its parent sees it.
pub(crate) fn child(follow_up: &str, state: &str, told: Value) -> Child {
    Child {
        id: Uuid::from_u128(0xC411D),
        number: "C-000001".to_owned(),
        procedure: "call".to_owned(),
        follow_up: Some(follow_up.to_owned()),
        state: state.to_owned(),
        fields: told,
        closed: state == "done",
    }
}
