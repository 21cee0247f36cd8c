//! What a decision looks at beside the case, loaded before it is made.

use std::collections::BTreeMap;

use kefu_domain::Timestamp;
use kefu_domain::case::{Case, Child, Context, Person};
use kefu_domain::procedure::Procedure;
use kefu_domain::span::Span;
use kefu_persistence::records::customers::{self, Customer};
use kefu_persistence::{Conn, cases};
use serde_json::Value;
use uuid::Uuid;

use crate::app::book::Site;
use crate::app::{Book, Failure};

/// What surrounds one decision, owned.
pub(super) struct Surroundings<'a> {
    site: Option<&'a Site>,
    customer: Option<Value>,
    children: Vec<Child>,
}

static NO_FIGURES: BTreeMap<String, Span> = BTreeMap::new();

impl<'a> Surroundings<'a> {
    /// For a case that does not exist yet: it has no children.
    pub(super) fn for_new(
        procedure: &Procedure,
        site: Option<&'a Site>,
        customer: Option<&Customer>,
    ) -> Self {
        let customer = customer.filter(|_| procedure.needs.customer);
        Self {
            site,
            customer: customer.map(super::references::seen_customer),
            children: Vec::new(),
        }
    }

    /// For a case that exists.
    pub(super) fn of(
        conn: &mut Conn,
        book: &'a Book,
        procedure: &Procedure,
        case: &Case,
    ) -> Result<Self, Failure> {
        let children =
            if procedure.needs.children { cases::children(conn, case.id)? } else { Vec::new() };
        Self::with_children(conn, book, procedure, case, children)
    }

    /// For a case that exists, whose children are known.
    pub(super) fn with_children(
        conn: &mut Conn,
        book: &'a Book,
        procedure: &Procedure,
        case: &Case,
        children: Vec<Child>,
    ) -> Result<Self, Failure> {
        let customer = customer(conn, procedure, case.customer_id)?;
        Ok(Self { site: book.site_of(case.site_id), customer, children })
    }

    pub(super) fn context<'b>(
        &'b self,
        book: &'b Book,
        people: &'b dyn Fn(Uuid) -> Option<Person>,
        now: Timestamp,
    ) -> Context<'b> {
        Context {
            now,
            calendars: book,
            people,
            site: self.site.map(|it| &it.seen),
            site_calendar: self.site.map(|it| it.calendar.as_str()),
            figures: self.site.map_or(&NO_FIGURES, |it| &it.figures),
            customer: self.customer.as_ref(),
            children: &self.children,
        }
    }
}

fn customer(
    conn: &mut Conn,
    procedure: &Procedure,
    id: Option<Uuid>,
) -> Result<Option<Value>, Failure> {
    match id.filter(|_| procedure.needs.customer) {
        Some(id) => Ok(customers::find(conn, id)?.map(|it| super::references::seen_customer(&it))),
        None => Ok(None),
    }
}
