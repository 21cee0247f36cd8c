//! One way in: whatever happens to a case is a command, decided by the domain and stored whole.
//!
//! **Invariant.** A command, its events, clocks, timers, notices, the follow-ups it opens and what
//! a closed follow-up does to its parent are one transaction.

use kefu_domain::Timestamp;
use kefu_domain::case::{self, Case, Child, Command, Event, Fact, Open, OpenedFollowUp, Origin};
use kefu_domain::case::{Channel, Priority};
use kefu_domain::procedure::Procedure;
use kefu_domain::procedure::definition::Carry;
use kefu_domain::who::Actor;
use kefu_persistence::cases::{self, Held};
use kefu_persistence::records::customers::Customer;
use kefu_persistence::search::Cut;
use kefu_persistence::{Conn, holds, numbers};
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

use super::files::told;
use super::refusal::{already_held, broken, refused};
use super::surroundings::Surroundings;
use super::{notify, references};
use crate::app::{Book, Expected, Failure};
use crate::ids;

/// Follow-ups that open follow-ups end somewhere: a procedure that does not is a fault of the pack.
pub(super) const DEEPEST: u8 = 8;

/// Where commands are carried out: a transaction, the regulations in force, an instant.
pub struct Desk<'a> {
    /// The transaction.
    pub conn: &'a mut Conn,
    /// The regulations in force.
    pub book: &'a Book,
    /// The instant of the command.
    pub now: Timestamp,
}

/// What is known of a case before it is opened.
pub(super) struct Told<'a> {
    pub(super) customer: Option<&'a Customer>,
    pub(super) cut: &'a Cut,
}

/// What opening a case says, after its members have been read.
#[derive(Debug, Clone)]
pub struct NewCase {
    /// The procedure's code.
    pub procedure: String,
    /// What it is about, in a line.
    pub subject: String,
    /// How it came in.
    pub channel: Channel,
    /// How urgent it is.
    pub priority: Priority,
    /// Where.
    pub site_id: Option<Uuid>,
    /// Who is served.
    pub customer_id: Option<Uuid>,
    /// What it is about.
    pub asset_id: Option<Uuid>,
    /// What its form is told.
    pub fields: Map<String, Value>,
}

impl<'a> Desk<'a> {
    /// Opens a case for somebody. `cut` holds texts that are cut into search terms already. The
    /// surroundings are those it was opened in.
    pub(super) fn open(
        &mut self,
        actor: &Actor,
        new: NewCase,
        cut: &Cut,
    ) -> Result<(Held, Surroundings<'a>), Failure> {
        let Some(procedure) = self.book.procedure(&new.procedure) else {
            return Err(Failure::invalid(
                "/procedure",
                "unknown_procedure",
                "没有这个流程。全部流程见 GET /v1/procedures。",
                "There is no such procedure. All of them are at GET /v1/procedures.",
            ));
        };
        if let Some(site) = self.book.site_of(new.site_id)
            && !self.book.library().is_for(&new.procedure, &site.packs)
        {
            return Err(Failure::invalid(
                "/procedure",
                "not_of_site",
                "该管理处未启用这个流程所属的规范包。",
                "The site does not run the pack this procedure is of.",
            ));
        }
        let referred = references::check(
            self.conn,
            self.book,
            actor,
            new.site_id,
            new.customer_id,
            new.asset_id,
        )?;
        let open = Open {
            id: ids::new_id(self.now),
            number: self.number(&procedure, new.site_id)?,
            subject: new.subject,
            channel: new.channel,
            priority: new.priority,
            site_id: new.site_id,
            customer_id: new.customer_id,
            asset_id: new.asset_id,
            fields: new.fields,
            origin: None,
            duty: None,
        };
        let told = Told { customer: referred.customer.as_ref(), cut };
        self.open_with(&procedure, actor, open, &told, 0)
    }

