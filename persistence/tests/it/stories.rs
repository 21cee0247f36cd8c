//! Cases by what happened to them: events as the domain would decide them, folded by the domain.

use crate::fixtures::{at, id};
use kefu_domain::case::{Case, Channel, Event, Fact, Opened, Priority, Transfer, evolve};
use kefu_domain::procedure::definition::Kind;
use serde_json::{Map, Value};

/// A case so far.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) events: Vec<Event>,
}

/// What the events come to.
pub(crate) fn fold(events: &[Event]) -> Option<Case> {
    events.iter().fold(None, evolve)
}

/// Case `n`, just opened by user 5.
pub(crate) fn story(n: u128) -> Story {
    let opened = Opened {
        id: id(n),
        number: format!("TS-20261122-{n:06}"),
        procedure: "complaint".to_owned(),
        procedure_version: 1,
        kind: Kind::Complaint,
        state: "registered".to_owned(),
        priority: Priority::Normal,
        channel: Channel::Phone,
        subject: "电梯".to_owned(),
        fields: Map::new(),
        site_id: None,
        customer_id: None,
        asset_id: None,
        parent_id: None,
        follow_up: None,
        duty: None,
        owner_id: Some(id(5)),
        assignee_id: None,
        team: None,
        given: None,
    };
    let fact = Fact::Opened(Box::new(opened));
    Story { events: vec![Event { at: at(0), actor: Some(id(5)), fact }] }
}

impl Story {
    fn opened(mut self, change: impl FnOnce(&mut Opened)) -> Self {
        if let Some(Event { fact: Fact::Opened(opened), .. }) = self.events.first_mut() {
            change(opened);
        }
        self
    }

    fn and(mut self, seconds: i64, fact: Fact) -> Self {
        self.events.push(Event { at: at(seconds), actor: Some(id(5)), fact });
        self
    }

    pub(crate) fn opened_at(mut self, seconds: i64) -> Self {
        if let Some(opened) = self.events.first_mut() {
            opened.at = at(seconds);
        }
        self
    }

    pub(crate) fn at_site(self, n: u128) -> Self {
        self.opened(|opened| opened.site_id = Some(id(1000 + n)))
    }

    pub(crate) fn customer(self, n: u128) -> Self {
        self.opened(|opened| opened.customer_id = Some(id(2000 + n)))
    }

    pub(crate) fn assignee(self, n: u128) -> Self {
        self.opened(|opened| opened.assignee_id = Some(id(n)))
    }

    pub(crate) fn team(self, team: &str) -> Self {
        self.opened(|opened| opened.team = Some(team.to_owned()))
    }

    pub(crate) fn child_of(self, n: u128) -> Self {
        self.opened(|opened| opened.parent_id = Some(id(n)))
    }

    pub(crate) fn subject(self, subject: &str) -> Self {
        self.opened(|opened| subject.clone_into(&mut opened.subject))
    }

    pub(crate) fn field(self, name: &str, value: Value) -> Self {
        self.opened(|opened| drop(opened.fields.insert(name.to_owned(), value)))
    }

    pub(crate) fn offered(self, n: u128) -> Self {
        let transfer =
            Transfer { to: id(n), team: None, by: Some(id(5)), reason: "夜班".to_owned() };
        self.and(1, Fact::TransferOffered(transfer))
    }

    pub(crate) fn with_clock(self, code: &str, due: i64, next: Option<i64>) -> Self {
        let fact = Fact::ClockStarted {
            clock: code.to_owned(),
            span: "72h".parse().unwrap(),
            calendar: "office".to_owned(),
            calendar_version: 1,
            due_at: at(due),
            started_at: None,
            next_at: next.map(at),
            clauses: vec!["R-001-308".to_owned()],
            paused: false,
        };
        self.and(0, fact)
    }

    pub(crate) fn stop_clock(self, code: &str, seconds: i64) -> Self {
        let (clock, due_at) = (code.to_owned(), at(100));
        self.and(seconds, Fact::ClockStopped { clock, met: true, due_at, clauses: Vec::new() })
    }

    pub(crate) fn act(self, to: &str, seconds: i64) -> Self {
        let fact = Fact::ActionTaken {
            action: "go".to_owned(),
            from: "registered".to_owned(),
            to: to.to_owned(),
            input: Map::new(),
            note: None,
            clauses: Vec::new(),
            counted: false,
        };
        self.and(seconds, fact)
    }

    pub(crate) fn closed(self, seconds: i64) -> Self {
        let story = self.act("closed", seconds).stop_clock("answer", seconds);
        story.and(seconds, Fact::Closed { state: "closed".to_owned() })
    }

    pub(crate) fn edited(self, subject: &str, seconds: i64) -> Self {
        let data = serde_json::json!({ "subject": subject });
        self.and(seconds, Fact::from_parts("case.edited", data).unwrap())
    }

    /// A comment on a case that is already there.
    pub(crate) fn comment(_case: &Case, seconds: i64) -> Vec<Event> {
        let fact = Fact::Commented { text: "在路上".to_owned() };
        vec![Event { at: at(seconds), actor: Some(id(5)), fact }]
    }

    /// What happened after an earlier state of the story.
    pub(crate) fn since(&self, earlier: &Self) -> Vec<Event> {
        self.events.iter().skip(earlier.events.len()).cloned().collect()
    }
}
