//! Attachments that openings, actions and corrections name in a form's fields: looked at when the
//! rules have said yes, given to the case with it.

use kefu_domain::case::{Case, Command};
use kefu_domain::procedure::{Form, Procedure};
use kefu_domain::who::Actor;
use kefu_persistence::cases::Held;
use kefu_persistence::records::Change;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::desk::{DEEPEST, Desk};
use crate::app::Failure;
use crate::app::attachments::Named;

/// A form, what it is told, and where in the request that is.
pub(super) type Told<'a> = (&'a Form, Map<String, Value>, &'static str);

/// What a command tells a form.
pub(super) fn told<'a>(procedure: &'a Procedure, command: &Command) -> Option<Told<'a>> {
    match command {
        Command::Act { action, input, .. } => {
            let rule = procedure.actions.iter().find(|it| it.definition.code == *action)?;
            Some((&rule.form, input.clone(), ""))
        }
        Command::Edit(edit) => Some((&procedure.form, edit.fields.clone()?, "/fields")),
        _ => None,
    }
}

impl Desk<'_> {
    /// The attachments that opening a case names. What a follow-up carries belongs to the case it
    /// comes from.
    pub(super) fn named_at_opening(
        &mut self,
        procedure: &Procedure,
        actor: &Actor,
        case: &Case,
    ) -> Result<Named, Failure> {
        if case.parent_id.is_some() {
            return Ok(Named::default());
        }
        Named::find(self.conn, &procedure.form, &case.fields, actor.id, None, "/fields")
    }

    /// The attachments that a form was told.
    pub(super) fn named(
        &mut self,
        actor: &Actor,
        case_id: Uuid,
        told: Option<Told<'_>>,
    ) -> Result<Named, Failure> {
        let Some((form, input, at)) = told else { return Ok(Named::default()) };
        Named::find(self.conn, form, &input, actor.id, Some(case_id), at)
    }

    /// Gives a case the attachments that what has just been done to it names.
    pub(super) fn give(
        &mut self,
        stored: Held,
        actor: &Actor,
        named: Named,
    ) -> Result<Held, Failure> {
        if named.is_empty() {
            return Ok(stored);
        }
        let id = stored.case.id;
        let command = Command::Attach { files: named.told(), permitted: true };
        let stored = self.command_on(stored, actor, None, command, DEEPEST)?;
        named.give(self.conn, id, Change { by: actor.id, at: self.now })?;
        Ok(stored)
    }
}