    pub(super) fn open_with(
        &mut self,
        procedure: &Arc<Procedure>,
        actor: &Actor,
        open: Open,
        told: &Told<'_>,
        depth: u8,
    ) -> Result<(Held, Surroundings<'a>), Failure> {
        let book = self.book;
        let site = book.site_of(open.site_id);
        let surroundings = Surroundings::for_new(procedure, site, told.customer);
        let people = |id| book.person(id);
        let context = surroundings.context(book, &people, self.now);
        let (case, events) =
            case::open(procedure, actor, open, &context).map_err(|it| refused(it, None))?;
        self.holds_are_free(None, &case, actor)?;
        let named = self.named_at_opening(procedure, actor, &case)?;
        let also = references::found_by(told.customer);
        let stored = cases::open(self.conn, &case, &events, &also, told.cut)?;
        let stored = self.give(stored, actor, named)?;
        let stored = self.after(procedure, None, stored, &events, depth)?;
        if events.iter().any(|it| matches!(it.fact, Fact::FollowUpOpened(_))) {
            let surroundings = Surroundings::of(self.conn, book, procedure, &stored.case)?;
            return Ok((stored, surroundings));
        }
        Ok((stored, surroundings))
    }

    /// Carries out a command on a case somebody has read at a version.
    pub fn command(
        &mut self,
        id: Uuid,
        actor: &Actor,
        expected: Option<&Expected>,
        command: Command,
    ) -> Result<Held, Failure> {
        self.command_at(id, actor, expected, command, 0)
    }

    fn command_at(
        &mut self,
        id: Uuid,
        actor: &Actor,
        expected: Option<&Expected>,
        command: Command,
        depth: u8,
    ) -> Result<Held, Failure> {
        let held = cases::find_for_update(self.conn, id)?.ok_or(Failure::NotFound)?;
        self.command_on(held, actor, expected, command, depth)
    }

    /// Carries out a command on a case that is held already.
    pub(super) fn command_on(
        &mut self,
        stored: Held,
        actor: &Actor,
        expected: Option<&Expected>,
        command: Command,
        depth: u8,
    ) -> Result<Held, Failure> {
        if !case::may_see(&stored.case, actor) {
            return Err(Failure::NotFound);
        }
        if let Some(expected) = expected {
            expected.check(i64::from(stored.case.version))?;
        }
        let id = stored.case.id;
        let procedure = self.procedure_of(&stored.case)?;
        let surroundings = Surroundings::of(self.conn, self.book, &procedure, &stored.case)?;
        let people = |id| self.book.person(id);
        let context = surroundings.context(self.book, &people, self.now);
        let told = told(&procedure, &command);
        let decided = case::decide(&procedure, &stored.case, actor, command, &context);
        let events = decided.map_err(|refusal| {
            let offers = case::offers(&procedure, &stored.case, actor, &context);
            refused(refusal, Some(offers.iter().map(|it| it.code.to_owned()).collect()))
        })?;
        if events.is_empty() {
            return Ok(stored);
        }
        let named = self.named(actor, id, told)?;
        let before = stored.case.clone();
        let after = events.iter().fold(Some(stored.case.clone()), case::evolve);
        let after = after.ok_or_else(|| broken("a case that vanished"))?;
        self.holds_are_free(Some(&before), &after, actor)?;
        let found_otherwise = found_otherwise(&before, &after);
        let customer_id = after.customer_id.filter(|_| found_otherwise);
        let customer = references::customer_of(self.conn, customer_id)?;
        let also = found_otherwise.then(|| references::found_by(customer.as_ref()));
        let stored = cases::save(self.conn, &stored, &after, &events, also.as_deref())?;
        let stored = self.give(stored, actor, named)?;
        self.after(&procedure, Some(&before), stored, &events, depth)
    }

    /// What a case takes now must be with no other.
    pub(super) fn holds_are_free(
        &mut self,
        before: Option<&Case>,
        after: &Case,
        actor: &Actor,
    ) -> Result<(), Failure> {
        let had = |thing| before.is_some_and(|it| it.holds.contains(thing));
        for thing in after.holds.iter().filter(|it| !had(it)) {
            let holder = holds::holder(self.conn, thing)?.filter(|id| *id != after.id);
            if let Some(id) = holder {
                let other = cases::find(self.conn, id)?.filter(|it| case::may_see(it, actor));
                let book = self.book;
                let procedure = book.procedure_version(&after.procedure, after.procedure_version);
                let mut rules = procedure.iter().flat_map(|it| &it.definition.holds);
                let rule = rules.find(|it| it.code == thing.hold);
                let clause = rule.and_then(|it| it.clauses.first()).cloned();
                return Err(already_held(
                    thing,
                    other.as_ref().map(|it| it.number.as_str()),
                    clause,
                ));
            }
        }
        Ok(())
    }

