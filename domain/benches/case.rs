//! What one decision costs: opening a complaint, taking an action, saying what is open to somebody.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;

use divan::Bencher;
use kefu_domain::Timestamp;
use kefu_domain::calendar::Calendar;
use kefu_domain::case::{
    Calendars, Case, Channel, Command, Context, Open, Person, Priority, decide, evolve, offers,
    open,
};
use kefu_domain::pack::load_shipped;
use kefu_domain::procedure::Procedure;
use kefu_domain::span::Span;
use kefu_domain::who::{Actor, Power, Scope};
use serde_json::{Value, json};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// The shipped complaint, a front desk, and a Friday afternoon.
struct Desk {
    complaint: Procedure,
    calendars: Shelf,
    figures: BTreeMap<String, Span>,
    who: Actor,
    now: Timestamp,
}

struct Shelf(BTreeMap<String, Calendar>);

impl Calendars for Shelf {
    fn find(&self, code: &str) -> Option<&Calendar> {
        self.0.get(code)
    }
}

impl Desk {
    #[expect(clippy::expect_used, reason = "what is shipped has been checked")]
    fn new() -> Self {
        let library = load_shipped(&["property"]).expect("packs without faults");
        let complaint = library.procedures.iter().find(|it| it.definition.code == "complaint");
        let definition = complaint.expect("a complaint").definition.clone();
        let names = library.names();
        let complaint = Procedure::new(definition, 1, &names.surroundings());
        let shipped = library.calendars.iter().map(|it| Calendar::new(it.clone()));
        let shipped = shipped.map(|it| it.expect("a calendar without faults"));
        let calendars = shipped.chain([Calendar::always()]);
        let permissions: BTreeSet<String> =
            ["case.read", "case.open", "case.claim", "complaint.handle", "complaint.supervise"]
                .map(str::to_owned)
                .into();
        let power = Power { permissions: Arc::new(permissions), scope: Scope::All, site_id: None };
        Self {
            complaint: complaint.expect("a procedure without faults"),
            calendars: Shelf(calendars.map(|it| (it.code().to_owned(), it)).collect()),
            figures: BTreeMap::new(),
            who: Actor {
                id: Some(Uuid::from_u128(1)),
                team: None,
                customer_id: None,
                powers: Arc::new(vec![power]),
            },
            now: "2026-11-27T08:00:00Z".parse().expect("an instant"),
        }
    }

    fn ask<T>(&self, question: impl FnOnce(&Context<'_>) -> T) -> T {
        question(&Context {
            now: self.now,
            calendars: &self.calendars,
            people: &|id| Some(Person { id, team: None }),
            site: None,
            site_calendar: None,
            figures: &self.figures,
            customer: None,
            children: &[],
        })
    }

    #[expect(clippy::expect_used, reason = "the desk may, and the form is filled")]
    fn open(&self) -> Case {
        let what = json!({ "what_happened": "三号楼电梯异响", "grade": "ordinary" });
        let what = Open {
            id: Uuid::from_u128(2),
            number: "TS-20261127-000001".to_owned(),
            subject: "三号楼电梯异响".to_owned(),
            channel: Channel::Phone,
            priority: Priority::Normal,
            site_id: None,
            customer_id: None,
            asset_id: None,
            fields: match what {
                Value::Object(members) => members,
                _ => serde_json::Map::new(),
            },
            origin: None,
            duty: None,
        };
        let opened = self.ask(|context| open(&self.complaint, &self.who, what, context));
        opened.expect("a case").0
    }

    #[expect(clippy::expect_used, reason = "the desk may")]
    fn act(&self, case: &Case, action: &str, input: Value) -> Case {
        let input = match input {
            Value::Object(members) => members,
            _ => serde_json::Map::new(),
        };
        let command = Command::Act { action: action.to_owned(), input, note: None };
        let events = self.ask(|context| decide(&self.complaint, case, &self.who, command, context));
        let events = events.expect("no refusal");
        events.iter().fold(Some(case.clone()), evolve).expect("a case")
    }
}

/// Form, four clocks on two calendars with their next signals, fold.
#[divan::bench]
fn open_a_complaint(bencher: Bencher<'_, '_>) {
    let desk = Desk::new();
    bencher.bench(|| black_box(desk.open()));
}

/// A guard, a state, an assignment, two clocks that stop or go on.
#[divan::bench]
fn investigate_it(bencher: Bencher<'_, '_>) {
    let desk = Desk::new();
    let case = desk.open();
    bencher.bench(|| black_box(desk.act(&case, "investigate", json!({}))));
}

/// A form, promises kept, a follow-up opened.
#[divan::bench]
fn answer_it(bencher: Bencher<'_, '_>) {
    let desk = Desk::new();
    let case = desk.act(&desk.open(), "investigate", json!({}));
    let input = json!({ "solution": "已更换导轨", "told_by": "phone" });
    bencher.bench(|| black_box(desk.act(&case, "answer", input.clone())));
}

/// What a case's page asks for each time it is read.
#[divan::bench]
fn offers_of_it(bencher: Bencher<'_, '_>) {
    let desk = Desk::new();
    let case = desk.open();
    bencher.bench(|| {
        desk.ask(|context| offers(&desk.complaint, black_box(&case), &desk.who, context).len())
    });
}

/// A timer with nothing to do.
#[divan::bench]
fn tick_it(bencher: Bencher<'_, '_>) {
    let desk = Desk::new();
    let case = desk.open();
    bencher.bench(|| {
        let system = Actor::system();
        desk.ask(|context| {
            decide(&desk.complaint, black_box(&case), &system, Command::Tick, context)
        })
    });
}
