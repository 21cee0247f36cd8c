//! What a decision may look at beside the case: handed in, never fetched.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::Timestamp;
use crate::calendar::Calendar;
use crate::span::Span;

/// What surrounds one decision.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The instant of the command.
    pub now: Timestamp,
    /// The calendars in force.
    pub calendars: &'a dyn Calendars,
    /// The people a command may name.
    pub people: &'a dyn Fn(Uuid) -> Option<Person>,
    /// The case's site, as conditions see it.
    pub site: Option<&'a Value>,
    /// The calendar of the case's site.
    pub site_calendar: Option<&'a str>,
    /// The figures the site has chosen, by `procedure.figure`.
    pub figures: &'a BTreeMap<String, Span>,
    /// The case's customer, as conditions see it.
    pub customer: Option<&'a Value>,
    /// The cases this one has opened.
    pub children: &'a [Child],
}

/// Where a decision finds its calendars.
pub trait Calendars {
    /// The calendar of that code, in its newest version.
    fn find(&self, code: &str) -> Option<&Calendar>;
}

/// Somebody a case can be given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: Uuid,
    /// Their team.
    pub team: Option<String>,
}

/// A case that another has opened, as conditions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Child {
    /// The case.
    pub id: Uuid,
    /// What people call it.
    pub number: String,
    /// The procedure it follows.
    pub procedure: String,
    /// Which of the parent's follow-ups it is.
    pub follow_up: Option<String>,
    /// Where in its procedure it is.
    pub state: String,
    /// What its forms have been told.
    pub fields: Value,
    /// Whether it is closed.
    pub closed: bool,
}

impl Child {
    /// What a condition sees.
    pub(crate) fn to_value(&self) -> Value {
        serde_json::json!({
            "id": self.id,
            "number": self.number,
            "procedure": self.procedure,
            "follow_up": self.follow_up,
            "state": self.state,
            "fields": self.fields,
            "closed": self.closed,
        })
    }
}