    /// What events bring about beside the case itself: follow-ups, the parent, notices.
    fn after(
        &mut self,
        procedure: &Arc<Procedure>,
        before: Option<&Case>,
        stored: Held,
        events: &[Event],
        depth: u8,
    ) -> Result<Held, Failure> {
        if depth > DEEPEST {
            return Err(broken("follow-ups without an end"));
        }
        notify::tell(self, procedure, before, &stored.case, events)?;
        let mut closed = false;
        for event in events {
            match &event.fact {
                Fact::FollowUpOpened(follow_up) => {
                    self.open_follow_up(&stored.case, follow_up, depth + 1)?;
                }
                Fact::Closed { .. } => closed = true,
                _ => {}
            }
        }
        if let (true, Some(parent_id)) = (closed, stored.case.parent_id) {
            let child = child_of(&stored.case, procedure);
            let command = Command::FollowUpClosed { child };
            self.command_at(parent_id, &Actor::system(), None, command, depth + 1)?;
        }
        Ok(stored)
    }

    fn open_follow_up(
        &mut self,
        parent: &Case,
        follow_up: &OpenedFollowUp,
        depth: u8,
    ) -> Result<(), Failure> {
        let Some(procedure) = self.book.procedure(&follow_up.procedure) else {
            return Err(broken("a follow-up to a procedure that is not there"));
        };
        let carries = |what: Carry| follow_up.carry.contains(&what);
        let site_id = parent.site_id.filter(|_| carries(Carry::Site));
        let open = Open {
            id: ids::new_id(self.now),
            number: self.number(&procedure, site_id)?,
            subject: parent.subject.clone(),
            channel: Channel::System,
            priority: parent.priority,
            site_id,
            customer_id: parent.customer_id.filter(|_| carries(Carry::Customer)),
            asset_id: parent.asset_id.filter(|_| carries(Carry::Asset)),
            fields: follow_up.fields.clone(),
            origin: Some(Origin {
                parent_id: parent.id,
                follow_up: follow_up.follow_up.clone(),
                owner_id: parent.owner_id,
                assignee: follow_up.assignee_id.and_then(|id| self.book.person(id)),
                pool: follow_up.pool.clone(),
                given: follow_up.given.clone(),
            }),
            duty: None,
        };
        let customer = references::customer_of(self.conn, open.customer_id)?;
        let told = Told { customer: customer.as_ref(), cut: &Cut::default() };
        self.open_with(&procedure, &Actor::system(), open, &told, depth).map(drop)
    }

    /// The next number of a procedure, on the day it is where the case belongs.
    pub(super) fn number(
        &mut self,
        procedure: &Procedure,
        site_id: Option<Uuid>,
    ) -> Result<String, Failure> {
        let pattern = &procedure.definition.number;
        let date = self.book.local_date(site_id, self.now);
        let sequence = numbers::next(self.conn, &case::number_key(pattern, date))?;
        Ok(case::number(pattern, date, sequence))
    }

    /// The procedure a case was opened with.
    pub fn procedure_of(&mut self, case: &Case) -> Result<Arc<Procedure>, Failure> {
        let version = case.procedure_version;
        let found = self.book.procedure_version(&case.procedure, version);
        found.ok_or_else(|| broken(&format!("{} version {version} is not there", case.procedure)))
    }
}

/// A case as its parent's conditions see it.
pub(super) fn child_of(case: &Case, procedure: &Procedure) -> Child {
    Child {
        id: case.id,
        number: case.number.clone(),
        procedure: case.procedure.clone(),
        follow_up: case.follow_up.clone(),
        state: case.state.clone(),
        fields: Value::Object(case.fields.clone()),
        closed: procedure.is_final(&case.state),
    }
}

/// Whether a case is found by other words than before.
fn found_otherwise(before: &Case, after: &Case) -> bool {
    before.subject != after.subject
        || before.fields != after.fields
        || before.customer_id != after.customer_id
}
