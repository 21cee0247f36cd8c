//! Attachments that a form's fields name: `{ "type": "string", "format": "attachment" }`, or a list
//! of those. Naming one gives it to the case.

use kefu_domain::case::Attached;
use kefu_domain::fault::Fault;
use kefu_domain::procedure::Form;
use kefu_domain::text::Text;
use kefu_persistence::records::{Change, attachments};
use kefu_persistence::{Conn, StoreError, Uid};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::attached;
use crate::app::Failure;

/// Attachments that an input names and that are to be given to its case.
#[derive(Debug, Default)]
pub(in crate::app) struct Named(Vec<attachments::Attachment>);

impl Named {
    /// Looks at what `input` names. Every one has to be there, and either the case's already, or
    /// the user's own and nobody's yet. `at` is where the input is in the request.
    pub(in crate::app) fn find(
        conn: &mut Conn,
        form: &Form,
        input: &Map<String, Value>,
        user: Option<Uuid>,
        case_id: Option<Uuid>,
        at: &str,
    ) -> Result<Self, Failure> {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for (pointer, id) in form.attachments(input) {
            let row = attachments::find(conn, id)?.filter(|it| match it.case_id {
                Some(of) => case_id == Some(of.0),
                None => user == Some(it.uploaded_by.0),
            });
            match row {
                Some(row) if row.case_id.is_none() && !found.contains(&row) => found.push(row),
                Some(_) => {}
                None => {
                    let detail = Text::new("没有这个附件", "there is no such attachment");
                    faults.push(Fault::new(format!("{at}{pointer}"), "unknown_attachment", detail));
                }
            }
        }
        if faults.is_empty() { Ok(Self(found)) } else { Err(Failure::Invalid(faults)) }
    }

    /// Whether there is nothing to give.
    pub(in crate::app) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As the case's timeline tells of them.
    pub(in crate::app) fn told(&self) -> Vec<Attached> {
        self.0.iter().map(attached).collect()
    }

    /// Gives them to the case.
    pub(in crate::app) fn give(
        self,
        conn: &mut Conn,
        case_id: Uuid,
        change: Change,
    ) -> Result<(), Failure> {
        for row in self.0 {
            let after = attachments::Attachment { case_id: Some(Uid(case_id)), ..row.clone() };
            // Somebody was faster: looked at again, it is no longer loose.
            attachments::update(conn, &row, after, change).map_err(|error| match error {
                StoreError::Stale => Failure::Conflict,
                error => error.into(),
            })?;
        }
        Ok(())
    }
}
